using System.Text;
using System.Text.RegularExpressions;
using Qama.Examples.Common;
using Spectre.Console;

namespace Qama.Examples.Tests;

/// <summary>Progress and tables in windows of several widths, and where there is no window.</summary>
public partial class TerminalTests
{
    private const string Text = "jensen-shannon, epoch 12/20, 1234 s left, loss 0.123, accuracy 98.7 % [of 100]";

    public static TheoryData<int> Widths => [20, 40, 60, 79, 80, 81, 100, 132];

    [Theory]
    [MemberData(nameof(Widths))]
    public void An_update_is_one_line_that_fits_the_window(int width)
    {
        string text = Show(width, isTerminal: true, bar =>
        {
            for (int i = 0; i <= 20; i++)
            {
                bar.Move(i / 20.0, Text[..(Text.Length - 3 * i)]);
                Thread.Sleep(10); // the bar draws itself every tenth of a second
            }
        });
        string[] lines = [.. Escapes().Replace(text, "").Split('\n', '\r').Select(l => l.TrimEnd()).Where(l => l.Length > 0)];
        Assert.NotEmpty(lines);
        Assert.All(lines, line => Assert.InRange(line.Length, 1, width));
        // A line that wrapped would lack its beginning or its end.
        Assert.All(lines, line => Assert.Matches("^jensen.* +[0-9]+ %$", line));
    }

    [Fact]
    public void Lines_that_stay_are_written_above_the_bar()
    {
        string text = Show(80, isTerminal: true, bar =>
        {
            bar.Move(0.5, "work");
            bar.Line("epoch 1: fine");
        });
        Assert.Contains("epoch 1: fine", Escapes().Replace(text, "").Split('\n', '\r').Select(l => l.TrimEnd()));
    }

    [Fact]
    public void A_file_gets_the_lines_and_nothing_else()
    {
        string text = Show(80, isTerminal: false, bar =>
        {
            bar.Move(0.5, Text);
            bar.Line("epoch 1: fine");
        });
        Assert.Equal("epoch 1: fine\n", text.ReplaceLineEndings("\n"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void NO_COLOR_is_respected(bool plain)
    {
        string? before = Environment.GetEnvironmentVariable("NO_COLOR");
        try
        {
            Environment.SetEnvironmentVariable("NO_COLOR", plain ? "1" : null);
            Assert.Equal(!plain, Colours().IsMatch(Show(80, isTerminal: true, bar => bar.Move(0.5, "work"))));
        }
        finally
        {
            Environment.SetEnvironmentVariable("NO_COLOR", before);
        }
    }

    [Fact]
    public void What_fails_while_a_bar_is_shown_fails_as_without()
    {
        Assert.Throws<InvalidOperationException>(() => Show(80, isTerminal: true, _ => throw new InvalidOperationException()));
    }

    public static TheoryData<string, int> Tables => new()
    {
        { "variant;best validation;test accuracy;selected;s/epoch;parameters;variables|[selected-2];97.97%;98.10%;35%;61.3;44186;784", 80 },
        { "variant;best validation;test accuracy;selected;s/epoch;parameters;variables|[selected-2];97.97%;98.10%;35%;61.3;44186;784", 120 },
        { "model;test accuracy;tokens used;card found;parameters;training|softmax;97.9 %;100 %;100.0 %;53,386;123.4 s", 60 },
        {
            "selections by;accuracy;same class;mean gap;worst gap;infeasible;tasks;decided;to zero"
            + "|reduced, bounds repaired, annealing of the same integers;97.20%;100.0%;43.341%;100.0%;12.3%;1000;77.4%;25.1%", 80
        },
    };

    [Theory]
    [MemberData(nameof(Tables))]
    public void Tables_fit_the_window_and_break_no_word(string table, int width)
    {
        string[][] rows = [.. table.Split('|').Select(row => row.Split(';'))];
        var writer = new StringWriter();
        ResultTable.Print(rows[0], rows[1..], Console(writer, width, isTerminal: true));
        string text = Escapes().Replace(writer.ToString(), "");
        Assert.All(text.Split('\n'), line => Assert.InRange(line.TrimEnd().Length, 0, width));
        string[] words = [.. text.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries)];
        Assert.All(rows.SelectMany(r => r).SelectMany(c => c.Split(' ')), word => Assert.Contains(word, words));
    }

    private static string Show(int width, bool isTerminal, Action<WorkBar> work)
    {
        var writer = new StringWriter();
        WorkBar.Show(
            "jensen-shannon", bar =>
            {
                work(bar);
                return 0;
            },
            Console(writer, width, isTerminal));
        return writer.ToString();
    }

    private static IAnsiConsole Console(StringWriter writer, int width, bool isTerminal) =>
        AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isTerminal ? AnsiSupport.Yes : AnsiSupport.Detect,
            ColorSystem = ColorSystemSupport.Detect,
            Interactive = isTerminal ? InteractionSupport.Yes : InteractionSupport.No,
            EnvironmentVariables = new Dictionary<string, string> { ["TERM"] = "xterm-256color", ["COLORTERM"] = "truecolor" },
            Out = new Window(writer, width, isTerminal),
        });

    [GeneratedRegex(@"\x1b\[[0-9;?]*[A-Za-z]")]
    private static partial Regex Escapes();

    [GeneratedRegex(@"\x1b\[[0-9;]*(3[0-7]|38;[0-9;]+|9[0-7])m")]
    private static partial Regex Colours();

    private sealed class Window(TextWriter writer, int width, bool isTerminal) : IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;

        public bool IsTerminal => isTerminal;

        public int Width => width;

        public int Height => 24;

        public void SetEncoding(Encoding encoding)
        {
        }
    }
}
