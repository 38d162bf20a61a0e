using Qama.Sampling;

namespace Qama.Tests.Sampling;

/// <summary>The simulators, by name, with settings for small problems.</summary>
internal static class Simulators
{
    public static TheoryData<string> Names => ["discrete", "ballistic", "auxiliary", "machine", "tabu", "polished"];

    public static SearchSampler Search(string name, int steps = 200, int restarts = 1, int threads = 1) => name switch
    {
        "discrete" => new BifurcationSampler
        {
            Variant = BifurcationVariant.Discrete, Steps = steps, Restarts = restarts, Threads = threads,
        },
        "ballistic" => new BifurcationSampler
        {
            Variant = BifurcationVariant.Ballistic, Steps = steps, Restarts = restarts, Threads = threads,
        },
        "auxiliary" => new BifurcationSampler { AuxiliarySpin = true, Steps = steps, Restarts = restarts, Threads = threads },
        "machine" => new CoherentIsingMachineSampler { Steps = steps, Restarts = restarts, Threads = threads },
        "tabu" => new TabuSampler { Steps = 2 * steps, Restarts = restarts, Threads = threads },
        _ => throw new ArgumentException(name, nameof(name)),
    };

    public static ISampler Make(string name, int steps = 200, int restarts = 1, int threads = 1) => name == "polished"
        ? new PolishedSampler(new SimulatedAnnealingSampler { Sweeps = 2, Restarts = restarts, Threads = threads })
        {
            TabuSteps = steps,
            Threads = threads,
        }
        : Search(name, steps, restarts, threads);
}
