using System.Text.Json;
using System.Text.Json.Serialization;

namespace Qama.Tool.Runs;

/// <summary>Writes weights of heads on one line, in a file whose other values have a line each.</summary>
internal sealed class CompactWeights : JsonConverter<IReadOnlyList<IReadOnlyList<IReadOnlyList<double>>>>
{
    /// <inheritdoc/>
    public override IReadOnlyList<IReadOnlyList<IReadOnlyList<double>>> Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        try
        {
            return
            [
                .. document.RootElement.EnumerateArray().Select(block => (IReadOnlyList<IReadOnlyList<double>>)
                [
                    .. block.EnumerateArray().Select(head => (IReadOnlyList<double>)[.. head.EnumerateArray().Select(w => w.GetDouble())]),
                ]),
            ];
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException("expected weights as numbers in lists of heads in lists of blocks.", e);
        }
    }

    /// <inheritdoc/>
    public override void Write(
        Utf8JsonWriter writer, IReadOnlyList<IReadOnlyList<IReadOnlyList<double>>> value, JsonSerializerOptions options) =>
        writer.WriteRawValue(Text(value, block => Text(block, head => Text(head, w => JsonSerializer.Serialize(w,
            HeadsJson.Default.Double)))));

    private static string Text<T>(IEnumerable<T> items, Func<T, string> text) => $"[{string.Join(',', items.Select(text))}]";
}

/// <summary>What heads look at as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(HeadSamples))]
[JsonSerializable(typeof(double))]
internal sealed partial class HeadsJson : JsonSerializerContext;
