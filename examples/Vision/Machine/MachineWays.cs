using Qama.Cim;
using Qama.Cim.Emulator;
using Qama.Cim.Precision;
using Qama.Sampling;

namespace Qama.Examples.Vision;

/// <summary>The ways to find selections that are compared: the machine as it is, and in its place a good simulator on the same
/// integers. What that one lacks is lost by rounding; what the machine lacks beside it is the machine's own noise.</summary>
internal sealed record MachineWays(string Reduction, PrecisionOptions Precision, string Solver, Func<MachineSettings, IIsingSolver> Create)
{
    public const string Machine = "emulated machine";
    public const string Good = "annealing of the same integers";

    public static readonly IReadOnlyList<MachineWays> All =
    [
        .. new[] { ("plain", PrecisionOptions.Plain), ("reduced", new PrecisionOptions()) }.SelectMany(way => new[]
        {
            new MachineWays(way.Item1, way.Item2, Machine, s => SimulatorSolver.CoherentIsingMachine(s.Steps)),
            new MachineWays(way.Item1, way.Item2, Good, _ => new SimulatorSolver(
                () => new SimulatedAnnealingSampler { Sweeps = 400, Threads = 1 })),
        }),
    ];

    public string Name => $"{Reduction}, {Solver}";

    public CimSamplerOptions Options => new()
    {
        Machine = CimMachine.Cpqc550, Precision = Precision, MaxConcurrentTasks = 2, PollInterval = TimeSpan.FromMilliseconds(5),
        MaxPollInterval = TimeSpan.FromMilliseconds(50),
    };
}
