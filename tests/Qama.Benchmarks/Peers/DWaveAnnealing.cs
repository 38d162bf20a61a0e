using System.Globalization;
using System.Runtime.InteropServices;
using Qama.Ising;
using Qama.Problems;

namespace Qama.Benchmarks.Peers;

/// <summary>The annealer of dwave-samplers on a batch of problems, through <c>dwave_anneal.cpp</c>.</summary>
internal sealed class DWaveAnnealing : IDisposable
{
    private readonly FileInfo _program;
    private readonly ProblemBatch _problems;
    private readonly string _file = Path.GetTempFileName();

    public DWaveAnnealing(FileInfo program, ProblemBatch problems)
    {
        (_program, _problems) = (program, problems);
        using FileStream file = File.Create(_file);
        var qubo = new QuboMatrix(problems.VariableCount);
        for (int p = 0; p < problems.Count; p++)
        {
            problems.WriteQubo(p, qubo);
            Write(file, qubo.ToIsing());
        }
    }

    /// <summary>Temperatures to choose from, in units of a problem's scale: the first and the last of a geometric
    /// schedule.</summary>
    public static IReadOnlyList<(double Hot, double Cold)> Settings { get; } =
    [
        .. from hot in new[] { 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.2, 1.6 }
           from cold in new[] { 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3 }
           where cold < hot
           select (hot, cold),
    ];

    /// <summary>Energies of the best of all reads, and processor time of all of them, per problem.</summary>
    public (double[] Energies, double Microseconds) Run(
        int sweeps, int reads, ulong seed, (double Hot, double Cold) setting)
    {
        string[] lines = PeerProgram.Lines(
            _program, _file, Text(sweeps), Text(reads), Text(seed), Text(setting.Hot), Text(setting.Cold));
        var energies = new double[_problems.Count];
        double time = 0;
        for (int p = 0; p < energies.Length; p++)
        {
            int first = p * (reads + 1);
            time += double.Parse(lines[first], CultureInfo.InvariantCulture);
            energies[p] = Enumerable.Range(first + 1, reads)
                .Min(line => _problems.Energy(p, PeerProgram.State(lines[line])));
        }

        return (energies, time / energies.Length);
    }

    public void Dispose() => File.Delete(_file);

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);

    private static void Write(Stream file, IsingProblem problem)
    {
        List<int> from = [], to = [];
        List<double> couplings = [];
        var squares = new double[problem.Size];
        for (int i = 0; i < problem.Size; i++)
        {
            squares[i] += problem.Fields[i] * problem.Fields[i];
            for (int j = i + 1; j < problem.Size; j++)
            {
                // The energy has half of the sum over ordered pairs: problem[i, j] counts for both orders.
                double coupling = problem[i, j];
                if (coupling != 0)
                {
                    from.Add(i);
                    to.Add(j);
                    couplings.Add(coupling);
                    squares[i] += coupling * coupling;
                    squares[j] += coupling * coupling;
                }
            }
        }

        Put<int>(file, [problem.Size, couplings.Count]);
        Put<double>(file, [Math.Max(squares.Average(Math.Sqrt), 1e-30)]);
        Put(file, problem.Fields);
        Put<int>(file, CollectionsMarshal.AsSpan(from));
        Put<int>(file, CollectionsMarshal.AsSpan(to));
        Put<double>(file, CollectionsMarshal.AsSpan(couplings));
    }

    private static void Put<T>(Stream file, ReadOnlySpan<T> numbers)
        where T : unmanaged => file.Write(MemoryMarshal.AsBytes(numbers));
}
