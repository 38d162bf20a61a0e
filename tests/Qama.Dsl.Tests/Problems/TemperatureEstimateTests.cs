using System.Globalization;
using Qama.Annealing;
using Qama.Ising;
using Qama.Layers;
using Qama.Numerics;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Tests.Problems;

/// <summary>Temperatures estimated from reads, against those the reads were drawn at and a literal pseudo-likelihood.</summary>
public class TemperatureEstimateTests
{
    [Fact]
    public void The_estimate_maximises_the_literal_pseudo_likelihood_of_all_reads_of_all_problems()
    {
        AttentionProblemBatch<TestModel<WeightsPlan>> batch = RandomProblems.Batch<WeightsPlan>(3, 5);
        batch.TokenCounts[1] = 2;
        SampleSet samples = Draw(batch, 6, 1.7);
        double beta = batch.EstimateTemperature(samples).InverseTemperature;
        var literal = new LiteralPseudoLikelihood(batch, samples);
        Assert.Equal(literal.Maximiser(0, 3), beta, 1e-5);

        // Central differences of the literal one: flat at the estimate, and curved downwards.
        double step = 1e-4 * beta;
        double here = literal.Of(beta);
        double below = literal.Of(beta - step);
        double above = literal.Of(beta + step);
        double curvature = (above + below - (2 * here)) / (step * step);
        Assert.True(curvature < 0);
        Assert.InRange((above - below) / (2 * step) / -curvature / beta, -1e-5, 1e-5);
    }

    [Fact]
    public void The_error_is_that_of_a_literal_jackknife_over_the_reads()
    {
        var batch = new QuboProblemBatch(RandomProblems.Qubo(8, 6));
        SampleSet samples = Draw(batch, 40, 2);
        TemperatureEstimate estimate = batch.EstimateTemperature(samples);
        var literal = new LiteralPseudoLikelihood(batch, samples);
        double[] without = [.. Enumerable.Range(0, 40).Select(r => literal.Maximiser(-1, 3, r))];
        double squares = without.Sum(b => Math.Pow(b - estimate.InverseTemperature, 2));
        Assert.InRange(estimate.StandardError / Math.Sqrt(squares * 39 / 40), 0.97, 1.03);

        // Here the terms of a read depend on each other: independent ones would have less.
        double curvature = -(literal.Of(estimate.InverseTemperature + 1e-3) + literal.Of(estimate.InverseTemperature - 1e-3)
            - (2 * literal.Of(estimate.InverseTemperature))) / 1e-6;
        Assert.True(estimate.StandardError > 1.05 / Math.Sqrt(curvature));
        Assert.Equal(1 / estimate.InverseTemperature, estimate.Temperature, 1e-12);
        Assert.Equal(estimate.StandardError * estimate.Temperature * estimate.Temperature, estimate.TemperatureError, 1e-12);
        Assert.Equal((40, 1), (estimate.Reads, estimate.Problems));
    }

    [Theory]
    [InlineData(0.7)]
    [InlineData(2.5)]
    public void Reads_of_the_exact_distribution_have_its_temperature_within_the_error(double temperature)
    {
        Covers(new QuboProblemBatch(RandomProblems.Qubo(10, 7)), temperature);
        Covers(new QuboProblemBatch(RandomProblems.Qubo(6, 8), RandomProblems.Qubo(6, 9), RandomProblems.Qubo(6, 10)), temperature);
        Covers(RandomProblems.Batch<OverlapPlan>(1, 11), temperature / 2);
        Covers(RandomProblems.Batch<TinyWeightsPlan>(2, 12), temperature);
        Covers(RandomProblems.Batch<TinyHeadsPlan>(3, 13), temperature);
        Covers(Padded(RandomProblems.Batch<UnbalancedPlan>(1, 14)), temperature);
        Covers(FeatureProblems.Batch<SmallFeatures>(1, 15).Factored, temperature);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(16)]
    public void Few_reads_have_an_error_that_is_as_honest(int reads)
    {
        Covers(new QuboProblemBatch(RandomProblems.Qubo(10, 7)), 2, reads);
        Covers(RandomProblems.Batch<TinyHeadsPlan>(8, 13), 0.4, reads);
    }

    [Fact]
    public void Reads_that_are_alike_by_chance_do_not_look_certain()
    {
        var batch = new QuboProblemBatch(RandomProblems.Qubo(9, 28));
        var samples = new SampleSet(1, 4, 9);
        for (int r = 0; r < 4; r++)
        {
            FeatureProblems.RandomState(batch, 0, 5).CopyTo(samples.State(0, r));
        }

        TemperatureEstimate estimate = batch.EstimateTemperature(samples);
        double step = 1e-3, beta = estimate.InverseTemperature;
        var literal = new LiteralPseudoLikelihood(batch, samples);
        double curvature = -(literal.Of(beta + step) + literal.Of(beta - step) - (2 * literal.Of(beta))) / (step * step);
        Assert.Equal(1 / Math.Sqrt(curvature), estimate.StandardError, 1e-4 / Math.Sqrt(curvature));
    }

    [Theory]
    [InlineData(0.8)]
    [InlineData(3)]
    public void Reads_of_the_annealer_at_a_temperature_have_that_temperature(double temperature)
    {
        AssertTemperature(temperature, Annealed(RandomProblems.Batch<PairPenaltyPlan>(20, 16)));
        AssertTemperature(temperature, Annealed(RandomProblems.Batch<WeightsPlan>(20, 17)));
        AssertTemperature(temperature, Annealed(RandomProblems.Batch<FiveHeadsPlan>(4, 18)));
        AssertTemperature(temperature, Annealed(FeatureProblems.Batch<FreeHeads>(4, 19).Factored));
        AssertTemperature(temperature, Annealed(new QuboProblemBatch(RandomProblems.Qubo(30, 20))));

        TemperatureEstimate Annealed(ProblemBatch batch)
        {
            var samples = new SampleSet(batch.Count, 50, batch.VariableCount) { Temperature = temperature };
            new SimulatedAnnealingSampler { Sweeps = 200 }.Fill(batch, samples, new SamplingKey(21));
            return batch.EstimateTemperature(samples);
        }
    }

    [Fact]
    public void Reads_of_a_metropolis_chain_have_its_temperature_though_nobody_says_so()
    {
        var batch = new QuboProblemBatch(RandomProblems.Qubo(12, 22));
        var samples = new SampleSet(1, 200, 12);
        var random = new RandomStream(23);
        for (int r = 0; r < samples.ReadCount; r++)
        {
            byte[] state = FeatureProblems.RandomState(batch, 0, (ulong)r);
            for (int step = 0; step < 12 * 30; step++)
            {
                int v = random.NextInt32(12);
                double before = batch.Energy(0, state);
                state[v] ^= 1;
                state[v] ^= (byte)(random.NextDouble() < Math.Exp((before - batch.Energy(0, state)) / 1.6) ? 0 : 1);
            }

            state.CopyTo(samples.State(0, r));
        }

        AssertTemperature(1.6, batch.EstimateTemperature(samples));
    }

    [Fact]
    public void A_simulated_machine_has_a_temperature_with_an_error()
    {
        AttentionProblemBatch<TestModel<PublishedPlan>> batch = RandomProblems.Batch<PublishedPlan>(2, 24);
        var samples = new SampleSet(2, 10, batch.VariableCount);
        new CoherentIsingMachineSampler { Steps = 200, LastSigns = true, Descent = false, Noise = 0.3 }.Fill(batch, samples);
        TemperatureEstimate estimate = batch.EstimateTemperature(samples);
        Assert.True(estimate.IsFinite);
        Assert.InRange(estimate.Temperature, 0.01, 100);
        Assert.InRange(estimate.StandardError / estimate.InverseTemperature, 1e-4, 0.3);
    }

    [Fact]
    public void Reads_that_are_all_local_minima_or_maxima_have_an_infinite_inverse_temperature()
    {
        AttentionProblemBatch<TestModel<BinaryPlan>> batch = RandomProblems.Batch<BinaryPlan>(2, 25);
        var samples = new SampleSet(2, 3, batch.VariableCount);
        new PolishedSampler(new SimulatedAnnealingSampler { Sweeps = 1 }).Fill(batch, samples);
        TemperatureEstimate cold = batch.EstimateTemperature(samples);
        Assert.Equal((double.PositiveInfinity, 0.0, false), (cold.InverseTemperature, cold.Temperature, cold.IsFinite));
        Assert.True(double.IsNaN(cold.StandardError) && double.IsNaN(cold.TemperatureError));
        Assert.Contains("all reads are local minima", cold.ToString(), StringComparison.Ordinal);

        QuboMatrix up = RandomProblems.Qubo(7, 26), down = Scaled(up, -1);
        var lowest = new SampleSet(1, 1, 7);
        new ExactSampler().Fill(new QuboProblemBatch(up), lowest);
        TemperatureEstimate hot = new QuboProblemBatch(down).EstimateTemperature(lowest);
        Assert.Equal((double.NegativeInfinity, 0.0), (hot.InverseTemperature, hot.Temperature));
        Assert.Contains("local maxima", hot.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Reads_that_prefer_high_energies_have_a_negative_temperature()
    {
        QuboMatrix qubo = RandomProblems.Qubo(8, 27);
        SampleSet samples = Draw(new QuboProblemBatch(Scaled(qubo, -1)), 500, 2);
        AssertTemperature(-2, new QuboProblemBatch(qubo).EstimateTemperature(samples));
    }

    [Fact]
    public void Where_no_flip_costs_anything_there_is_no_temperature()
    {
        TemperatureEstimate none = new QuboProblemBatch(new QuboMatrix(3)).EstimateTemperature(new SampleSet(1, 4, 3));
        Assert.True(double.IsNaN(none.InverseTemperature) && double.IsNaN(none.Temperature) && double.IsNaN(none.StandardError));
        Assert.False(none.IsFinite);
        Assert.Contains("no flip changes an energy", none.ToString(), StringComparison.Ordinal);
        TemperatureEstimate empty = new QuboProblemBatch(new QuboMatrix(0)).EstimateTemperature(new SampleSet(1, 4, 0));
        Assert.True(double.IsNaN(empty.InverseTemperature));
    }

    [Fact]
    public void An_estimate_that_rests_on_one_read_has_no_bound_of_its_error()
    {
        var batch = new QuboProblemBatch(RandomProblems.Qubo(9, 28));
        TemperatureEstimate single = batch.EstimateTemperature(Draw(batch, 1, 3));
        Assert.True(single.IsFinite);
        Assert.Equal(double.PositiveInfinity, single.StandardError);

        // The minimum, and one read of which a flip lowers the energy: without it β would be infinite.
        var lowest = new SampleSet(1, 1, 9);
        new ExactSampler().Fill(batch, lowest);
        var samples = new SampleSet(1, 5, 9);
        for (int r = 0; r < 5; r++)
        {
            lowest.State(0).CopyTo(samples.State(0, r));
        }

        samples.State(0, 4)[3] ^= 1;
        TemperatureEstimate excited = batch.EstimateTemperature(samples);
        Assert.True(excited.IsFinite && excited.InverseTemperature > 0);
        Assert.Equal(double.PositiveInfinity, excited.StandardError);
        samples.State(0, 2)[5] ^= 1;
        Assert.True(double.IsFinite(batch.EstimateTemperature(samples).StandardError));
    }

    [Fact]
    public void Reads_without_information_change_nothing()
    {
        QuboMatrix qubo = RandomProblems.Qubo(8, 29);
        var batch = new QuboProblemBatch(qubo);
        SampleSet samples = Draw(batch, 30, 1);
        var both = new SampleSet(2, 30, 8);
        for (int r = 0; r < 30; r++)
        {
            samples.State(0, r).CopyTo(both.State(1, r));
        }

        TemperatureEstimate alone = batch.EstimateTemperature(samples);
        TemperatureEstimate with = new QuboProblemBatch(new QuboMatrix(8), qubo).EstimateTemperature(both);
        Assert.Equal(alone.InverseTemperature, with.InverseTemperature, 1e-12);
        Assert.Equal(alone.StandardError, with.StandardError, 1e-12);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(-1000)]
    public void A_power_of_two_as_the_unit_of_energy_changes_no_digit(int exponent)
    {
        QuboMatrix qubo = RandomProblems.Qubo(8, 30);
        SampleSet samples = Draw(new QuboProblemBatch(qubo), 50, 1);
        TemperatureEstimate one = new QuboProblemBatch(qubo).EstimateTemperature(samples);
        TemperatureEstimate other =
            new QuboProblemBatch(Scaled(qubo, Math.ScaleB(1, exponent))).EstimateTemperature(samples);
        Assert.Equal(one.InverseTemperature, Math.ScaleB(other.InverseTemperature, exponent));
        Assert.Equal(one.StandardError, Math.ScaleB(other.StandardError, exponent));
    }

    [Theory]
    [InlineData(0.02)]
    [InlineData(500)]
    public void The_root_is_found_far_from_the_size_of_flips(double temperature)
    {
        // One variable of a large cost and one of the temperature's own size.
        var qubo = new QuboMatrix(2);
        qubo.AddLinear(0, 1000);
        qubo.AddLinear(1, temperature);
        var batch = new QuboProblemBatch(qubo);
        SampleSet samples = Draw(batch, 4000, temperature);
        AssertTemperature(temperature, batch.EstimateTemperature(samples));
    }

    [Fact]
    public void The_root_is_found_whatever_the_costs()
    {
        // Single variables, so that costs can be chosen: of sizes from 1 to 10⁻⁷ and both signs.
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new RandomStream((ulong)seed);
            int variables = 2 + random.NextInt32(30), spread = 1 + random.NextInt32(7);
            var qubo = new QuboMatrix(variables);
            var samples = new SampleSet(1, 3, variables);
            for (int v = 0; v < variables; v++)
            {
                qubo.AddLinear(v, Math.Pow(10, -spread * random.NextDouble()));
                for (int r = 0; r < 3; r++)
                {
                    samples.State(0, r)[v] = (byte)(random.NextInt32(1 + random.NextInt32(8)) == 1 ? 1 : 0);
                }
            }

            samples.State(0, 0)[0] = 0;
            samples.State(0, 0)[1] = 1;
            TemperatureEstimate estimate = new QuboProblemBatch(qubo).EstimateTemperature(samples);
            double expected = Bisect(beta => Score(qubo, samples, beta));
            Assert.Equal(expected, estimate.InverseTemperature, 1e-8 * Math.Abs(expected) + 1e-9);
        }

        static double Score(QuboMatrix qubo, SampleSet samples, double beta)
        {
            double score = 0;
            for (int k = 0; k < 3 * qubo.Size; k++)
            {
                double cost = qubo[k % qubo.Size, k % qubo.Size] * (1 - (2 * samples.State(0, k / qubo.Size)[k % qubo.Size]));
                score += cost / (1 + Math.Exp(beta * cost));
            }

            return score;
        }

        static double Bisect(Func<double, double> falling)
        {
            (double low, double high) = (-1e12, 1e12);
            for (int step = 0; step < 200; step++)
            {
                double middle = (low + high) / 2;
                (low, high) = falling(middle) > 0 ? (middle, high) : (low, middle);
            }

            return low;
        }
    }

    [Fact]
    public void Some_of_the_flips_are_enough_for_an_estimate_and_its_error()
    {
        AttentionProblemBatch<TestModel<FiveHeadsPlan>> batch = RandomProblems.Batch<FiveHeadsPlan>(5, 31);
        var samples = new SampleSet(5, 40, batch.VariableCount) { Temperature = 2.5 };
        new SimulatedAnnealingSampler().Fill(batch, samples);
        var estimator = new TemperatureEstimator();
        TemperatureEstimate all = estimator.Estimate(batch, samples, 1);
        foreach (long limit in new[] { 10_000, 1_000, 1 })
        {
            TemperatureEstimate some = estimator.Estimate(batch, samples, 1, limit);
            AssertTemperature(2.5, some);
            Assert.Equal(new TemperatureEstimator().Estimate(batch, samples, 1, limit), some);
            Assert.NotEqual(all, some);
            Assert.InRange(some.StandardError, all.StandardError, 40 * all.StandardError);
        }

        Assert.Equal(all, estimator.Estimate(batch, samples, 1, 5 * 40 * batch.VariableCount));
    }

    [Fact]
    public void Reads_of_which_some_variables_are_looked_at_differ_in_which()
    {
        var qubo = new QuboMatrix(2);
        qubo.AddLinear(1, 1);
        var samples = new SampleSet(1, 4, 2);
        samples.State(0, 1)[1] = 1;
        Assert.True(new TemperatureEstimator().Estimate(new QuboProblemBatch(qubo), samples, 1, limit: 4).IsFinite);
    }

    [Fact]
    public void Estimates_do_not_depend_on_threads_and_a_second_one_allocates_nothing()
    {
        AttentionProblemBatch<TestModel<PublishedPlan>> batch = RandomProblems.Batch<PublishedPlan>(3, 32);
        var samples = new SampleSet(3, 4, batch.VariableCount) { Temperature = 3 };
        new SimulatedAnnealingSampler { Sweeps = 10 }.Fill(batch, samples);
        var estimator = new TemperatureEstimator();
        TemperatureEstimate one = estimator.Estimate(batch, samples, 1);
        Assert.Equal(one, new TemperatureEstimator().Estimate(batch, samples, 3));
        Assert.Equal(one, batch.EstimateTemperature(samples));
        Allocations.AssertNone(() => estimator.Estimate(batch, samples, 1));
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        var batch = new QuboProblemBatch(new QuboMatrix(3), new QuboMatrix(3));
        Assert.Equal("samples", Assert.Throws<ArgumentNullException>(() => batch.EstimateTemperature(null!)).ParamName);
        Assert.Equal("samples", Assert.Throws<ArgumentException>(() => batch.EstimateTemperature(new SampleSet(2, 1, 4))).ParamName);
        Assert.Equal("samples", Assert.Throws<ArgumentException>(() => batch.EstimateTemperature(new SampleSet(1, 1, 3))).ParamName);
        var wrong = new SampleSet(2, 2, 3);
        wrong.State(1, 1)[2] = 7;
        Assert.Contains(
            "Problem 1, read 1: expected 0 or 1 for variable 2",
            Assert.Throws<ArgumentException>(() => batch.EstimateTemperature(wrong)).Message, StringComparison.Ordinal);
        var infinite = new QuboMatrix(3);
        infinite.AddLinear(0, double.PositiveInfinity);
        Assert.Throws<ArgumentException>(() => new QuboProblemBatch(infinite).EstimateTemperature(new SampleSet(1, 1, 3)));
        AttentionProblemBatch<TestModel<TinyPlan>> none = RandomProblems.Batch<TinyPlan>(1, 1);
        none.SetCount(0);
        Assert.Throws<InvalidOperationException>(() => none.EstimateTemperature(new SampleSet(1, 1, 4)));
    }

    [Fact]
    public void An_estimate_says_itself()
    {
        var estimate = new TemperatureEstimate(2, 0.1, 16, 4);
        CultureInfo.CurrentCulture = new CultureInfo("de-DE");
        Assert.Equal("temperature 0.5 ± 0.025, β 2 ± 0.1; reads of each problem: 16, problems: 4", estimate.ToString());
    }

    // Many sets of reads of the exact distribution: the mean deviation is 0, and 95 % of them are within two errors.
    private static void Covers(ProblemBatch batch, double temperature, int reads = 60)
    {
        const int Sets = 250;
        SampleSet all = Draw(batch, Sets * reads, temperature);
        var set = new SampleSet(batch.Count, reads, batch.VariableCount);
        (double sum, int covered) = (0, 0);
        for (int k = 0; k < Sets; k++)
        {
            for (int p = 0; p < batch.Count; p++)
            {
                for (int r = 0; r < reads; r++)
                {
                    all.State(p, (k * reads) + r).CopyTo(set.State(p, r));
                }
            }

            TemperatureEstimate estimate = batch.EstimateTemperature(set);
            Assert.True(double.IsFinite(estimate.StandardError) || reads < 10, estimate.ToString());
            double deviation = (estimate.InverseTemperature - (1 / temperature)) / estimate.StandardError;
            sum += deviation;
            covered += Math.Abs(deviation) <= 2 ? 1 : 0;
        }

        // Of 250: the mean to ± 0.06, the share to ± 1.3 %; of so few reads the bias of the maximum is some of an error.
        Assert.True(
            Math.Abs(sum / Sets) < 0.25 && covered is >= (int)(0.915 * Sets) and <= (int)(0.985 * Sets),
            $"{batch.VariableCount} variables at {temperature}: mean deviation {sum / Sets:F3} errors, {100.0 * covered / Sets:F1} % covered");
    }

    private static AttentionProblemBatch<TModel> Padded<TModel>(AttentionProblemBatch<TModel> batch)
        where TModel : IQuboAttention<TModel>
    {
        batch.TokenCounts[0] -= 2;
        return batch;
    }

    private static SampleSet Draw(ProblemBatch batch, int reads, double temperature)
    {
        var samples = new SampleSet(batch.Count, reads, batch.VariableCount) { Temperature = temperature };
        new ExactSampler().Fill(batch, samples, new SamplingKey(3));
        return samples;
    }

    private static void AssertTemperature(double temperature, TemperatureEstimate estimate)
    {
        Assert.True(estimate.StandardError < 0.25 * Math.Abs(estimate.InverseTemperature), estimate.ToString());
        Assert.True(
            Math.Abs(estimate.InverseTemperature - (1 / temperature)) < 3.5 * estimate.StandardError, $"{temperature}: {estimate}");
    }

    private static QuboMatrix Scaled(QuboMatrix qubo, double factor)
    {
        var scaled = new QuboMatrix(qubo.Size);
        for (int i = 0; i < qubo.Size; i++)
        {
            for (int j = 0; j < qubo.Size; j++)
            {
                scaled.AddPair(i, j, factor * qubo[i, j]);
            }
        }

        return scaled;
    }
}
