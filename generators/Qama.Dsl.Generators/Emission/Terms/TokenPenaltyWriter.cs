using Qama.Generators.Energy;
using Qama.Generators.Lowering;

namespace Qama.Generators.Emission.Terms;

/// <summary>Σ_h Σ_i t(i) s[h,i], weight included in t: a term of the user's.</summary>
/// <param name="planned">The penalty.</param>
/// <param name="plan">The model.</param>
/// <param name="isFirst">Whether it is the first of its kind: all share one table, which it speaks for.</param>
internal sealed class TokenPenaltyWriter(PlannedPenalty planned, KernelPlan plan, bool isFirst) : TermWriter(planned)
{
    private readonly Expression _coefficient = planned.Penalty.TokenCoefficient;

    public override string Formula => "Σ_h Σ_i " + MathNotation.Write(_coefficient) + " s[h,i]";

    /// <summary>The coefficient in code that has h and i.</summary>
    public string Call => $"{Name}Of({PositionFunctions.Arguments(_coefficient, "i")})";

    public override void WriteMembers(SourceWriter writer) => new PositionFunctions(writer, plan).WriteFunction(
        Name + "Of", "The energy of selecting token i.", _coefficient, isPair: false, isMasked: false);

    public override void WriteAssembly(SourceWriter writer) => writer.Write($$"""
        for (int h = 0; h < HeadCount; h++)
        {
            for (int i = 0; i < tokenCount; i++)
            {
                weights.AddWeight(h * Tokens + i, {{Call}});
            }
        }
        """);

    public override void WriteEnergy(SourceWriter writer) => writer.Write($$"""
        for (int h = 0; h < HeadCount; h++)
        {
            for (int i = 0; i < tokenCount; i++)
            {
                energy += {{Call}} * WeightOf(state, h * Tokens + i);
            }
        }
        """);

    public override void WriteSlope(SourceWriter writer)
    {
        if (isFirst)
        {
            writer.Write($"global::Qama.Numerics.Vectors.Rows.AddScaled<float>(1, global::System.MemoryExtensions.AsSpan(TokenPenalties, {PenaltyTables.TokenRow(plan, "h")}, tokenCount), slope);");
        }
    }
}
