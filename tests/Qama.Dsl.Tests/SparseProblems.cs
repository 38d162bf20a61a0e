using Qama.Annealing;
using Qama.Ising;
using Qama.Numerics;
using Qama.Problems;

namespace Qama.Tests;

/// <summary>Sparse problems with random terms.</summary>
public static class SparseProblems
{
    /// <summary>Terms in any order, some pairs turned round, some given several times, some variables alone.</summary>
    /// <param name="size">Variables.</param>
    /// <param name="density">About the share of pairs.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="whole">Whether values are whole numbers from −100 to 100; else normal.</param>
    public static QuadraticTerm[] Terms(int size, double density, int seed, bool whole)
    {
        var random = new RandomStream((ulong)seed);
        var terms = new List<QuadraticTerm>();
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                for (int copy = 0; copy < 2 && random.NextDouble() < density; copy++)
                {
                    double value = whole ? random.NextInt32(201) - 100 : random.NextNormal();
                    terms.Add(random.NextInt32(2) == 0 ? new(i, j, value) : new(j, i, value));
                }
            }
        }

        QuadraticTerm[] shuffled = [.. terms];
        for (int k = shuffled.Length - 1; k > 0; k--)
        {
            int other = random.NextInt32(k + 1);
            (shuffled[k], shuffled[other]) = (shuffled[other], shuffled[k]);
        }

        return shuffled;
    }

    /// <summary>The sum of terms, written out.</summary>
    public static double Energy(IEnumerable<QuadraticTerm> terms, ReadOnlySpan<byte> state)
    {
        double energy = 0;
        foreach (QuadraticTerm term in terms)
        {
            energy += term.Value * state[term.I] * state[term.J];
        }

        return energy;
    }

    /// <summary>A random state.</summary>
    public static byte[] State(int size, ulong seed)
    {
        var random = new RandomStream(seed);
        return [.. Enumerable.Range(0, size).Select(_ => (byte)random.NextInt32(2))];
    }
}

/// <summary>One problem in a form that is given: its rows compressed or written out whatever its density.</summary>
internal sealed class FormBatch(SparseQubo problem, bool compressed) : ProblemBatch
{
    private readonly SingleForm _form = new(problem, compressed ? 1 : -1);

    public SingleForm Form => _form;

    public override int Count => 1;

    public override int VariableCount => problem.Size;

    public override int ScratchLength => SingleProblems.ScratchLength(problem.Size);

    internal override int ReplicaLength => ScratchLength;

    public override bool IsFinite(int problem) => true;

    public override double Energy(int index, ReadOnlySpan<byte> state) => problem.Energy(state);

    public override void Slope(int index, ReadOnlySpan<float> state, Span<float> slope) =>
        new SparseProblemBatch(problem).Slope(0, state, slope);

    public override void Anneal(
        int index, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> scratch) =>
        SingleProblems.Run(new(_form), schedule, ref random, state, scratch);

    internal override double RunReplica(
        int index, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> memory,
            bool resumes) =>
        SingleProblems.RunReplica(new(_form, resumes), schedule, ref random, state, memory);

    public override TemperatureScale EnergyScale(int index, Span<float> scratch) =>
        SingleProblems.EnergyScale(_form, scratch);

    public override void WriteStructure(int index, StructuredEnergy destination) =>
        destination.Load(_form, problem.Offset);

    public override void WriteQubo(int index, QuboMatrix destination) => problem.ToDense().CopyTo(destination);
}
