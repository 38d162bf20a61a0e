using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Qama.Examples.Common;

/// <summary>Results as JSON files.</summary>
public static class ResultFile
{
    /// <summary>Writes a file whole: an interruption leaves what was there.</summary>
    /// <param name="path">The file.</param>
    /// <param name="value">What it will hold.</param>
    /// <param name="type">How it becomes JSON.</param>
    public static void Write<T>(string path, T value, JsonTypeInfo<T> type)
    {
        string temporary = path + ".tmp";
        File.WriteAllText(temporary, JsonSerializer.Serialize(value, type) + "\n");
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Reads a file that this program wrote.</summary>
    /// <param name="path">The file.</param>
    /// <param name="type">How JSON becomes it.</param>
    /// <exception cref="InvalidDataException">The file holds something else; the message names it.</exception>
    public static T Read<T>(string path, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(path), type) ?? throw new InvalidDataException($"'{path}' holds no result.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"'{path}' is not a result of this program: {e.Message}", e);
        }
    }
}
