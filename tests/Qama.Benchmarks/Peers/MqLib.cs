using System.Globalization;
using Qama.Ising;

namespace Qama.Benchmarks.Peers;

/// <summary>The program of MQLib on one problem with whole numbers.</summary>
internal sealed class MqLib : IDisposable
{
    private readonly FileInfo _program;
    private readonly SparseQubo _problem;
    private readonly string _file = Path.GetTempFileName();

    public MqLib(FileInfo program, SparseQubo problem)
    {
        (_program, _problem) = (program, problem);
        using var file = new StreamWriter(_file);
        List<QuadraticTerm> terms = [.. problem.Terms()];
        file.WriteLine(Invariant($"{problem.Size} {terms.Count}"));
        foreach (QuadraticTerm term in terms)
        {
            // It maximises x·Qx of a symmetric Q: half of a pair's coefficient stands on either side.
            file.WriteLine(Invariant($"{term.I + 1} {term.J + 1} {-(term.I == term.J ? 1 : 0.5) * term.Value}"));
        }
    }

    /// <summary>The heuristics that are tried: the best one of a problem and a time counts.</summary>
    public static IReadOnlyList<string> Heuristics { get; } =
        ["BURER2002", "PALUBECKIS2004bMST2", "PALUBECKIS2006", "LU2010"];

    /// <summary>The lowest energy within a time, as the program's history tells; its last state is checked here.</summary>
    /// <exception cref="InvalidDataException">The program's objective is not its state's energy.</exception>
    public double Run(string heuristic, double seconds, int seed)
    {
        string[] lines = PeerProgram.Lines(
            _program, "-fQ", _file, "-h", heuristic, "-r", Invariant($"{seconds}"), "-s", Invariant($"{seed}"), "-ps");
        string[] fields = lines[0].Split(',');
        double objective = Number(fields[^3]);
        double energy = _problem.Energy(PeerProgram.State(lines[^1])) - _problem.Offset;
        if (Math.Abs(objective + energy) > 1e-6 * Math.Max(1, Math.Abs(energy)))
        {
            throw new InvalidDataException(Invariant($"MQLib says {objective} of a state whose energy is {energy}."));
        }

        double within = fields[^1].Trim('[', ']').Split(';').Select(e => e.Split(':'))
            .Where(e => Number(e[1]) <= seconds).Select(e => Number(e[0])).DefaultIfEmpty(0).Max();
        return _problem.Offset - within;
    }

    public void Dispose() => File.Delete(_file);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
