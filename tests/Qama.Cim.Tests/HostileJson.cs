using System.Text;

namespace Qama.Cim.Tests;

/// <summary>What may stand where JSON has a value, and does not belong there. A text per byte (Latin-1), so that it
/// can be no UTF-8.</summary>
internal static class HostileJson
{
    /// <summary>Null leaves the property out.</summary>
    public static readonly string?[] Values =
    [
        null, "null", "true", "7", "-1", "0.5", "1e999", "123456789012345678901234567890", "\"\"", "\"\\u0000\"", "\"..\"", "\"a\\nb\"",
        "\"\\ud800\"", "\"x\\udc00y\"", "\"\xFF\xFE\"", $"\"{new string('x', 100_000)}\"", "[]", "[null]", "[[]]", "{}", "{\"a\":1,\"a\":2}",
        new string('[', 40) + new string(']', 40), "[\"\\ud800\"]", "NaN",
    ];

    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    /// <summary>An object; properties without a value are left out.</summary>
    public static string Object(params (string Name, string? Value)[] properties) =>
        $"{{{string.Join(",", properties.Where(p => p.Value is not null).Select(p => $"\"{p.Name}\":{p.Value}"))}}}";

    /// <summary>An object as it should be, each property replaced by each hostile value.</summary>
    public static IEnumerable<(string Name, string? Value, string Json)> Mutations(params (string Name, string? Value)[] properties) =>
        from changed in properties
        from value in Values
        select (changed.Name, value, Object([.. properties.Select(p => p == changed ? (p.Name, value) : p)]));

    /// <summary>Whole texts that are no answer.</summary>
    public static IEnumerable<string> Damaged(string json)
    {
        for (int cut = 0; cut < json.Length; cut += Math.Max(1, json.Length / 12))
        {
            yield return json[..cut];
        }

        yield return "null";
        yield return "[]";
        yield return "\"text\"";
        yield return json + json;
        yield return json.Replace("{", "{\"\\ud800\":1,", StringComparison.Ordinal);
        yield return json.Replace("{", "{\"\xFF\":1,\"\xFF\":2,", StringComparison.Ordinal);
        yield return json.Replace("\"code\":", "\"code\":\"0\",\"code\":", StringComparison.Ordinal) + " ,";
        yield return Encoding.Latin1.GetString(Encoding.Unicode.GetPreamble()) + Encoding.Latin1.GetString(Encoding.Unicode.GetBytes(json));
        yield return new string('\0', 50);
    }
}
