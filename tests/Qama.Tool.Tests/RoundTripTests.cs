using FsCheck;
using FsCheck.Fluent;
using Qama.Numerics;
using Qama.Tool.Formats;

namespace Qama.Tool.Tests;

/// <summary>Random problems through every format and through chains of them: energies stay.</summary>
public sealed class RoundTripTests : FolderTest
{
    private static readonly string[] _labels = ["\"a\"", "5", "\"5\"", "[0,\"q\"]", "\"with space\"", "\"quoted \\u0022x\\u0022, and comma\""];

    public static TheoryData<string> Formats => [.. ProblemFormats.Names];

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_problem_comes_back_with_the_same_coefficients(string id) => Prop.ForAll(Seeds.All, seed =>
    {
        ProblemFormat format = ProblemFormats.Named(id);
        PlainProblem problem = Random(seed, fieldless: id == "mc");
        string path = At("problem" + format.Extensions[0]);
        (PlainProblem written, _) = ProblemFile.Write(path, problem, format, null);
        Assert.True(format.Holds(written.Kind));
        foreach (string text in new[] { File.ReadAllText(path), "\uFEFF" + File.ReadAllText(path).ReplaceLineEndings("\r\n") })
        {
            File.WriteAllText(path, text);
            PlainProblem back = ProblemFile.Read(path, null, default).Problem;
            Assert.Equal(written.Kind, back.Kind);
            Assert.Equal(format.WrittenObjective(problem.Objective), back.Objective);
            AssertSameEnergies(problem, back);
            if (written.Kind == problem.Kind)
            {
                Assert.Equal(problem.Terms.Where(t => id != "mc" || t.I != t.J), back.Terms);
            }

            if (id is "bqm")
            {
                Assert.Equal(problem.Labels, back.Labels);
            }
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    [Fact]
    public void A_chain_of_formats_keeps_energies() => Prop.ForAll(Seeds.All, seed =>
    {
        PlainProblem problem = Random(seed, fieldless: false);
        var random = new RandomStream((ulong)seed + 7);
        PlainProblem present = problem;
        for (int step = 0; step < 4; step++)
        {
            ProblemFormat format = ProblemFormats.All[random.NextInt32(ProblemFormats.All.Count)];
            VariableKind? kind = random.NextInt32(3) switch { 0 => VariableKind.Spin, 1 => VariableKind.Binary, _ => null };
            if (format != ProblemFormats.Graph && (kind is null || format.Holds(kind.Value)))
            {
                string path = At("chain" + format.Extensions[0]);
                ProblemFile.Write(path, present, format, kind);
                present = ProblemFile.Read(path, null, default).Problem;
                AssertSameEnergies(problem, present);
            }
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    /// <summary>A cut as bits and back: fields that are nothing but rounding are none.</summary>
    [Fact]
    public void A_graph_that_was_a_QUBO_is_a_graph_again() => Prop.ForAll(Seeds.All, seed =>
    {
        PlainProblem graph = Random(seed, fieldless: true).As(VariableKind.Spin);
        string path = At("graph.mc");
        ProblemFile.Write(path, graph.As(VariableKind.Binary), ProblemFormats.Graph, null);
        AssertSameEnergies(graph, ProblemFile.Read(path, null, default).Problem);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    private static void AssertSameEnergies(PlainProblem expected, PlainProblem actual)
    {
        (double[] a, double[] b) = (Enumeration.Energies(expected), Enumeration.Energies(actual));
        double size = Math.Abs(expected.Offset) + expected.Terms.Sum(t => Math.Abs(t.Value));
        Assert.Equal(a.Length, b.Length);
        Assert.All(a.Zip(b), pair => Assert.InRange(pair.First - pair.Second, -1e-13 * size, 1e-13 * size));
    }

    private static PlainProblem Random(int seed, bool fieldless)
    {
        var random = new RandomStream((ulong)seed);
        int size = 1 + random.NextInt32(5);
        double unit = random.NextInt32(4) switch { 0 => 1, 1 => 0.1, 2 => 1e20, _ => 1.0 / 3 };
        VariableKind kind = fieldless || random.NextInt32(2) == 0 ? VariableKind.Spin : VariableKind.Binary;
        var terms = new TermList(size);
        for (int i = 0; i < size; i++)
        {
            for (int j = fieldless ? i + 1 : i; j < size; j++)
            {
                if (random.NextInt32(3) > 0)
                {
                    terms.Add(i, j, unit * (random.NextInt32(41) - 20));
                }
            }
        }

        string[]? labels = random.NextInt32(2) == 0 ? null : [.. Enumerable.Range(random.NextInt32(2), size).Select(i => _labels[i])];
        return terms.Build(
            kind, random.NextInt32(2) * unit * (random.NextInt32(41) - 20), "random", (Objective)random.NextInt32(2), labels);
    }
}
