namespace Qama.Cim.Storage;

/// <summary>Files are read up to a length, and written whole or not at all.</summary>
internal static class WholeFile
{
    /// <summary>Reads a file of at most so many bytes.</summary>
    /// <exception cref="IOException">It cannot be read, or is longer.</exception>
    public static byte[] Read(string path, int limit)
    {
        using Stream file = Open(path);
        using var content = new MemoryStream();
        var chunk = new byte[16 * 1024];
        for (int read = file.Read(chunk); read > 0; read = file.Read(chunk))
        {
            content.Write(chunk, 0, read);
            if (content.Length > limit)
            {
                throw new IOException($"It has more than {limit} bytes.");
            }
        }

        return content.ToArray();
    }

    /// <summary>Opens a regular file for reading.</summary>
    public static Stream Open(string path)
    {
        var file = new FileInfo(path);
        file = file.ResolveLinkTarget(returnFinalTarget: true) is { } target ? new FileInfo(target.FullName) : file;

        // Devices and pipes have no length. They are not even opened: that may wait for ever, and reading too.
        return file.Length == 0 ? Stream.Null : file.Open(FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
    }

    /// <summary>Writes a file that appears when it is complete. A link in its place is replaced, not
    /// followed.</summary>
    public static async Task WriteAsync(string path, Func<Stream, Task> write)
    {
        // A new file of its own: whoever else writes the same file, or has put a link here, has another.
        string unfinished = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, $".{Guid.NewGuid():N}.part");
        try
        {
            var stream = new FileStream(unfinished, FileMode.CreateNew, FileAccess.Write, FileShare.None);
            await using (stream.ConfigureAwait(false))
            {
                await write(stream).ConfigureAwait(false);
                stream.Flush(flushToDisk: true);
            }

            File.Move(unfinished, path, overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }
}
