using System.Linq;
using Qama.Generators.Energy;
using Qama.Generators.Lowering;

namespace Qama.Generators.Emission;

/// <summary>Weights of hard constraints that nothing bounds at compile time: computed from the coefficients of each problem.</summary>
internal sealed class ConstraintsPart(SourceWriter writer, KernelPlan plan)
{
    public void Write()
    {
        string model = $"global::Qama.Model.IQuboAttention<{plan.Specification.Type.Name}>";
        writer.Write($$"""
            static int {{model}}.PenaltyWeightCount => {{plan.ConstraintWeights.Length}};

            static void {{model}}.WritePenaltyWeights(in global::Qama.Sampling.ProblemView problem, global::System.Span<double> weights) =>
                ComputePenaltyWeights(problem.Couplings, problem.Fields, TokenStride, problem.TokenCount, weights);

            /// <summary>Sufficient weights of hard constraints: no minimiser of the energy violates them.</summary>
            """);
        writer.Open("""
            private static void ComputePenaltyWeights<TNumber>(
                global::System.ReadOnlySpan<TNumber> couplings, global::System.ReadOnlySpan<TNumber> fields, int stride, int tokenCount,
                global::System.Span<double> weights)
                where TNumber : unmanaged, global::System.Numerics.INumberBase<TNumber>
            """);
        writer.Open("var problem = new global::Qama.Kernels.BoundedProblem<TNumber>(couplings, fields, stride, tokenCount)");
        writer.Write($"""
            Heads = HeadCount,
            Tokens = Tokens,
            CouplingWeight = CouplingWeight,
            """);
        if (plan.HasField)
        {
            writer.Write("FieldWeight = FieldWeight,");
        }

        if (plan.Specification.Coupling.KeepDiagonal)
        {
            writer.Write("KeepsDiagonal = true,");
        }

        writer.Close("};");
        for (int i = 0; i < plan.ConstraintWeights.Length; i++)
        {
            SufficientWeight weight = plan.ConstraintWeights[i];
            string repairs = string.Join(", ", weight.Repairs.Select(Repair));
            writer.Write($"""
                // {Describe(weight.Constraint)}
                weights[{i}] = global::Qama.Kernels.PenaltyBound.SufficientWeight(
                    problem, {SourceWriter.Double(weight.Unit)}, {repairs});
                """);
        }

        writer.Close();
    }

    private static string Repair(Repair repair) =>
        $"new global::Qama.Kernels.Repair(global::Qama.Kernels.RepairKind.{repair.Kind}, {SourceWriter.Double(repair.Step)}, "
        + $"{SourceWriter.Double(repair.Mass)}, {SourceWriter.Double(repair.Constant)}, {repair.Choices})";

    private static string Describe(HardConstraint constraint) => constraint switch
    {
        CardinalityConstraint { Bound: SparsityBound.AtMost } c => $"At most {MathNotation.Write(c.Count)} selected per head.",
        CardinalityConstraint { Bound: SparsityBound.AtLeast } c => $"At least {MathNotation.Write(c.Count)} selected per head.",
        CardinalityConstraint c => $"Exactly {MathNotation.Write(c.Count)} selected per head.",
        _ => "Heads exclude each other.",
    };
}
