using Qama.Annealing;
using Qama.Ising;
using Qama.Layers;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Tests.Sampling;

/// <summary>Coefficients that are finite but too large or too small: served, or refused before any work with the
/// range.</summary>
public class RangeTests
{
    public static TheoryData<string> Names => EverySampler.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Plain_problems_whose_energies_may_overflow_are_refused_and_others_are_solved(string name)
    {
        Refused(name, new QuboProblemBatch(Chain(1e307)), "2E+307");
        Refused(name, new QuboProblemBatch(new QuboMatrix(3) { Offset = 1e308 }), "2E+307");
        QuboMatrix sum = Chain(4e306);
        sum.Offset = 1e307;
        Refused(name, new QuboProblemBatch(sum), "2E+307");
        foreach (double unit in new[] { 2e306, 1e-300, 2 * double.Epsilon })
        {
            var result = new SampleSet(1, 1, 3);
            EverySampler.Make(name).Fill(new QuboProblemBatch(Chain(unit)), result);
            Assert.Equal(-2 * unit, result.Energy(0));
            Assert.Equal([1, 0, 1], result.State(0).ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Declared_problems_are_refused_beyond_single_precision_and_solved_within(string name)
    {
        Refused(name, Batch<PlainWeight>(1e37f), "single precision holds sums up to 8E+37");
        Refused(name, Batch<PlainWeight>(float.MaxValue), "single precision holds sums up to 8E+37");
        Refused(name, Batch<LargestWeight>(1e7f), $"the weights of {typeof(LargestWeight).FullName}");
        Refused(name, Batch<SmallestWeight>(1e-9f), "single precision begins at 1.18E-38");
        Refused(name, Batch<SmallestWeight>(1e-40f), "single precision begins at 1.18E-38");
        Solved<PlainWeight>(name, 1e36f);
        Solved<PlainWeight>(name, 1e-37f);
        Solved<PlainWeight>(name, 1e-40f); // of the few digits that are there, none is lost
        Solved<LargestWeight>(name, 1e5f);
        Solved<LargestWeight>(name, 1e-37f);
        Solved<SmallestWeight>(name, 1e37f);
        Solved<SmallestWeight>(name, 1e-7f);
        Solved<PlainWeight>(name, 0);
    }

    [Fact]
    public void Energies_and_conversions_that_do_not_fit_are_errors_rather_than_infinite()
    {
        var qubo = new QuboMatrix(2);
        qubo.AddLinear(0, 1e308);
        qubo.AddLinear(1, 1e308);
        Assert.Throws<OverflowException>(() => qubo.Energy([1, 1]));
        Assert.Equal(1e308, qubo.Energy([1, 0]));
        qubo.AddPair(0, 1, 1.7e308);
        qubo.Offset = 1.7e308;
        Assert.Throws<OverflowException>(() => qubo.ToIsing());

        var ising = new IsingProblem(2);
        ising.AddCoupling(0, 1, 1e308);
        ising.AddField(0, 1e308);
        Assert.Throws<OverflowException>(() => ising.Energy([1, 1]));
        Assert.Throws<OverflowException>(() => ising.ToQubo());
        Assert.Throws<OverflowException>(() => QuboProblemBatch.FromIsing(ising));
    }

    [Fact]
    public void The_smallest_number_on_the_diagonal_is_kept()
    {
        var qubo = new QuboMatrix(1);
        qubo.AddPair(0, 0, 3 * double.Epsilon);
        Assert.Equal(3 * double.Epsilon, qubo[0, 0]);
    }

    [Fact]
    public void Sizes_are_those_of_the_present_coefficients()
    {
        // A matrix is measured once and again when it has changed, in every way there is.
        var qubo = new QuboMatrix(3);
        var other = new QuboMatrix(3);
        Action[] changes = [() => qubo.AddLinear(1, 1e300), qubo.Clear, () => qubo.AddPair(0, 2, 1e-300), () => other.CopyTo(qubo)];
        other.AddLinear(0, -7);
        foreach (Action change in changes)
        {
            change();
            var fresh = new QuboMatrix(3);
            for (int i = 0; i < 3; i++)
            {
                fresh.AddLinear(i, qubo[i, i]);
                for (int j = 0; j < i; j++)
                {
                    fresh.AddPair(i, j, 2 * qubo[i, j]);
                }
            }

            var used = new SampleSet(1, 1, 3);
            var expected = new SampleSet(1, 1, 3);
            new TabuSampler().Fill(new QuboProblemBatch(qubo), used);
            new TabuSampler().Fill(new QuboProblemBatch(fresh), expected);
            Assert.Equal(expected.State(0).ToArray(), used.State(0).ToArray());
        }
    }

    // The ends are 1 and the middle is 0.
    private static QuboMatrix Chain(double unit)
    {
        var qubo = new QuboMatrix(3);
        qubo.AddLinear(0, -unit);
        qubo.AddLinear(2, -unit);
        qubo.AddPair(0, 1, 2 * unit);
        qubo.AddPair(1, 2, 2 * unit);
        return qubo;
    }

    // Tokens 0 and 1 attract each other, 2 and 3 repel.
    private static AttentionProblemBatch<T> Batch<T>(float coupling)
        where T : IQuboAttention<T>
    {
        var couplings = new float[16];
        couplings[1] = couplings[4] = coupling;
        couplings[11] = couplings[14] = -coupling;
        return AttentionProblemBatch<T>.FromDense([(couplings, default)]);
    }

    private static void Solved<T>(string name, float coupling)
        where T : IQuboAttention<T>
    {
        AttentionProblemBatch<T> batch = Batch<T>(coupling);
        var result = new SampleSet(1, 1, 4);
        EverySampler.Make(name).Fill(batch, result);
        Assert.Equal(batch.Energy(0, [1, 1, 0, 0]), result.Energy(0));
        Assert.True(double.IsFinite(result.Energy(0)));
    }

    private static void Refused(string name, ProblemBatch batch, string words)
    {
        var result = new SampleSet(1, 1, batch.VariableCount) { Provenance = "before" };
        result.State(0).Fill(9);
        string message = Assert.Throws<ArgumentException>(() => EverySampler.Make(name).Fill(batch, result)).Message;
        Assert.Contains("Problem 0", message, StringComparison.Ordinal);
        Assert.Contains(words, message, StringComparison.Ordinal);
        Assert.All(result.State(0).ToArray(), x => Assert.Equal(9, x));
        Assert.Equal("before", result.Provenance);
    }
}

/// <summary>Couplings alone.</summary>
[QuboAttention(Tokens = 4, EmbeddingDim = 2)]
[Heads(1)]
[Coupling(Similarity.ScaledDotProduct)]
internal sealed partial class PlainWeight;

/// <summary>With the largest weight there is.</summary>
[QuboAttention(Tokens = 4, EmbeddingDim = 2)]
[Heads(1)]
[Coupling(Similarity.ScaledDotProduct, Weight = 1e30)]
internal sealed partial class LargestWeight;

/// <summary>With the smallest.</summary>
[QuboAttention(Tokens = 4, EmbeddingDim = 2)]
[Heads(1)]
[Coupling(Similarity.ScaledDotProduct, Weight = 1e-30)]
internal sealed partial class SmallestWeight;
