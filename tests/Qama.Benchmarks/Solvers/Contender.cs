using Qama.Sampling;

namespace Qama.Benchmarks.Solvers;

/// <summary>A sampler with a ladder of budgets.</summary>
/// <param name="Name">Its name in tables and on the command line.</param>
/// <param name="Unit">What a budget counts.</param>
/// <param name="Budgets">The budgets, rising.</param>
/// <param name="Create">Makes the sampler for a budget, on one thread.</param>
internal sealed record Contender(string Name, string Unit, int[] Budgets, Func<int, ISampler> Create)
{
    public const string Baseline = "textbook";

    /// <summary>Everything that is compared; the baseline first.</summary>
    public static IReadOnlyList<Contender> All { get; } =
    [
        // Fields dominate these problems: the baseline, restarts and long annealings start at 0.2 rather than at the
        // samplers' safe defaults. One short annealing does best with its defaults.
        new(Baseline, "sweeps", [10, 30, 100, 300, 1000, 3000], b => new TextbookSampler { Sweeps = b, Hot = 0.2 }),
        new("annealing", "sweeps", [1, 5, 8, 10, 20, 25, 40, 80, 150, 300, 1000],
            b => new SimulatedAnnealingSampler { Sweeps = b, Threads = 1 }),
        new("restarts", "annealings of 80 sweeps", [3, 6, 8, 10, 30],
            b => new SimulatedAnnealingSampler { Sweeps = 80, Restarts = b, Hot = 0.2, Threads = 1 }),
        new("deep", "annealings of 1000 sweeps", [1, 2, 4],
            b => new SimulatedAnnealingSampler { Sweeps = 1000, Restarts = b, Hot = 0.2, Threads = 1 }),
        new("tabu", "flips", [100, 300, 1000, 3000, 10_000, 30_000], b => new TabuSampler { Steps = b, Threads = 1 }),
        new("polished", "flips after 40 sweeps", [0, 100, 300, 1000, 3000, 10_000],
            b => new PolishedSampler(new SimulatedAnnealingSampler { Sweeps = 40, Hot = 0.2, Threads = 1 }) { TabuSteps = b, Threads = 1 }),
        new("dsb", "steps", [50, 100, 300, 1000, 3000],
            b => new BifurcationSampler { Variant = BifurcationVariant.Discrete, Steps = b, Threads = 1 }),
        new("bsb", "steps", [50, 100, 300, 1000, 3000],
            b => new BifurcationSampler { Variant = BifurcationVariant.Ballistic, Steps = b, Threads = 1 }),
        new("cim", "steps", [50, 100, 300, 1000, 3000],
            b => new CoherentIsingMachineSampler { Steps = b, Threads = 1 }),
    ];
}
