using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Qama.Tool.Formats;
using Spectre.Console;

namespace Qama.Tool;

/// <summary>What commands print.</summary>
internal static class Report
{
    private const int NameWidth = 14;
    private const int AnyWidth = 1000;

    private static readonly JsonSerializerOptions _json = new()
    {
        WriteIndented = true, NewLine = "\n",
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Where a command says what it does: the error output, as a terminal where it is one.</summary>
    public static Experiments.Messages Messages(ParseResult parsed)
    {
        TextWriter errors = parsed.InvocationConfiguration.Error;
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        bool terminal = ReferenceEquals(errors, Console.Error) && console.Profile.Out.IsTerminal && console.Profile.Capabilities.Ansi;
        return new(errors, terminal ? console : null);
    }

    /// <summary>Characters of a line: of the terminal, or as many as it takes where the output goes elsewhere.</summary>
    public static int Width(ParseResult parsed) => IsTerminal(parsed) ? AnsiConsole.Profile.Width : AnyWidth;

    /// <summary>What an exception says, without the parameter's name that .NET adds to some.</summary>
    public static string Message(Exception e) => e is ArgumentException { ParamName: { } name }
        ? e.Message.ReplaceLineEndings(" ").Replace($" (Parameter '{name}')", "", StringComparison.Ordinal) : e.Message;

    /// <summary>Prints a name and what it is.</summary>
    public static void Line(ParseResult parsed, string name, string text) =>
        parsed.InvocationConfiguration.Output.WriteLine($"{name.PadRight(NameWidth)}{text}");

    /// <summary>Prints a table: the first column to the left, the others to the right unless they are of
    /// words.</summary>
    /// <param name="parsed">The command.</param>
    /// <param name="headers">Names of the columns.</param>
    /// <param name="rows">Rows of as many cells.</param>
    /// <param name="words">Further columns that are of words.</param>
    public static void Table(
        ParseResult parsed, IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<string>> rows, params int[] words)
    {
        bool terminal = IsTerminal(parsed);
        var table = new Table { Border = terminal ? TableBorder.Simple : TableBorder.None };
        for (int c = 0; c < headers.Count; c++)
        {
            bool left = c == 0 || words.Contains(c);
            table.AddColumn(new TableColumn(new Text(headers[c], new Style(decoration: Decoration.Bold)))
            {
                Alignment = left ? Justify.Left : Justify.Right, NoWrap = !terminal, Padding = new Padding(0, 0, 2, 0),
            });
        }

        foreach (IReadOnlyList<string> row in rows)
        {
            table.AddRow(row.Select(c => new Text(c)));
        }

        if (terminal)
        {
            AnsiConsole.Write(table); // as wide as it is, in bold and without where NO_COLOR is set
            return;
        }

        var text = new StringWriter { NewLine = "\n" };
        IAnsiConsole console =
            AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = AnyWidth; // formulas are as long as they are
        console.Write(table);
        foreach (string line in text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            parsed.InvocationConfiguration.Output.WriteLine(line.TrimEnd());
        }
    }

    private static bool IsTerminal(ParseResult parsed) =>
        ReferenceEquals(parsed.InvocationConfiguration.Output, Console.Out) && AnsiConsole.Profile.Out.IsTerminal;

    /// <summary>Prints a document.</summary>
    public static void Json(ParseResult parsed, JsonObject document) =>
        parsed.InvocationConfiguration.Output.WriteLine(Text(document));

    /// <summary>A document as text.</summary>
    public static string Text(JsonObject document) => document.ToJsonString(_json);

    /// <summary>A number for people.</summary>
    public static string Number(double value) => value.ToString("G10", CultureInfo.InvariantCulture);

    /// <summary>A number of things for people, in groups of three digits.</summary>
    public static string Count(double value) =>
        value.ToString(Math.Abs(value) < 1e15 ? "#,0.######" : "G6", CultureInfo.InvariantCulture);

    /// <summary>A number of things and what they are: "1 task", "2 tasks", in groups of three digits.</summary>
    /// <param name="value">How many.</param>
    /// <param name="noun">What one of them is called.</param>
    public static string Count(long value, string noun) => $"{Count(value)} {noun}{Ending(value)}";

    /// <summary>A share in percent.</summary>
    public static string Percent(double share) =>
        string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.####} %");

    /// <summary>The kind, the number of variables and terms.</summary>
    public static string Size(PlainProblem problem) =>
        $"{problem.Size} {ProblemFormat.Word(problem.Kind)} variable{Ending(problem.Size)}, {problem.PairCount} coupling{Ending(problem.PairCount)}, "
        + $"{problem.LinearCount} linear coefficient{Ending(problem.LinearCount)}";

    private static string Ending(long count) => count == 1 ? "" : "s";

    /// <summary>What the best value of a file is called.</summary>
    public static string ValueName(Objective objective) => objective switch
    {
        Objective.Cut => "cut",
        Objective.Largest => "value",
        _ => "energy",
    };

    /// <summary>What a file's author looks for.</summary>
    public static string Goal(Objective objective) => objective switch
    {
        Objective.Cut => "largest cut",
        Objective.Largest => "largest value",
        _ => "lowest energy",
    };
}
