using Qama.Benchmarks.Plain;
using Qama.Benchmarks.Solvers;
using Qama.Layers;
using Qama.Problems;

namespace Qama.Benchmarks.Settings;

/// <summary>Problems on which settings are compared.</summary>
/// <param name="Name">Their name in tables.</param>
/// <param name="IsModel">Whether a declared model poses them, or they are plain.</param>
/// <param name="IsValidation">Whether settings are not chosen on them.</param>
/// <param name="Create">Makes them.</param>
internal sealed record ProblemGroup(
    string Name, bool IsModel, bool IsValidation, Func<IReadOnlyList<ProblemBatch>> Create)
{
    /// <summary>Groups for tuning have other seeds, lengths of training and sizes than those for validation.</summary>
    public static IReadOnlyList<ProblemGroup> All { get; } =
    [
        Trained("QamaV2, 8 x 49", false, seed: 102, epochs: 6, s => new Published49(s)),
        Trained("QamaV2, 8 x 49", false, seed: 103, epochs: 9, s => new Published49(s)),
        Trained("QamaV2, 8 x 64", false, seed: 104, epochs: 6, s => new Published64(s)),
        Trained("QamaV2Stable, 8 x 49", false, seed: 105, epochs: 3, s => new Stable49(s)),
        Trained("QamaV2, 8 x 49", true, seed: 201, epochs: 3, s => new Published49(s)),
        Trained("QamaV2, 8 x 49", true, seed: 202, epochs: 10, s => new Published49(s)),
        Trained("QamaV2, 4 x 49", true, seed: 203, epochs: 8, s => new FourHeads49(s)),
        Trained("QamaV2, 8 x 81", true, seed: 204, epochs: 6, s => new Published81(s)),
        Trained("QamaV2Stable, 8 x 64", true, seed: 205, epochs: 5, s => new Stable64(s)),
        Plain("random graph, 800, 2 %", false, s => PlainInstance.RandomGraph(800, 6400, s)),
        Plain("torus of ±1, 30 x 20", false, s => PlainInstance.Torus(30, 20, s)),
        Plain("Beasley, 500, 10 %", false, s => PlainInstance.Random("", 500, 0.1, s)),
        Plain("all pairs, 300", false, s => PlainInstance.Random("", 300, 1, s)),
        Plain("random graph, 600, 6 %", true, s => PlainInstance.RandomGraph(600, 10_800, s)),
        Plain("torus of ±1, 25 x 40", true, s => PlainInstance.Torus(25, 40, s)),
        Plain("Beasley, 800, 10 %", true, s => PlainInstance.Random("", 800, 0.1, s)),
        Plain("all pairs, 500", true, s => PlainInstance.Random("", 500, 1, s)),
    ];

    private static ProblemGroup Trained<TModel>(
        string name, bool isValidation, int seed, int epochs, Func<long, TModel> create)
        where TModel : QuboAttentionLayer<float>, IQuboAttention<TModel> =>
        new($"{name}, {epochs} epochs", true, isValidation, () => [TrainedProblems.Create(create(seed), epochs, seed)]);

    // Two of a kind.
    private static ProblemGroup Plain(string name, bool isValidation, Func<ulong, PlainInstance> create) => new(
        name, false, isValidation,
        () => [.. Enumerable.Range(0, 2).Select(k => create((ulong)(isValidation ? 301 + k : 401 + k)).Batch)]);
}
