using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Qama.Examples.Common;

/// <summary>Options that say what they expect.</summary>
public static class ExampleOptions
{
    /// <summary>A whole number from <paramref name="smallest"/> to <paramref name="largest"/>.</summary>
    public static Option<int> Whole(string name, string description, int smallest, int largest, int usual) =>
        Number(name, description, $"a whole number from {smallest} to {largest}", usual, text =>
            int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
            && value >= smallest && value <= largest ? value : null);

    /// <summary>A number above 0, at most <paramref name="largest"/>; <c>infinity</c> where that is the largest.</summary>
    public static Option<double> Positive(string name, string description, double largest, double usual)
    {
        string expected = double.IsInfinity(largest)
            ? "a number above 0, or 'infinity'" : string.Create(CultureInfo.InvariantCulture, $"a number above 0, at most {largest}");
        return Number(name, description, expected, usual, text =>
            text.Equals("infinity", StringComparison.OrdinalIgnoreCase) ? Limited(double.PositiveInfinity)
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
                ? Limited(value) : null);

        double? Limited(double value) => value > 0 && value <= largest ? value : null;
    }

    /// <summary>The seed, 1 unless given.</summary>
    public static Option<int> Seed(string description) => Whole("--seed", description, 0, int.MaxValue, 1);

    /// <summary>The number of threads, all processors unless given.</summary>
    public static Option<int> Threads() =>
        Whole("--threads", "Threads; 0 for all processors. Results do not depend on it.", 0, 1024, 0);

    /// <summary>Some of several names: apart by commas or spaces, or by repeating the option; <c>all</c> for all of them.</summary>
    public static Option<IReadOnlyList<string>> Names(
        string name, string description, IReadOnlyList<string> known, params IReadOnlyList<string> usual)
    {
        string expected = $"all or some of {string.Join(", ", known)}";
        return new Option<IReadOnlyList<string>>(name)
        {
            Description = $"{description}: {expected}; several with commas.",
            HelpName = "NAMES",
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => usual,
            CustomParser = result =>
            {
                string[] given = [.. result.Tokens.SelectMany(t => t.Value.Split(',', StringSplitOptions.TrimEntries)).Distinct()];
                foreach (string wrong in given.Where(n => n != "all" && !known.Contains(n)))
                {
                    result.AddError($"{name}: there is no '{wrong}'. Expected {expected}.");
                }

                return given.Contains("all") ? known : given;
            },
        };
    }

    /// <summary>One of several names.</summary>
    public static Option<string> OneOf(string name, string description, IReadOnlyList<string> known, string usual) => new(name)
    {
        Description = $"{description}: {string.Join(", ", known)}.",
        HelpName = "NAME",
        DefaultValueFactory = _ => usual,
        CustomParser = result => Check(result, known.Contains, $"one of {string.Join(", ", known)}", name) ?? usual,
    };

    private static string? Check(ArgumentResult result, Func<string, bool> holds, string expected, string name)
    {
        string text = result.Tokens[0].Value;
        if (holds(text))
        {
            return text;
        }

        result.AddError($"{name}: expected {expected}, got '{text}'.");
        return null;
    }

    private static Option<T> Number<T>(string name, string description, string expected, T usual, Func<string, T?> read)
        where T : struct => new(name)
        {
            Description = description,
            HelpName = "N",
            DefaultValueFactory = _ => usual,
            CustomParser = result => Check(result, text => read(text) is not null, expected, name) is { } valid ? read(valid)!.Value : usual,
        };
}
