using Qama.Annealing;
using Qama.Layers;
using Qama.Numerics;
using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Tests.Annealing;

/// <summary>The kernel for couplings that are a product of features takes exactly the decisions of a scalar chain with the same random
/// numbers, in whichever registers it works.</summary>
public class FactoredChainTests
{
    [Theory]
    [InlineData(1, null, 1)]
    [InlineData(9, null, 1)]
    [InlineData(70, null, 1)]
    [InlineData(6, null, 3)]
    [InlineData(40, 0.5, 1)]
    public void Problems_are_annealed_bit_for_bit(int sweeps, double? temperature, int restarts)
    {
        AnnealingSchedule schedule = new(sweeps, 1.5, 0.05, temperature, restarts);
        Compare<SmallFeatures>(schedule, SmallFeatures.Tokens);
        Compare<ThreeHeads>(schedule, ThreeHeads.Tokens);
        Compare<OneHead>(schedule, OneHead.Tokens);
        Compare<FreeHeads>(schedule, FreeHeads.Tokens);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(18)]
    public void A_problem_with_fewer_tokens_is_annealed_bit_for_bit(int tokens) =>
        Compare<FreeHeads>(new(12, 0.6, 0.07), tokens);

    [Fact]
    public void A_problem_of_many_tokens_is_annealed_bit_for_bit() => Compare<ManyTokens>(new(5, 0.6, 0.07, null, 2), 1_090);

    [Theory]
    [InlineData(0, null)]
    [InlineData(3, 2.0)]
    public void A_state_is_annealed_further_bit_for_bit(int sweeps, double? temperature) =>
        Compare<FreeHeads>(new(sweeps, 1.5, 0.05, temperature, Continues: true), 33);

    [Fact]
    public void Problems_of_any_rank_and_length_are_annealed_bit_for_bit()
    {
        int stride = Padding.Stride(FreeHeads.Tokens);
        var random = new RandomStream(19);
        AnnealingSchedule schedule = new(3, 1, 0.1);
        for (int rank = 1; rank <= 19; rank++)
        {
            // What is behind the tokens that there are must not matter.
            float[] features = [.. Enumerable.Range(0, 2 * FreeHeads.Heads * rank * stride).Select(_ => (float)random.NextNormal())];
            float[] fields = [.. Enumerable.Range(0, FreeHeads.Heads * stride).Select(_ => (float)random.NextNormal())];
            var scratch = new float[FactoredAnnealer<DeclaredPlan<FreeHeads>>.ScratchLength(rank)];
            foreach (int tokens in new[] { 0, 1, 15, 16, 17, 36, 37 })
            {
                var problem = new FactoredView(
                    features.AsSpan(0, features.Length / 2), features.AsSpan(features.Length / 2), fields, rank, [.. Enumerable.Repeat(0.3, FreeHeads.Heads)], default, tokens);
                RandomStream vector = new SamplingKey(rank).Stream(tokens);
                RandomStream scalar = vector;
                TemperatureScale scale = FactoredAnnealer<DeclaredPlan<FreeHeads>>.EnergyScale(problem, scratch);
                var state = new byte[FreeHeads.Heads * FreeHeads.Tokens];
                FactoredAnnealer<DeclaredPlan<FreeHeads>>.Run(problem, schedule, ref vector, state, scratch);
                Assert.Equal(new FactoredScalarChain<DeclaredPlan<FreeHeads>>(problem, scale).Run(schedule, ref scalar), state);
            }
        }
    }

    private static void Compare<TEnergy>(AnnealingSchedule schedule, int tokens)
        where TEnergy : struct, IFeatureEnergy
    {
        Compare<TEnergy, Register512<float>>(schedule, tokens);
        Compare<TEnergy, Registers256<float>>(schedule, tokens);
        Compare<TEnergy, Registers128<float>>(schedule, tokens);
    }

    private static void Compare<TEnergy, TVector>(AnnealingSchedule schedule, int tokens)
        where TEnergy : struct, IFeatureEnergy
        where TVector : struct, IVector<TVector, float>
    {
        FactoredProblemBatch<FactoredModel<TEnergy>> batch = FeatureProblems.Batch<TEnergy>(2, 41, dense: false).Factored;
        var scratch = new float[batch.ScratchLength + 3];
        for (int p = 0; p < 2; p++)
        {
            batch.TokenCounts[p] = tokens;
            RandomStream vector = new SamplingKey(6).Stream(p);
            RandomStream scalar = vector;
            byte[] first = FeatureProblems.RandomState(batch, p, 3);
            var actual = (byte[])first.Clone();
            TemperatureScale scale = batch.EnergyScale(p, scratch);
            Array.Fill(scratch, float.NaN);
            // An odd offset: results must not depend on how memory is aligned.
            FactoredChain<DeclaredPlan<TEnergy>, TVector>.Run(batch.View(p), schedule, ref vector, actual, scratch.AsSpan(p * 3));
            byte[] expected = new FactoredScalarChain<DeclaredPlan<TEnergy>>(batch.View(p), scale)
                .Run(schedule, ref scalar, schedule.Continues ? first : null);
            Assert.Equal(expected, actual);
            Assert.Equal(scalar.NextUInt64(), vector.NextUInt64());
            Assert.Equal(scale, FactoredChain<DeclaredPlan<TEnergy>, TVector>.EnergyScale(batch.View(p), scratch));
        }
    }
}
