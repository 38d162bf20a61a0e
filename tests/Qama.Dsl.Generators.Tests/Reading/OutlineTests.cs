using Qama.Generators.Reading.Editing;
using Qama.Generators.Tests.Harness;

namespace Qama.Generators.Tests.Reading;

public class OutlineTests
{
    private const string File = """
        using System;
        namespace Space;
        public class C(int a) : B
        {
            const int Constant = 1;
            static int _field = 2, _other;
            int Property { get; set; } = 3;
            int Short => 4;
            event Action? Happens = null;
            C() : this(5) { }
            [Obsolete("old")] int Method(int x = 6) { var y = x + 7; return y; }
            int Expression() => 8;
        }
        enum E { A = 9 }
        """;

    [Theory]
    [InlineData("2,", "22,")]
    [InlineData("2,", "F(() => { return 1; }),")]
    [InlineData("= 3;", "= 33;")]
    [InlineData("=> 4", "=> 44")]
    [InlineData("= null", "= () => { }")]
    [InlineData("x + 7", "x + 77")]
    [InlineData("var y = x + 7; ", "")]
    [InlineData("=> 8", "=> throw new Exception()")]
    [InlineData("(5) { }", "(5) { F(); }")]
    [InlineData("enum", "/* a comment */ enum")]
    [InlineData("\n", "\n\n")]
    public void Insides_of_members_say_nothing_to_other_files(string written, string edited) => Assert.True(Same(written, edited));

    [Theory]
    [InlineData("System", "Elsewhere")]
    [InlineData("Space", "Other")]
    [InlineData("public class", "class")]
    [InlineData(": B", ": D")]
    [InlineData("int a", "long a")]
    [InlineData("= 1", "= 11")]
    [InlineData("const int Constant", "static int Constant")]
    [InlineData("_other", "_another")]
    [InlineData("_field = 2", "_field")]
    [InlineData("set;", "init;")]
    [InlineData("Short => 4;", "Short;")]
    [InlineData("\"old\"", "\"older\"")]
    [InlineData("x = 6", "x = 66")]
    [InlineData("int x", "params int[] x")]
    [InlineData("=> 8;", ";")]
    [InlineData("A = 9", "A = 99")]
    [InlineData("A = 9", "A")]
    public void All_else_does(string written, string edited) => Assert.False(Same(written, edited));

    [Fact]
    public void A_file_of_another_name_is_another() => Assert.False(Outline.Same(Compile.Parse(File, "A.cs"), Compile.Parse(File, "B.cs")));

    private static bool Same(string written, string edited)
    {
        Assert.Contains(written, File, StringComparison.Ordinal);
        return Outline.Same(Compile.Parse(File), Compile.Parse(File.Replace(written, edited, StringComparison.Ordinal)));
    }
}
