using System.Buffers.Binary;
using System.Text.Json;

namespace Qama.Training.Storage;

/// <summary>Reads and checks the header of a safetensors file.</summary>
internal static class SafetensorsHeader
{
    /// <summary>The format's own limit; keeps a damaged length from asking for gigabytes.</summary>
    public const long MaxLength = 100_000_000;

    /// <summary>Bytes per element of the types whose length is checked. Of others, which the format gains from time to
    /// time, only their place in the file is known: enough to read what stands beside them.</summary>
    private static readonly Dictionary<string, int> _sizes = new(StringComparer.Ordinal)
    {
        ["BOOL"] = 1, ["U8"] = 1, ["I8"] = 1, ["F8_E5M2"] = 1, ["F8_E4M3"] = 1, ["U16"] = 2, ["I16"] = 2, ["F16"] = 2,
        ["BF16"] = 2, ["U32"] = 4, ["I32"] = 4, ["F32"] = 4, ["U64"] = 8, ["I64"] = 8, ["F64"] = 8, ["C64"] = 8,
    };

    private static readonly JsonDocumentOptions _strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    /// <summary>Reads the header; afterwards the stream stands at the first tensor's bytes.</summary>
    /// <exception cref="InvalidDataException">The file breaks the format.</exception>
    public static (List<TensorInfo> Tensors, Dictionary<string, string> Metadata, long DataStart) Read(Stream stream)
    {
        Span<byte> prefix = stackalloc byte[8];
        if (stream.ReadAtLeast(prefix, 8, throwOnEndOfStream: false) < 8)
        {
            throw new InvalidDataException("It is no safetensors file: it is shorter than the 8 bytes that give the header's length.");
        }

        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > MaxLength)
        {
            throw new InvalidDataException(
                $"It is no safetensors file: its first 8 bytes, the length of the header, say more than {MaxLength} bytes.");
        }

        if ((long)length > stream.Length - 8)
        {
            throw new InvalidDataException($"The header claims {length} bytes, but only {stream.Length - 8} follow.");
        }

        var bytes = new byte[length];
        stream.ReadExactly(bytes);
        if (bytes.Length == 0 || bytes[0] != (byte)'{')
        {
            throw new InvalidDataException("It is no safetensors file: the header does not start with '{'.");
        }

        try
        {
            using JsonDocument json = JsonDocument.Parse(bytes, _strict);
            (List<TensorInfo> tensors, Dictionary<string, string> metadata) = Entries(json.RootElement);
            CheckLayout(tensors, stream.Length - 8 - (long)length);
            return (tensors, metadata, 8 + (long)length);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Text that is not Unicode shows as an InvalidOperationException when it is read.
            throw new InvalidDataException($"The header is not valid JSON: {e.Message}", e);
        }
    }

    private static (List<TensorInfo> Tensors, Dictionary<string, string> Metadata) Entries(JsonElement root)
    {
        var tensors = new List<TensorInfo>();
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (JsonProperty entry in root.EnumerateObject())
        {
            if (entry.Value.ValueKind != JsonValueKind.Object)
            {
                throw new InvalidDataException($"'{entry.Name}': expected an object.");
            }

            if (entry.Name != "__metadata__")
            {
                tensors.Add(Tensor(entry.Name, entry.Value));
                continue;
            }

            foreach (JsonProperty item in entry.Value.EnumerateObject())
            {
                metadata[item.Name] = item.Value.ValueKind == JsonValueKind.String
                    ? item.Value.GetString()!
                    : throw new InvalidDataException($"Metadata '{item.Name}': expected a string.");
            }
        }

        return (tensors, metadata);
    }

    private static TensorInfo Tensor(string name, JsonElement entry)
    {
        foreach (JsonProperty property in entry.EnumerateObject())
        {
            if (property.Name is not ("dtype" or "shape" or "data_offsets"))
            {
                throw new InvalidDataException($"Tensor '{name}': unknown property '{property.Name}'.");
            }
        }

        if (!entry.TryGetProperty("dtype", out JsonElement type) || type.ValueKind != JsonValueKind.String)
        {
            throw new InvalidDataException($"Tensor '{name}': missing dtype.");
        }

        long[] shape = Numbers(name, entry, "shape");
        long[] offsets = Numbers(name, entry, "data_offsets");
        if (offsets.Length != 2 || offsets[1] < offsets[0])
        {
            throw new InvalidDataException($"Tensor '{name}': expected two rising data_offsets.");
        }

        bool known = _sizes.TryGetValue(type.GetString()!, out int size);
        UInt128 expected = known ? (UInt128)size : 1;
        foreach (long dimension in shape)
        {
            expected *= (ulong)dimension;
            if (expected > long.MaxValue)
            {
                throw new InvalidDataException($"Tensor '{name}': the shape [{string.Join(", ", shape)}] is too large.");
            }
        }

        if (known && expected != (ulong)(offsets[1] - offsets[0]))
        {
            throw new InvalidDataException(
                $"Tensor '{name}': {type.GetString()} [{string.Join(", ", shape)}] needs {expected} bytes, data_offsets give {offsets[1] - offsets[0]}.");
        }

        return new TensorInfo(name, type.GetString()!, shape, offsets[0], offsets[1] - offsets[0]);
    }

    private static long[] Numbers(string tensor, JsonElement entry, string property)
    {
        if (!entry.TryGetProperty(property, out JsonElement array) || array.ValueKind != JsonValueKind.Array)
        {
            throw new InvalidDataException($"Tensor '{tensor}': expected an array '{property}'.");
        }

        var numbers = new List<long>();
        foreach (JsonElement item in array.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt64(out long number) || number < 0)
            {
                throw new InvalidDataException($"Tensor '{tensor}': '{property}' holds something other than numbers of at least 0.");
            }

            numbers.Add(number);
        }

        return [.. numbers];
    }

    /// <summary>The format wants tensors to cover the data exactly: no overlap, no hole, nothing behind.</summary>
    private static void CheckLayout(List<TensorInfo> tensors, long dataLength)
    {
        long end = 0;
        foreach (TensorInfo tensor in tensors.OrderBy(t => t.Offset).ThenBy(t => t.ByteLength))
        {
            if (tensor.Offset != end)
            {
                throw new InvalidDataException(
                    $"Tensor '{tensor.Name}' starts at byte {tensor.Offset}, the one before it ends at {end}: "
                    + (tensor.Offset < end ? "they overlap." : "there is a hole."));
            }

            end += tensor.ByteLength;
            if (end > dataLength)
            {
                throw new InvalidDataException(
                    $"The file is truncated: tensor '{tensor.Name}' ends at byte {end} of the data, which have {dataLength}.");
            }
        }

        if (end != dataLength)
        {
            throw new InvalidDataException($"{dataLength - end} bytes follow the last tensor.");
        }
    }
}
