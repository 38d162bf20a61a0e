using System.Globalization;
using System.IO.Compression;
using Qama.Annealing;
using Qama.Ising;
using Qama.Numerics;

namespace Qama.Benchmarks.Plain;

/// <summary>A plain problem to be measured.</summary>
/// <param name="Name">Its name in tables.</param>
/// <param name="Kind">Public or generated, and how.</param>
/// <param name="Problem">The problem.</param>
/// <param name="Best">The lowest energy known; null where nobody has published one.</param>
/// <param name="Settings">How annealing spends its time.</param>
internal sealed record PlainInstance(string Name, string Kind, SparseQubo Problem, double? Best, PlainSettings Settings)
{
    public SparseProblemBatch Batch { get; } = new(Problem);

    /// <summary>A max-cut problem in the G-set's format; the energy is minus the cut.</summary>
    /// <param name="path">The file, compressed.</param>
    /// <param name="best">The largest cut known.</param>
    public static PlainInstance MaxCut(string path, double best)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        int[] sizes = Numbers(reader.ReadLine()!);
        List<(int, int, double)> edges = [];
        while (reader.ReadLine() is string line)
        {
            if (line.Length > 0)
            {
                int[] edge = Numbers(line);
                edges.Add((edge[0] - 1, edge[1] - 1, edge[2]));
            }
        }

        string name = Path.GetFileName(path).Split('.')[0];
        return new(name, "G-set", Cut(sizes[0], edges), -best, PlainSettings.MaxCut);
    }

    /// <summary>A max-cut problem of a random graph.</summary>
    public static PlainInstance RandomGraph(int vertices, int edges, ulong seed)
    {
        var random = new RandomStream(seed);
        HashSet<(int, int)> chosen = [];
        while (chosen.Count < edges)
        {
            (int i, int j) = (random.NextInt32(vertices), random.NextInt32(vertices));
            if (i < j)
            {
                chosen.Add((i, j));
            }
        }

        return new(
            $"random graph {seed}", "generated", Cut(vertices, [.. chosen.Select(e => (e.Item1, e.Item2, 1.0))]),
                null, PlainSettings.MaxCut);
    }

    /// <summary>A max-cut problem of a grid that is closed in both directions, with weights 1 and −1 (as the G-set's
    /// G11 or G32).</summary>
    public static PlainInstance Torus(int rows, int columns, ulong seed)
    {
        var random = new RandomStream(seed);
        List<(int, int, double)> edges = [];
        for (int i = 0; i < rows * columns; i++)
        {
            int row = i / columns * columns;
            edges.Add((i, row + ((i + 1) % columns), Weight()));
            edges.Add((i, (i + columns) % (rows * columns), Weight()));
        }

        return new($"torus {seed}", "generated", Cut(rows * columns, edges), null, PlainSettings.MaxCut);

        double Weight() => random.NextInt32(2) == 0 ? 1 : -1;
    }

    /// <summary>Whole numbers from −100 to 100 for a share of all pairs and variables (Beasley 1998).</summary>
    public static PlainInstance Random(string name, int size, double density, ulong seed)
    {
        var random = new RandomStream(seed);
        List<QuadraticTerm> terms = [];
        for (int i = 0; i < size; i++)
        {
            for (int j = i; j < size; j++)
            {
                if (density >= 1 || random.NextDouble() < density)
                {
                    terms.Add(new(i, j, (i == j ? 1 : 2) * (random.NextInt32(201) - 100)));
                }
            }
        }

        return new(name, "generated", new SparseQubo(size, terms), null,
            density < 1 ? PlainSettings.Beasley : PlainSettings.Dense);
    }

    private static SparseQubo Cut(int size, List<(int I, int J, double Weight)> edges) => new(
        size,
        edges.SelectMany(e => new QuadraticTerm[] { new(e.I, e.J, 2 * e.Weight), new(e.I, e.I, -e.Weight), new(e.J,
            e.J, -e.Weight) }));

    private static int[] Numbers(string line) =>
        [.. line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(n => int.Parse(n,
            CultureInfo.InvariantCulture))];
}

/// <summary>How annealing spends a time: chosen on generated problems.</summary>
/// <param name="Hot">First temperature.</param>
/// <param name="Cold">Last temperature.</param>
/// <param name="Annealings">Annealings in 10, 100 and 1,000 ms.</param>
internal sealed record PlainSettings(double Hot, double Cold, int[] Annealings)
{
    public static int[] Milliseconds { get; } = [10, 100, 1000];

    public static PlainSettings MaxCut { get; } = new(0.7, 0.07, [1, 3, 20]);

    public static PlainSettings Beasley { get; } = new(0.4, 0.07, [1, 4, 10]);

    public static PlainSettings Dense { get; } = new(0.4, 0.1, [6, 12, 30]);
}
