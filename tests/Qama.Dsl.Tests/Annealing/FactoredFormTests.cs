using Qama.Annealing;
using Qama.Numerics;
using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;
using Qama.Problems;

namespace Qama.Tests.Annealing;

/// <summary>Features as bfloat16, and couplings with a constant part.</summary>
[Trait("Registers", "All")]
public class FactoredFormTests
{
    public static TheoryData<int, double?, int, bool> Schedules => new()
    {
        { 1, null, 1, false }, { 9, null, 1, false }, { 40, null, 2, false }, { 0, null, 1, true }, { 33, 0.5, 1, false }, { 3, 2.0, 1, true },
    };

    [Theory]
    [MemberData(nameof(Schedules))]
    public void Problems_are_annealed_bit_for_bit(int sweeps, double? temperature, int restarts, bool continues)
    {
        AnnealingSchedule schedule = new(sweeps, 1.5, 0.05, temperature, restarts, continues);
        foreach (bool shifted in new[] { false, true })
        {
            Compare<CompactHeads>(schedule, 9, shifted, CompactHeads.Tokens);
            Compare<CompactHeads>(schedule, 4, shifted, 17);
            Compare<SingleHeads>(schedule, 9, shifted, SingleHeads.Tokens);
            Compare<SingleHeads>(schedule, 1, shifted, 16);
        }
    }

    [Fact]
    public void Many_tokens_are_annealed_bit_for_bit() => Compare<ManyCompactTokens>(new(4, 0.6, 0.07), 18, true, 1_090);

    [Fact]
    public void Features_of_any_size_are_annealed_bit_for_bit()
    {
        // Zeros on either side, numbers that are halfway between bfloat16s, and very different sizes.
        var random = new RandomStream(4);
        float[] special = [0, -0f, 1, 1.00390625f, 1.01171875f, -1.5f, 1e-6f, 3e8f, 1e-30f, -3.3895314e8f];
        Problem problem = Make<CompactHeads>(6, true, CompactHeads.Tokens, () => special[random.NextInt32(special.Length)]);
        Compare<CompactHeads, Register512<float>>(problem, new(6, 1, 0.1), 3);
    }

    [Fact]
    public void A_constant_part_is_as_good_as_a_feature_that_all_tokens_share()
    {
        Problem shifted = Make<SingleHeads>(7, true, SingleHeads.Tokens, null);
        Problem widened = Make<SingleHeads>(7, false, SingleHeads.Tokens, null);
        int stride = Padding.Stride(SingleHeads.Tokens), heads = SingleHeads.Heads;
        (widened.Rows, widened.Columns, widened.Rank) = (Widen(shifted.Rows, _ => 1), Widen(shifted.Columns, h => (float)(shifted.Shifts[h] / shifted.Scales[h])), 8);
        TemperatureScale ofShifted = Scale<SingleHeads>(shifted), ofWidened = Scale<SingleHeads>(widened);
        Assert.Equal(ofWidened.Hot, ofShifted.Hot, 1e-5 * ofWidened.Hot);
        Assert.Equal(ofWidened.Cold, ofShifted.Cold, 1e-5 * ofWidened.Cold);

        // Against the grain of what the features alone do.
        widened.Rows.AsSpan().Clear();
        Assert.True(Math.Abs(Scale<SingleHeads>(widened).Hot - ofShifted.Hot) > 0.01 * ofShifted.Hot);

        float[] Widen(float[] features, Func<int, float> added) => [.. Enumerable.Range(0, heads).SelectMany(h => (IEnumerable<float>)
            [.. features.AsSpan(h * 7 * stride, 7 * stride).ToArray(), .. Enumerable.Repeat(added(h), stride)])];
    }

    [Fact]
    public void The_lowest_states_of_small_problems_with_a_constant_part_are_found()
    {
        for (ulong seed = 1; seed <= 6; seed++)
        {
            Problem problem = Make<FewTokens>(3, true, FewTokens.Tokens, null, seed);
            var state = new byte[12];
            Run<FewTokens>(problem, new(60, 1.5, 0.05, Restarts: 8), seed, state);
            double least = Enumerable.Range(0, 1 << 12)
                .Min(code => Literal<FewTokens>(problem, [.. Enumerable.Range(0, 12).Select(v => (byte)(code >> v & 1))]));
            Assert.Equal(least, Literal<FewTokens>(problem, state), 1e-5);
        }
    }

    [Fact]
    public void No_flip_lowers_the_energy_of_all_features_after_an_annealing_with_bfloat16()
    {
        for (ulong seed = 1; seed <= 5; seed++)
        {
            Problem problem = Make<CompactHeads>(9, true, CompactHeads.Tokens, null, seed);
            var state = new byte[CompactHeads.Heads * CompactHeads.Tokens];
            Run<CompactHeads>(problem, new(20, 1.5, 0.05), seed, state);
            double energy = Literal<CompactHeads>(problem, state);
            for (int v = 0; v < state.Length; v++)
            {
                state[v] ^= 1;
                Assert.True(Literal<CompactHeads>(problem, state) > energy - 1e-5, $"seed {seed}, variable {v}");
                state[v] ^= 1;
            }
        }
    }

    [Theory]
    [InlineData(16)]
    [InlineData(18)]
    [InlineData(64)]
    public void Memory_is_what_is_said_of_it(int rank)
    {
        Check<LongSingle>(8);
        Check<LongCompact>(4);

        void Check<TEnergy>(int perFeature)
            where TEnergy : struct, IFeatureEnergy
        {
            long bytes = sizeof(float) * (long)FactoredAnnealer<DeclaredPlan<TEnergy>>.ScratchLength(rank);
            double perToken = (8 * ((perFeature * ((rank + 3) / 4 * 4)) + 8.375)) + 4;
            long beside = 32 * 16 * (8 * ((rank + 3) / 4 * 4) + 12) + (8 * 1_024 * rank); // of the sample, and per head
            Assert.InRange(bytes, perToken * TEnergy.Tokens, (perToken * TEnergy.Tokens) + beside);
        }
    }

    [Fact]
    public void Eight_heads_of_a_quarter_of_a_million_tokens_fit_a_gigabyte_with_their_features()
    {
        long features = sizeof(float) * 2L * 8 * 16 * LongSingle.Tokens;
        Assert.True(features + (sizeof(float) * (long)FactoredAnnealer<DeclaredPlan<LongSingle>>.ScratchLength(16)) < 600_000_000);
        Assert.True(features + (sizeof(float) * (long)FactoredAnnealer<DeclaredPlan<LongCompact>>.ScratchLength(16)) < 450_000_000);
    }

    private static void Compare<TEnergy>(AnnealingSchedule schedule, int rank, bool shifted, int tokens)
        where TEnergy : struct, IFeatureEnergy
    {
        Problem problem = Make<TEnergy>(rank, shifted, tokens, null);
        Compare<TEnergy, Register512<float>>(problem, schedule, 1);
        Compare<TEnergy, Registers256<float>>(problem, schedule, 2);
        Compare<TEnergy, Registers128<float>>(problem, schedule, 3);
    }

    private static void Compare<TEnergy, TVector>(Problem problem, AnnealingSchedule schedule, int seed)
        where TEnergy : struct, IFeatureEnergy
        where TVector : struct, IVector<TVector, float>
    {
        RandomStream vector = new(((ulong)seed * 31) + 5);
        RandomStream scalar = vector;
        var first = new byte[TEnergy.Heads * TEnergy.Tokens];
        for (int v = 0; v < first.Length; v++)
        {
            first[v] = (byte)(v % TEnergy.Tokens < problem.Tokens ? v * 7 / 3 & 1 : 0);
        }

        var scratch = new float[FactoredAnnealer<DeclaredPlan<TEnergy>>.ScratchLength(problem.Rank)];
        var actual = (byte[])first.Clone();
        Array.Fill(scratch, float.NaN);
        FactoredChain<DeclaredPlan<TEnergy>, TVector>.Run(problem.View, schedule, ref vector, actual, scratch);
        byte[] expected = new FactoredScalarChain<DeclaredPlan<TEnergy>>(problem.View, Scale<TEnergy>(problem))
            .Run(schedule, ref scalar, schedule.Continues ? first : null);
        Assert.Equal(expected, actual);
        Assert.Equal(scalar.NextUInt64(), vector.NextUInt64());
        Assert.Equal(Scale<TEnergy>(problem), FactoredChain<DeclaredPlan<TEnergy>, TVector>.EnergyScale(problem.View, scratch));
    }

    private static TemperatureScale Scale<TEnergy>(Problem problem)
        where TEnergy : struct, IFeatureEnergy => FactoredAnnealer<DeclaredPlan<TEnergy>>.EnergyScale(
            problem.View, new float[FactoredAnnealer<DeclaredPlan<TEnergy>>.ScratchLength(problem.Rank)]);

    private static void Run<TEnergy>(Problem problem, AnnealingSchedule schedule, ulong seed, byte[] state)
        where TEnergy : struct, IFeatureEnergy
    {
        var random = new RandomStream(seed);
        FactoredAnnealer<DeclaredPlan<TEnergy>>.Run(
            problem.View, schedule, ref random, state, new float[FactoredAnnealer<DeclaredPlan<TEnergy>>.ScratchLength(problem.Rank)]);
    }

    private static Problem Make<TEnergy>(int rank, bool shifted, int tokens, Func<float>? feature, ulong seed = 3)
        where TEnergy : struct, IFeatureEnergy
    {
        var random = new RandomStream(seed);
        int stride = Padding.Stride(TEnergy.Tokens);
        Func<float> normal = () => (float)random.NextNormal();
        return new Problem
        {
            Rows = Fill(TEnergy.Heads * rank * stride, feature ?? normal), Columns = Fill(TEnergy.Heads * rank * stride, feature ?? normal),
            Fields = Fill(TEnergy.Heads * stride, normal), Rank = rank, Tokens = tokens,
            Scales = [.. Enumerable.Range(0, TEnergy.Heads).Select(h => 0.3 + (0.1 * h))],
            Shifts = shifted ? [.. Enumerable.Range(0, TEnergy.Heads).Select(h => 0.6 - (0.5 * h))] : [],
        };

        static float[] Fill(int length, Func<float> next) => [.. Enumerable.Range(0, length).Select(_ => next())];
    }

    // Every pair for itself, as IDeclaredEnergy says it.
    private static double Literal<TEnergy>(Problem problem, byte[] state)
        where TEnergy : struct, IFeatureEnergy
    {
        int n = TEnergy.Tokens, stride = Padding.Stride(n);
        double energy = 0;
        for (int h = 0; h < TEnergy.Heads; h++)
        {
            for (int i = 0; i < n; i++)
            {
                energy -= state[(h * n) + i] * TEnergy.FieldWeight * problem.Fields[(h * stride) + i];
                for (int j = 0; j < n; j++)
                {
                    double coupling = problem.Shifts.Length == 0 ? 0 : problem.Shifts[h];
                    for (int d = h * problem.Rank; d < (h + 1) * problem.Rank; d++)
                    {
                        coupling += problem.Scales[h] / 2 * (((double)problem.Rows[(d * stride) + i] * problem.Columns[(d * stride) + j])
                            + ((double)problem.Columns[(d * stride) + i] * problem.Rows[(d * stride) + j]));
                    }

                    energy -= i == j ? 0 : TEnergy.CouplingWeight * coupling * state[(h * n) + i] * state[(h * n) + j];
                }

                for (int other = 0; other < h; other++)
                {
                    energy += TEnergy.GetExclusion(default) * state[(h * n) + i] * state[(other * n) + i];
                }
            }
        }

        return energy;
    }

    private sealed class Problem
    {
        public float[] Rows { get; set; } = [];

        public float[] Columns { get; set; } = [];

        public float[] Fields { get; set; } = [];

        public double[] Scales { get; set; } = [];

        public double[] Shifts { get; set; } = [];

        public int Rank { get; set; }

        public int Tokens { get; set; }

        public FactoredView View => new(Rows, Columns, Fields, Rank, Scales, Shifts, Tokens);
    }
}
