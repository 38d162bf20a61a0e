using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Qama.Ising;
using Qama.Ising.Files;
using Qama.Ising.Precision;

namespace Qama.Tests.Ising.Files;

/// <summary>Matrix and coordinate text read back to the same bits, and errors name the line.</summary>
public class ProblemFileTests
{
    private static readonly double[] _awkward =
        [0.1, -1.0 / 3, 1e300, -1e-300, double.Epsilon * 4, 12345678901234567, 0, 0, -2.5, Math.PI];

    [Fact]
    public void A_qubo_reads_back_to_the_same_bits() => Check.One(Config.QuickThrowOnFailure, Prop.ForAll(
        Gen.Choose(0, 7).ToArbitrary(),
        (int size) =>
        {
            QuboMatrix qubo = Awkward(size);
            Same(qubo, CoordinateFile.ReadQubo(new StringReader(Text(w => CoordinateFile.Write(w, qubo)))));
            Same(qubo, MatrixFile.ReadQubo(new StringReader(Text(w => MatrixFile.Write(w, qubo)))));
        }));

    [Fact]
    public void An_ising_problem_reads_back_to_the_same_bits()
    {
        var ising = new IsingProblem(5) { Offset = 0.1 };
        for (int i = 0; i < 5; i++)
        {
            ising.AddField(i, _awkward[i]);
            for (int j = 0; j < i; j++)
            {
                ising.AddCoupling(i, j, _awkward[(3 * i) + j - 5 < 0 ? i : ((3 * i) + j) % 10]);
            }
        }

        Same(ising, CoordinateFile.ReadIsing(new StringReader(Text(w => CoordinateFile.Write(w, ising)))));
        Same(ising, MatrixFile.ReadIsing(new StringReader(Text(w => MatrixFile.Write(w, ising)))));
    }

    [Fact]
    public void Files_on_disk_read_back_too()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        QuboMatrix qubo = Awkward(4);
        IsingProblem ising = RandomProblems.Qubo(4, 1).ToIsing();
        CoordinateFile.Write(Path.Combine(folder, "q.coo"), qubo);
        MatrixFile.Write(Path.Combine(folder, "q.csv"), qubo);
        CoordinateFile.Write(Path.Combine(folder, "i.coo"), ising);
        MatrixFile.Write(Path.Combine(folder, "i.csv"), ising);
        Same(qubo, CoordinateFile.ReadQubo(Path.Combine(folder, "q.coo")));
        Same(qubo, MatrixFile.ReadQubo(Path.Combine(folder, "q.csv")));
        Same(ising, CoordinateFile.ReadIsing(Path.Combine(folder, "i.coo")));
        Same(ising, MatrixFile.ReadIsing(Path.Combine(folder, "i.csv")));
        Directory.Delete(folder, true);
    }

    [Fact]
    public void Coordinate_text_is_what_its_documentation_says()
    {
        QuboMatrix qubo = CoordinateFile.ReadQubo(new StringReader("# a comment\n\n0 0 1.5\n2 0  -4\n\t0 2 1e1\n# offset=2\n"));
        Assert.Equal(3, qubo.Size);
        Assert.Equal(2 + 1.5 - 4 + 10, qubo.Energy([1, 1, 1]));
        Assert.Equal(
            "# vartype=BINARY\n# offset=2\n# entries=3\n# size=3\n0 0 1.5\n0 2 6\n1 1 0\n", Text(w => CoordinateFile.Write(w, qubo)));
        IsingProblem ising = CoordinateFile.ReadIsing(new StringReader("# vartype=SPIN\n# size=4\n1 1 3\n0 1 2\n"));
        Assert.Equal(4, ising.Size);
        Assert.Equal(3 - 2, ising.Energy([-1, 1, 1, 1]));
    }

    [Theory]
    [InlineData("# vartype: BINARY\n0 1 2\n")]
    [InlineData("# vartype=binary, size=2, offset=0\n0 1 2\n")]
    [InlineData("## Size = 2; Entries: 1\n0 1 2\n")]
    [InlineData("# made by dimod, vartype=BINARY\n0 1 2\n")]
    [InlineData("# date=today size=2\n1 0 +2.000000")]
    [InlineData("# offset: 0\r\n0\t1\t2\r\n\r\n# done: offset=7 is not meant here\r\n")]
    [InlineData("\uFEFF0 1 2")]
    [InlineData("# a batch: size comes to mind\r0 1 .2e1\r")]
    public void Headers_are_read_as_dimod_writes_and_reads_them(string text)
    {
        QuboMatrix qubo = CoordinateFile.ReadQubo(new StringReader(text));
        Assert.Equal((2, 0.0, 2.0), (qubo.Size, qubo.Offset, qubo.Energy([1, 1])));
    }

    [Theory]
    [InlineData("# vartype: SPIN\n0 1 2\n", "vartype BINARY, got SPIN")]
    [InlineData("# some words and then vartype=SPIN\n0 1 2\n", "vartype BINARY, got SPIN")]
    [InlineData("# Vartype = spin\n0 1 2\n", "vartype BINARY, got spin")]
    [InlineData("# vartype=INTEGER\n", "got INTEGER")]
    [InlineData("# made by dimod, vartype=BINARY.\n0 1 2\n", "got BINARY.")]
    [InlineData("# offset: 2,5\n", "key=value, got ',5'")]
    [InlineData("# offset=1\n# offset=2\n0 0 1\n", "one offset, got 1 before and 2 here")]
    [InlineData("# size=3\n# SIZE: 4\n0 0 1\n", "one size")]
    [InlineData("# entries=2\n0 0 1\n", "cut off: expected 2 whole lines")]
    [InlineData("# entries=1\n0 0 1", "cut off")]
    [InlineData("# entries=1\n0 0 1\n0 0 1\n", "expected 1 whole lines with coefficients, got 2")]
    [InlineData("", "cut off")]
    [InlineData("# a comment\n", "cut off")]
    [InlineData("0 0 1e308\n0 0 1e308\n", "0 0 add up to")]
    [InlineData("# size=46340", "46340 variables take 17179 MB")]
    [InlineData("46339 46339 1", "46340 variables take 17179 MB")]
    [InlineData("46340 0 1", "whole number in 0..46339")]
    [InlineData("# size=99999999999", "whole number in 0..46340")]
    public void Headers_that_contradict_and_sizes_without_content_are_refused(string text, string message)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Refused(message, () => CoordinateFile.ReadQubo(new StringReader(text)));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Theory]
    [InlineData("# vartype=SPIN\n1,2\n2,1\n", "vartype BINARY, got SPIN")]
    [InlineData("# size: 3\n1,2\n2,1\n", "cut off: expected 3 whole rows, got 2")]
    [InlineData("# size=2\n1,2\n2,1", "cut off")]
    [InlineData("# offset=1\n1,2\n2,1\n# offset: 3\n", "one offset")]
    [InlineData("", "cut off")]
    public void A_matrix_that_contradicts_its_header_is_refused(string text, string message) =>
        Refused(message, () => MatrixFile.ReadQubo(new StringReader(text)));

    [Fact]
    public void Dimod_reads_every_line_that_is_written()
    {
        var qubo = new QuboMatrix(6);
        double[] values = [1e-5, -1.5e20, 1e300, -3e-300, 12345678901234567, 0.1];
        for (int i = 0; i < 6; i++)
        {
            qubo.AddPair(0, i, values[i]);
        }

        string text = Text(w => CoordinateFile.Write(w, qubo));
        Same(qubo, CoordinateFile.ReadQubo(new StringReader(text)));
        // dimod/serialization/coo.py: what does not match is skipped without a word.
        var line = new Regex(@"^\s*(\d+)\s+(\d+)\s+([+-]?\d*(?:\.\d+)?)\s*$");
        Assert.All(text.Split('\n', StringSplitOptions.RemoveEmptyEntries), l => Assert.True(l.StartsWith('#') || line.IsMatch(l), l));
    }

    [Fact]
    public void Large_sparse_problems_with_every_variable_in_them_are_read()
    {
        var qubo = new QuboMatrix(4200);
        qubo.AddPair(7, 4100, -2);
        Assert.Equal(-2, CoordinateFile.ReadQubo(new StringReader(Text(w => CoordinateFile.Write(w, qubo))))[7, 4100] * 2);
        Assert.Equal(3000, CoordinateFile.ReadQubo(new StringReader("# size=3000\n0 2999 1\n")).Size);
    }

    [Fact]
    public void Problems_that_are_not_finite_are_not_written()
    {
        var qubo = new QuboMatrix(2);
        qubo.AddPair(0, 1, double.NaN);
        var ising = new IsingProblem(2) { Offset = double.PositiveInfinity };
        using var text = new StringWriter();
        Assert.Contains("for 0 1", Assert.Throws<ArgumentException>(() => CoordinateFile.Write(text, qubo)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => MatrixFile.Write(text, qubo));
        Assert.Throws<ArgumentException>(() => CoordinateFile.Write(text, ising));
        Assert.Throws<ArgumentException>(() => MatrixFile.Write(text, ising));
        Assert.Equal("", text.ToString());
    }

    [Fact]
    public void A_matrix_may_be_triangular_or_symmetric()
    {
        QuboMatrix upper = MatrixFile.ReadQubo(new StringReader("1, 4\n0, 2"));
        QuboMatrix symmetric = MatrixFile.ReadQubo(new StringReader("# offset=0\n1,2\n2,2\n"));
        Same(symmetric, upper);
        Assert.Equal("1,2\n2,2\n", Text(w => MatrixFile.Write(w, upper)));
        upper.Offset = 3;
        Assert.Equal("# offset=3\n# size=2\n1,2\n2,2\n", Text(w => MatrixFile.Write(w, upper)));
        Assert.Equal("1,2\n2,2\n", Text(w => MatrixFile.Write(w, upper, offset: false)));
    }

    [Fact]
    public void A_machines_integers_are_written_as_a_matrix()
    {
        var ising = new IsingProblem(2);
        ising.AddCoupling(0, 1, -2);
        ising.AddField(1, 6);
        Assert.Equal("0,1,0\n1,0,-3\n0,-3,0\n", Text(w => MatrixFile.Write(
            w, PrecisionReducer.Reduce(ising.ToQubo(), MachineLimits.Cpqc550, PrecisionOptions.Plain))));
    }

    [Theory]
    [InlineData("0 0 1\n0 1", "line 2: expected 'i j value'")]
    [InlineData("0 0 1\n\n0 x 1", "line 3: expected a whole number")]
    [InlineData("0 -1 1", "line 1: expected a whole number")]
    [InlineData("0 0 NaN", "line 1: expected a finite number, got 'NaN'")]
    [InlineData("0 0 1e999", "line 1: expected a finite number")]
    [InlineData("0 0 1,5", "line 1: expected a finite number")]
    [InlineData("# size=2\n0 2 1", "line 2: expected a whole number in 0..1")]
    [InlineData("0 5 1\n# size=2", "line 2: expected a size above the index 5")]
    [InlineData("# vartype=SPIN", "line 1: expected a problem of vartype BINARY, got SPIN")]
    [InlineData("# offset=much", "line 1: expected a finite number")]
    public void Broken_coordinate_text_is_refused_with_its_line(string text, string message) =>
        Refused(message, () => CoordinateFile.ReadQubo(new StringReader(text), "problem.coo"), "problem.coo, ");

    [Theory]
    [InlineData("1,2\n3", "line 2: expected 2 values, as in the first row, got 1")]
    [InlineData("1,2\n\n3,x", "line 3: expected a finite number, got 'x'")]
    [InlineData("1,2", "line 1: expected a square matrix of 2 rows, got 1")]
    [InlineData("1\n2", "line 2: expected a square matrix of 1 rows")]
    [InlineData("1,\n2,3", "line 1: expected a finite number, got ''")]
    public void A_broken_matrix_is_refused_with_its_line(string text, string message) =>
        Refused(message, () => MatrixFile.ReadQubo(new StringReader(text), "problem.csv"), "problem.csv, ");

    [Fact]
    public void An_ising_matrix_that_is_not_symmetric_is_refused() =>
        Refused("line 3: expected a symmetric matrix", () => MatrixFile.ReadIsing(new StringReader("# J\n0,2\n1,0")));

    private static QuboMatrix Awkward(int size)
    {
        var qubo = new QuboMatrix(size) { Offset = size == 0 ? 0 : -1.0 / 3 };
        for (int i = 0; i < size; i++)
        {
            for (int j = i; j < size; j++)
            {
                qubo.AddPair(i, j, _awkward[((5 * i) + j) % 10]);
            }
        }

        return qubo;
    }

    private static string Text(Action<TextWriter> write)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        write(writer);
        return writer.ToString();
    }

    private static void Same(QuboMatrix expected, QuboMatrix actual)
    {
        Assert.Equal(expected.Size, actual.Size);
        Assert.Equal(expected.Coefficients.ToArray(), actual.Coefficients.ToArray());
        Assert.Equal(expected.Offset, actual.Offset);
    }

    private static void Same(IsingProblem expected, IsingProblem actual)
    {
        Assert.Equal(expected.Couplings.ToArray(), actual.Couplings.ToArray());
        Assert.Equal(expected.Fields.ToArray(), actual.Fields.ToArray());
        Assert.Equal(expected.Offset, actual.Offset);
    }

    private static void Refused(string message, Action read, string start = "")
    {
        string actual = Assert.Throws<InvalidDataException>(read).Message;
        Assert.StartsWith(start, actual, StringComparison.Ordinal);
        Assert.Contains(message, actual, StringComparison.Ordinal);
    }
}
