using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using System.Globalization;
using Qama.Tool.Formats;

namespace Qama.Tool;

/// <summary>Options that several commands have, and what they expect.</summary>
internal static class CommandLine
{
    /// <summary>The file of a command.</summary>
    public static Argument<string> File { get; } = Path("FILE", "The problem's file.");

    /// <summary>The file's format.</summary>
    public static Option<string?> From { get; } =
        Name("--from", "Format of the file; found by its content and extension unless given", ProblemFormats.Names);

    /// <summary>What the variables are.</summary>
    public static Option<string?> Vartype { get; } =
        Name("--vartype", "What the variables are, where the file does not say it", ["binary", "spin"]);

    /// <summary>The problem of a file with several.</summary>
    public static Option<int?> Problem { get; } =
        Whole("--problem", "Which problem of an OR-Library file with several, from 1.", 1, int.MaxValue);

    /// <summary>Output for programs.</summary>
    public static Option<bool> Json { get; } = new("--json") { Description = "Print JSON." };

    /// <summary>Adds the options that say how a file is read.</summary>
    public static void AddInput(Command command)
    {
        command.Options.Add(From);
        command.Options.Add(Vartype);
        command.Options.Add(Problem);
    }

    /// <summary>Reads the file of a command; Ctrl+C does not wait for the end of a long one.</summary>
    public static (PlainProblem Problem, ProblemFormat Format) Read(
        ParseResult parsed, string path, CancellationToken stop)
    {
        ProblemFormat? from = parsed.GetValue(From) is { } name ? ProblemFormats.Named(name) : null;
        var options = new ReadOptions(Kind(parsed.GetValue(Vartype)), parsed.GetValue(Problem));
        return Task.Run(() => ProblemFile.Read(path, from, options), stop).WaitAsync(stop).GetAwaiter().GetResult();
    }

    /// <summary>A file, of which nothing is asked but a name.</summary>
    public static Argument<string> Path(string name, string description)
    {
        var path = new Argument<string>(name) { Description = description };
        path.Validators.Add(result =>
        {
            if (result.Tokens.Any(t => string.IsNullOrWhiteSpace(t.Value)))
            {
                result.AddError($"{name}: expected the name of a file.");
            }
        });
        return path;
    }

    /// <summary>The kind that a word means.</summary>
    public static VariableKind? Kind(string? word) => word switch
    {
        "binary" => VariableKind.Binary,
        "spin" => VariableKind.Spin,
        _ => null,
    };

    /// <summary>One of several names.</summary>
    public static Option<string?> Name(string name, string description, IReadOnlyList<string> known)
    {
        var option = new Option<string?>(name)
        {
            Description = $"{description}: {string.Join(", ", known)}.",
            HelpName = "NAME",
            CustomParser = result => Parsed<string>(
                result, $"one of {string.Join(", ", known)}", name, text =>
                    known.FirstOrDefault(k => k.Equals(text, StringComparison.OrdinalIgnoreCase))),
        };
        option.CompletionSources.Add(_ => known.Select(k => new CompletionItem(k)));
        return option;
    }

    /// <summary>A whole number.</summary>
    public static Option<int?> Whole(string name, string description, int least, int most) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result => int.TryParse(
            Parsed<string>(result, $"a whole number from {least} to {most}", name, text =>
                int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int n) && n >= least
                    && n <= most ? text : null),
            CultureInfo.InvariantCulture, out int value) ? value : null,
    };

    /// <summary>What reads whole numbers between commas.</summary>
    public static Func<ArgumentResult, int[]?> WholeList(string name) => result =>
    {
        int[] numbers = [];
        _ = Parsed<string>(result, "whole numbers of at least 0 between commas, each once", name, text =>
        {
            string[] parts = text.Split(',');
            numbers = [.. parts.Select(p => int.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out int n) ? n : -1)];
            return numbers.Contains(-1) || numbers.Distinct().Count() < numbers.Length ? null : text;
        });
        return numbers;
    };

    /// <summary>A finite number.</summary>
    public static Option<double?> Number(string name, string description, string expected, Func<double, bool> holds) =>
        new(name)
        {
            Description = description,
            HelpName = "X",
            CustomParser = result => double.TryParse(
                Parsed<string>(result, expected, name, text =>
                    double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double x)
                        && double.IsFinite(x) && holds(x) ? text : null),
                CultureInfo.InvariantCulture, out double value) ? value : null,
        };

    private static T? Parsed<T>(ArgumentResult result, string expected, string name, Func<string, T?> parse)
        where T : class
    {
        string text = result.Tokens[0].Value;
        T? value = parse(text);
        if (value is null)
        {
            result.AddError($"{name}: expected {expected}, got '{text}'.");
        }

        return value;
    }
}
