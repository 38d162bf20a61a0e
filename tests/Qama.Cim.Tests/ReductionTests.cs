using FsCheck;
using FsCheck.Fluent;
using Qama.Cim.Packing;
using Qama.Ising;
using Qama.Ising.Precision;

namespace Qama.Cim.Tests;

public class ReductionTests
{
    private static readonly MachineLimits Wide = new(64, 22);

    [Fact]
    public void Deciding_variables_keeps_an_optimum() => KeepsTheOptimum(PrecisionOptions.Plain with { FixVariables = true });

    [Fact]
    public void All_reductions_together_keep_the_optimum() =>
        KeepsTheOptimum(new PrecisionOptions { MaxFieldSpins = 4 });

    // 22 bits: what rounding changes is far below the distance of the lowest energies.
    private static void KeepsTheOptimum(PrecisionOptions options)
    {
        int decided = 0;
        Property property = Prop.ForAll(
            Gen.Choose(0, 1_000_000).Zip(Gen.Choose(2, 9)).ToArbitrary(),
            input =>
            {
                QuboMatrix qubo = SmallProblems.Real((ulong)input.Item1, input.Item2, fieldSize: 1.5);
                MachineProblem reduced = PrecisionReducer.Reduce(qubo, Wide, options);
                decided += reduced.Report.FixedVariables;
                double lowest = SmallProblems.Lowest(qubo);
                return SmallProblems.Optima(reduced).TrueForAll(x => qubo.Energy(x) < lowest + 1e-3);
            });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(150), property);
        Assert.True(decided > 0);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(7)]
    public void Sharing_fields_among_spins_is_exact(int spins)
    {
        // 4 bits hold ±7; fields of up to 7 per spin are out of range unless they are shared.
        var machine = new MachineLimits(64, 4);
        int shared = 0;
        for (ulong seed = 0; seed < 60; seed++)
        {
            QuboMatrix qubo = SmallProblems.Integer(seed, 6, 7 * spins);
            MachineProblem reduced = PrecisionReducer.Reduce(
                qubo, machine, PrecisionOptions.Plain with { MaxFieldSpins = spins });
            if (!reduced.Report.IsExact)
            {
                continue;
            }

            shared += reduced.Report.FieldSpins > 0 ? 1 : 0;
            Assert.True(reduced.Terms.All(t => t.Value is >= -8 and <= 7), $"seed {seed}");
            double lowest = SmallProblems.Lowest(qubo);
            Assert.All(SmallProblems.Optima(reduced), x => Assert.Equal(lowest, qubo.Energy(x), 1e-9));
        }

        Assert.True(shared > 10, $"Only {shared} problems were shared.");
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Ties_of_field_spins_are_needed_and_strong_enough(int spins)
    {
        var machine = new MachineLimits(64, 4);
        int wrongWithout = 0;
        for (ulong seed = 0; seed < 400; seed++)
        {
            QuboMatrix qubo = SmallProblems.Ferromagnet(seed, 5, 7 * spins);
            MachineProblem reduced = PrecisionReducer.Reduce(
                qubo, machine, PrecisionOptions.Plain with { MaxFieldSpins = spins });
            if (reduced.Report is not { IsExact: true, FieldSpins: > 0 })
            {
                continue;
            }

            double lowest = SmallProblems.Lowest(qubo);
            Assert.All(SmallProblems.Optima(reduced), x => Assert.Equal(lowest, qubo.Energy(x), 1e-9));
            wrongWithout += SmallProblems.Optima(reduced, withTies: false).Exists(x => qubo.Energy(x) > lowest + 1e-9) ? 1 : 0;
        }

        Assert.True(wrongWithout > 0);
    }

    [Fact]
    public void Remainders_that_no_tie_can_hold_are_rounded_and_reported()
    {
        var machine = new MachineLimits(256, 4);
        MachineProblem reduced = PrecisionReducer.Reduce(
            SmallProblems.Integer(1, 150, 30), machine, PrecisionOptions.Plain with { MaxFieldSpins = 6 });
        Assert.True(reduced.Report.FieldSpins > 0);
        Assert.False(reduced.Report.IsExact);
        Assert.True(reduced.Report.MaxError > 0);
        Assert.All(reduced.Terms, t => Assert.InRange(t.Value, -7, 7));
    }

    [Fact]
    public void Parts_that_do_not_interact_have_scales_of_their_own()
    {
        var qubo = new QuboMatrix(6);
        foreach ((int first, double size) in new[] { (0, 1000.0), (3, 1.0) })
        {
            for (int a = 0; a < 3; a++)
            {
                qubo.AddLinear(first + a, -size * (1 + 0.1 * a));
                qubo.AddPair(first + a, first + (a + 1) % 3, 1.07 * size + 0.013 * a * size);
            }
        }

        MachineProblem whole = PrecisionReducer.Reduce(qubo, MachineLimits.Cpqc550, PrecisionOptions.Plain);
        MachineProblem parts = PrecisionReducer.Reduce(
            qubo, MachineLimits.Cpqc550, PrecisionOptions.Plain with { ScaleComponents = true });
        Assert.True(whole.Report.RoundedToZero >= 5);
        Assert.Equal((0, 2), (parts.Report.RoundedToZero, parts.Report.Components));
        double lowest = SmallProblems.Lowest(qubo);
        Assert.All(SmallProblems.Optima(parts), x => Assert.Equal(lowest, qubo.Energy(x), 1e-9));
    }

    [Fact]
    public void Representable_problems_are_exact_in_eight_bits()
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            QuboMatrix qubo = SmallProblems.Integer(seed, 6, 127);
            MachineProblem reduced = PrecisionReducer.Reduce(qubo, MachineLimits.Cpqc550, PrecisionOptions.Plain);
            double[,] form = SmallProblems.MachineForm(qubo);
            Assert.True(reduced.Report is { IsExact: true, Scale: 1, MaxError: 0 });
            Assert.All(reduced.Terms, t => Assert.Equal(form[t.I, t.J], t.Value));
            Assert.Equal(form.Cast<double>().Count(m => m != 0), 2 * reduced.Terms.Length);
        }
    }

    [Fact]
    public void Errors_in_the_report_are_those_of_the_integers()
    {
        QuboMatrix qubo = SmallProblems.Real(9, 8);
        MachineProblem reduced = PrecisionReducer.Reduce(qubo, MachineLimits.Cpqc550, PrecisionOptions.Plain);
        double[,] form = SmallProblems.MachineForm(qubo);
        double scale = reduced.Report.Scale;
        var errors = new List<double>();
        int lost = 0;
        for (int i = 0; i < 9; i++)
        {
            for (int j = i + 1; j < 9; j++)
            {
                if (form[i, j] != 0)
                {
                    int value = reduced.Terms.FirstOrDefault(t => t.I == i && t.J == j).Value;
                    lost += value == 0 ? 1 : 0;
                    errors.Add(Math.Abs(form[i, j] - value / scale));
                }
            }
        }

        Assert.Equal((errors.Count, lost), (reduced.Report.Terms, reduced.Report.RoundedToZero));
        Assert.Equal(errors.Max(), reduced.Report.MaxError, 1e-12);
        Assert.Equal(errors.Average(), reduced.Report.MeanError, 1e-12);
        Assert.True(errors.Max() <= 0.5 / scale + 1e-12);
    }

    [Fact]
    public void Absent_variables_are_0_even_where_1_would_pay()
    {
        QuboMatrix qubo = SmallProblems.Real(4, 6);
        qubo.AddLinear(2, -1000);
        MachineProblem reduced = PrecisionReducer.Reduce(qubo, MachineLimits.Cpqc550, isPresent: i => i != 2);
        Assert.All(SmallProblems.Optima(reduced), x => Assert.Equal(0, x[2]));
    }

    [Fact]
    public void A_zero_problem_needs_no_spins()
    {
        MachineProblem reduced = PrecisionReducer.Reduce(new QuboMatrix(5), MachineLimits.Cpqc550);
        var state = new byte[] { 9, 9, 9, 9, 9 };
        reduced.Decode([], 1, state);
        Assert.Equal(0, reduced.SpinCount);
        Assert.Equal(new byte[5], state);
        Assert.Empty(TaskPacker.Pack([reduced], MachineLimits.Cpqc550));
    }

    [Fact]
    public void Bad_input_is_refused_with_its_place()
    {
        var nan = new QuboMatrix(3);
        nan.AddLinear(1, double.NaN);
        Assert.Contains("[1, 1]", Refusal(nan, MachineLimits.Cpqc550), StringComparison.Ordinal);
        Assert.Contains("12 undecided", Refusal(SmallProblems.Integer(1, 12, 0), new MachineLimits(12, 8)), StringComparison.Ordinal);
        Assert.Contains("bits", Refusal(new QuboMatrix(1), new MachineLimits(12, 1)), StringComparison.Ordinal);
        Assert.Contains("spins", Refusal(new QuboMatrix(1), new MachineLimits(1, 8)), StringComparison.Ordinal);
    }

    private static string Refusal(QuboMatrix problem, MachineLimits machine) =>
        Assert.Throws<ArgumentException>(() => PrecisionReducer.Reduce(problem, machine)).Message;
}
