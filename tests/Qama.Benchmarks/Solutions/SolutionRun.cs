using Qama.Benchmarks.Solvers;
using Qama.Layers;
using Qama.Numerics;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Benchmarks.Solutions;

/// <summary>Times to solutions of problems of one size.</summary>
internal sealed class SolutionRun : ISampler
{
    private const double EnoughMicroseconds = 400_000; // for the reads of one budget
    private const int LeastReads = 5;
    private const int MostReads = 40;
    private const int MostDense = 8192; // spins of a sampler that needs the dense matrix, a quarter of a GB then

    private static readonly (string Name, int MostSpins, int[] Budgets, Func<int, ISampler> Create)[] _samplers =
    [
        ("annealing, heads hand tokens over", int.MaxValue, [10, 40, 160, 640, 2560], b => new SimulatedAnnealingSampler { Sweeps = b, Threads = 1 }),
        ("textbook annealing", MostDense, [40, 160, 640, 2560], b => new TextbookSampler { Sweeps = b }),
        ("parallel tempering", int.MaxValue, [4, 16, 64, 256], b => new ParallelTemperingSampler { Rounds = b, Threads = 1 }),
        ("tabu search", int.MaxValue, [300, 3000, 30_000], b => new TabuSampler { Steps = b, Threads = 1 }),
        ("ballistic bifurcation", int.MaxValue, [50, 200, 800], b => new BifurcationSampler { Steps = b, Threads = 1 }),
        ("discrete bifurcation", int.MaxValue, [50, 200, 800],
            b => new BifurcationSampler { Steps = b, Threads = 1, Variant = BifurcationVariant.Discrete }),
        ("simulated coherent Ising machine", int.MaxValue, [100, 400, 1600], b => new CoherentIsingMachineSampler { Steps = b, Threads = 1 }),
    ];

    private readonly List<(double Best, List<(double Time, double[] Energies)>[] Runs)> _problems = [];

    public static double[] Aims { get; } = [1e-5, 0.01];

    public string Name => "all";

    /// <summary>Problems of a layer with initial parameters, for inputs of normal numbers.</summary>
    public static List<SolutionTime> Fresh(QuboAttentionLayer<float> layer)
    {
        const int Problems = 3;
        var run = new SolutionRun();
        var random = new RandomStream(7);
        LayerWorkspace<float> workspace = layer.CreateWorkspace(1, 1);
        for (int p = 0; p < Problems; p++)
        {
            var input = new float[layer.Model.Tokens * layer.Model.EmbeddingDim];
            foreach (ref float x in input.AsSpan())
            {
                x = (float)random.NextNormal();
            }

            layer.Forward(input, new float[layer.Model.Tokens * layer.Model.OutputDim], workspace, run);
        }

        return run.Summarise("fresh", layer.Model.Tokens);
    }

    /// <summary>A layer's eyes see a sampler: solves the one problem of a batch with everything.</summary>
    public ValueTask SampleAsync(
        ProblemBatch problems, SampleSet result, SamplingKey key, CancellationToken cancellationToken = default)
    {
        double best = Best(problems);
        var found = new List<(double, double[])>[_samplers.Length];
        for (int s = 0; s < found.Length; s++)
        {
            if (problems.VariableCount > _samplers[s].MostSpins)
            {
                found[s] = [];
                continue;
            }

            found[s] = [.. _samplers[s].Budgets.Select(b => Reads(_samplers[s].Create(b), problems, warm: _problems.Count == 0))];
            best = Math.Min(best, found[s].Min(r => r.Item2.Min()));
        }

        _problems.Add((best, found));
        new SimulatedAnnealingSampler { Sweeps = 10, Threads = 1 }.Finish(problems, result, key);
        return ValueTask.CompletedTask;
    }

    /// <summary>Times of all samplers.</summary>
    public List<SolutionTime> Summarise(string kind, int tokens) =>
    [
        .. from aim in Aims
           from s in Enumerable.Range(0, _samplers.Length)
           where _problems.All(p => p.Runs[s].Count > 0)
           let times = _problems.Select(p => Time(p.Runs[s], p.Best, aim)).ToArray()
           let median = times.Order().ElementAt((times.Length - 1) / 2)
           select new SolutionTime(
               kind, tokens, _samplers[s].Name, aim, double.IsInfinity(median) ? null : 1e-3 * median,
               times.Count(double.IsInfinity), times.Length),
    ];

    /// <summary>The least over budgets.</summary>
    private static double Time(List<(double Time, double[] Energies)> runs, double best, double aim) => runs.Min(run =>
    {
        double share = run.Energies.Average(e => e - best <= aim * Math.Abs(best) ? 1.0 : 0);
        return share switch
        {
            0 => double.PositiveInfinity,
            >= 0.99 => run.Time,
            _ => run.Time * Math.Max(1, Math.Log(0.01) / Math.Log(1 - share)),
        };
    });

    private static (double Time, double[] Energies) Reads(ISampler sampler, ProblemBatch problem, bool warm)
    {
        var result = new SampleSet(1, 1, problem.VariableCount);
        Median.Warm(() => sampler.Finish(problem, result, new SamplingKey(2)), warm ? 0.2 : 0);
        List<double> times = [], energies = [];
        while (times.Count < LeastReads || (times.Count < MostReads && times.Sum() < EnoughMicroseconds))
        {
            double start = ThreadClock.Microseconds;
            sampler.Finish(problem, result, new SamplingKey(1, times.Count));
            times.Add(ThreadClock.Microseconds - start);
            energies.Add(result.Energy(0));
        }

        return (Median.Of(times), [.. energies]);
    }

    /// <summary>The lowest energy of two searches that are far longer than what is measured.</summary>
    private static double Best(ProblemBatch problem)
    {
        var result = new SampleSet(1, 1, problem.VariableCount);
        var annealing = new SimulatedAnnealingSampler { Sweeps = 3000, Restarts = 20, Threads = 1 };
        new PolishedSampler(annealing) { TabuSteps = 200_000, Threads = 1 }.Finish(problem, result, new SamplingKey(9));
        double energy = result.Energy(0);
        new ParallelTemperingSampler { Rounds = 1500, Threads = 1 }.Finish(problem, result, new SamplingKey(9));
        return Math.Min(energy, result.Energy(0));
    }
}
