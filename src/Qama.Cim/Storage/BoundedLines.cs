namespace Qama.Cim.Storage;

/// <summary>Reads lines of bytes that may not be longer than agreed.</summary>
internal sealed class BoundedLines(Stream stream, int longest)
{
    private readonly byte[] _buffer = new byte[32 * 1024];
    private int _from;
    private int _count;

    /// <summary>The next line without its end; null after the last.</summary>
    /// <exception cref="IOException">A line is longer, or the stream cannot be read.</exception>
    public async ValueTask<byte[]?> ReadAsync(CancellationToken cancellationToken)
    {
        using var line = new MemoryStream();
        while (true)
        {
            if (_count == 0)
            {
                _from = 0;
                _count = await stream.ReadAsync(_buffer, cancellationToken).ConfigureAwait(false);
                if (_count == 0)
                {
                    return line.Length == 0 ? null : line.ToArray();
                }
            }

            int end = _buffer.AsSpan(_from, _count).IndexOf((byte)'\n');
            int length = end < 0 ? _count : end;
            line.Write(_buffer, _from, length);
            if (line.Length > longest)
            {
                throw new IOException($"A line has more than {longest} bytes.");
            }

            int used = end < 0 ? length : length + 1;
            (_from, _count) = (_from + used, _count - used);
            if (end >= 0)
            {
                return line.ToArray();
            }
        }
    }
}
