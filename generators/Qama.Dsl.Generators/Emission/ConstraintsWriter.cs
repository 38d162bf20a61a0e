using System.Linq;
using Qama.Generators.Contract;
using Qama.Generators.Energy;
using Qama.Generators.Lowering;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Emission;

/// <summary>Weights of hard constraints that nothing bounds at compile time: computed from the coefficients of each problem.</summary>
internal sealed class ConstraintsWriter(SourceWriter writer, KernelPlan plan)
{
    public void Write()
    {
        writer.Line().Write($"public static int ComputedWeightCount => {plan.ConstraintWeights.Length};").Line();
        writer.Write("// Sufficient weights of hard constraints: no minimiser of the energy violates them.");
        writer.Open(
            "public static void ComputeWeights(in global::Qama.Problems.RowBounds problem, global::System.Span<double> weights)");
        for (int i = 0; i < plan.ConstraintWeights.Length; i++)
        {
            SufficientWeight weight = plan.ConstraintWeights[i];
            writer.Line().Write($"""
                // {Describe(weight.Constraint)} The costliest repair counts.
                double rise{i} = 0;
                """);
            foreach (Repair repair in weight.Repairs)
            {
                writer.Write($"rise{i} = global::System.Math.Max(rise{i}, global::Qama.Layers.Readouts.PenaltyBound.Rise(problem, {Changes(repair)}));");
            }

            writer.Write($"weights[{i}] = global::Qama.Layers.Readouts.PenaltyBound.WeightAbove(rise{i} / {SourceWriter.Double(weight.Unit)});");
        }

        writer.Close();
    }

    /// <summary>As an array in place: the parameter is a params span, which C# has since 13 only.</summary>
    private static string Changes(Repair repair) =>
        $"stackalloc {ArrayOf(repair)}";

    /// <summary>The changes as the initializer of an array.</summary>
    public static string ArrayOf(Repair repair) =>
        $"global::Qama.Contract.Change[] {{ {string.Join(", ", repair.Changes.Select(Change))} }}";

    private static string Change(Change change) =>
        $"new global::Qama.Contract.Change(global::Qama.Contract.ChangeKind.{change.Kind}, {SourceWriter.Double(change.Step)}, "
        + $"{SourceWriter.Double(change.Mass)}, {SourceWriter.Double(change.Constant)}, {change.Choices})";

    public static string Describe(HardConstraint constraint) => constraint switch
    {
        { Kind: ConstraintKind.AtMost } c => $"At most {MathNotation.Write(c.Count)} selected per head.",
        { Kind: ConstraintKind.AtLeast } c => $"At least {MathNotation.Write(c.Count)} selected per head.",
        { Kind: ConstraintKind.Exactly } c => $"Exactly {MathNotation.Write(c.Count)} selected per head.",
        _ => "Heads exclude each other.",
    };
}
