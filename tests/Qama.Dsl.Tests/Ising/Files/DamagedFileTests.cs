using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Qama.Ising;
using Qama.Ising.Files;

namespace Qama.Tests.Ising.Files;

/// <summary>Damaged files are refused with the documented exception, and no few bytes ask for much memory.</summary>
public sealed class DamagedFileTests : IDisposable
{
    /// <summary>More than 4,096 variables take, which need no coefficients.</summary>
    private const long MostMemory = 300_000_000;

    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public static TheoryData<string> Formats =>
        ["qubo.coo", "ising.coo", "qubo.csv", "ising.csv", "qubo.sparse", "ising.sparse"];

    public void Dispose() => Directory.Delete(_folder, true);

    [Theory]
    [MemberData(nameof(Formats))]
    public void Every_truncation_is_refused(string format)
    {
        foreach (bool empty in new[] { false, true })
        {
            byte[] whole = Written(format, empty);
            Read(format, whole);
            for (int length = 0; length < whole.Length; length++)
            {
                Assert.Throws<InvalidDataException>(() => Read(format, whole[..length]));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_flipped_bit_gives_a_problem_or_is_refused(string format)
    {
        byte[] whole = Written(format);
        for (int bit = 0; bit < 8 * whole.Length; bit++)
        {
            byte[] damaged = [.. whole];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            ReadOrRefuse(() => Read(format, damaged));
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Text_of_pieces_gives_a_problem_or_is_refused(string format)
    {
        string[] pieces =
        [
            "\n", "\r", "\r\n", " ", ",", "\t", "#", "# ", "size=46340", "size: 99999999999", "46339 46339 1", "0 0 1e308", "0 1 -2", "1", "0",
            "1,2", "2,3", "offset=NaN", "offset=1", "vartype: SPIN", "vartype=BINARY", "entries=2", "\uFEFF", "\0", "é", "1e999", "-", "2147483648",
        ];
        Gen<string> text = Gen.Elements(pieces).ListOf().Select(string.Concat);
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(1000),
            Prop.ForAll(text.ToArbitrary(), t => ReadOrRefuse(() => Read(format, Encoding.UTF8.GetBytes(t)))));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Marks_line_ends_and_cultures_change_nothing(string format)
    {
        string text = Encoding.UTF8.GetString(Written(format));
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            foreach (string culture in new[] { "", "de-DE", "ar-SA", "fa-IR" })
            {
                CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
                Assert.Equal(text, Encoding.UTF8.GetString(Written(format)));
                foreach (Encoding encoding in new[] { Encoding.UTF8, Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF32 })
                {
                    byte[] marked = [.. encoding.Preamble, .. encoding.GetBytes(text.Replace("\n", "\r\n", StringComparison.Ordinal))];
                    Assert.Equal(Read(format, Encoding.UTF8.GetBytes(text)), Read(format, marked));
                }
            }
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Folders_and_missing_files_are_input_output_errors(string format)
    {
        Assert.Contains(_folder, Assert.ThrowsAny<IOException>(() => ReadFile(format, _folder)).Message, StringComparison.Ordinal);
        Assert.Throws<FileNotFoundException>(() => ReadFile(format, Path.Combine(_folder, "none")));
        Assert.Throws<DirectoryNotFoundException>(() => ReadFile(format, Path.Combine(_folder, "none", "none")));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void What_cannot_be_written_leaves_the_old_file_and_nothing_else(string format)
    {
        string path = Path.Combine(_folder, format);
        File.WriteAllText(path, "old");
        QuboMatrix broken = Qubo();
        broken.AddLinear(3, double.NaN);
        IsingProblem brokenIsing = Ising();
        brokenIsing.AddField(3, double.NaN);
        Assert.Throws<ArgumentException>(() => WriteFile(format, path, broken, brokenIsing));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFileSystemEntries(_folder));

        // Below a file, over a folder, in a folder that is not there.
        Assert.ThrowsAny<IOException>(() => WriteFile(format, Path.Combine(path, "x"), Qubo(), Ising()));
        Assert.ThrowsAny<IOException>(() => WriteFile(format, _folder, Qubo(), Ising()));
        Assert.ThrowsAny<IOException>(() => WriteFile(format, Path.Combine(_folder, "none", "x"), Qubo(), Ising()));
        Assert.Equal([path], Directory.GetFileSystemEntries(_folder));
    }

    private static void ReadOrRefuse(Action read)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            read();
        }
        catch (InvalidDataException)
        {
            // What damage should give where it shows.
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostMemory);
    }

    private static QuboMatrix Qubo()
    {
        var qubo = new QuboMatrix(4) { Offset = -1.25 };
        qubo.AddPair(0, 1, 12.75);
        qubo.AddPair(0, 3, -3e-7);
        qubo.AddLinear(3, 1e21);
        return qubo;
    }

    private static IsingProblem Ising()
    {
        var ising = new IsingProblem(4) { Offset = 17 };
        ising.AddCoupling(0, 1, 12.75);
        ising.AddField(3, -0.1);
        return ising;
    }

    private static void WriteFile(string format, string path, QuboMatrix qubo, IsingProblem ising)
    {
        switch (format)
        {
            case "qubo.coo":
                CoordinateFile.Write(path, qubo);
                break;
            case "ising.coo":
                CoordinateFile.Write(path, ising);
                break;
            case "qubo.sparse":
                CoordinateFile.Write(path, SparseQubo.From(qubo));
                break;
            case "ising.sparse":
                CoordinateFile.Write(path, SparseIsing.From(ising));
                break;
            case "qubo.csv":
                MatrixFile.Write(path, qubo);
                break;
            default:
                MatrixFile.Write(path, ising);
                break;
        }
    }

    private static double[] ReadFile(string format, string path)
    {
        switch (format)
        {
            case "qubo.sparse":
                SparseQubo sparse = CoordinateFile.ReadSparseQubo(path);
                return [sparse.Offset, .. sparse.Linear, .. sparse.RowStarts, .. sparse.Columns,
                    .. sparse.Coefficients];
            case "ising.sparse":
                SparseIsing spins = CoordinateFile.ReadSparseIsing(path);
                return [spins.Offset, .. spins.Fields, .. spins.RowStarts, .. spins.Columns, .. spins.Couplings];
        }

        if (format.StartsWith("qubo", StringComparison.Ordinal))
        {
            QuboMatrix qubo = format == "qubo.coo" ? CoordinateFile.ReadQubo(path) : MatrixFile.ReadQubo(path);
            return [qubo.Offset, .. qubo.Coefficients];
        }

        IsingProblem ising = format == "ising.coo" ? CoordinateFile.ReadIsing(path) : MatrixFile.ReadIsing(path);
        return [ising.Offset, .. ising.Fields, .. ising.Couplings];
    }

    private byte[] Written(string format, bool empty = false)
    {
        string path = Path.Combine(_folder, format);
        WriteFile(
            format, path, empty ? new QuboMatrix(0) { Offset = 2 } : Qubo(), empty ? new IsingProblem(0) { Offset = 2 } : Ising());
        return File.ReadAllBytes(path);
    }

    private double[] Read(string format, byte[] content)
    {
        string path = Path.Combine(_folder, "damaged");
        File.WriteAllBytes(path, content);
        return ReadFile(format, path);
    }
}
