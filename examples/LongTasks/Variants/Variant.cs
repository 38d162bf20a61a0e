using Qama.Layers;

namespace Qama.Examples.LongTasks;

/// <summary>What stands where attention does.</summary>
internal enum AttentionKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Softmax attention.</summary>
    Softmax,

    /// <summary>Linear attention, elu(x) + 1.</summary>
    Linear,

    /// <summary>A declared operator.</summary>
    Declared,
}

/// <summary>An attention operator to compare.</summary>
/// <param name="Name">Its name on the command line and in results.</param>
/// <param name="Summary">What it is, for tables.</param>
/// <param name="Kind">What stands where attention does.</param>
/// <param name="Declared">The declared layers; null for other kinds.</param>
/// <param name="Begin">The declared layers of shorter sequences and of the first half of the epochs, if there are several,
/// whose parameters go on; null where all have the same.</param>
/// <param name="ComparesGradients">Whether it is there to compare gradients through the solver: for the tasks' pages and
/// the one of gradients, not for the summary.</param>
internal sealed record Variant(
    string Name, string Summary, AttentionKind Kind, Declarations? Declared = null, Declarations? Begin = null,
    bool ComparesGradients = false)
{
    public static readonly IReadOnlyList<Variant> All =
    [
        new("softmax", "softmax attention", AttentionKind.Softmax),
        new("none", "no attention", AttentionKind.None),
        new("linear", "linear attention, elu(x) + 1", AttentionKind.Linear),
        new("selected", "attention over selected tokens", AttentionKind.Declared, Declarations.Selected),
        new("query", "every query reads its own selected tokens", AttentionKind.Declared, Declarations.PerQuery),
        new(
            "narrowed", "every token for half of the epochs, then selected with the gradient Blackbox",
            AttentionKind.Declared, Declarations.Guided, Begin: Declarations.Wide),
        Narrowed("energy", "no gradient through the selection", Declarations.Energy),
        Narrowed("identity", "the solver's Jacobian taken for −1", Declarations.Identity, comparesGradients: false),
        Narrowed("perturbed", "the mean over four perturbed solves", (64, seed => new PerturbedRecall64(seed))),
        Narrowed(
            "nudged", "two runs nudged by the loss", (64, seed => new NudgedRecall64(seed)),
            (128, seed => new NudgedRecall128(seed)), (256, seed => new NudgedRecall256(seed)),
            (512, seed => new NudgedRecall512(seed))),
        Narrowed("covariance", "the mean over eight samples at a temperature", (64, seed => new CovarianceRecall64(seed))),
        new("memory", "a memory of 32 tokens beside blocks of 16", AttentionKind.Declared, Declarations.Memory),
        new("boltzmann", "marginals, learned couplings between keys", AttentionKind.Declared, Declarations.Boltzmann),
        new("sigmoid", "marginals, every key for itself", AttentionKind.Declared, Declarations.Sigmoid),
        BestEight("energy", "no gradient through the selection", seed => new EnergyBrackets32(seed)),
        BestEight("identity", "the solver's Jacobian taken for −1", seed => new IdentityBrackets32(seed)),
        BestEight("blackbox", "one more solve of a shifted problem", seed => new BlackboxBrackets32(seed)),
        BestEight("perturbed", "the mean over four perturbed solves", seed => new PerturbedBrackets32(seed)),
        BestEight("nudged", "two runs nudged by the loss", seed => new NudgedBrackets32(seed)),
        BestEight("covariance", "the mean over eight samples at a temperature", seed => new CovarianceBrackets32(seed)),
    ];

    private static Variant Narrowed(
        string gradient, string summary, params (int Length, Func<long, QuboAttentionLayer<float>> Create)[] layers) =>
        Narrowed(gradient, summary, Declarations.OfRecall(layers));

    private static Variant Narrowed(
        string gradient, string summary, Declarations declarations, bool comparesGradients = true) => new(
        $"narrowed-{gradient}", $"narrowed: {summary}", AttentionKind.Declared, declarations, Declarations.Wide,
        comparesGradients);

    private static Variant BestEight(string gradient, string summary, Func<long, QuboAttentionLayer<float>> create) => new(
        $"eight-{gradient}", $"every query reads eight tokens: {summary}", AttentionKind.Declared,
        Declarations.OfBrackets(create), ComparesGradients: true);

    /// <summary>What a task is trained with where nobody says: softmax attention, none, and the first that is declared for it.</summary>
    public static IReadOnlyList<string> Usual(string task, int length) =>
        ["softmax", "none", All.First(v => v.Declared?.Lengths(task).Contains(length) == true).Name];

    /// <summary>The variant of that name, or null.</summary>
    public static Variant? Find(string name) => All.FirstOrDefault(v => v.Name == name);
}
