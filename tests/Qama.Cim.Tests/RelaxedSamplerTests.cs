using Qama.Ising;
using Qama.Layers;
using Qama.Numerics;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Cim.Tests;

/// <summary>Upper bounds that a machine is not told: what it is told instead, and how its answers are repaired.</summary>
public class RelaxedSamplerTests
{
    private const int Tokens = 6, Heads = 2, Variables = Heads * Tokens;

    [Fact]
    public void Models_with_upper_bounds_alone_can_be_relaxed()
    {
        Assert.True(RelaxedSampler.CanRelax(AtMostThree.Descriptor));
        Assert.False(RelaxedSampler.CanRelax(AtMostTwo.Descriptor)); // too narrow to read the coefficients off
        Assert.False(RelaxedSampler.CanRelax(ExactWeights.Descriptor));
        Assert.False(RelaxedSampler.CanRelax(SmallAttention.Descriptor)); // no bound
    }

    [Fact]
    public void Selections_that_keep_the_bounds_have_the_same_energy_differences_without_them()
    {
        AttentionProblemBatch<AtMostThree> problems = Problems();
        QuboMatrix relaxed = RelaxedSampler.WithoutBounds(problems, 0);
        double nothing = problems.Energy(0, new byte[Variables]);
        int feasible = 0;
        foreach (byte[] state in SmallProblems.States(Variables))
        {
            double expected = problems.Energy(0, state) - nothing, found = relaxed.Energy(state);
            if (problems.IsFeasible(0, state))
            {
                Assert.Equal(expected, found, 1e-5 * Math.Max(1, Math.Abs(expected)));
                feasible++;
            }
            else
            {
                Assert.True(found < expected, "the penalty is left");
            }
        }

        Assert.Equal(42 * 42, feasible); // of each head 1 + 6 + 15 + 20 selections
    }

    [Fact]
    public async Task An_answer_that_breaks_bounds_keeps_the_best_tokens_of_those_that_are_present()
    {
        // Fields alone: the best three of a head are those of its three largest fields.
        float[] fields = [1, 6, 2, 5, 3, 9, 4, 1, 8, 2, 7, 9];
        var problems = AttentionProblemBatch<AtMostThree>.FromDense([(new float[Variables * Tokens], fields)]);
        problems.TokenCounts[0] = Tokens - 1; // the last token of each head has the largest field, and is absent
        var sampler = new RelaxedSampler(new Everything());
        var result = new SampleSet(1, 2, Variables);
        await sampler.SampleAsync(problems, result, default);
        byte[] best = [0, 1, 0, 1, 1, 0, 1, 0, 1, 0, 1, 0];
        Assert.Equal(best, result.State(0, 0).ToArray());
        Assert.Equal(problems.Energy(0, best), result.Energy(0, 0));
        Assert.Equal((2, 1), (sampler.Answers, sampler.Repaired));
        Assert.Equal(new byte[Variables], result.State(0, 1).ToArray()); // kept as it is, and it comes second
        Assert.EndsWith(", bounds repaired", sampler.Name, StringComparison.Ordinal);

        result.Temperature = 1;
        await Assert.ThrowsAsync<NotSupportedException>(async () => await sampler.SampleAsync(problems, result, default));
        var exclusive = AttentionProblemBatch<ExclusiveBits>.FromDense([(new float[2 * 3 * 3], default)]);
        await Assert.ThrowsAsync<ArgumentException>(
            async () => await sampler.SampleAsync(exclusive, new SampleSet(1, 2, exclusive.VariableCount), default));
    }

    private static AttentionProblemBatch<AtMostThree> Problems()
    {
        var random = new RandomStream(7);
        (var couplings, var fields) = (new float[Variables * Tokens], new float[Variables]);
        for (int row = 0; row < Variables; row++)
        {
            fields[row] = (float)(random.NextDouble() - 0.3);
            for (int j = 0; j < row % Tokens; j++)
            {
                int other = row / Tokens * Tokens + j;
                couplings[row * Tokens + j] = couplings[other * Tokens + row % Tokens] = (float)(random.NextDouble() - 0.5);
            }
        }

        return AttentionProblemBatch<AtMostThree>.FromDense([(couplings, fields)]);
    }

    // Selects everything, and as a second read nothing.
    private sealed class Everything : ISampler
    {
        public string Name => "everything";

        public ValueTask SampleAsync(ProblemBatch problems, SampleSet result, SamplingKey key, CancellationToken cancellationToken = default)
        {
            for (int p = 0; p < problems.Count; p++)
            {
                result.State(p, 0).Fill(1);
                result.State(p, 1).Clear();
            }

            return ValueTask.CompletedTask;
        }
    }
}
