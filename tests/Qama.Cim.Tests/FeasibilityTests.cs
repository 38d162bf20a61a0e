using Qama.Cim.Journal;
using Qama.Cim.Packing;
using Qama.Ising.Precision;
using Qama.Layers;
using Qama.Problems;

namespace Qama.Cim.Tests;

/// <summary>Hard constraints: what fulfils them, and what comes first.</summary>
public class FeasibilityTests
{
    [Fact]
    public void Feasible_are_the_selections_whose_sums_and_tokens_fit()
    {
        Check<AtMostTwo>(s => Sums(s).All(t => t < 2.1));
        Check<ExactWeights>(
            s => Sums(s).All(t => Math.Abs(t - 4 / 3.0) < 0.1) && Enumerable.Range(0, 4).All(i => Weight(s, 0, i) * Weight(s, 1, i) == 0));
        Check<ExclusiveBits>(
            s => Sums(s).All(t => t > 0.3) && Enumerable.Range(0, 6).All(k => s[0, k / 2, k % 2] * s[1, k / 2, k % 2] == 0));
    }

    [Fact]
    public async Task A_feasible_state_comes_before_a_lower_one_that_is_not()
    {
        var problems = AttentionProblemBatch<AtMostTwo>.FromDense([(new float[2 * 16], new float[] { 5, 4, 3, 0, 5, 4, 3, 0 })]);
        byte[] tooMany = [1, 1, 1, 0, 1, 1, 1, 0];
        byte[] few = [0, 0, 0, 1, 0, 0, 0, 0];
        Assert.True(problems.Energy(0, tooMany) < problems.Energy(0, few));
        Assert.Equal((false, true), (problems.IsFeasible(0, tooMany), problems.IsFeasible(0, few)));

        await using CimJournal journal = CimJournal.Open(":memory:");
        await using var machine = new ScriptedTransport { Selections = [tooMany, few, tooMany] };
        var options = new CimSamplerOptions { Precision = PrecisionOptions.Plain, Form = UploadForm.Ising };
        var result = new SampleSet(1, 2, 8);
        await new CimSampler(machine, journal, options).SampleAsync(problems, result, default);
        Assert.Equal(few, result.State(0, 0).ToArray());
        Assert.Equal(tooMany, result.State(0, 1).ToArray());
        Assert.Equal(problems.Energy(0, tooMany), result.Energy(0, 1));
    }

    private static void Check<TModel>(Func<int[,,], bool> isFeasible)
        where TModel : IQuboAttention<TModel>
    {
        ModelDescriptor m = TModel.Descriptor;
        int[] found = [0, 0];
        foreach (byte[] state in SmallProblems.States(m.VariableCount))
        {
            var x = new int[m.HeadCount, m.Tokens, m.SelectionBits];
            for (int k = 0; k < state.Length; k++)
            {
                x[k / m.SelectionBits / m.Tokens, k / m.SelectionBits % m.Tokens, k % m.SelectionBits] = state[k];
            }

            bool expected = isFeasible(x);
            Assert.Equal(expected, m.Constraints.All(c => c.IsFulfilled(m, state)));
            found[expected ? 1 : 0]++;
        }

        Assert.All(found, n => Assert.True(n > 0));
    }

    private static double Weight(int[,,] x, int head, int token)
    {
        int bits = x.GetLength(2);
        return Enumerable.Range(0, bits).Sum(b => x[head, token, b] * Math.Pow(2, b)) / (Math.Pow(2, bits) - 1);
    }

    private static IEnumerable<double> Sums(int[,,] x) =>
        Enumerable.Range(0, x.GetLength(0)).Select(h => Enumerable.Range(0, x.GetLength(1)).Sum(i => Weight(x, h, i)));
}
