using Qama.Sampling;

namespace Qama.Benchmarks.Hardness;

/// <summary>A sampler with a budget, on one thread.</summary>
/// <param name="Name">Both, for tables.</param>
/// <param name="Create">Makes it.</param>
internal sealed record Budget(string Name, Func<ISampler> Create)
{
    /// <summary>What training uses, and what takes milliseconds.</summary>
    public static IReadOnlyList<Budget> Usual { get; } =
    [
        new("annealing, 30 sweeps", () => Annealing(30, 1)),
        new("annealing, 150 sweeps", () => Annealing(150, 1)),
        new("annealing, 4 x 1,000 sweeps", () => Annealing(1000, 4)),
    ];

    /// <summary>Tabu search after a short annealing, for landscapes in which annealing gets stuck.</summary>
    public static Budget Tabu { get; } = new(
        "annealing, 40 sweeps, then tabu, 20,000 flips", () => new PolishedSampler(Annealing(40, 1)) { TabuSteps = 20_000, Threads = 1 });

    /// <summary>Searches of three kinds, each many times longer: the best of them stands for the optimum, which nobody knows.</summary>
    public static IReadOnlyList<Budget> Long { get; } =
    [
        new("annealing, 20 x 1,000 sweeps", () => Annealing(1000, 20)),
        new("parallel tempering, 8 replicas, 500 rounds of 5 sweeps",
            () => new ParallelTemperingSampler { Replicas = 8, Rounds = 500, Threads = 1 }),
        new("annealing, 1,000 sweeps, then tabu, 1,000,000 flips",
            () => new PolishedSampler(Annealing(1000, 1)) { TabuSteps = 1_000_000, Threads = 1 }),
    ];

    private static SimulatedAnnealingSampler Annealing(int sweeps, int restarts) =>
        new() { Sweeps = sweeps, Restarts = restarts, Threads = 1 };
}
