using System.Security.Cryptography;

namespace Qama.Examples.Vision;

/// <summary>Reads files that must have known contents.</summary>
internal static class CheckedFile
{
    /// <summary>The file's bytes.</summary>
    /// <exception cref="InvalidDataException">It is missing, cannot be read, or its SHA-256 is another.</exception>
    public static byte[] Read(string path, string sha256)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException(
                $"Cannot read '{path}': {e.Message} examples/Vision/get-data.sh fetches the data; --data names their folder.", e);
        }

        string found = Convert.ToHexStringLower(SHA256.HashData(bytes));
        return found == sha256
            ? bytes
            : throw new InvalidDataException(
                $"'{path}' is damaged or another file: expected SHA-256 {sha256}, got {found}. Fetch it again with examples/Vision/get-data.sh.");
    }
}
