using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Qama.Tool.Formats;

namespace Qama.Tool;

/// <summary>What commands print.</summary>
internal static class Report
{
    private const int NameWidth = 14;

    private static readonly JsonSerializerOptions _json = new()
    {
        WriteIndented = true, NewLine = "\n",
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Prints a name and what it is.</summary>
    public static void Line(ParseResult parsed, string name, string text) =>
        parsed.InvocationConfiguration.Output.WriteLine($"{name.PadRight(NameWidth)}{text}");

    /// <summary>Prints a document.</summary>
    public static void Json(ParseResult parsed, JsonObject document) =>
        parsed.InvocationConfiguration.Output.WriteLine(Text(document));

    /// <summary>A document as text.</summary>
    public static string Text(JsonObject document) => document.ToJsonString(_json);

    /// <summary>A number for people.</summary>
    public static string Number(double value) => value.ToString("G10", CultureInfo.InvariantCulture);

    /// <summary>A share in percent.</summary>
    public static string Percent(double share) =>
        string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.####} %");

    /// <summary>The kind, the number of variables and terms.</summary>
    public static string Size(PlainProblem problem) =>
        $"{problem.Size} {ProblemFormat.Word(problem.Kind)} variables, {problem.PairCount} couplings, "
        + $"{problem.LinearCount} linear coefficients";

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
