using Qama.Cim;
using Qama.Cim.Emulator;
using Qama.Cim.Transport;
using Qama.Ising.Precision;
using Qama.Layers;
using Qama.Sampling;

namespace Qama.Examples.Vision;

/// <summary>The ways to find selections that are compared: the machine as it is, and in its place a good simulator on the same
/// integers. What that one lacks is lost by rounding; what the machine lacks beside it is the machine's own noise.</summary>
internal sealed record MachineWays(
    string Reduction, PrecisionOptions Precision, bool Relaxed, string Solver, Func<MachineSettings, IIsingSolver> Create)
{
    public const string Machine = "emulated machine";
    public const string Good = "annealing of the same integers";

    public string Name => $"{Reduction}, {Solver}";

    public CimSamplerOptions Options => new()
    {
        Machine = CimMachine.Cpqc550, Precision = Precision, MaxConcurrentTasks = 2, PollInterval = TimeSpan.FromMilliseconds(5),
        MaxPollInterval = TimeSpan.FromMilliseconds(50),
    };

    /// <summary>The ways for a model: relaxed ones only where it has bounds that can be left out.</summary>
    public static IReadOnlyList<MachineWays> Of(ModelDescriptor model)
    {
        var reductions = new List<(string Name, PrecisionOptions Precision, bool Relaxed)>
        {
            ("plain", PrecisionOptions.Plain, false), ("reduced", new PrecisionOptions(), false),
        };
        if (RelaxedSampler.CanRelax(model))
        {
            reductions.Insert(1, ("plain, bounds repaired", PrecisionOptions.Plain, true));
            reductions.Add(("reduced, bounds repaired", new PrecisionOptions(), true));
        }

        return
        [
            .. reductions.SelectMany(r => new[]
            {
                new MachineWays(r.Name, r.Precision, r.Relaxed, Machine, s => SimulatorSolver.CoherentIsingMachine(s.Steps)),
                new MachineWays(r.Name, r.Precision, r.Relaxed, Good, _ => new SimulatorSolver(
                    () => new SimulatedAnnealingSampler { Sweeps = 400, Threads = 1 })),
            }),
        ];
    }
}
