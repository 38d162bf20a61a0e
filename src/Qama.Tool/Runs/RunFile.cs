using System.Globalization;
using System.Text.Json;
using Qama.Files;

namespace Qama.Tool.Runs;

/// <summary>A setting or a finding of a run.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Value">It as people read it.</param>
/// <param name="Number">The number that it is; null of other values.</param>
internal readonly record struct RunValue(string Name, string Value, double? Number)
{
    /// <summary>A value of a result.</summary>
    public static RunValue Of(string name, JsonElement value) =>
        new(name, RunFile.Text(value), value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null);
}

/// <summary>The result of a training, or of another run, as a program wrote it: a JSON object. What stands before its first list says what was
/// run, what stands after says what was found; a list of objects is a table, and one with the number of an epoch or a step is a course.</summary>
/// <param name="Path">The file.</param>
/// <param name="Settings">Names and values before the first list, in order.</param>
/// <param name="Findings">Names and values after it.</param>
/// <param name="Courses">Lists whose rows are numbered.</param>
/// <param name="Tables">Other lists of objects.</param>
internal sealed record RunFile(
    string Path, IReadOnlyList<RunValue> Settings, IReadOnlyList<RunValue> Findings,
    IReadOnlyList<RunList> Courses, IReadOnlyList<RunList> Tables)
{
    private const string HeadsName = "heads";

    private static readonly string[] _numbers = ["epoch", "step", "round", "iteration", "batch", "sweep"];

    /// <summary>The picture beside the file, with its name; null where there is none.</summary>
    public string? Picture => System.IO.Path.ChangeExtension(Path, ".svg") is { } picture && File.Exists(picture) ? picture : null;

    /// <summary>What heads look at, of a few samples; null where the result does not say it.</summary>
    public HeadSamples? Heads { get; init; }

    /// <summary>What a search on a problem of a file found; null of other runs.</summary>
    public SearchRecord? Search { get; init; }

    /// <summary>Reads a file: one run, or of <c>qama solve</c> one for each sampler.</summary>
    /// <exception cref="InvalidDataException">It is no JSON object with a result.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IReadOnlyList<RunFile> Read(string path)
    {
        try
        {
            using JsonDocument document = JsonFile.Parse(path);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? SearchRecord.Read(path, document.RootElement) ?? [Read(path, document.RootElement)]
                : throw new InvalidDataException($"{path}: expected a JSON object with the result of a run, got {Kind(document.RootElement)}.");
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidDataException($"{path}: a text in it is no Unicode.", e);
        }
    }

    /// <summary>A value as people read it.</summary>
    public static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => Number(value.GetDouble()),
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.True => "yes",
        JsonValueKind.False => "no",
        JsonValueKind.Null => "",
        _ => value.GetRawText(),
    };

    /// <summary>A number with at most five digits behind the point that say something.</summary>
    public static string Number(double value) => Math.Abs(value) >= 1e15 || (value != 0 && Math.Abs(value) < 1e-4)
        ? value.ToString("0.###e0", CultureInfo.InvariantCulture)
        : value.ToString(Math.Abs(value) >= 1000 ? "#,0.##" : "0.#####", CultureInfo.InvariantCulture);

    private static RunFile Read(string path, JsonElement root)
    {
        List<RunValue> settings = [], findings = [];
        List<RunList> courses = [], tables = [];
        HeadSamples? heads = null;
        foreach (JsonProperty property in root.EnumerateObject())
        {
            if (property.Name == HeadsName && property.Value.ValueKind == JsonValueKind.Object)
            {
                heads = ReadHeads(path, property.Value);
            }
            else if (RunList.Read(property) is { } list)
            {
                (list.Columns.Count > 0 && _numbers.Contains(list.Columns[0]) ? courses : tables).Add(list);
            }
            else
            {
                (courses.Count + tables.Count == 0 ? settings : findings).Add(RunValue.Of(property.Name, property.Value));
            }
        }

        if (courses.Count + tables.Count + findings.Count == 0 && heads is null)
        {
            throw new InvalidDataException(
                $"{path}: expected the result of a run, there is none in it: a list of objects, such as epochs, and values after it.");
        }

        return new(path, settings, findings, courses, tables) { Heads = heads };
    }

    private static HeadSamples? ReadHeads(string path, JsonElement value)
    {
        try
        {
            return value.Deserialize(HeadsJson.Default.HeadSamples);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}: expected in \"{HeadsName}\" samples, with weights of heads in lists of blocks.", e);
        }
    }

    private static string Kind(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => "a list",
        _ => $"'{element.GetRawText()}'",
    };
}

/// <summary>A list of objects.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Columns">Names of the objects' values, in the order in which they occur.</param>
/// <param name="Rows">The values as text, empty where an object has none.</param>
/// <param name="Numbers">The values as numbers, NaN where they are none.</param>
internal sealed record RunList(
    string Name, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows, IReadOnlyList<IReadOnlyList<double>> Numbers)
{
    /// <summary>Columns of a course, but for that of its number, that have numbers.</summary>
    public IEnumerable<string> Measured => Columns.Skip(1).Where((_, i) => Numbers.Any(row => double.IsFinite(row[i + 1])));

    /// <summary>The last value of a column.</summary>
    public RunValue Last(string column)
    {
        int index = Columns.ToList().IndexOf(column);
        double number = Numbers[^1][index];
        return new(column, Rows[^1][index], double.IsNaN(number) ? null : number);
    }

    /// <summary>The list of a property; null where it is no list of objects.</summary>
    public static RunList? Read(JsonProperty property)
    {
        if (property.Value.ValueKind != JsonValueKind.Array || property.Value.GetArrayLength() == 0
            || property.Value.EnumerateArray().Any(e => e.ValueKind != JsonValueKind.Object))
        {
            return null;
        }

        string[] columns = [.. property.Value.EnumerateArray().SelectMany(e => e.EnumerateObject().Select(p => p.Name)).Distinct()];
        JsonElement[] objects = [.. property.Value.EnumerateArray()];
        return new(
            property.Name, columns,
            [.. objects.Select(o => (IReadOnlyList<string>)[.. columns.Select(c => o.TryGetProperty(c, out JsonElement v) ? RunFile.Text(v) : "")])],
            [.. objects.Select(o => (IReadOnlyList<double>)[.. columns.Select(c => o.TryGetProperty(c, out JsonElement v) && v.ValueKind == JsonValueKind.Number ? v.GetDouble() : double.NaN)])]);
    }
}
