using Qama.Layers;

namespace Qama.Tool.Inspecting;

/// <summary>What there is to say about a declared model.</summary>
internal sealed record ModelInspection
{
    /// <summary>The model.</summary>
    public required ModelDescriptor Model { get; init; }

    /// <summary>What a pass costs.</summary>
    public required IReadOnlyList<PassCosts.Cost> Costs { get; init; }

    /// <summary>Machines.</summary>
    public required IReadOnlyList<MachineFit> Machines { get; init; }

    /// <summary>What was chosen for a part of the work, and why.</summary>
    public required IReadOnlyList<(string Part, string Choice, string Reason)> Kernels { get; init; }

    /// <summary>Gradients through the selection: solves forward and backward; why the model cannot have one, or
    /// null.</summary>
    public required IReadOnlyList<(GradientDescription Gradient, bool IsDeclared,
        string? Obstacle)> Gradients
    { get; init; }

    /// <summary>Looks at a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="samples">Samples of the passes that tasks of machines are counted for.</param>
    public static ModelInspection Of(ModelDescriptor model, int samples) => new()
    {
        Model = model,
        Costs = PassCosts.Of(model),
        Machines = MachineFit.All(model, samples),
        Kernels = [.. KernelsOf(model)],
        Gradients = [.. Enum.GetValues<GradientKind>().Select(kind => GradientOf(model, kind))],
    };

    /// <summary>The shape in words.</summary>
    public static string Shape(ModelDescriptor model)
    {
        string keys = model.HasOwnKeys ? $", {model.KeyTokens} keys of their own" : "";
        return $"{model.Tokens} tokens of width {model.EmbeddingDim}{keys}, {model.HeadCount} heads of width {model.HeadDim}, "
            + $"{model.SelectionBits} {(model.SelectionBits == 1 ? "bit" : "bits")} a token";
    }

    /// <summary>What a selection is made for, in words.</summary>
    public static string Scope(ModelDescriptor model) => model.Scope switch
    {
        SelectionScope.Query =>
            $"one for {Count(model.QueryBlock, "query", "queries")}, of {Count(model.Unit, "key", "keys")} at a time",
        SelectionScope.Causal => $"one for {Count(model.BlockTokens, "token", "tokens")}, given those before; "
            + (model.KeptTokens > 0 ? $"{model.KeptTokens} tokens stay" : "all selected tokens stay"),
        _ => "one for all queries",
    };

    private static string Count(int number, string one, string more) => number == 1 ? $"1 {one}" : $"{number} {more}";

    private static (GradientDescription Gradient, bool IsDeclared, string? Obstacle) GradientOf(ModelDescriptor model,
        GradientKind kind)
    {
        if (model.Gradient.Kind == kind)
        {
            return (model.Gradient, true, null);
        }

        // What the attribute would declare by its name alone.
        int samples = kind == GradientKind.Perturbed ? new GradientAttribute(kind).Samples : 1;
        var gradient = new GradientDescription(kind) { Samples = samples };
        string? obstacle = model.Scope == SelectionScope.Causal ? $"causal selections have {GradientKind.Energy} alone"
            : gradient.FaultIn(model with { ReadCount = samples })?.TrimEnd('.');
        return (gradient, false, obstacle);
    }

    private static IEnumerable<(string Part, string Choice, string Reason)> KernelsOf(ModelDescriptor model)
    {
        string[] coupling = model.CouplingForm.Split(" because ", 2);
        yield return ("couplings", coupling[0], coupling.Length > 1 ? coupling[1]
            : $"their rank is {model.CouplingRank} a head, and there are {model.Tokens} tokens");
        yield return Annealing(model.Problem);
        yield return ("heads", model.DividesHeads ? "shared out among threads" : "computed together",
            model.DividesHeads ? "each is independent of the others" : "a sample has several problems");
    }

    // As Annealer and FactoredAnnealer choose; what they choose by is a constant to the compiler.
    private static (string Part, string Choice, string Reason) Annealing(ModelDescriptor problem)
    {
        bool Has(string term) => problem.Terms.Any(t => t.Name == term);
        bool isHard = problem.Constraints.Any(c =>
            c.Kind is ConstraintKind.ExclusiveTokens or ConstraintKind.ExclusiveBits);
        string? general = problem.SelectionBits > 1 ? $"selection weights have {problem.SelectionBits} bits"
            : Has("Sparsity") ? "heads have bounds on their sums"
            : isHard ? "heads exclude each other by a hard constraint" : null;
        if (problem.CouplingFactor is not null)
        {
            general ??= Has("LongRange") ? "there is a long-range penalty"
                : problem.CouplingWindow > 0 || problem.CouplingBlock > 0 ? "not all pairs interact" : null;
            return ("annealing", general is null ? "plain chain on features" : "general chain on features",
                general ?? "plain bits that all interact");
        }

        return !PassCosts.HasPairs(problem) && problem.SelectionBits == 1
            && (problem.HeadCount == 1 || !Has("HeadExclusion"))
            ? ("annealing", "none: the lowest energy is computed", "nothing couples tokens but penalties on sums")
            : ("annealing", general is null ? "plain bits" : "general",
                general ?? "one bit a token, no bounds on sums, no hard exclusion");
    }
}
