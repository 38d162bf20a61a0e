using Qama.Annealing;
using Qama.Layers;
using Qama.Numerics;
using Qama.Numerics.Vectors;
using Qama.Problems;

namespace Qama.Tests.Annealing;

/// <summary>The vector kernel takes exactly the decisions of a scalar chain with the same random numbers, in whichever
/// registers it works.</summary>
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
        Compare<PublishedPlan>(Schedule(sweeps) with { FixedTemperature = temperature }, 49);

    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(33)]
    public void A_problem_with_fewer_tokens_is_annealed_bit_for_bit(int tokens) =>
        Compare<PublishedPlan>(Schedule(12), tokens);

    [Theory]
    [InlineData(1, null)]
    [InlineData(8, null)]
    [InlineData(9, 2.0)]
    public void Any_number_of_heads_is_annealed_bit_for_bit(int sweeps, double? temperature)
    {
        AnnealingSchedule schedule = Schedule(sweeps) with { FixedTemperature = temperature };
        Compare<OneHeadPlan>(schedule, 20);
        Compare<TwoHeadsPlan>(schedule, 20);
        Compare<FiveHeadsPlan>(schedule, 30);
    }

    [Fact]
    public void A_model_without_exclusion_is_annealed_bit_for_bit() => Compare<LongRowPlan>(Schedule(20), 20);

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void Restarts_are_annealed_bit_for_bit(int restarts) =>
        Compare<PublishedPlan>(Schedule(9) with { Restarts = restarts }, 49);

    [Theory]
    [InlineData(0, null)]
    [InlineData(3, null)]
    [InlineData(3, 5.0)]
    public void A_state_is_annealed_further_bit_for_bit(int sweeps, double? temperature) =>
        Compare<PublishedPlan>(Schedule(sweeps) with { Continues = true, FixedTemperature = temperature }, 33);

    private static AnnealingSchedule Schedule(int sweeps) => new(sweeps, 1.5, 0.05);

    private static void Compare<TPlan>(AnnealingSchedule schedule, int tokens)
        where TPlan : struct, IAnnealingPlan
    {
        Compare<TPlan, Register512<float>>(schedule, tokens);
        Compare<TPlan, Registers256<float>>(schedule, tokens);
        Compare<TPlan, Registers128<float>>(schedule, tokens);
    }

    private static void Compare<TPlan, TVector>(AnnealingSchedule schedule, int tokens)
        where TPlan : struct, IAnnealingPlan
        where TVector : struct, IVector<TVector, float>
    {
        AttentionProblemBatch<TestModel<TPlan>> batch = RandomProblems.Batch<TPlan>(2, 41);
        var scratch = new float[batch.ScratchLength + 3];
        for (int p = 0; p < 2; p++)
        {
            batch.TokenCounts[p] = tokens;
            RandomStream vector = new SamplingKey(6).Stream(p);
            RandomStream scalar = vector;
            byte[] first = [.. Enumerable.Range(0, batch.VariableCount).Select(v => (byte)(v % TPlan.Tokens < tokens ? v % 3 & 1 : 0))];
            var actual = (byte[])first.Clone();
            Array.Fill(scratch, float.NaN);
            // An odd offset: results must not depend on how memory is aligned.
            Annealer<TPlan>.Run<TVector>(batch.View(p), schedule, ref vector, actual, scratch.AsSpan(p * 3));
            byte[] expected = new ScalarChain<TPlan>(batch.View(p)).Run(schedule, ref scalar, schedule.Continues ? first : null);
            Assert.Equal(expected, actual);
            Assert.Equal(scalar.NextUInt64(), vector.NextUInt64());
        }
    }
}
