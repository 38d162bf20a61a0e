using System.Linq;
using Qama.Generators.Lowering;

namespace Qama.Generators.Emission.Terms;

/// <summary>The sums of all penalties that depend on positions, as tables for the annealer: one of pairs, one of tokens.</summary>
internal static class PenaltyTables
{
    public static void Write(SourceWriter writer, KernelPlan plan)
    {
        PairPenaltyWriter[] pairs = [.. plan.Terms().OfType<PairPenaltyWriter>()];
        if (pairs.Length > 0)
        {
            string heads = HasHeads(plan, pair: true) ? "HeadCount" : "1";
            string sum = string.Join(" + ", pairs.Select(p => p.Call("i", "j")));
            string mirrored = string.Join(" + ", pairs.Select(p => p.Call("j", "i")));
            writer.Write($$"""
                /// <summary>The energy of selecting two tokens of one head together, {{(HasHeads(plan, pair: true) ? "[HeadCount, Tokens, TokenStride]" : "[Tokens, TokenStride]")}}.</summary>
                private static readonly float[] PairPenalties = global::Qama.Problems.PositionTable.OfPairs<float>(
                    {{heads}}, Tokens, true, static (h, i, j) => i == j ? 0 : i < j ? {{sum}} : {{mirrored}});

                """);
        }

        string[] tokens = [.. plan.Terms().OfType<TokenPenaltyWriter>().Select(w => w.Call)];
        if (tokens.Length > 0)
        {
            string heads = HasHeads(plan, pair: false) ? "HeadCount" : "1";
            writer.Write($$"""
                /// <summary>The energy of selecting a token, {{(HasHeads(plan, pair: false) ? "[HeadCount, TokenStride]" : "[TokenStride]")}}.</summary>
                private static readonly float[] TokenPenalties = global::Qama.Problems.PositionTable.OfTokens<float>(
                    {{heads}}, Tokens, static (h, i) => {{string.Join(" + ", tokens)}});

                """);
        }
    }

    /// <summary>Where the row of a token begins in the table of pairs.</summary>
    public static string PairRow(KernelPlan plan, string head, string token) =>
        HasHeads(plan, pair: true) ? $"({head} * Tokens + {token}) * TokenStride" : $"{token} * TokenStride";

    /// <summary>Where the row of a head begins in the table of tokens.</summary>
    public static string TokenRow(KernelPlan plan, string head) => HasHeads(plan, pair: false) ? $"{head} * TokenStride" : "0";

    private static bool HasHeads(KernelPlan plan, bool pair) =>
        (pair ? plan.PairPenalties : plan.TokenPenalties).Any(p => p.Penalty.Energy.DependsOnHead);
}
