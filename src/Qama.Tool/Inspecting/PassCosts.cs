using Qama.Layers;

namespace Qama.Tool.Inspecting;

/// <summary>What a pass of a model costs, for its own number of tokens and as a function of it.</summary>
internal static class PassCosts
{
    /// <summary>A cost.</summary>
    /// <param name="Name">What is counted.</param>
    /// <param name="Unit">Its unit; empty for a number of things.</param>
    /// <param name="Value">For the declared number of tokens; null where it is too large to be computed.</param>
    /// <param name="Formula">As a function of tokens, where it is a polynomial.</param>
    /// <param name="Table">For half, twice and four times as many tokens.</param>
    internal sealed record Cost(
        string Name, string Unit, double? Value, TokenFormula? Formula,
            IReadOnlyList<(int Tokens, double? Value)> Table);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Cost> Of(ModelDescriptor model)
    {
        (string Name, string Unit, Func<ModelDescriptor, double> Count)[] counts =
        [
            ("problems of a sample", "", m => Problems(m)),
            ("variables of a problem", "", m => checked((long)m.HeadCount * m.Problem.Tokens * m.SelectionBits)),
            ("spins of a problem", "", m => m.SpinCount),
            ("memory of a sample", "bytes", m => WorkspaceSize.OfSample<float>(m)),
            ("operations, inputs", "", Projections),
            ("operations, couplings", "", Couplings),
            ("operations, a sweep", "", Sweep),
        ];
        return
        [
            .. counts.Select(c =>
            {
                double? At(int tokens) => Tried(() => c.Count(WithTokens(model, tokens)));
                int[] sizes = [.. new[] { model.Tokens / 2.0, 2.0 * model.Tokens, 4.0 * model.Tokens }
                    .Where(n => n is >= 1 and <= int.MaxValue / 8).Select(n => (int)n)];
                return new Cost(
                    c.Name, c.Unit, Tried(() => c.Count(model)), TokenFormula.Of(At, Step(model)),
                        [.. sizes.Select(n => (n, At(n)))]);
            }),
        ];
    }

    /// <summary>Problems that are solved for a sample of all tokens.</summary>
    public static long Problems(ModelDescriptor model) =>
        model.Scope == SelectionScope.Causal ? model.ProblemCount : model.ProblemsPerSample;

    /// <summary>A declaration with another number of tokens; keys of their own are as many times more.</summary>
    public static ModelDescriptor WithTokens(ModelDescriptor model, int tokens)
    {
        ModelDescriptor other = model with { Tokens = tokens, KeyTokens = Keys(model, tokens) };
        if (model.Scope == SelectionScope.Query)
        {
            other = other with { Problem = model.Problem with { Tokens = other.Queries.Candidates } };
        }

        int auxiliary = model.SpinCount - model.VariableCount - model.Problem.SlackCount;
        return other with { SpinCount = checked(other.VariableCount + model.Problem.SlackCount + auxiliary) };
    }

    /// <summary>Whether some term is of pairs of tokens.</summary>
    public static bool HasPairs(ModelDescriptor problem) => problem.Terms.Any(
        t => t.Formula.Contains("Σ_{i", StringComparison.Ordinal)
            || t.Formula.Contains("Σ_{j", StringComparison.Ordinal));

    private static int Keys(ModelDescriptor model, int tokens) =>
        model.HasOwnKeys ? checked((int)Math.Max(1, (long)model.KeyTokens * tokens / model.Tokens)) : tokens;

    // Beyond what a mask or a block reaches, in whole rows.
    private static int Step(ModelDescriptor model)
    {
        long longest = new long[] { model.Tokens, model.KeyTokens, 2L * model.MaskSize, model.BlockTokens,
            model.QueryBlock, model.Unit }.Max();
        long unit = Math.Max(1, (long)model.QueryBlock * model.Unit * Math.Max(1, model.BlockTokens));
        long step = 64 * unit <= 1 << 20 ? 64 * unit : 64;
        return (int)Math.Min(int.MaxValue, (longest + step - 1) / step * step);
    }

    // A product and a sum are two operations.
    private static double Projections(ModelDescriptor model) =>
        model.HasProjection ? 2.0 * (model.Tokens + (2.0 * model.KeyTokens)) * model.EmbeddingDim * model.OutputDim : 0;

    private static double Couplings(ModelDescriptor model) =>
        2.0 * model.HeadDim * model.HeadCount * (model.Scope switch
        {
            // none are written out
            _ when model.CouplingFactor is not null || !model.Terms.Any(t => t.Name == "Coupling") => 0,
            SelectionScope.Causal => (double)Problems(model) * model.Problem.Tokens * model.Problem.Tokens,
            _ => (double)model.Tokens * model.KeyTokens,
        });

    // Every proposal accepted: what depends on the variable that was switched is brought up to date.
    private static double Sweep(ModelDescriptor model)
    {
        double row = model.CouplingFactor is not null ? 2.0 * model.CouplingRank : HasPairs(model.Problem)
            ? model.Problem.Tokens : 1;
        return 2.0 * Problems(model) * model.HeadCount * model.Problem.Tokens * model.SelectionBits * row;
    }

    private static double? Tried(Func<double> count)
    {
        try
        {
            return count() is var value && double.IsFinite(value) ? value : null;
        }
        catch (OverflowException)
        {
            return null;
        }
    }
}
