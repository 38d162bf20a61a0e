using Qama.Sampling;

namespace Qama.Tests.Sampling;

/// <summary>Every sampler of the package that searches, by name, with default settings or with those of a very long
/// read.</summary>
internal static class EverySampler
{
    public static TheoryData<string> Names =>
    [
        "annealing", "restarts", "tempering", "tabu", "ballistic", "discrete", "auxiliary", "machine", "polished",
        "polished by tabu", "enumeration",
    ];

    public static TheoryData<string> AtTemperature => ["annealing", "tempering", "enumeration"];

    public static ISampler Make(string name, bool endless = false)
    {
        int steps = 10_000_000;
        return name switch
        {
            "annealing" => endless ? new SimulatedAnnealingSampler { Sweeps = 100 * steps } : new SimulatedAnnealingSampler(),
            "restarts" => endless ? new SimulatedAnnealingSampler { Restarts = steps } : new SimulatedAnnealingSampler { Restarts = 4 },
            "tempering" => endless ? new ParallelTemperingSampler { Rounds = steps } : new ParallelTemperingSampler(),
            "tabu" => endless ? new TabuSampler { Steps = steps } : new TabuSampler(),
            "ballistic" => endless ? new BifurcationSampler { Steps = steps } : new BifurcationSampler(),
            "discrete" => new BifurcationSampler { Variant = BifurcationVariant.Discrete, Steps = endless ? steps : 500 },
            "auxiliary" => new BifurcationSampler { AuxiliarySpin = true, Steps = endless ? steps : 500 },
            "machine" => endless ? new CoherentIsingMachineSampler { Steps = steps } : new CoherentIsingMachineSampler(),
            "polished" => new PolishedSampler(endless ? Make("annealing", true) : new SimulatedAnnealingSampler { Sweeps = 2 }),
            "polished by tabu" => new PolishedSampler(new SimulatedAnnealingSampler { Sweeps = 2 }) { TabuSteps = endless ? steps : 200 },
            "enumeration" => new ExactSampler(),
            _ => throw new ArgumentException(name, nameof(name)),
        };
    }
}
