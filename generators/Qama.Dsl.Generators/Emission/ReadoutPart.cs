using Qama.Generators.Energy;
using Qama.Generators.Lowering;

namespace Qama.Generators.Emission;

/// <summary>Local energies, the output made of them, and its gradient.</summary>
internal sealed class ReadoutPart(SourceWriter writer, KernelPlan plan)
{
    private readonly string _element = plan.ElementType.Name;
    private readonly KernelWriter _kernels = new(writer, plan);

    public void Write()
    {
        WriteReadout();
        writer.Line();
        WriteGradient();
    }

    private void WriteReadout()
    {
        string field = plan.HasField ? " + sample.Fields[h * TokenStride + i]" : "";
        writer.Write($$"""
            /// <inheritdoc/>
            protected override void ComputeReadout(in global::Qama.Model.SampleBuffers<{{_element}}> sample, global::System.Span<{{_element}}> output)
            {
                // ε[h,i] = −s_i (Σ_j J[h,i,j] s_j{{(plan.HasField ? " + f[h,i]" : "")}}),  y[i, h·D + d] = ε[h,i] g_d
                global::System.ReadOnlySpan<{{_element}}> energyToValue = {{EnergyToValue}};
                for (int h = 0; h < HeadCount; h++)
                {
                    global::System.ReadOnlySpan<{{_element}}> selection = sample.Selection.Slice(h * TokenStride, TokenStride);
                    global::System.Span<{{_element}}> energies = sample.LocalEnergies.Slice(h * TokenStride, TokenStride);
                    energies.Clear();
                    for (int i = 0; i < Tokens; i++)
                    {
                        if (selection[i] != 0)
                        {
                            global::System.ReadOnlySpan<{{_element}}> couplings = sample.Couplings.Slice((h * Tokens + i) * TokenStride, TokenStride);
                            energies[i] = -selection[i] * (QamaLanes.Dot<{{_element}}>(couplings, selection){{field}});
                        }

                        global::System.Span<{{_element}}> result = output.Slice((i * HeadCount + h) * HeadDim, HeadDim);
                        for (int d = 0; d < HeadDim; d++)
                        {
                            result[d] = energies[i] * energyToValue[d];
                        }
                    }
                }
            }
            """);
    }

    private void WriteGradient()
    {
        string fieldGradient = plan.HasField ? "\n                fieldsGradient[i] = -energyGradient[i] * selection[i];" : "";
        string fieldMemory = plan.HasField
            ? $"\n        global::System.Span<{_element}> fieldsGradient = sample.FieldsGradient.Slice(h * TokenStride, TokenStride);\n        fieldsGradient.Clear();"
            : "";
        writer.Write($$"""
            /// <inheritdoc/>
            protected override void BackwardReadout(in global::Qama.Model.SampleBuffers<{{_element}}> sample, global::System.ReadOnlySpan<{{_element}}> outputGradient)
            {
                // With s constant: ∂ε_i/∂J[i,j] = −s_i s_j{{(plan.HasField ? ", ∂ε_i/∂f_i = −s_i" : "")}}. J is (F + Fᵀ)/2, so F̄[i,j] = −(ε̄_i + ε̄_j) s_i s_j / 2.
                global::System.ReadOnlySpan<{{_element}}> energyToValue = {{EnergyToValue}};
                global::System.Span<{{_element}}> energyToValueGradient = {{EnergyToValueGradient}};
                global::System.Span<{{_element}}> energyGradient = sample.Scratch.Slice(0, TokenStride);
                for (int h = 0; h < HeadCount; h++)
                {
                    global::System.ReadOnlySpan<{{_element}}> selection = sample.Selection.Slice(h * TokenStride, TokenStride);
                    global::System.ReadOnlySpan<{{_element}}> energies = sample.LocalEnergies.Slice(h * TokenStride, TokenStride);{{fieldMemory}}
                    energyGradient.Clear();
                    for (int i = 0; i < Tokens; i++)
                    {
                        if (selection[i] != 0)
                        {
                            global::System.ReadOnlySpan<{{_element}}> gradient = outputGradient.Slice((i * HeadCount + h) * HeadDim, HeadDim);
                            energyGradient[i] = QamaLanes.Dot(gradient, energyToValue);
                            QamaLanes.AddScaled(energies[i], gradient, energyToValueGradient);{{fieldGradient}}
                        }
                    }

                    for (int i = 0; i < Tokens; i++)
                    {
                        global::System.Span<{{_element}}> row = sample.CouplingsGradient.Slice((h * Tokens + i) * TokenStride, TokenStride);
                        if (selection[i] == 0)
                        {
                            row.Clear();
                            continue;
                        }

                        var half = QamaLanes.All({{SourceWriter.Literal(plan.ElementType, -0.5)}} * selection[i]);
                        var own = QamaLanes.All(energyGradient[i]);
                        for (int t = 0; t < TokenStride; t += QamaVector.Count)
                        {
                            QamaLanes.Store(row, t, half * QamaLanes.Load(selection, t) * (own + QamaLanes.Load<{{_element}}>(energyGradient, t)));
                        }

                        row[i] = 0;
                    }
                }
            }
            """);
    }

    private Learnable Generator => plan.Learnable(Importances.EnergyToValue);

    private string EnergyToValue => $"Learnables[{plan.Learnables.IndexOf(Generator)}].Value";

    private string EnergyToValueGradient => _kernels.GradientOf(Generator);
}
