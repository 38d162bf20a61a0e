using System.Text.Json;

namespace Qama.Golden.Tests;

/// <summary>One case of a golden file: what the authors' code computes in float64.</summary>
public sealed class GoldenCase(string file, JsonElement root)
{
    public static IEnumerable<GoldenCase> Read(string file)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Data", file)));
        return [.. document.RootElement.GetProperty("cases").EnumerateArray().Select(c => new GoldenCase(file, c.Clone()))];
    }

    public string Name => $"{file}:{root.GetProperty("name").GetString()}";

    public int Batch => root.GetProperty("batch").GetInt32();

    public bool Has(string path) => TryFind(path, out _);

    public double Scalar(string path) => Find(path).GetDouble();

    public bool Flag(string path) => Find(path).GetBoolean();

    /// <summary>A tensor, flattened row-major.</summary>
    public double[] Tensor(string path)
    {
        var values = new List<double>();
        Collect(Find(path));
        return [.. values];

        void Collect(JsonElement element)
        {
            if (element.ValueKind == JsonValueKind.Array)
            {
                foreach (JsonElement item in element.EnumerateArray())
                {
                    Collect(item);
                }
            }
            else
            {
                values.Add(element.GetDouble());
            }
        }
    }

    public IEnumerable<string> Names(string path) => Find(path).EnumerateObject().Select(p => p.Name);

    public override string ToString() => Name;

    private JsonElement Find(string path) => TryFind(path, out JsonElement e) ? e : throw new KeyNotFoundException($"{Name} has no {path}.");

    private bool TryFind(string path, out JsonElement element)
    {
        element = root;
        foreach (string part in path.Split('/'))
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(part, out element))
            {
                return false;
            }
        }

        return element.ValueKind != JsonValueKind.Null;
    }
}
