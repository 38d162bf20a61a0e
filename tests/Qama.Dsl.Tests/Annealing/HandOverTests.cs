using FsCheck;
using FsCheck.Fluent;
using Qama.Annealing;
using Qama.Layers;
using Qama.Numerics;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Tests.Annealing;

/// <summary>Heads that exclude each other hand tokens over.</summary>
public class HandOverTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(32)]
    public void Every_two_players_of_a_tournament_meet_once(int players)
    {
        var meetings = new List<(int, int)>();
        for (int round = 0; round < Tournament.Rounds(players); round++)
        {
            (int First, int Second)[] games =
                [.. Enumerable.Range(0, Tournament.Games(players)).Select(g => Tournament.Pair(players, round, g))];
            Assert.Equal(2 * games.Length, games.SelectMany(g => new[] { g.First, g.Second }).Distinct().Count());
            int later = round + Tournament.Rounds(players);
            Assert.Equal(games, games.Select((_, game) => Tournament.Pair(players, later, game)));
            meetings.AddRange(games.Select(g => (Math.Min(g.First, g.Second), Math.Max(g.First, g.Second))));
        }

        Assert.Equal(players * (players - 1) / 2, meetings.Count);
        Assert.Equal(meetings.Count, meetings.Distinct().Count());
        Assert.All(meetings, m => Assert.InRange(m.Item2, 1, players - 1));
    }

    // The best state is chosen by energies that are kept up to date, and ends in a descent by fields that are: were one
    // of them wrong, a state seen on the way would be lower, or a flip from the last one would gain.
    [Fact]
    public void Energies_kept_through_many_sweeps_are_those_computed_anew() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(6),
        Prop.ForAll(ArbMap.Default.GeneratorFor<int>().Select(seed => (ulong)(uint)seed).ToArbitrary(), seed =>
        {
            KeepsEnergies<PublishedPlan>(seed, 49);
            KeepsEnergies<PublishedPlan>(seed, (int)(seed % 49));
            KeepsEnergies<FiveHeadsPlan>(seed, 37);
            KeepsEnergies<TwoHeadsPlan>(seed, 1 + (int)(seed % 20));
            KeepsEnergies<OneHeadPlan>(seed, 20);
            KeepsEnergies<PairPenaltyPlan>(seed, 6);
            KeepsEnergies<DiagonalPlan>(seed, 9);
            KeepsEnergies<WeightsPlan>(seed, 3);
            KeepsEnergies<ThreeSoftHeadsPlan>(seed, 1 + (int)(seed % 20));
        }));

    [Fact]
    public void A_layer_of_random_projections_is_solved_to_a_few_hundredths_in_twenty_sweeps()
    {
        // Single flips alone are far above the lowest energies known: exclusion divides tokens among heads at once, and
        // then neither of two heads can move first.
        AttentionProblemBatch<TestModel<LargerPublishedPlan>> batch =
            RandomProblems.Projections<LargerPublishedPlan>(2, 5, 16);
        double[] lowest = [-428.77047, -408.12922];
        var result = new SampleSet(2, 4, batch.VariableCount);
        new SimulatedAnnealingSampler { Sweeps = 20 }.Fill(batch, result, new SamplingKey(1));
        double[] gaps = [.. Enumerable.Range(0, 8).Select(k => 1 - result.Energy(k / 4, k % 4) / lowest[k / 4])];
        Assert.True(gaps.Average() < 0.04, $"{100 * gaps.Average():F2} %");
    }

    private static void KeepsEnergies<TPlan>(ulong seed, int tokens)
        where TPlan : struct, IAnnealingPlan
    {
        AttentionProblemBatch<TestModel<TPlan>> batch = RandomProblems.Batch<TPlan>(1, seed);
        batch.TokenCounts[0] = tokens;
        double least = double.PositiveInfinity;
        var schedule = new AnnealingSchedule(20, 0.4, 0.3)
        {
            Observer = s => least = Math.Min(least, batch.Energy(0, s)),
        };
        var state = new byte[batch.VariableCount];
        var random = new RandomStream(seed);
        batch.Anneal(0, schedule, ref random, state, new float[batch.ScratchLength]);
        double energy = batch.Energy(0, state);
        double rounding = 1e-4 * (1 + Math.Abs(energy));
        Assert.True(energy < least + rounding, $"{typeof(TPlan).Name}, seed {seed}: {energy}, on the way {least}");
        for (int flip = 0; flip < 30; flip++)
        {
            int v = random.NextInt32(state.Length);
            if (batch.IsPresent(0, v))
            {
                state[v] ^= 1;
                double flipped = batch.Energy(0, state);
                Assert.True(flipped > energy - rounding, $"{typeof(TPlan).Name}, seed {seed}: {energy}, flipped {flipped}");
                state[v] ^= 1;
            }
        }
    }
}
