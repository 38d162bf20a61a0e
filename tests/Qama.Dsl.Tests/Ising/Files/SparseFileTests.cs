using FsCheck;
using FsCheck.Fluent;
using Qama.Ising;
using Qama.Ising.Files;

namespace Qama.Tests.Ising.Files;

/// <summary>Sparse problems as coordinate text: the text of the dense problem, read without a matrix.</summary>
public class SparseFileTests
{
    [Fact]
    public void Text_is_that_of_the_dense_problem_and_reads_back_to_the_same_coefficients() => Check.One(
        Config.QuickThrowOnFailure,
        Prop.ForAll(
            Gen.Zip(Gen.Choose(0, 12), Gen.Choose(0, 1 << 30)).ToArbitrary(),
            ((int Size, int Seed) c) =>
            {
                QuadraticTerm[] terms = SparseProblems.Terms(c.Size, (c.Seed % 4) / 4.0, c.Seed, whole: false);
                var qubo = new SparseQubo(c.Size, terms, 1.5 * (c.Seed % 3));
                var ising = new SparseIsing(c.Size, terms, -0.1);
                string text = Text(w => CoordinateFile.Write(w, qubo));
                Assert.Equal(Text(w => CoordinateFile.Write(w, qubo.ToDense())), text);
                SparseQubo back = CoordinateFile.ReadSparseQubo(new StringReader(text));
                Assert.Equal(qubo.Terms(), back.Terms());
                Assert.Equal((qubo.Size, qubo.Offset), (back.Size, back.Offset));
                string spins = Text(w => CoordinateFile.Write(w, ising));
                Assert.Equal(Text(w => CoordinateFile.Write(w, ising.ToDense())), spins);
                SparseIsing backToSpins = CoordinateFile.ReadSparseIsing(new StringReader(spins));
                Assert.Equal(ising.Terms(), backToSpins.Terms());
                Assert.Equal((ising.Size, ising.Offset), (backToSpins.Size, backToSpins.Offset));
            }));

    [Fact]
    public void Files_larger_than_a_dense_problem_are_read_and_written()
    {
        const int Size = 50_000;
        string folder = Directory.CreateTempSubdirectory().FullName;
        string path = Path.Combine(folder, "ring.coo");
        var ring = new SparseIsing(Size, Enumerable.Range(0, Size).Select(i => new QuadraticTerm(i, (i + 1) % Size,
            i % 7 - 3)));
        CoordinateFile.Write(path, ring);
        Assert.Equal(ring.Terms(), CoordinateFile.ReadSparseIsing(path).Terms());
        CoordinateFile.Write(path, ring.ToQubo());
        Assert.Equal(ring.ToQubo().Terms(), CoordinateFile.ReadSparseQubo(path).Terms());
        Assert.Throws<InvalidDataException>(() => CoordinateFile.ReadQubo(path));
        Directory.Delete(folder, true);
    }

    [Theory]
    [InlineData("0 1 1e39", "fit single precision, got 1E+39 for 0 1")]
    [InlineData("0 1 1\n# vartype=SPIN", "expected a problem of vartype BINARY")]
    [InlineData("0 1 x", "line 1: expected a finite number, got 'x'")]
    [InlineData("0 16777216 1", "line 1: expected a whole number in 0..16777215")]
    [InlineData("# size=16777216\n0 1 1", "16777216 variables with only 1 coefficients")]
    [InlineData("# entries=2\n0 1 1\n", "cut off")]
    [InlineData("0 1 1e-35", "in 1E-30 to 1E+30")]
    public void Broken_text_is_refused(string text, string message) => Assert.Contains(
        message, Assert.Throws<InvalidDataException>(() => CoordinateFile.ReadSparseQubo(new StringReader(text),
            "here")).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Coefficients_of_a_pair_add_up_before_they_are_rounded()
    {
        SparseQubo qubo = CoordinateFile.ReadSparseQubo(new StringReader("0 1 1e20\n1 0 0.5\n0 1 -1e20\n1 1 2"));
        Assert.Equal(0, qubo[0, 1]); // in double, in the order of the lines: 0.5 is lost beside 1e20
        Assert.Equal(16777218, CoordinateFile.ReadSparseQubo(new StringReader("0 1 16777217\n1 0 1"))[1, 0]);
    }

    private static string Text(Action<TextWriter> write)
    {
        var writer = new StringWriter();
        write(writer);
        return writer.ToString();
    }
}
