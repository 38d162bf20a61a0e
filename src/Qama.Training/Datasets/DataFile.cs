using System.IO.Compression;
using System.Text;
using Qama.Files;

namespace Qama.Training.Datasets;

/// <summary>Reads files of data whole; those that end in <c>.gz</c> are decompressed.</summary>
internal static class DataFile
{
    /// <summary>The bytes of a file.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is no gzip file, or it is larger than an array may be.</exception>
    public static byte[] Read(string path)
    {
        using Stream stream = Open(path);
        var memory = new MemoryStream();
        try
        {
            stream.CopyTo(memory);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{path}: expected a gzip file: {e.Message}", e);
        }
        catch (IOException e) when (memory.Length > int.MaxValue / 2)
        {
            throw new InvalidDataException($"{path}: it is too large to be read into memory.", e);
        }

        return memory.ToArray();
    }

    /// <summary>The lines of a text in UTF-8.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is no gzip file, or not in UTF-8.</exception>
    public static IReadOnlyList<string> Lines(string path)
    {
        try
        {
            string text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Read(path));
            return text.TrimStart('\uFEFF').Split('\n');
        }
        catch (DecoderFallbackException e)
        {
            throw new InvalidDataException($"{path}: expected text in UTF-8, byte {e.Index} is not: convert it.", e);
        }
    }

    private static Stream Open(string path)
    {
        FileStream file = InputFile.OpenSized(path);
        return path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
    }
}
