using Qama.Annealing;
using Qama.Ising;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Tests.Sampling;

/// <summary>Annealing of sparse plain matrices whose lowest energy is known: every coupling can be satisfied at once.</summary>
public class SparseAnnealingTests
{
    private const int Reads = 40;

    public static TheoryData<string, int> Graphs()
    {
        var graphs = new TheoryData<string, int>();
        foreach (string kind in new[] { "ladder", "torus", "cube", "regular", "tree" })
        {
            foreach (int seed in new[] { 1, 2, 3 })
            {
                graphs.Add(kind, seed);
            }
        }

        return graphs;
    }

    [Theory]
    [InlineData(4)]
    [InlineData(6)]
    [InlineData(11)]
    [InlineData(20)]
    [InlineData(30)]
    [InlineData(64)]
    public void The_maximum_cut_of_a_ring_is_found_in_nearly_every_read(int size)
    {
        var qubo = new QuboMatrix(size);
        for (int i = 0; i < size; i++)
        {
            int j = (i + 1) % size;
            qubo.AddLinear(i, -0.1);
            qubo.AddLinear(j, -0.1);
            qubo.AddPair(i, j, 0.2); // not a number of binary digits: what costs nothing costs a rounding error
        }

        AtLeast(38, qubo, -0.1 * (size - size % 2));
    }

    // The names of the variables are shuffled and each is turned over or not: no order of visits is special.
    [Theory]
    [MemberData(nameof(Graphs))]
    public void Couplings_that_agree_are_all_satisfied(string kind, int seed)
    {
        var random = new Random(seed);
        (int size, (int First, int Second)[] edges) = Graph(kind, random);
        int[] names = [.. Enumerable.Range(0, size)];
        random.Shuffle(names);
        int[] spins = [.. names.Select(_ => 2 * random.Next(2) - 1)];
        var ising = new IsingProblem(size);
        foreach ((int a, int b) in edges)
        {
            ising.AddCoupling(Math.Min(names[a], names[b]), Math.Max(names[a], names[b]), -spins[a] * spins[b]);
        }

        AtLeast(36, ising.ToQubo(), -edges.Length);
    }

    private static (int Size, (int First, int Second)[] Edges) Graph(string kind, Random random) => kind switch
    {
        "ladder" => (44, [.. Lattice(22, 2, 1).Where(e => e.Second == e.First + 22 || e.Second == e.First + 1)]),
        "torus" => (132, [.. Lattice(12, 11, 1)]),
        "cube" => (120, [.. Lattice(6, 5, 4)]),
        "regular" => (50, [.. Regular(25, random)]),
        _ => (24, [.. Enumerable.Range(1, 23).Select(i => (random.Next(i), i))]),
    };

    // The nearest neighbours of a lattice that closes in itself.
    private static IEnumerable<(int First, int Second)> Lattice(int width, int height, int depth)
    {
        int Name(int x, int y, int z) => (z % depth * height + y % height) * width + x % width;
        for (int name = 0; name < width * height * depth; name++)
        {
            (int x, int y, int z) = (name % width, name / width % height, name / (width * height));
            foreach (int other in new[] { Name(x + 1, y, z), Name(x, y + 1, z), Name(x, y, z + 1) })
            {
                if (other != name)
                {
                    yield return (name, other);
                }
            }
        }
    }

    // Two halves, three random matchings between them; an edge may be there twice.
    private static IEnumerable<(int First, int Second)> Regular(int half, Random random)
    {
        for (int matching = 0; matching < 3; matching++)
        {
            int[] others = [.. Enumerable.Range(half, half)];
            random.Shuffle(others);
            for (int i = 0; i < half; i++)
            {
                yield return (i, others[i]);
            }
        }
    }

    private static void AtLeast(int successes, QuboMatrix qubo, double least)
    {
        var batch = new QuboProblemBatch(qubo);
        var result = new SampleSet(1, Reads, qubo.Size);
        new SimulatedAnnealingSampler { Sweeps = 1000 }.Fill(batch, result, new SamplingKey(17));
        double[] gaps = [.. Enumerable.Range(0, Reads).Select(r => result.Energy(0, r) - least)];
        Assert.True(gaps.Min() > -1e-9, "below the lowest energy");
        int found = gaps.Count(gap => gap < 1e-9);
        Assert.True(found >= successes, $"{found} of {Reads} reads found the lowest energy");
    }
}
