using Qama.Sampling;

namespace Qama.Benchmarks.Settings;

/// <summary>A sampler with settings to choose from and budgets to reach a gap in.</summary>
/// <param name="Name">Its name in tables and on the command line.</param>
/// <param name="Budgets">What is spent: sweeps or steps, and how often anew.</param>
/// <param name="Settings">The settings; the first are the defaults.</param>
internal sealed record SettingsFamily(
    string Name, (int Length, int Restarts)[] Budgets, (string Name, Func<int, int, ISampler> Create)[] Settings)
{
    /// <summary>The name of annealing.</summary>
    public const string AnnealingName = "annealing";

    /// <summary>The setting with which trained layers' problems have been annealed long.</summary>
    public const string ColdStart = "hot 0.2, cold 0.07";

    private static readonly (int, int)[] _annealings =
    [
        (5, 1), (10, 1), (20, 1), (40, 1), (80, 1), (160, 1), (320, 1), (80, 4), (80, 8), (80, 16), (80, 32), (1000, 1),
        (1000, 4),
    ];

    private static readonly (int, int)[] _plainAnnealings =
        [(30, 1), (100, 1), (300, 1), (1000, 1), (3000, 1), (300, 10)];

    /// <summary>What is compared on problems of models or on plain ones.</summary>
    public static IReadOnlyList<SettingsFamily> For(bool isModel) =>
    [
        new(AnnealingName, isModel ? _annealings : _plainAnnealings,
        [
            Annealing(0.6, 0.07), Annealing(0.2, 0.07), Annealing(0.4, 0.07), Annealing(1, 0.07), Annealing(0.6, 0.03),
            Annealing(0.6, 0.12),
        ]),
        new("tabu", [(300, 1), (1000, 1), (3000, 1)],
            [Tabu(0), Tabu(100), Tabu(3000)]),
        new("ballistic bifurcation", [(50, 1), (100, 1), (200, 1), (500, 1)],
        [
            Bifurcation(0.5, 0.5), Bifurcation(0.5, 0.3), Bifurcation(0.5, 0.7), Bifurcation(0.3, 0.5),
            Bifurcation(0.7, 0.5),
        ]),
        new("coherent Ising machine", [(100, 1), (300, 1), (1000, 1)],
        [
            Machine(0.05, 1, 2), Machine(0.025, 1, 2), Machine(0.05, 1.4, 2), Machine(0.05, 1, 4),
        ]),
        new("tempering", [(10, 1), (30, 1), (60, 1)],
            [Tempering(0.6, 0.07), Tempering(0.3, 0.07), Tempering(0.6, 0.14)]),
    ];

    private static (string, Func<int, int, ISampler>) Annealing(double hot, double cold) => (
        FormattableString.Invariant($"hot {hot}, cold {cold}"),
        (sweeps, restarts) => new SimulatedAnnealingSampler
        {
            Sweeps = sweeps, Restarts = restarts, Hot = hot, Cold = cold, Threads = 1,
        });

    private static (string, Func<int, int, ISampler>) Tabu(int stall) => (
        stall == 0 ? "stall twice the variables" : FormattableString.Invariant($"stall {stall}"),
        (steps, restarts) => new TabuSampler { Steps = steps, Restarts = restarts, Stall = stall, Threads = 1 });

    private static (string, Func<int, int, ISampler>) Bifurcation(double step, double coupling) => (
        FormattableString.Invariant($"step {step}, coupling {coupling}"),
        (steps, restarts) => new BifurcationSampler
        {
            Steps = steps, Restarts = restarts, TimeStep = step, Coupling = coupling, Threads = 1,
        });

    private static (string, Func<int, int, ISampler>) Machine(double step, double coupling, double target) => (
        FormattableString.Invariant($"step {step}, coupling {coupling}, target {target}"),
        (steps, restarts) => new CoherentIsingMachineSampler
        {
            Steps = steps, Restarts = restarts, TimeStep = step, Coupling = coupling, TargetAmplitude = target,
            Threads = 1,
        });

    private static (string, Func<int, int, ISampler>) Tempering(double hot, double cold) => (
        FormattableString.Invariant($"hot {hot}, cold {cold}"),
        (rounds, _) => new ParallelTemperingSampler { Rounds = rounds, Hot = hot, Cold = cold, Threads = 1 });
}
