using Qama.Kernels;
using Qama.Sampling;

namespace Qama.Tests;

/// <summary>The vector kernel takes exactly the decisions of a scalar chain with the same random numbers.</summary>
public class BinaryChainTests
{
    [Theory]
    [InlineData(1, null)]
    [InlineData(7, null)]
    [InlineData(40, null)]
    [InlineData(1100, null)]
    [InlineData(1, 5.0)]
    [InlineData(7, 5.0)]
    public void The_published_model_is_annealed_bit_for_bit(int sweeps, double? temperature) =>
        Compare<PublishedPlan>(sweeps, temperature, 49);

    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(33)]
    public void A_problem_with_fewer_tokens_is_annealed_bit_for_bit(int tokens) => Compare<PublishedPlan>(12, null, tokens);

    [Fact]
    public void A_model_without_exclusion_is_annealed_bit_for_bit() => Compare<LongRowPlan>(20, null, 20);

    private static void Compare<TPlan>(int sweeps, double? temperature, int tokens)
        where TPlan : struct, IAnnealingPlan
    {
        AttentionProblemBatch<TestModel<TPlan>> batch = RandomProblems.Batch<TPlan>(2, 41);
        var schedule = new AnnealingSchedule(sweeps, 1.5, 0.05, temperature);
        var scratch = new float[batch.ScratchLength + 3];
        for (int p = 0; p < 2; p++)
        {
            batch.TokenCounts[p] = tokens;
            RandomStream vector = new SamplingKey(6).Stream(p);
            RandomStream scalar = vector;
            var actual = new byte[batch.VariableCount];
            Array.Fill(scratch, float.NaN);
            // An odd offset: results must not depend on how memory is aligned.
            batch.Anneal(p, schedule, ref vector, actual, scratch.AsSpan(p * 3));
            byte[] expected = new ScalarChain<TPlan>(batch.View(p)).Run(schedule, ref scalar);
            Assert.Equal(expected, actual);
            Assert.Equal(scalar.NextUInt64(), vector.NextUInt64());
        }
    }
}
