using System.Text;

namespace Qama.Files;

/// <summary>Opens files for reading. Whatever is in the way is an <see cref="IOException"/>.</summary>
internal static class InputFile
{
    // A writer may replace the file while it is read: the reader goes on with the one it opened.
    private const FileShare Share = FileShare.Read | FileShare.Delete;

    /// <summary>Opens a file of text: UTF-8, or what a byte order mark says.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static StreamReader OpenText(string path, Encoding? encoding =
        null) => new(Open(path), encoding ?? Encoding.UTF8);

    /// <summary>Opens a file whose length is known.</summary>
    /// <exception cref="IOException">It cannot be read, or is no file but a pipe, whose length nobody
    /// knows.</exception>
    public static FileStream OpenSized(string path)
    {
        FileStream stream = Open(path);
        if (stream.CanSeek)
        {
            return stream;
        }

        stream.Dispose();
        throw new IOException($"{path} is no file: its length is not known.");
    }

    private static FileStream Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, Share);
        }
        catch (FileNotFoundException e)
        {
            throw new FileNotFoundException($"{path}: there is no such file: check its name and folder.", path, e);
        }
        catch (DirectoryNotFoundException e)
        {
            throw new DirectoryNotFoundException($"{path}: there is no such file: its folder does not exist.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"{path} cannot be read: it is a folder, or reading is not allowed.", e);
        }
    }
}
