using System.Buffers;

namespace Qama.Cim.Emulator;

/// <summary>The bytes of one part of a request, in memory that is used again.</summary>
internal sealed class Body : IDisposable
{
    private const int FirstPart = 64 * 1024; // what is only announced is no reason to allocate
    private byte[] _buffer;
    private int _length;

    private Body(int capacity) => _buffer = ArrayPool<byte>.Shared.Rent(capacity);

    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, _length);

    public static async Task<Body> ReadAsync(Stream stream, int expected)
    {
        var body = new Body(Math.Clamp(expected, 1024, FirstPart));
        int read;
        while ((read = await stream.ReadAsync(body._buffer.AsMemory(body._length)).ConfigureAwait(false)) > 0)
        {
            body._length += read;
            if (body._length == body._buffer.Length)
            {
                byte[] larger = ArrayPool<byte>.Shared.Rent(2 * body._length);
                body.Bytes.CopyTo(larger);
                ArrayPool<byte>.Shared.Return(body._buffer);
                body._buffer = larger;
            }
        }

        return body;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);
}
