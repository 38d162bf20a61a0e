using Qama.Generators.Energy;
using Qama.Generators.Lowering;

namespace Qama.Generators.Emission.Readouts;

/// <summary>y[i, h·D + d] = ε[h,i] g_d; the mean over reads of it is the base class's business.</summary>
internal sealed class LocalEnergyReadout(SourceWriter writer, KernelPlan plan)
{
    private readonly string _element = plan.ElementType.Name;
    private readonly Learnable _generator = plan.Learnable(Importances.EnergyToValue);

    public void Write()
    {
        string values = $"base.Learnables[{plan.Learnables.IndexOf(_generator)}].Value";
        string gradients = new KernelWriter(writer, plan).GradientOf(_generator);
        writer.Write($$"""
            /// <inheritdoc/>
            protected override void ComputeReadout{{VectorMethod.Registers}}(in global::Qama.Attention.SampleBuffers<{{_element}}> sample, global::System.Span<{{_element}}> output)
            {
                // y[i, h·D + d] = ε[h,i] g_d
                global::System.ReadOnlySpan<{{_element}}> energyToValue = {{values}};
                for (int h = 0; h < HeadCount; h++)
                {
                    LocalEnergyKernel(sample, h);
                    global::System.ReadOnlySpan<{{_element}}> energies = sample.LocalEnergies.Slice(h * TokenStride, TokenStride);
                    for (int i = 0; i < Tokens; i++)
                    {
                        global::Qama.Numerics.Vectors.Rows.Scale(energies[i], energyToValue, output.Slice((i * HeadCount + h) * HeadDim, HeadDim));
                    }
                }
            }

            /// <inheritdoc/>
            protected override void BackwardReadout{{VectorMethod.Registers}}(in global::Qama.Attention.SampleBuffers<{{_element}}> sample, global::System.ReadOnlySpan<{{_element}}> outputGradient)
            {
                global::System.ReadOnlySpan<{{_element}}> energyToValue = {{values}};
                global::System.Span<{{_element}}> energyToValueGradient = {{gradients}};
                global::System.Span<{{_element}}> energyGradient = sample.Scratch.Slice(0, TokenStride);
                for (int h = 0; h < HeadCount; h++)
                {
                    global::System.ReadOnlySpan<{{_element}}> energies = sample.LocalEnergies.Slice(h * TokenStride, TokenStride);
                    energyGradient.Clear();
                    for (int i = 0; i < Tokens; i++)
                    {
                        // ε is 0 where nothing is selected, and so is all that follows from it.
                        if (sample.Selection[h * TokenStride + i] != 0)
                        {
                            global::System.ReadOnlySpan<{{_element}}> gradient = outputGradient.Slice((i * HeadCount + h) * HeadDim, HeadDim);
                            energyGradient[i] = global::Qama.Numerics.Vectors.Rows.Dot(gradient, energyToValue);
                            global::Qama.Numerics.Vectors.Rows.AddScaled(energies[i], gradient, energyToValueGradient);
                        }
                    }

                    LocalEnergyGradientKernel{{VectorMethod.Registers}}(sample, h, energyGradient);
                }
            }

            """);
        LocalEnergyKernels.Write(writer, plan);
    }
}
