using System.Globalization;
using System.Text.Json;

namespace Qama.Cim.Qboson;

/// <summary>What every answer of the API is wrapped in: {"code": "0", "msg": "", "data": …}.</summary>
internal readonly record struct Envelope(string Code, string Message, JsonElement Data)
{
    public bool IsSuccess => Code == "0";

    /// <exception cref="CimAnswerException">No such JSON.</exception>
    public static Envelope Parse(byte[] body)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 16 });
            JsonElement root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("code", out JsonElement code))
            {
                throw new CimAnswerException("The answer has no code.");
            }

            string message = root.TryGetProperty("msg", out JsonElement msg) && msg.ValueKind == JsonValueKind.String ? msg.GetString()! : "";
            JsonElement data = root.TryGetProperty("data", out JsonElement value) ? value.Clone() : default;
            return new Envelope(Text(code) ?? throw new CimAnswerException("The answer's code is neither a text nor a number."), message, data);
        }
        catch (JsonException e)
        {
            throw new CimAnswerException($"The answer is no JSON (at byte {e.BytePositionInLine} of line {e.LineNumber}).");
        }
        catch (InvalidOperationException)
        {
            throw new CimAnswerException("The answer holds text that is not UTF-8.");
        }
    }

    /// <summary>A property that is a text or a number, as text; null if it is neither.</summary>
    public string? TextOf(string name) =>
        Data.ValueKind == JsonValueKind.Object && Data.TryGetProperty(name, out JsonElement value) ? Text(value) : null;

    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.TryGetInt64(out long number) ? number.ToString(CultureInfo.InvariantCulture) : value.GetRawText(),
        _ => null,
    };
}
