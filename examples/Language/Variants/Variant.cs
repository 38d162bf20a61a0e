using Qama.Layers;
using Qama.Sampling;
using Qama.Training.Layers;
using Qama.Training.Modules;

namespace Qama.Examples.Language;

/// <summary>An attention operator to compare.</summary>
/// <param name="Name">Its name on the command line and in results.</param>
/// <param name="Summary">What it is, for tables.</param>
/// <param name="Keys">Characters that a query reads at most; 0 for no limit but the window's.</param>
internal sealed record Variant(string Name, string Summary, int Keys = 0)
{
    /// <summary>Lengths of windows that classes are declared for.</summary>
    public static readonly IReadOnlyList<int> Tokens = [64, 256];

    public static readonly IReadOnlyList<Variant> All =
    [
        new("softmax", "softmax attention") { Attention = (shape, seed) => Softmax(shape, seed) },
        new("none", "no attention"),
        new("linear", "linear attention, elu + 1") { Attention = (shape, seed) => new LinearAttention<float>(shape, Heads, Dim, seed, causal: true) },
        .. new[] { 16, 32, 64 }.Select(k => new Variant($"window-{k}", $"softmax over the last {k}", k)
        {
            Attention = (shape, seed) => Softmax(shape, seed, k),
        }),
        new("causal", "a quarter of every block of 16 stays")
        {
            Declared = new() { [64] = s => new Causal64(s), [256] = s => new Causal256(s) },
        },
        new("memory-16", "memory of 8 beside a block of 8", 16)
        {
            Declared = new() { [64] = s => new Memory16Of64(s), [256] = s => new Memory16Of256(s) },
        },
        new("memory-32", "memory of 16 beside a block of 16", 32)
        {
            Declared = new() { [64] = s => new Memory32Of64(s), [256] = s => new Memory32Of256(s) },
        },
        new("memory-64", "memory of 48 beside a block of 16", 64) { Declared = new() { [256] = s => new Memory64Of256(s) } },
        new("filled-16", "memory of 8, always filled, beside a block of 8", 16) { Declared = new() { [64] = s => new Filled16Of64(s) } },
        new("apart-16", "filled-16, whose characters hardly couple with each other", 16) { Declared = new() { [64] = s => new Apart16Of64(s) } },
        new("filled-64", "memory of 48, always filled, beside a block of 16", 64) { Declared = new() { [256] = s => new Filled64Of256(s) } },
        new("recent-16", "memory of 8, rather new ones than old, beside a block of 8", 16) { Declared = new() { [64] = s => new Recent16Of64(s) } },
        new("recent-64", "memory of 48, rather new ones than old, beside a block of 16", 64) { Declared = new() { [256] = s => new Recent64Of256(s) } },
        new("recent", "every character, rather new ones than old")
        {
            Declared = new() { [64] = s => new Recent64Of64(s), [256] = s => new Recent256Of256(s) },
        },
        new("query", "every query selects a quarter of the window")
        {
            Declared = new() { [64] = s => new Query64(s), [256] = s => new Query256(s) },
        },
        new("best", "every query selects its best quarter of the window")
        {
            Declared = new() { [64] = s => new BestOf64(s), [256] = s => new BestOf256(s) },
        },
        new("boltzmann", "marginals, learned couplings (arXiv 2606.12478)")
        {
            Declared = new() { [64] = s => new Boltzmann64(s), [256] = s => new Boltzmann256(s) },
        },
    ];

    private const int Heads = LanguageModel.Heads;
    private const int Dim = LanguageModel.Width / LanguageModel.Heads;

    /// <summary>Makes an operator that is not declared, from the shape and a seed; null where there is none.</summary>
    public Func<TokenShape, long, Module<float>>? Attention { get; init; }

    /// <summary>Makes the declared layer from a seed, by the length of windows; null for other operators.</summary>
    public Dictionary<int, Func<long, QuboAttentionLayer<float>>>? Declared { get; init; }

    /// <summary>The variant of that name, or null.</summary>
    public static Variant? Find(string name) => All.FirstOrDefault(v => v.Name == name);

    /// <summary>Those that windows of some length have: one that reads as many characters as there are is softmax
    /// attention.</summary>
    public static IReadOnlyList<Variant> Of(int tokens) =>
        [.. All.Where(v => v.Keys < tokens && v.Declared?.ContainsKey(tokens) != false)];

    /// <summary>Causal softmax attention, of a window or of all characters so far.</summary>
    public static SoftmaxAttention<float> Softmax(TokenShape shape, long seed, int window = 0) =>
        new(shape, Heads, Dim, seed, causal: true, window: window);

    /// <summary>The operator as a module [tokens, width] to [tokens, width]; null for none.</summary>
    public Module<float>? Create(TokenShape shape, long seed, ISampler sampler) => Declared is null
        ? Attention?.Invoke(shape, seed)
        : new QuboAttentionModule<float>(Declared[shape.Tokens](seed), sampler);
}
