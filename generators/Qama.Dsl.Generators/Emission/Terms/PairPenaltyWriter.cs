using Qama.Generators.Energy;
using Qama.Generators.Lowering;

namespace Qama.Generators.Emission.Terms;

/// <summary>Σ_h Σ_{i&lt;j} t(i,j) s[h,i] s[h,j], weight and sign included in t: long range, or a term of the user's.</summary>
/// <param name="planned">The penalty.</param>
/// <param name="plan">The model.</param>
/// <param name="isFirst">Whether it is the first of its kind: all share one table, which it speaks for.</param>
internal sealed class PairPenaltyWriter(PlannedPenalty planned, KernelPlan plan, bool isFirst) : TermWriter(planned)
{
    private readonly Expression _coefficient = planned.Penalty.PairCoefficient;

    public override string Formula => "Σ_h Σ_{i<j} " + MathNotation.Write(_coefficient) + " s[h,i] s[h,j]"
        + (plan.UsesDistance ? ", d = d(i,j)" : "");

    /// <summary>The coefficient of two tokens in code that has h, the smaller one first.</summary>
    public string Call(string first, string second) => $"{Name}Of({PositionFunctions.Arguments(_coefficient, first + ", " + second)})";

    public override void WriteMembers(SourceWriter writer) => new PositionFunctions(writer, plan).WriteFunction(
        Name + "Of", "The energy of selecting tokens i < j of one head together.", _coefficient, isPair: true, plan.HasPairMask);

    public override void WriteAssembly(SourceWriter writer) => writer.Write($$"""
        for (int h = 0; h < HeadCount; h++)
        {
            for (int i = 0; i < tokenCount; i++)
            {
                for (int j = i + 1; j < tokenCount; j++)
                {
                    weights.AddProduct(h * Tokens + i, h * Tokens + j, {{Call("i", "j")}});
                }
            }
        }
        """);

    public override void WriteEnergy(SourceWriter writer) => writer.Write($$"""
        for (int h = 0; h < HeadCount; h++)
        {
            for (int i = 0; i < tokenCount; i++)
            {
                double s = WeightOf(state, h * Tokens + i);
                for (int j = i + 1; j < tokenCount && s != 0; j++)
                {
                    double other = WeightOf(state, h * Tokens + j);
                    energy += other == 0 ? 0 : s * other * {{Call("i", "j")}};
                }
            }
        }
        """);

    public override void WriteSlope(SourceWriter writer)
    {
        if (isFirst)
        {
            writer.Write($$"""
                for (int i = 0; i < tokenCount; i++)
                {
                    slope[i] += global::Qama.Numerics.Vectors.Rows.Dot<float>(global::System.MemoryExtensions.AsSpan(PairPenalties, {{PenaltyTables.PairRow(plan, "h", "i")}}, tokenCount), selection);
                }
                """);
        }
    }
}
