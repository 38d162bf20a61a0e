using System.Collections.Generic;
using Qama.Generators.Energy;
using Qama.Generators.Lowering;

namespace Qama.Generators.Emission.Terms;

/// <summary>Σ_h Σ_{i&lt;j} κ(d(i,j)) s[h,i] s[h,j], weight and sign included in κ.</summary>
internal sealed class LongRangeWriter(PlannedPenalty planned, KernelPlan plan) : TermWriter(planned)
{
    private readonly Expression _coefficient = planned.Penalty.PairCoefficient;

    public override string Formula => "Σ_h Σ_{i<j} " + MathNotation.Write(_coefficient) + " s[h,i] s[h,j], d = d(i,j)";

    public override void WriteMembers(SourceWriter writer)
    {
        string value = ScalarWriter.Write(_coefficient, new Dictionary<Symbol, string> { [Symbol.Distance] = "d" });
        writer.Write($$"""
            /// <summary>The energy of selecting tokens i and j of one head together, by their distance.</summary>
            private static double LongRangeOf(int i, int j)
            {
            """);
        if (plan.HasPairMask)
        {
            writer.Write("""
                    if (!Interacts(i, j))
                    {
                        return 0;
                    }

                """);
        }

        writer.Write($$"""
                double d = Distance(i, j);
                return {{value}};
            }

            /// <summary>The same for all pairs, [Tokens, TokenStride].</summary>
            private static readonly float[] PairPenalties = global::Qama.Kernels.PairTable.Create<float>(Tokens, static (i, j) => LongRangeOf(i, j));

            """);
    }

    public override void WriteAssembly(SourceWriter writer) => writer.Write("""
        for (int h = 0; h < HeadCount; h++)
        {
            for (int i = 0; i < tokenCount; i++)
            {
                for (int j = i + 1; j < tokenCount; j++)
                {
                    weights.AddProduct(h * Tokens + i, h * Tokens + j, LongRangeOf(i, j));
                }
            }
        }
        """);

    public override void WriteEnergy(SourceWriter writer) => writer.Write("""
        for (int h = 0; h < HeadCount; h++)
        {
            for (int i = 0; i < tokenCount; i++)
            {
                double s = WeightOf(state, h * Tokens + i);
                for (int j = i + 1; j < tokenCount && s != 0; j++)
                {
                    double other = WeightOf(state, h * Tokens + j);
                    energy += other == 0 ? 0 : s * other * LongRangeOf(i, j);
                }
            }
        }
        """);

    public override void WriteSlope(SourceWriter writer) => writer.Write("""
        for (int i = 0; i < tokenCount; i++)
        {
            slope[i] += QamaLanes.Dot<float>(global::System.MemoryExtensions.AsSpan(PairPenalties, i * TokenStride, tokenCount), selection);
        }
        """);
}
