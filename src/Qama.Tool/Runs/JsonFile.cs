using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Qama.Files;

namespace Qama.Tool.Runs;

/// <summary>Files of JSON that this program wrote, read again; errors are in words for users.</summary>
internal static class JsonFile
{
    /// <summary>Reads a file that holds one value.</summary>
    /// <param name="path">The file.</param>
    /// <param name="type">The value's type.</param>
    /// <param name="expected">What it is, in words.</param>
    /// <exception cref="InvalidDataException">The file is no JSON, or holds something else.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static T Read<T>(string path, JsonTypeInfo<T> type, string expected)
        where T : class
    {
        using JsonDocument document = Parse(path);
        try
        {
            return document.Deserialize(type) ?? throw new InvalidDataException($"{path}: expected {expected}, got null.");
        }
        catch (JsonException e)
        {
            // The serializer's own message names types of this program; what it has of use is the place.
            string place = e.Path is { Length: > 1 } found ? $" (at {found})" : "";
            throw new InvalidDataException($"{path}: expected {expected}, this is other JSON{place}.", e);
        }
    }

    /// <summary>Reads JSON of any kind.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">It is no JSON; the message has the line.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static JsonDocument Parse(string path)
    {
        using StreamReader file = InputFile.OpenText(path);
        try
        {
            return JsonDocument.Parse(file.ReadToEnd());
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}, line {e.LineNumber + 1}: expected JSON: the file is none, or is cut off.", e);
        }
    }
}
