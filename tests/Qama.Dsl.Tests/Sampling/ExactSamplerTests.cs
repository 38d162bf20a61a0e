using Qama.Annealing;
using Qama.Ising;
using Qama.Layers;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Tests.Sampling;

public class ExactSamplerTests
{
    [Fact]
    public void Finds_what_trying_every_state_finds_in_order()
    {
        ProblemBatch batch = RandomProblems.Batch<OverlapPlan>(3, 21);
        var result = new SampleSet(3, 5, batch.VariableCount);
        Sample(batch, result);
        for (int p = 0; p < 3; p++)
        {
            double[] lowest = [.. AllStates(batch, p).Select(s => batch.Energy(p, s)).Order().Take(5)];
            for (int r = 0; r < 5; r++)
            {
                Assert.Equal(lowest[r], result.Energy(p, r), 1e-10);
                Assert.Equal(batch.Energy(p, result.State(p, r)), result.Energy(p, r));
            }
        }
    }

    [Fact]
    public void Minimises_the_energy_without_slack_where_the_qubo_has_slack()
    {
        ProblemBatch batch = RandomProblems.Batch<BoundedPlan>(1, 22);
        Assert.True(batch.SlackCount > 0);
        var result = new SampleSet(1, 1, batch.VariableCount);
        Sample(batch, result);
        Assert.Equal(AllStates(batch, 0).Min(s => batch.Energy(0, s)), result.Energy(0), 1e-10);
    }

    [Fact]
    public void Gives_the_smallest_number_among_equal_states()
    {
        // Exactly one of three variables, none better than another: x0 = 1 is the number 1.
        var qubo = new QuboMatrix(3);
        for (int i = 0; i < 3; i++)
        {
            qubo.AddLinear(i, -1);
            for (int j = i + 1; j < 3; j++)
            {
                qubo.AddPair(i, j, 2);
            }
        }

        var result = new SampleSet(1, 4, 3);
        Sample(new QuboProblemBatch(qubo), result);
        Assert.Equal([1, 2, 4, 0], Enumerable.Range(0, 4).Select(r => RandomProblems.Code(result.State(0, r))));
    }

    [Fact]
    public void Repeats_the_lowest_state_when_there_are_fewer_states_than_reads()
    {
        var qubo = new QuboMatrix(1);
        qubo.AddLinear(0, -1);
        var result = new SampleSet(1, 4, 1);
        Sample(new QuboProblemBatch(qubo), result);
        Assert.Equal([1, 1, 1, 0], Enumerable.Range(0, 4).Select(r => (int)result.State(0, r)[0]));
    }

    [Fact]
    public void Leaves_padded_tokens_unselected()
    {
        AttentionProblemBatch<TestModel<BinaryPlan>> batch = RandomProblems.Batch<BinaryPlan>(1, 23, fieldScale: 10);
        batch.TokenCounts[0] = 3;
        var result = new SampleSet(1, 1, batch.VariableCount);
        Sample(batch, result);
        double best = AllStates(batch, 0).Where(s => Enumerable.Range(0, 20).All(v => v % 5 < 3 || s[v] == 0))
            .Min(s => batch.Energy(0, s));
        Assert.Equal(best, result.Energy(0), 1e-10);
        Assert.All(Enumerable.Range(0, 20).Where(v => v % 5 >= 3), v => Assert.Equal(0, result.State(0)[v]));
    }

    [Fact]
    public void Draws_from_the_boltzmann_distribution_at_a_temperature()
    {
        ProblemBatch batch = RandomProblems.Batch<TinyPlan>(1, 24);
        var result = new SampleSet(1, 20_000, 4) { Temperature = 1.3 };
        Sample(batch, result);
        Boltzmann.AssertDistribution(batch, result);
    }

    [Fact]
    public void Refuses_more_variables_than_it_can_enumerate()
    {
        var batch = new QuboProblemBatch(new QuboMatrix(31));
        var error = Assert.Throws<ArgumentException>(() => Sample(batch, new SampleSet(1, 1, 31)));
        Assert.Contains("at most 30", error.Message, StringComparison.Ordinal);
    }

    private static void Sample(ProblemBatch batch, SampleSet result) =>
        new ExactSampler().Fill(batch, result, new SamplingKey(1));

    private static IEnumerable<byte[]> AllStates(ProblemBatch batch, int problem) =>
        Enumerable.Range(0, 1 << batch.VariableCount).Select(code => RandomProblems.State(code, batch.VariableCount));
}
