using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using Qama.Annealing;
using Qama.Cim.Journal;
using Qama.Cim.Packing;
using Qama.Cim.Transport;
using Qama.Ising;
using Qama.Ising.Precision;
using Qama.Problems;

namespace Qama.Cim.Tests;

/// <summary>The machine's integers do not depend on the unit of a problem, and nothing is paid for a task of zeros.</summary>
public class ScaleTests
{
    private static readonly PrecisionOptions[] Settings =
    [
        PrecisionOptions.Plain, new(), PrecisionOptions.Plain with { MaxFieldSpins = 4 }, PrecisionOptions.Plain with { ScaleComponents = true },
    ];

    [Fact]
    public void A_power_of_two_changes_nothing_but_the_report()
    {
        Property property = Prop.ForAll(
            Gen.Choose(0, 1_000_000).Zip(Gen.Choose(-1000, 1000)).Zip(Gen.Choose(0, 7)).ToArbitrary(),
            input =>
            {
                ((int seed, int exponent), int kind) = input;
                QuboMatrix problem = kind < 4 ? SmallProblems.Real((ulong)seed, 6) : SmallProblems.Integer((ulong)seed, 6, 127);
                MachineProblem one = PrecisionReducer.Reduce(problem, MachineLimits.Cpqc550, Settings[kind % 4]);
                MachineProblem other = PrecisionReducer.Reduce(Scaled(problem, Math.ScaleB(1, exponent)), MachineLimits.Cpqc550, Settings[kind % 4]);
                Assert.Equal(one.Terms.ToArray(), other.Terms.ToArray());
                Assert.Equal(one.Report with { Scale = 0, MaxError = 0, MeanError = 0 }, other.Report with { Scale = 0, MaxError = 0, MeanError = 0 });
                Assert.Equal(Math.ScaleB(one.Report.Scale, -exponent), other.Report.Scale);
                Assert.Equal(Math.ScaleB(one.Report.MaxError, exponent), other.Report.MaxError);
                Assert.Equal(Math.ScaleB(one.Report.MeanError, exponent), other.Report.MeanError);
            });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), property);
    }

    [Fact]
    public void Errors_stay_within_half_an_integer_at_every_scale()
    {
        Property property = Prop.ForAll(
            Gen.Choose(0, 1_000_000).Zip(Gen.Choose(-300, 300)).ToArbitrary(),
            input =>
            {
                QuboMatrix problem = Scaled(SmallProblems.Real((ulong)input.Item1, 6), Math.Pow(10, input.Item2));
                MachineProblem reduced = PrecisionReducer.Reduce(problem, MachineLimits.Cpqc550, PrecisionOptions.Plain);
                double[,] form = SmallProblems.MachineForm(problem);
                Assert.Contains(reduced.Terms, t => Math.Abs(t.Value) is 127 or 128);
                Assert.InRange(reduced.Report.MaxError * reduced.Report.Scale, 0, 0.5 + 1e-9);
                Assert.InRange(reduced.Report.RoundedToZero, 0, reduced.Report.Terms - 1);
                foreach (MachineTerm t in reduced.Terms)
                {
                    Assert.InRange(Math.Abs(form[t.I, t.J] * reduced.Report.Scale - t.Value), 0, 0.5 + 1e-9);
                }
            });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), property);
    }

    [Theory]
    [InlineData(5e-324)]
    [InlineData(1e-320)]
    [InlineData(1e-308)]
    [InlineData(1e-9)]
    [InlineData(8e307)]
    [InlineData(1.79e308)]
    public void The_smallest_and_the_largest_doubles_are_problems_like_others(double unit)
    {
        var problem = new QuboMatrix(3);
        problem.AddLinear(0, -unit);
        problem.AddLinear(1, unit);
        problem.AddLinear(2, -unit);
        foreach (PrecisionOptions options in Settings)
        {
            MachineProblem reduced = PrecisionReducer.Reduce(problem, MachineLimits.Cpqc550, options);
            Assert.All(SmallProblems.Optima(reduced), x => Assert.Equal([1, 0, 1], x));
        }

        var integers = new int[2];
        MatrixRounding.Round([unit, -unit / 2], 8, integers);
        Assert.True(integers[0] > 0, $"{integers[0]}, {integers[1]}");
    }

    [Fact]
    public void Parts_whose_sizes_differ_by_more_than_a_double_holds_keep_within_their_range()
    {
        var problem = new QuboMatrix(2);
        problem.AddLinear(0, -1e300);
        problem.AddLinear(1, -1e-10);
        MachineProblem reduced = PrecisionReducer.Reduce(
            problem, MachineLimits.Cpqc550, PrecisionOptions.Plain with { ScaleComponents = true });
        Assert.All(reduced.Terms, t => Assert.InRange(t.Value, -128, 127));
        Assert.All(SmallProblems.Optima(reduced), x => Assert.Equal(1, x[0]));
    }

    [Fact]
    public async Task The_same_problem_in_another_unit_is_the_same_task()
    {
        await using Client client = await Client.StartAsync();
        foreach (double unit in new[] { 1, Math.ScaleB(1, -30), Math.ScaleB(1, 100) })
        {
            var problems = new QuboProblemBatch(Scaled(SmallProblems.Real(3, 8), unit));
            SampleSet result = await client.SampleAsync(problems);
            double lowest = SmallProblems.Lowest(problems.ToQubo(0));
            Assert.InRange(result.Energy(0), lowest, lowest + 0.2 * unit);
        }

        Assert.Equal(1, client.Emulator.Accepted);
    }

    [Fact]
    public async Task A_constant_problem_is_answered_without_the_machine()
    {
        await using Client client = await Client.StartAsync();
        var constant = new QuboMatrix(4) { Offset = 7 };
        constant.AddPair(0, 1, 3);
        constant.AddPair(0, 1, -3);
        SampleSet result = await client.SampleAsync(new QuboProblemBatch(constant));
        Assert.Equal((7, 0), (result.Energy(0), client.Emulator.Accepted));
        Assert.Equal(new byte[4], result.State(0).ToArray());
        Assert.Empty(await client.Journal.ListAsync());

        // Beside another one only that one is paid for.
        await client.SampleAsync(new QuboProblemBatch(constant, SmallProblems.Real(1, 4)));
        Assert.Equal(5, Assert.Single(await client.Journal.ListAsync()).SpinCount);
    }

    [Theory]
    [InlineData(UploadForm.Ising)]
    [InlineData(UploadForm.QuboOfIsing)]
    [InlineData(UploadForm.RoundedQubo)]
    public async Task A_task_of_zeros_is_refused_before_anything_is_claimed(UploadForm form)
    {
        PrecisionReport report = PrecisionReducer.Reduce(SmallProblems.Real(1, 2), MachineLimits.Cpqc550).Report;
        var nothing = new MachineProblem([-1, -1], [0, 1], 0, [], report, [0, 0]);
        PackedTask packed = Assert.Single(TaskPacker.Pack([nothing], MachineLimits.Cpqc550));
        CimSamplerOptions options = Client.Fast with { Form = form };
        var planned = new PlannedTask(MachineTask.Of(packed, options.Machine, form), packed);
        await using CimJournal journal = CimJournal.Open(":memory:");
        await using var transport = new ScriptedTransport();
        var runner = new TaskRunner(journal, transport, options, NullLogger.Instance, TimeProvider.System);
        CimConfigurationException e = await Assert.ThrowsAsync<CimConfigurationException>(
            () => runner.RunAsync(TaskOrder.Of(planned, options, new SubmissionLimits(null, "", null)), _ => { }, CancellationToken.None));
        Assert.Contains("rounded to zero", e.Message, StringComparison.Ordinal);
        Assert.Equal((0, 0, 0), (transport.MostAtATime, runner.Submissions, await journal.SubmittedTodayAsync()));
        Assert.Equal(JournalState.Prepared, Assert.Single(await journal.ListAsync()).State);
    }

    private static QuboMatrix Scaled(QuboMatrix problem, double unit)
    {
        var scaled = new QuboMatrix(problem.Size) { Offset = problem.Offset * unit };
        for (int i = 0; i < problem.Size; i++)
        {
            scaled.AddLinear(i, problem[i, i] * unit);
            for (int j = 0; j < i; j++)
            {
                scaled.AddPair(i, j, 2 * problem[i, j] * unit);
            }
        }

        return scaled;
    }
}
