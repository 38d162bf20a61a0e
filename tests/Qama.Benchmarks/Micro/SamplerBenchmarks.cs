using BenchmarkDotNet.Attributes;
using Qama.Benchmarks.Solvers;
using Qama.Layers;
using Qama.Numerics;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Benchmarks.Micro;

/// <summary>One read of a random problem of 8 heads and 49 tokens, one thread.</summary>
[MemoryDiagnoser]
public class SamplerBenchmarks
{
    private readonly AttentionProblemBatch<Published49> _problems = Problems();
    private readonly SampleSet _result = new(1, 1, Published49.VariableCount);
    private readonly SimulatedAnnealingSampler _annealing = new() { Sweeps = 100, Threads = 1 };
    private readonly BifurcationSampler _bifurcation = new() { Steps = 100, Threads = 1 };
    private readonly CoherentIsingMachineSampler _machine = new() { Steps = 100, Threads = 1 };
    private readonly TabuSampler _tabu = new() { Steps = 100, Threads = 1 };

    /// <summary>100 sweeps.</summary>
    [Benchmark(Baseline = true)]
    public double Annealing() => Sample(_annealing);

    /// <summary>100 steps.</summary>
    [Benchmark]
    public double Bifurcation() => Sample(_bifurcation);

    /// <summary>100 steps.</summary>
    [Benchmark]
    public double CoherentIsingMachine() => Sample(_machine);

    /// <summary>100 flips.</summary>
    [Benchmark]
    public double Tabu() => Sample(_tabu);

    private double Sample(ISampler sampler)
    {
        sampler.Finish(_problems, _result, new SamplingKey(1));
        return _result.Energy(0);
    }

    private static AttentionProblemBatch<Published49> Problems()
    {
        const int Heads = Published49.HeadCount;
        const int Tokens = Published49.Tokens;
        var random = new RandomStream(1);
        var couplings = new float[Heads * Tokens * Tokens];
        var fields = new float[Heads * Tokens];
        for (int row = 0; row < Heads * Tokens; row++)
        {
            fields[row] = (float)random.NextNormal();
            (int head, int i) = (row / Tokens, row % Tokens);
            for (int j = 0; j < i; j++)
            {
                couplings[(row * Tokens) + j] = couplings[(((head * Tokens) + j) * Tokens) + i] = (float)random.NextNormal();
            }
        }

        return AttentionProblemBatch<Published49>.FromDense([(couplings, fields)]);
    }
}
