using FsCheck;
using FsCheck.Fluent;
using Qama.Numerics;
using Qama.Tool.Describing;
using Qama.Tool.Formats;

namespace Qama.Tool.Tests;

/// <summary><c>qama info</c>: what it says of a problem is so.</summary>
public sealed class DescriptionTests : FolderTest
{
    /// <summary>Some optimum has all decided spins.</summary>
    [Fact]
    public void What_the_rule_decides_is_part_of_an_optimum() => Prop.ForAll(Seeds.All, seed =>
    {
        PlainProblem spins = Random(seed);
        sbyte[] decided = FieldRule.Decide(spins);
        double[] energies = Enumeration.Energies(spins);
        Assert.Contains(Enumerable.Range(0, energies.Length), number => energies[number] == energies.Min()
            && Enumeration.State(spins, number).Zip(decided).All(s => s.Second == 0 || s.First == s.Second));
        Assert.Equal(decided, FieldRule.Decide(spins.As(VariableKind.Binary)));

        // And where the rule decides nothing, it does not hold for any spin with what is left.
        for (int i = 0; i < spins.Size; i++)
        {
            double field = 0, couplings = 0;
            foreach ((int a, int b, double value) in spins.Terms.Where(t => t.I == i || t.J == i))
            {
                int other = a == i ? b : a;
                field += a == b ? value : value * decided[other];
                couplings += a != b && decided[other] == 0 ? Math.Abs(value) : 0;
            }

            Assert.True(decided[i] != 0 || Math.Abs(field) < couplings);
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    [Fact]
    public void Sizes_parts_and_bits_are_those_counted_by_hand()
    {
        // 0–1–2 hang together by couplings of 0.75 and −0.5, spin 3 is alone with a field of 2.25, 4 has nothing.
        string path = Write("a.coo", "# vartype=SPIN\n# size=5\n# offset=-1.5\n0 1 0.75\n1 2 -0.5\n0 2 0.75\n3 3 2.25\n4 4 0\n");
        var info = ToolProgram.Run("info", path, "--json").Json;
        string actual = string.Join(' ', new[]
        {
            "variables", "couplings", "linear", "offset", "density", "least", "most", "distinct", "bits", "unit", "parts", "largestPart", "alone", "decided",
        }.Select(name => $"{name}={info[name]!.ToJsonString()}"));
        Assert.Equal(
            "variables=5 couplings=3 linear=1 offset=-1.5 density=0.3 least=-0.5 most=2.25 distinct=3 bits=5 unit=0.25 parts=3 largestPart=3 alone=2 decided=2",
            actual);
        string text = ToolProgram.Run("info", path).Output;
        Assert.Contains("integers      5 bits, in units of 0.25\n", text.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("density       30 % of pairs interact", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0 1 1\n1 2 127\n", true, "8", "1")]
    [InlineData("0 1 0.1\n1 2 0.3\n", true, "3", "0.1")]
    [InlineData("0 1 1\n1 2 1000\n0 2 1000\n", false, "11", "1")]
    [InlineData("0 1 1\n1 2 3.14159265358979\n0 2 2.7\n", false, "more than 24", "")]
    public void What_8_bits_lose_and_what_would_do_is_said(string terms, bool exact, string bits, string unit)
    {
        string path = Write("a.coo", "# vartype=SPIN\n" + terms);
        string text = ToolProgram.Run("info", path).Output;
        Assert.Contains(unit.Length > 0 ? $"{bits} bits, in units of {unit}" : $"{bits} bits", text, StringComparison.Ordinal);
        Assert.Equal(exact, ToolProgram.Run("info", path, "--json").Json["eightBits"]!["exact"]!.GetValue<bool>());
    }

    private static PlainProblem Random(int seed)
    {
        var random = new RandomStream((ulong)seed);
        int size = 1 + random.NextInt32(6);
        var terms = new TermList(size);
        for (int i = 0; i < size; i++)
        {
            for (int j = i; j < size; j++)
            {
                if (i == j || random.NextInt32(2) == 0)
                {
                    terms.Add(i, j, random.NextInt32(9) - 4);
                }
            }
        }

        return terms.Build(VariableKind.Spin, 0, "random");
    }
}
