using FsCheck;
using FsCheck.Fluent;
using Qama.Annealing;
using Qama.Ising;
using Qama.Ising.Precision;
using Qama.Numerics;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Tests.Sampling;

/// <summary>The reduction to a machine's integers, and the simulator as that machine.</summary>
public class MachinePredictionTests
{
    // Halves, quarters and thirds among them, so that a multiplier often makes all coefficients integers.
    [Fact]
    public void Integers_follow_the_vendors_rule_for_every_width() => Check.One(Config.QuickThrowOnFailure, Prop.ForAll(
        (from bits in Gen.Choose(2, 12)
         from size in Gen.Choose(1, 6)
         from seed in Gen.Choose(0, 1000)
         from divisor in Gen.Elements(0.0, 1, 2, 3, 4, 12)
         select (bits, size, seed, divisor)).ToArbitrary(),
        ((int Bits, int Size, int Seed, double Divisor) given) =>
        {
            IsingProblem ising = RandomIsing(given.Size, given.Seed, given.Divisor);
            int n = given.Size;
            var exact = new double[n + 1, n + 1];
            for (int i = 0; i < n; i++)
            {
                exact[i, n] = -0.5 * ising.Fields[i];
                for (int j = i + 1; j < n; j++)
                {
                    exact[i, j] = -0.5 * ising[i, j];
                }
            }

            MachineProblem machine = PrecisionReducer.Reduce(
                ising.ToQubo(), new MachineLimits(n + 1, given.Bits), PrecisionOptions.Plain);
            double scale = VendorRule.Scale(exact, given.Bits);
            var actual = new int[n + 1, n + 1];
            foreach (MachineTerm term in machine.Terms)
            {
                actual[term.I, term.J] = term.Value;
            }

            Assert.Equal(n, machine.SpinCount);
            for (int k = 0; k < actual.Length; k++)
            {
                (int i, int j) = (k / (n + 1), k % (n + 1));
                Assert.InRange(Math.Abs(actual[i, j] - scale * exact[i, j]), 0, 0.5 + 1e-9); // of two equally near either
            }
        }));

    private static IsingProblem RandomIsing(int size, int seed, double divisor)
    {
        var random = new RandomStream((ulong)seed);
        var ising = new IsingProblem(size);
        for (int i = 0; i < size; i++)
        {
            ising.AddField(i, Next() is var f && f != 0 ? f : 1);
            for (int j = 0; j < i; j++)
            {
                ising.AddCoupling(i, j, Next());
            }
        }

        return ising;

        double Next() => divisor == 0 ? random.NextNormal() : (random.NextInt32(21) - 10) / divisor;
    }

    [Fact]
    public void A_zero_problem_stays_zero()
    {
        MachineProblem machine = PrecisionReducer.Reduce(new QuboMatrix(3), MachineLimits.Cpqc550);
        Assert.Empty(machine.Terms);
        Assert.Equal((0, 0), (machine.SpinCount, machine.Report.Terms));
        var result = new SampleSet(1, 2, 3);
        CoherentIsingMachineSampler.ForMachine(MachineLimits.Cpqc550).Fill(new QuboProblemBatch(new QuboMatrix(3)), result);
        Assert.Equal(0, result.Energy(0));
    }

    [Fact]
    public void Problems_beyond_the_machine_are_refused_unless_enough_is_decided()
    {
        QuboProblemBatch batch = new([RandomProblems.Qubo(8, 1), Decided(8)]);
        var result = new SampleSet(2, 1, 8);
        CoherentIsingMachineSampler machine = CoherentIsingMachineSampler.ForMachine(new MachineLimits(9, 8));
        machine.Precision = PrecisionOptions.Plain;
        machine.Fill(batch, result);
        machine.Limits = new MachineLimits(8, 8);
        result.State(0, 0).Fill(7);
        string message = Assert.Throws<ArgumentException>(() => machine.Fill(batch, result)).Message;
        Assert.Contains("8 undecided variables of 8; the machine has 8 spins", message, StringComparison.Ordinal);
        Assert.All(result.State(0, 0).ToArray(), x => Assert.Equal(7, x)); // refused before any work

        machine.Precision = new PrecisionOptions();
        result = new SampleSet(1, 1, 8);
        machine.Fill(new QuboProblemBatch(Decided(8)), result);
        Assert.Equal(-8, result.Energy(0));
    }

    private static QuboMatrix Decided(int size)
    {
        var qubo = new QuboMatrix(size);
        for (int i = 0; i < size; i++)
        {
            qubo.AddLinear(i, -1);
        }

        return qubo;
    }

    [Fact]
    public void Energies_are_of_the_original_problem_and_slack_is_left_out()
    {
        ProblemBatch batch = RandomProblems.Batch<BoundedPlan>(3, 8);
        var result = new SampleSet(3, 10, batch.VariableCount);
        CoherentIsingMachineSampler.ForMachine(MachineLimits.Cpqc550).Fill(batch, result, new SamplingKey(2));
        for (int k = 0; k < 30; k++)
        {
            Assert.Equal(batch.Energy(k / 10, result.State(k / 10, k % 10)), result.Energy(k / 10, k % 10));
        }

        Assert.Contains("550 spins and 8-bit", result.Provenance, StringComparison.Ordinal);
    }

    [Fact]
    public void Ten_reads_of_a_wide_machine_reach_the_minimum_and_narrow_integers_cost_energy()
    {
        QuboProblemBatch batch = new([.. Enumerable.Range(0, 6).Select(p => RandomProblems.Qubo(16, (ulong)p))]);
        var exact = new SampleSet(6, 1, 16);
        new ExactSampler().Fill(batch, exact);
        double wide = Gap(8);
        Assert.InRange(wide, -1e-9, 0.01);
        Assert.True(Gap(2) > wide + 0.01);

        double Gap(int bits)
        {
            var result = new SampleSet(6, 10, 16);
            CoherentIsingMachineSampler.ForMachine(new MachineLimits(17, bits)).Fill(batch, result, new SamplingKey(1));
            return Enumerable.Range(0, 6).Average(p => (result.Energy(p) - exact.Energy(p)) / Math.Abs(exact.Energy(p)));
        }
    }
}

/// <summary>The rule of kaiwu_community/ising/_precision.py, adjust_ising_matrix_precision, written out: the smallest multiplier
/// that makes all entries integers in range; otherwise the largest becomes 2^(bits − 1) − 1.</summary>
file static class VendorRule
{
    public static double Scale(double[,] matrix, int bits)
    {
        int limit = (1 << (bits - 1)) - 1;
        double largest = matrix.Cast<double>().Max(Math.Abs);
        double smallest = matrix.Cast<double>().Select(Math.Abs).Where(v => v > 1e-10 * largest).Min();
        for (int k = 1; k <= limit; k++)
        {
            double factor = k / smallest;
            if (matrix.Cast<double>().All(v => Math.Abs(v * factor - Math.Round(v * factor)) <= 1e-8
                && Math.Round(v * factor) <= limit && Math.Round(v * factor) >= -limit - 1))
            {
                return factor;
            }
        }

        return limit / largest;
    }
}
