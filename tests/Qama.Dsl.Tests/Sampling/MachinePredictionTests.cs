using FsCheck;
using FsCheck.Fluent;
using Qama.Annealing;
using Qama.Ising;
using Qama.Numerics;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Tests.Sampling;

/// <summary>The reduction to a machine's integers, and the simulator as that machine.</summary>
public class MachinePredictionTests
{
    [Fact]
    public void Integers_are_those_of_the_published_example()
    {
        // The Kaiwu SDK's documented matrix [[0, .22, .198], [.22, 0, .197], [.198, .197, 0]], third spin auxiliary.
        var ising = new IsingProblem(2);
        ising.AddCoupling(0, 1, -2 * 0.22);
        ising.AddField(0, -2 * 0.198);
        ising.AddField(1, -2 * 0.197);
        IntegerIsingProblem machine = IntegerIsingProblem.FromIsing(ising);
        Assert.Equal([0, 127, 114, 127, 0, 114, 114, 114, 0], machine.Couplings.ToArray());
        Assert.Equal(127 / 0.22, machine.Scale, 1e-9);
    }

    [Fact]
    public void Integers_follow_the_rule_for_every_width() => Check.One(Config.QuickThrowOnFailure, Prop.ForAll(
        (from bits in Gen.Choose(2, 16)
         from size in Gen.Choose(1, 7)
         from seed in Gen.Choose(0, 1000)
         select (bits, size, seed)).ToArbitrary(),
        ((int Bits, int Size, int Seed) given) =>
        {
            IsingProblem ising = RandomProblems.Qubo(given.Size, (ulong)given.Seed).ToIsing();
            IntegerIsingProblem machine = IntegerIsingProblem.FromIsing(ising, given.Bits);
            int n = given.Size;
            double largest = 0;
            for (int i = 0; i < n; i++)
            {
                largest = Math.Max(largest, Math.Abs(ising.Fields[i]) / 2);
                for (int j = 0; j < n; j++)
                {
                    largest = Math.Max(largest, Math.Abs(ising.Couplings[(i * n) + j]) / 2);
                }
            }

            double factor = ((1 << (given.Bits - 1)) - 1) / largest;
            int lost = 0;
            for (int i = 0; i <= n; i++)
            {
                for (int j = 0; j <= n; j++)
                {
                    double exact = i == j ? 0 : i == n ? ising.Fields[j] : j == n ? ising.Fields[i] : ising[i, j];
                    int expected = (int)Math.Round(-exact / 2 * factor, MidpointRounding.ToEven);
                    Assert.Equal(expected, machine.Couplings[(i * (n + 1)) + j]);
                    lost += exact != 0 && expected == 0 && j > i ? 1 : 0;
                }
            }

            Assert.Equal(lost, machine.LostCouplings);
            Assert.InRange(machine.LargestError, 0, 0.5);
            Assert.InRange(machine.MeanError, 0, machine.LargestError);
        }));

    [Theory]
    [InlineData(-997)]
    [InlineData(-1015)]
    [InlineData(-300)]
    [InlineData(300)]
    [InlineData(1018)]
    public void Integers_do_not_depend_on_the_unit_of_energy(int exponent)
    {
        IsingProblem ising = RandomProblems.Qubo(6, 4).ToIsing();
        var scaled = new IsingProblem(6);
        for (int i = 0; i < 6; i++)
        {
            scaled.AddField(i, Math.ScaleB(ising.Fields[i], exponent));
            for (int j = 0; j < i; j++)
            {
                scaled.AddCoupling(i, j, Math.ScaleB(ising[i, j], exponent));
            }
        }

        IntegerIsingProblem expected = IntegerIsingProblem.FromIsing(ising);
        IntegerIsingProblem actual = IntegerIsingProblem.FromIsing(scaled);
        Assert.Equal(expected.Couplings.ToArray(), actual.Couplings.ToArray());
        Assert.Equal(expected.LargestError, actual.LargestError, 1e-2); // digits of the smallest numbers
        Assert.Equal(expected.LostCouplings, actual.LostCouplings);
        Assert.Equal(Math.ScaleB(expected.Scale, -exponent), actual.Scale, actual.Scale * 1e-12);
    }

    [Fact]
    public void The_smallest_numbers_become_integers_of_the_machine()
    {
        var ising = new IsingProblem(3);
        ising.AddCoupling(0, 1, double.Epsilon);
        ising.AddField(0, -2 * double.Epsilon);
        ising.AddField(2, 1e-310);
        IntegerIsingProblem machine = IntegerIsingProblem.FromIsing(ising, 32);
        Assert.Equal(-int.MaxValue, machine.Couplings[11]);
        Assert.Equal(3, machine.CouplingCount);
        Assert.Equal(2, machine.LostCouplings);
        Assert.Equal(double.PositiveInfinity, machine.Scale);

        ising = new IsingProblem(2);
        ising.AddCoupling(0, 1, 1e-310);
        ising.AddField(0, 2.5e-310);
        Assert.Equal([0, -51, -127, -51, 0, 0, -127, 0, 0], IntegerIsingProblem.FromIsing(ising).Couplings.ToArray());
        ising.AddField(1, 1e300); // beside which the others vanish
        Assert.Equal(2, IntegerIsingProblem.FromIsing(ising).LostCouplings);
    }

    [Fact]
    public void Integers_that_fit_stay_and_give_the_energy_exactly()
    {
        var random = new RandomStream(3);
        var ising = new IsingProblem(6) { Offset = 5 };
        for (int i = 0; i < 6; i++)
        {
            ising.AddField(i, 2 * (random.NextInt32(257) - 128));
            for (int j = 0; j < i; j++)
            {
                ising.AddCoupling(i, j, 2 * (random.NextInt32(255) - 127));
            }
        }

        ising.AddField(0, 256 - ising.Fields[0]); // M = −128 fits
        IntegerIsingProblem machine = IntegerIsingProblem.FromIsing(ising);
        Assert.Equal(1, machine.Scale);
        Assert.Equal(0, machine.LargestError);
        foreach (int code in new[] { 0, 5, 42, 63 })
        {
            sbyte[] spins = [.. RandomProblems.State(code, 6).Select(x => (sbyte)((2 * x) - 1))];
            Assert.Equal(ising.Energy(spins), machine.Energy([.. spins, 1]) + ising.Offset);
            Assert.Equal(machine.Energy([.. spins, 1]), machine.Energy([.. spins.Select(s => (sbyte)-s), -1]));
            Assert.Equal(machine.Energy([.. spins, 1]), machine.ToIsing().Energy([.. spins, 1]));
            var state = new byte[6];
            machine.Decode([.. spins.Select(s => (sbyte)-s), -1], state);
            Assert.Equal(RandomProblems.State(code, 6), state);
        }
    }

    [Fact]
    public void A_zero_problem_stays_zero()
    {
        IntegerIsingProblem machine = IntegerIsingProblem.FromIsing(new IsingProblem(3));
        Assert.All(machine.Couplings.ToArray(), m => Assert.Equal(0, m));
        Assert.Equal((0, 0.0), (machine.CouplingCount, machine.MeanError));
        var result = new SampleSet(1, 2, 3);
        CoherentIsingMachineSampler.ForMachine(MachineLimits.Cpqc550).Fill(new QuboProblemBatch(new QuboMatrix(3)), result);
        Assert.Equal(0, result.Energy(0));
    }

    [Fact]
    public void Bad_input_is_refused()
    {
        var ising = new IsingProblem(2);
        Assert.Throws<ArgumentOutOfRangeException>(() => IntegerIsingProblem.FromIsing(ising, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => IntegerIsingProblem.FromIsing(ising, 33));
        IntegerIsingProblem machine = IntegerIsingProblem.FromIsing(ising);
        Assert.Throws<ArgumentException>(() => machine.Energy([1, 1]));
        Assert.Throws<ArgumentException>(() => machine.Energy([1, 1, 0]));
        Assert.Throws<ArgumentException>(() => machine.Decode([1, 1, 1], new byte[3]));
        ising.AddField(0, double.NaN);
        Assert.Contains("NaN", Assert.Throws<ArgumentException>(() => IntegerIsingProblem.FromIsing(ising)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Spins_beyond_the_machine_are_refused_with_the_count()
    {
        ProblemBatch batch = RandomProblems.Batch<BoundedPlan>(1, 1);
        int spins = batch.VariableCount + batch.SlackCount + 1;
        var result = new SampleSet(1, 1, batch.VariableCount);
        CoherentIsingMachineSampler.ForMachine(new MachineLimits(spins, 8)).Fill(batch, result);
        string message = Assert.Throws<ArgumentException>(
            () => CoherentIsingMachineSampler.ForMachine(new MachineLimits(spins - 1, 8)).Fill(batch, result)).Message;
        Assert.Contains($"{spins} spins", message, StringComparison.Ordinal);
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
