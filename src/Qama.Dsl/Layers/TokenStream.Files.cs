using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Qama.Problems;

namespace Qama.Layers;

/// <content>Streams as files: a mark and a version, what they are of, the state, and a checksum of it all.</content>
public sealed partial class TokenStream<T>
{
    private const int Version = 1;
    private const int HashLength = 32;

    private static readonly byte[] _mark = "QAMASTRM"u8.ToArray();

    private int FileLength => checked(
        _mark.Length + sizeof(int) + HashLength + (3 * sizeof(long)) + (2 * sizeof(int)) + (_model.HeadCount * sizeof(int))
        + (_model.HeadCount * _shape.LargestKept * ((2 * sizeof(int)) + Unsafe.SizeOf<T>())) + (_features.Length * Unsafe.SizeOf<T>())
        + HashLength);

    /// <summary>Writes the stream's state: what a stream of the same layer needs to go on, to the bit.</summary>
    /// <param name="destination">Receives it; of a length that the declaration decides.</param>
    /// <exception cref="ArgumentException">The destination cannot be written to.</exception>
    /// <exception cref="IOException">The destination cannot take it.</exception>
    public void Save(Stream destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        if (!destination.CanWrite)
        {
            throw new ArgumentException("Expected a stream that can be written to.", nameof(destination));
        }

        byte[] file = new byte[FileLength];
        using (var writer = new BinaryWriter(new MemoryStream(file)))
        {
            writer.Write(_mark);
            writer.Write(Version);
            writer.Write(Fingerprint());
            writer.Write(_key.Seed);
            writer.Write(_key.Step);
            writer.Write(_key.FirstSample);
            writer.Write(_first);
            writer.Write(_own);
            for (int h = 0; h < _model.HeadCount; h++)
            {
                writer.Write(_kept.Counts[h]);
                for (int s = 0; s < _shape.LargestKept; s++)
                {
                    bool isKept = s < _kept.Counts[h];
                    writer.Write(isKept ? _kept.Columns(h)[s] : 0);
                    writer.Write(isKept ? _kept.Positions(h)[s] : 0);
                    T weight = isKept ? _kept.Weights(h)[s] : T.Zero;
                    writer.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in weight)));
                }
            }

            writer.Write(MemoryMarshal.AsBytes<T>(_features));
        }

        SHA256.HashData(file.AsSpan(0, file.Length - HashLength), file.AsSpan(file.Length - HashLength));
        destination.Write(file);
    }

    /// <summary>Takes a saved state over.</summary>
    /// <exception cref="InvalidDataException">It is none, of another layer, cut off or damaged.</exception>
    internal void Restore(Stream source)
    {
        byte[] file = new byte[FileLength];
        int length = source.ReadAtLeast(file, file.Length, throwOnEndOfStream: false);
        if (length < _mark.Length + sizeof(int) || !file.AsSpan(0, _mark.Length).SequenceEqual(_mark))
        {
            throw new InvalidDataException("Expected a saved token stream, but the file does not begin like one.");
        }

        using var reader = new BinaryReader(new MemoryStream(file, 0, length));
        reader.ReadBytes(_mark.Length);
        if (reader.ReadInt32() is int version && version != Version)
        {
            throw new InvalidDataException($"Expected a saved token stream of version {Version}, got version {version}.");
        }

        if (!reader.ReadBytes(HashLength).AsSpan().SequenceEqual(Fingerprint()))
        {
            throw new InvalidDataException(
                length < _mark.Length + sizeof(int) + HashLength
                    ? CutOff(length) : $"The saved token stream is of another layer than this {_model.Name}, or its parameters have changed.");
        }

        if (length < file.Length)
        {
            throw new InvalidDataException(CutOff(length));
        }

        Span<byte> checksum = stackalloc byte[HashLength];
        SHA256.HashData(file.AsSpan(0, file.Length - HashLength), checksum);
        if (!checksum.SequenceEqual(file.AsSpan(file.Length - HashLength)))
        {
            throw new InvalidDataException("The saved token stream is damaged: its checksum is another.");
        }

        Read(reader);
    }

    private void Read(BinaryReader reader)
    {
        _key = new SamplingKey(reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64());
        (_first, _own) = (reader.ReadInt32(), reader.ReadInt32());
        for (int h = 0; h < _model.HeadCount; h++)
        {
            _kept.Counts[h] = reader.ReadInt32();
            for (int s = 0; s < _shape.LargestKept; s++)
            {
                (int column, int position) = (reader.ReadInt32(), reader.ReadInt32());
                T weight = default;
                reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(new Span<T>(ref weight)));
                if (s < _kept.Counts[h])
                {
                    (_kept.Columns(h)[s], _kept.Positions(h)[s], _kept.Weights(h)[s]) = (column, position, weight);
                }
            }
        }

        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(_features.AsSpan()));
    }

    private string CutOff(int length) => $"The saved token stream is cut off: expected {FileLength} bytes, got {length}.";

    /// <summary>The declaration and its parameters, on which every number of the state depends.</summary>
    private byte[] Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{typeof(T)}\n{_layer.Description}"));
        foreach (Parameter<T> parameter in _layer.Parameters)
        {
            hash.AppendData(MemoryMarshal.AsBytes<T>(parameter.Value));
        }

        return hash.GetHashAndReset();
    }
}
