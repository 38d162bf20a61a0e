using Qama.Torch.Sampling;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch.Tests.Sampling;

/// <summary>Reads at a fixed temperature against the distribution over all states.</summary>
public sealed class BoltzmannTests
{
    private const int Reads = 6000;
    private const double Temperature = 1.3;

    // Models with few tokens present, so that there are at most 256 states; every kind of move, and heads in groups.
    public static TheoryData<Type, int> Models => new()
    {
        { typeof(PlainModel), 4 }, { typeof(LevelsModel), 2 }, { typeof(LevelBitsModel), 2 }, { typeof(DisjointModel), 2 },
        { typeof(DisjointBitsModel), 2 }, { typeof(AtMostModel), 4 }, { typeof(AtLeastModel), 3 }, { typeof(ExactlyModel), 4 },
        { typeof(ShareOutModel), 4 }, { typeof(UnbalancedModel), 3 }, { typeof(TermsModel), 4 }, { typeof(ManyHeadsModel), 1 },
        { typeof(ManyHeadsSumsModel), 2 }, { typeof(DiagonalModel), 2 }, { typeof(TradingModel), 4 },
    };

    [Theory, MemberData(nameof(Models))]
    public void Reads_at_a_temperature_follow_its_distribution(Type model, int length)
    {
        using DisposeScope scope = NewDisposeScope();
        SamplerProblem problem = SamplerProblem.Of(model, 1, 11, [length], scale: 0.7f);
        var sampler = new TensorAnnealingSampler { Sweeps = 30 };
        using TensorSamples samples = sampler.Sample(problem.Tensors, Reads, Temperature, new(4));
        int[] counts = Counts(problem, samples, out int[] variables);
        double[] expected = Distribution(problem, variables);
        Assert.True(ChiSquareDeviation(counts, expected) < 4, $"{ChiSquareDeviation(counts, expected):F1} standard deviations.");
    }

    [Fact]
    public void More_heads_than_tokens_follow_it_too()
    {
        using DisposeScope scope = NewDisposeScope();
        SamplerProblem problem = SamplerProblem.Of<ManyHeadsModel>(1, 12, scale: 0.7f);
        using TensorSamples samples = new TensorAnnealingSampler { Sweeps = 30 }.Sample(problem.Tensors, 3 * Reads, Temperature, new(5));
        int[] counts = Counts(problem, samples, out int[] variables);
        Assert.True(ChiSquareDeviation(counts, Distribution(problem, variables)) < 4);
    }

    [Fact]
    public void Reads_are_independent_of_each_other()
    {
        using DisposeScope scope = NewDisposeScope();
        SamplerProblem problem = SamplerProblem.Of<ExactlyModel>(1, 13, [4]);
        using TensorSamples samples = new TensorAnnealingSampler { Sweeps = 30 }.Sample(problem.Tensors, Reads, Temperature, new(6));
        double[] energies = samples.Energies.to(ScalarType.Float64).data<double>().ToArray();
        double mean = energies.Average();
        double variance = energies.Average(e => (e - mean) * (e - mean));
        foreach (int apart in new[] { 1, 2, 8, 16 })
        {
            double covariance = Enumerable.Range(0, Reads - apart).Average(r => (energies[r] - mean) * (energies[r + apart] - mean));
            Assert.True(Math.Abs(covariance / variance) < 4 / Math.Sqrt(Reads), $"Reads {apart} apart: {covariance / variance:F3}.");
        }
    }

    private static int[] Counts(SamplerProblem problem, TensorSamples samples, out int[] variables)
    {
        int[] present = [.. Enumerable.Range(0, problem.Variables).Where(v => problem.Native.IsPresent(0, v))];
        variables = present;
        var counts = new int[1 << present.Length];
        foreach (byte[] state in problem.States(samples.States))
        {
            Assert.Equal(state.Count(b => b == 1), present.Count(v => state[v] == 1));
            counts[present.Select((v, k) => state[v] << k).Sum()]++;
        }

        return counts;
    }

    private static double[] Distribution(SamplerProblem problem, int[] variables)
    {
        var weights = new double[1 << variables.Length];
        var state = new byte[problem.Variables];
        for (int s = 0; s < weights.Length; s++)
        {
            for (int k = 0; k < variables.Length; k++)
            {
                state[variables[k]] = (byte)((s >> k) & 1);
            }

            weights[s] = Math.Exp(-problem.Native.Energy(0, state) / Temperature);
        }

        double sum = weights.Sum();
        return [.. weights.Select(w => w / sum)];
    }

    // Of the statistic from its mean, in standard deviations (Wilson and Hilferty's approximation); rare states count as one.
    private static double ChiSquareDeviation(int[] counts, double[] shares)
    {
        int total = counts.Sum();
        (double statistic, int cells, double rare, int rareCount) = (0, 0, 0, 0);
        for (int s = 0; s < counts.Length; s++)
        {
            double expected = total * shares[s];
            if (expected < 5)
            {
                (rare, rareCount) = (rare + expected, rareCount + counts[s]);
                continue;
            }

            statistic += (counts[s] - expected) * (counts[s] - expected) / expected;
            cells++;
        }

        if (rare >= 5)
        {
            statistic += (rareCount - rare) * (rareCount - rare) / rare;
            cells++;
        }

        double share = 2.0 / (9 * (cells - 1));
        return (Math.Cbrt(statistic / (cells - 1)) - (1 - share)) / Math.Sqrt(share);
    }
}
