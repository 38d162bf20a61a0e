using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Qama.Files;

namespace Qama.Training.Storage;

/// <summary>
/// An open file in the safetensors format (https://github.com/huggingface/safetensors): the length of a JSON header, the
/// header, the tensors' bytes. Everything the header says is checked before anything is used.
/// </summary>
public sealed class SafetensorsFile : IDisposable
{
    private const int BufferLength = 1 << 16;

    private readonly Stream _stream;
    private readonly long _dataStart;
    private readonly Dictionary<string, TensorInfo> _byName;

    private SafetensorsFile(Stream stream)
    {
        _stream = stream;
        (List<TensorInfo> tensors, Dictionary<string, string> metadata, _dataStart) = SafetensorsHeader.Read(stream);
        Tensors = tensors;
        Metadata = metadata;
        _byName = tensors.ToDictionary(t => t.Name, StringComparer.Ordinal);
    }

    /// <summary>The tensors, in the header's order.</summary>
    public IReadOnlyList<TensorInfo> Tensors { get; }

    /// <summary>Free text of the file's maker.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens a file and checks its header.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file breaks the format; the message has the file and says where.</exception>
    public static SafetensorsFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        FileStream stream = InputFile.OpenSized(path);
        return Naming(path, () => Open(stream));
    }

    /// <summary>Reads the header of a file in a stream, which is closed with the file.</summary>
    internal static SafetensorsFile Open(Stream stream)
    {
        try
        {
            return new SafetensorsFile(stream);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Reads, and puts the file's name before what is said about its content.</summary>
    /// <exception cref="InvalidDataException">The content is not as it should be.</exception>
    internal static TResult Naming<TResult>(string path, Func<TResult> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Whether there is a tensor of that name.</summary>
    public bool Contains(string name) => _byName.ContainsKey(name);

    /// <summary>The entry of a tensor.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public TensorInfo Info(string name) => _byName.TryGetValue(name, out TensorInfo? info)
        ? info
        : throw new KeyNotFoundException($"The file has no tensor '{name}'.");

    /// <summary>Reads a tensor of type F32, F64, F16 or BF16 and converts its elements.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="name">The tensor.</param>
    /// <param name="values">Receives all elements.</param>
    /// <exception cref="KeyNotFoundException">There is no such tensor.</exception>
    /// <exception cref="ArgumentException">The length is not the tensor's.</exception>
    /// <exception cref="NotSupportedException">The tensor has another type.</exception>
    public void Read<T>(string name, Span<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        TensorInfo info = Info(name);
        if (values.Length != info.Length)
        {
            throw new ArgumentException($"Expected {info.Length} elements for '{name}', got {values.Length}.", nameof(values));
        }

        if (info.DataType is not ("F32" or "F64" or "F16" or "BF16"))
        {
            throw new NotSupportedException(
                $"Tensor '{name}' has dtype {info.DataType}; F32, F64, F16 and BF16 can be read.");
        }

        int size = info.DataType switch { "F64" => 8, "F32" => 4, _ => 2 };
        _stream.Position = _dataStart + info.Offset;
        var buffer = new byte[Math.Min(BufferLength, (long)values.Length * size)];
        int done = 0;
        while (done < values.Length)
        {
            int count = Math.Min(buffer.Length / size, values.Length - done);
            Span<byte> bytes = buffer.AsSpan(0, count * size);
            _stream.ReadExactly(bytes);
            Convert(info.DataType, bytes, values.Slice(done, count));
            done += count;
        }
    }

    /// <summary>The SHA-256 of the whole file, in lower-case hexadecimal, with one text of its header replaced by as
    /// many zeros: the place that the hash itself has there.</summary>
    /// <param name="replaced">The text, ASCII.</param>
    internal string Hash(string replaced)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var header = new byte[_dataStart];
        _stream.Position = 0;
        _stream.ReadExactly(header);
        int place = header.AsSpan().IndexOf(Encoding.ASCII.GetBytes(replaced));
        if (place >= 0)
        {
            header.AsSpan(place, replaced.Length).Fill((byte)'0');
        }

        hash.AppendData(header);
        var buffer = new byte[BufferLength];
        for (int read = _stream.Read(buffer); read > 0; read = _stream.Read(buffer))
        {
            hash.AppendData(buffer.AsSpan(0, read));
        }

        return System.Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _stream.Dispose();

    private static void Convert<T>(string type, ReadOnlySpan<byte> bytes, Span<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int size = bytes.Length / values.Length;
        for (int i = 0; i < values.Length; i++)
        {
            ReadOnlySpan<byte> element = bytes.Slice(i * size, size);
            values[i] = type switch
            {
                "F32" => T.CreateTruncating(BinaryPrimitives.ReadSingleLittleEndian(element)),
                "F64" => T.CreateTruncating(BinaryPrimitives.ReadDoubleLittleEndian(element)),
                "F16" => T.CreateTruncating(BinaryPrimitives.ReadHalfLittleEndian(element)),
                _ => T.CreateTruncating(
                    BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(element) << 16)),
            };
        }
    }
}
