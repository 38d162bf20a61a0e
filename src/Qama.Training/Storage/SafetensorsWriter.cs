using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text.Json;
using Qama.Layers;
using Qama.Training.Modules;

namespace Qama.Training.Storage;

/// <summary>Writes safetensors files.</summary>
internal static class SafetensorsWriter
{
    /// <summary>The data start at a multiple of this, so that mapped tensors are aligned.</summary>
    private const int Alignment = 64;

    private const int BufferLength = 1 << 16;

    public static void Write<T>(
        Stream stream, IReadOnlyList<NamedParameter<T>> parameters, IReadOnlyDictionary<string, string> metadata)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int size = typeof(T) == typeof(double) ? 8 : 4;
        byte[] header = Header(parameters, metadata, size);
        int padded = (8 + header.Length + Alignment - 1) / Alignment * Alignment - 8;
        var start = new byte[8 + padded];
        start.AsSpan().Fill((byte)' ');
        BinaryPrimitives.WriteUInt64LittleEndian(start, (ulong)padded);
        header.CopyTo(start, 8);
        stream.Write(start);
        foreach (NamedParameter<T> parameter in parameters)
        {
            WriteValues<T>(stream, parameter.Parameter.Value, size);
        }
    }

    private static byte[] Header<T>(
        IReadOnlyList<NamedParameter<T>> parameters, IReadOnlyDictionary<string, string> metadata, int size)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (metadata.Count > 0)
            {
                json.WriteStartObject("__metadata__");
                foreach ((string key, string value) in metadata.OrderBy(m => m.Key, StringComparer.Ordinal))
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            long offset = 0;
            foreach ((string name, Parameter<T> parameter) in parameters)
            {
                json.WriteStartObject(name);
                json.WriteString("dtype", size == 8 ? "F64" : "F32");
                json.WriteStartArray("shape");
                foreach (int dimension in parameter.Shape)
                {
                    json.WriteNumberValue(dimension);
                }

                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += (long)parameter.Length * size);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteValues<T>(Stream stream, ReadOnlySpan<T> values, int size)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var bytes = new byte[Math.Min(BufferLength, (long)values.Length * size)];
        while (!values.IsEmpty)
        {
            int count = Math.Min(values.Length, bytes.Length / size);
            for (int i = 0; i < count; i++)
            {
                if (size == 8)
                {
                    BinaryPrimitives.WriteDoubleLittleEndian(bytes.AsSpan(i * 8), double.CreateTruncating(values[i]));
                }
                else
                {
                    BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * 4), float.CreateTruncating(values[i]));
                }
            }

            stream.Write(bytes.AsSpan(0, count * size));
            values = values[count..];
        }
    }
}
