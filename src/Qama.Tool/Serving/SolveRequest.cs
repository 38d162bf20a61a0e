using System.Text.Json;
using System.Text.Json.Serialization;
using Qama.Tool.Weighing;

namespace Qama.Tool.Serving;

/// <summary>The sample that is asked for.</summary>
/// <param name="Kind">"random", "row" (of the data file) or "values".</param>
/// <param name="Seed">Of random tokens.</param>
/// <param name="Index">Of a row, from 0.</param>
/// <param name="Values">[tokens, width] numbers, row by row.</param>
internal sealed record SampleRequest(string Kind = "random", long Seed = 1, int Index = 0, float[]? Values = null)
{
    /// <summary>What is none of it: refused by name.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; init; }
}

/// <summary>What a page asks for.</summary>
internal sealed record SolveRequest
{
    /// <summary>Longest body of a request, in bytes.</summary>
    public const int LargestBody = 16 * 1024 * 1024;

    private const int MostSweeps = 10_000;
    private const int MostReads = 1000;

    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web) { MaxDepth = 8 };

    // Of what kind every value is.
    private static readonly Dictionary<string, string> _kinds = new(StringComparer.OrdinalIgnoreCase)
    {
        ["page"] = "a text", ["sequence"] = "a whole number", ["scales"] = "a list of numbers",
        ["sample"] = "an object with kind, a text, and seed or index, whole numbers, or values, a list of numbers",
        ["tokens"] = "a whole number", ["problem"] = "a whole number", ["sweeps"] = "a whole number", ["reads"] = "a whole number",
        ["seed"] = "a whole number", ["bits"] = "a whole number", ["head"] = "a whole number", ["full"] = "true or false",
    };

    /// <summary>The asking page; of its requests only the newest is answered.</summary>
    public string Page { get; init; } = "";

    /// <summary>Number of the page's request: later ones have larger numbers.</summary>
    public long Sequence { get; init; }

    /// <summary>Multiples of the declared weights, in the order of the parts; null for the declared ones.</summary>
    public double[]? Scales { get; init; }

    /// <summary>The sample.</summary>
    public SampleRequest Sample { get; init; } = new();

    /// <summary>Tokens present; null for as many as the sample has.</summary>
    public int? Tokens { get; init; }

    /// <summary>Which of a sample's problems, from 0.</summary>
    public int Problem { get; init; }

    /// <summary>Sweeps of a read; null for the usual number.</summary>
    public int? Sweeps { get; init; }

    /// <summary>Reads; null for the usual number.</summary>
    public int? Reads { get; init; }

    /// <summary>Seed of the sampler.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Bits of the machine that the problem is rounded for.</summary>
    public int Bits { get; init; } = 8;

    /// <summary>The head whose couplings and fields are wanted, from 0.</summary>
    public int Head { get; init; }

    /// <summary>Whether couplings and fields of all heads and the QUBO are wanted too.</summary>
    public bool Full { get; init; }

    /// <summary>What is none of it: refused by name.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; init; }

    /// <summary>Reads a request.</summary>
    /// <param name="body">JSON.</param>
    /// <param name="model">What is asked.</param>
    /// <param name="stop">Ends the reading.</param>
    /// <exception cref="InvalidDataException">It is no such request; the message says what was expected.</exception>
    public static async Task<SolveRequest> ReadAsync(Stream body, ModelSession model, CancellationToken stop)
    {
        try
        {
            SolveRequest? request = await JsonSerializer.DeserializeAsync<SolveRequest>(body, _json, stop).ConfigureAwait(false);
            if (request is null)
            {
                throw new InvalidDataException("Expected a JSON object.");
            }

            request.Check(model);
            return request;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException(Text(e), e);
        }
    }

    // A value of another kind has a place that the request's properties begin; what is no JSON has a line.
    private static string Text(JsonException e)
    {
        string place = (e.Path ?? "").TrimStart('$', '.');
        string property = place.Split('.', '[')[0];
        bool isJson = e.InnerException is not JsonException && _kinds.ContainsKey(property);
        return isJson ? $"{place}: expected {(place == property ? "" : $"{property} to be ")}{_kinds[property]}."
            : $"The request is not as expected: line {e.LineNumber + 1} is no JSON, or it is no object.";
    }

    private void Check(ModelSession model)
    {
        Require(Others is not { Count: > 0 }, Others?.Keys.First() ?? "", $"no such property: there are {string.Join(", ", _kinds.Keys)}");
        Require(
            Sample?.Others is not { Count: > 0 }, $"sample.{Sample?.Others?.Keys.First()}",
            "no such property: there are kind, seed, index, values");
        int parts = model.Weighed.Parts.Count;
        Require(Page is { Length: <= 64 }, "page", "at most 64 characters");
        Require(
            Scales is null || (Scales.Length == parts && Scales.All(s => s is >= 0 and <= EnergyPart.LargestScale)), "scales",
            $"{parts} numbers from 0 to {EnergyPart.LargestScale}");
        Require(Sample is { Kind: "random" or "row" or "values" }, "sample.kind", "random, row or values");
        Require(Tokens is null or >= 1 && !(Tokens > model.Model.Tokens), "tokens", $"1 to {model.Model.Tokens}");
        Require(Problem >= 0 && Problem < model.Model.ProblemsPerSample, "problem", $"0 to {model.Model.ProblemsPerSample - 1}");
        Require(Sweeps is null or (>= 1 and <= MostSweeps), "sweeps", $"1 to {MostSweeps}");
        Require(Reads is null or (>= 1 and <= MostReads), "reads", $"1 to {MostReads}");
        Require(Bits is >= 2 and <= 16, "bits", "2 to 16");
        Require(Head >= 0 && Head < model.Model.HeadCount, "head", $"0 to {model.Model.HeadCount - 1}");
    }

    private static void Require(bool holds, string name, string expected)
    {
        if (!holds)
        {
            throw new InvalidDataException($"{name}: expected {expected}.");
        }
    }
}
