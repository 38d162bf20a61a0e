using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Qama.Files;

namespace Qama.Training.Datasets;

/// <summary>Reads files of data whole; those that end in <c>.gz</c> are decompressed.</summary>
internal static class DataFile
{
    private const int GzipTrailer = 8; // CRC-32 and length of what was compressed, each of four bytes

    /// <summary>The bytes of a file.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is no gzip file, or not all of one, or it is larger than an array may be.</exception>
    public static byte[] Read(string path)
    {
        using FileStream file = InputFile.OpenSized(path);
        bool compressed = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
        using Stream stream = compressed ? new GZipStream(file, CompressionMode.Decompress, leaveOpen: true) : file;
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

        byte[] content = memory.ToArray();
        return !compressed || EndsWith(file, content)
            ? content
            : throw new InvalidDataException($"{path}: the file is damaged or cut short: copy it again.");
    }

    /// <summary>The lines of a text in UTF-8.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is no gzip file, or not all of one, or not in UTF-8.</exception>
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

    // A stream that decompresses ends where its file does, without a word if that is too early: RFC 1952, section 2.3.1, has what must stand
    // at a file's end. It tells of the last of several parts alone; the stream itself has checked the parts before it.
    private static bool EndsWith(FileStream file, ReadOnlySpan<byte> content)
    {
        if (file.Length < GzipTrailer)
        {
            return false;
        }

        Span<byte> trailer = stackalloc byte[GzipTrailer];
        file.Position = file.Length - GzipTrailer;
        file.ReadExactly(trailer);
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]);
        return length == content.Length
            || (length < content.Length && Crc32(content[^(int)length..]) == BinaryPrimitives.ReadUInt32LittleEndian(trailer));
    }

    // RFC 1952, section 8. .NET has it for another polynomial only.
    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ (0xEDB88320 & (0 - (crc & 1)));
            }
        }

        return ~crc;
    }
}
