using System.Text.Json;

namespace Qama.Tool.Runs;

/// <summary>What a search on a problem of a file found, as <c>qama solve --json</c> wrote it.</summary>
/// <param name="Problem">The problem's file.</param>
/// <param name="Values">The value of every read that was kept.</param>
/// <param name="Race">Better and better values, and when they were found, in seconds.</param>
/// <param name="Precision">What a machine's integers did, by name; empty of a sampler.</param>
internal sealed record SearchRecord(
    string Problem, IReadOnlyList<double> Values, IReadOnlyList<(double Seconds, double Value)> Race,
    IReadOnlyList<(string Name, string Value)> Precision)
{
    private static readonly string[] _of = ["file", "format", "objective", "kind", "variables"];
    private static readonly string[] _settings = ["sampler", "seed", "sweeps"];
    private static readonly string[] _findings = ["value", "gap", "reads", "readsAtBest", "seconds"];

    private static readonly (string Name, string Shown)[] _precision =
    [
        ("bits", "bits"), ("scale", "scale"), ("maxError", "largest error"), ("meanError", "mean error"), ("terms", "coefficients"),
        ("roundedToZero", "become 0"), ("decided", "variables decided"), ("spins", "spins"), ("fieldSpins", "for fields"),
    ];

    /// <summary>The searches of a document, a run each; null where it is none of <c>qama solve</c>.</summary>
    /// <param name="path">The document's file.</param>
    /// <param name="root">The document.</param>
    /// <exception cref="InvalidDataException">It is one, and a part of it is not as it should be.</exception>
    public static IReadOnlyList<RunFile>? Read(string path, JsonElement root)
    {
        if (!root.TryGetProperty("runs", out JsonElement runs) || runs.ValueKind != JsonValueKind.Array || runs.GetArrayLength() == 0
            || !root.TryGetProperty("file", out _)
            || runs.EnumerateArray().Any(r => r.ValueKind != JsonValueKind.Object || !r.TryGetProperty("sampler", out _)))
        {
            return null;
        }

        try
        {
            return [.. runs.EnumerateArray().Select(run => Read(path, root, run))];
        }
        catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException)
        {
            throw new InvalidDataException($"{path}: expected what qama solve --json writes: {e.Message}", e);
        }
    }

    private static RunFile Read(string path, JsonElement root, JsonElement run) => new(
        path, [.. Named(root, _of), .. Named(run, _settings)], [.. Named(run, _findings)], [], [])
    {
        Search = new(
            root.GetProperty("file").GetString() ?? "", Numbers(run, "values"),
            [.. Items(run, "race").Select(p => (p.GetProperty("seconds").GetDouble(), p.GetProperty("value").GetDouble()))],
            run.TryGetProperty("machine", out JsonElement machine) ? PrecisionOf(machine.GetProperty("precision")) : []),
    };

    private static List<(string, string)> PrecisionOf(JsonElement precision)
    {
        List<(string, string)> named =
        [
            .. _precision.Where(p => precision.TryGetProperty(p.Name, out _))
                .Select(p => (p.Shown, RunFile.Text(precision.GetProperty(p.Name)))),
        ];
        if (precision.TryGetProperty("pairs", out JsonElement pairs) && pairs.GetInt64() > 0)
        {
            long kept = precision.GetProperty("pairsKept").GetInt64();
            named.Add(("order of levels kept", $"{kept} of {pairs.GetInt64()} pairs"));
        }

        return named;
    }

    private static IEnumerable<RunValue> Named(JsonElement element, string[] names) => names
        .Where(n => element.TryGetProperty(n, out JsonElement value) && value.ValueKind != JsonValueKind.Null)
        .Select(n => RunValue.Of(n, element.GetProperty(n)));

    private static double[] Numbers(JsonElement run, string name) => [.. Items(run, name).Select(v => v.GetDouble())];

    private static JsonElement[] Items(JsonElement run, string name) =>
        run.TryGetProperty(name, out JsonElement list) ? [.. list.EnumerateArray()] : [];
}
