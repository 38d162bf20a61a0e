using Qama.Generators.Lowering;

namespace Qama.Generators.Emission.Readouts;

/// <summary>Local energies of a head and their gradient, which two readouts share.</summary>
internal static class LocalEnergyKernels
{
    /// <summary>The local energy as mathematics.</summary>
    public static string Formula(KernelPlan plan) =>
        $"ε[h,i] = −s_i ({Factor(plan, plan.CouplingWeight)}Σ_j J[h,i,j] s_j{(plan.HasField ? $" + {Factor(plan, plan.FieldWeight)}f[h,i])" : ")")}";

    public static void Write(SourceWriter writer, KernelPlan plan)
    {
        string element = plan.ElementType.Name;
        bool weighted = plan.Specification.ReadoutOptions.Weighted;
        string coupling = weighted ? $"({element})CouplingWeight * " : "";
        string field = weighted ? $"({element})FieldWeight * " : "";
        string fieldEnergy = plan.HasField ? $" + {field}sample.Fields[h * TokenStride + i]" : "";
        writer.Write($$"""
            /// <summary>{{Formula(plan)}}, for one head.</summary>
            private static void LocalEnergyKernel(in global::Qama.Attention.SampleBuffers<{{element}}> sample, int h)
            {
                global::System.ReadOnlySpan<{{element}}> selection = sample.Selection.Slice(h * TokenStride, TokenStride);
                global::System.Span<{{element}}> energies = sample.LocalEnergies.Slice(h * TokenStride, TokenStride);
                energies.Clear();
                for (int i = 0; i < Tokens; i++)
                {
                    if (selection[i] != 0)
                    {
                        global::System.ReadOnlySpan<{{element}}> couplings = sample.Couplings.Slice((h * Tokens + i) * TokenStride, TokenStride);
                        energies[i] = -selection[i] * ({{coupling}}global::Qama.Numerics.Vectors.Rows.Dot(couplings, selection){{fieldEnergy}});
                    }
                }
            }

            """);

        bool symmetric = plan.HasSymmetricGradient;
        string factor = SourceWriter.Literal(plan.ElementType, symmetric ? -0.5 : -1);
        string gradient = symmetric ? "(own + QamaVector.Load(energyGradient, t))" : "own";
        VectorMethod.Open(
            writer, $"/// <summary>Gradients of J{(plan.HasField ? " and f" : "")} of one head from that of its local energies, with s constant.</summary>",
            element, "LocalEnergyGradientKernel",
            $"in global::Qama.Attention.SampleBuffers<{element}> sample, int h, global::System.ReadOnlySpan<{element}> energyGradient");
        writer.Write($"global::System.ReadOnlySpan<{element}> selection = sample.Selection.Slice(h * TokenStride, TokenStride);");
        if (plan.HasField)
        {
            writer.Write($$"""
                // ∂ε_i/∂f_i = −s_i.
                global::System.Span<{{element}}> fieldsGradient = sample.FieldsGradient.Slice(h * TokenStride, TokenStride);
                for (int t = 0; t < TokenStride; t += QamaVector.Count)
                {
                    QamaVector.Store(fieldsGradient, t, -{{field}}QamaVector.Load(selection, t) * QamaVector.Load(energyGradient, t));
                }

                """);
        }

        writer.Write(symmetric
            ? "// ∂ε_i/∂J[i,j] = −s_i s_j, and J is (F + Fᵀ)/2: the gradient of F[i,j] is −(ε̄_i + ε̄_j) s_i s_j / 2."
            : "// ∂ε_i/∂J[i,j] = −s_i s_j.");
        writer.Write($$"""
            for (int i = 0; i < Tokens; i++)
            {
                global::System.Span<{{element}}> row = sample.CouplingsGradient.Slice((h * Tokens + i) * TokenStride, TokenStride);
                if (selection[i] == 0)
                {
                    row.Clear();
                    continue;
                }

                var factor = QamaVector.All({{factor}} * {{coupling}}selection[i]);
                var own = QamaVector.All(energyGradient[i]);
                for (int t = 0; t < TokenStride; t += QamaVector.Count)
                {
                    QamaVector.Store(row, t, factor * QamaVector.Load(selection, t) * {{gradient}});
                }
            """);
        if (!plan.Specification.Coupling.KeepDiagonal)
        {
            writer.Line().Write("    row[i] = 0;");
        }

        writer.Write("}").Close();
    }

    private static string Factor(KernelPlan plan, double weight) =>
        plan.Specification.ReadoutOptions.Weighted ? Energy.MathNotation.Write(weight) + " " : "";
}
