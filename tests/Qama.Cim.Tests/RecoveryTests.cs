using Qama.Annealing;
using Qama.Ising;
using Qama.Ising.Precision;
using Qama.Layers;
using Qama.Problems;
using Qama.Sampling;
using Xunit.Abstractions;

namespace Qama.Cim.Tests;

/// <summary>How much of the gap that 8 bits open the exact reductions close, on problems of a trained network.</summary>
public class RecoveryTests(ITestOutputHelper output)
{
    private static readonly PrecisionOptions Plain = PrecisionOptions.Plain;

    [Fact]
    public void The_exact_reductions_recover_what_plain_rounding_loses()
    {
        double plain = MeanGap("plain rounding", Plain);
        double decided = MeanGap("variables decided", Plain with { FixVariables = true });
        double shared = MeanGap("fields shared by 16 spins only", Plain with { MaxFieldSpins = 16 });
        double all = MeanGap("decided and shared (the default)", new PrecisionOptions());
        Assert.InRange(plain, 5, 20);
        Assert.InRange(decided, 0, plain / 3);
        Assert.InRange(shared, -1e-4, 0.15);
        Assert.InRange(all, -1e-4, 0.15);
    }

    private double MeanGap(string name, PrecisionOptions options)
    {
        (AttentionProblemBatch<PublishedAttention> batch, double[] best) = PublishedAttention.Load();
        double sum = 0;
        for (int p = 0; p < batch.Count; p++)
        {
            MachineProblem reduced = PrecisionReducer.Reduce(batch.ToQubo(p), MachineLimits.Cpqc550, options);
            Assert.All(reduced.Terms, t => Assert.InRange(t.Value, -128, 127));
            double gap = 100 * (Solve(batch, p, reduced) - best[p]) / -best[p];
            sum += gap / batch.Count;
            output.WriteLine($"{name}: problem {p} gap {gap:F4} %; {reduced.Report}");
        }

        output.WriteLine($"{name}: mean gap {sum:F4} %");
        return sum;
    }

    // The best of 20 annealings of the integer problem, as energy of the original one.
    private static double Solve(ProblemBatch batch, int problem, MachineProblem reduced)
    {
        var ising = new IsingProblem(reduced.SpinCount + 1);
        foreach (MachineTerm t in reduced.Terms)
        {
            ising.AddCoupling(t.I, t.J, -2 * t.Value);
        }

        var result = new SampleSet(1, 20, ising.Size);
        new SimulatedAnnealingSampler { Sweeps = 400 }
            .SampleAsync(QuboProblemBatch.FromIsing(ising), result, new SamplingKey(1)).AsTask().Wait();
        sbyte[] spins = [.. result.State(0).ToArray().Select(x => (sbyte)(2 * x - 1))];
        var state = new byte[batch.VariableCount];
        reduced.Decode(spins.AsSpan(0, reduced.SpinCount), spins[^1], state);
        return batch.Energy(problem, state);
    }
}
