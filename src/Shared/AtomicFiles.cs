using System.Security.Cryptography;
using System.Text;

namespace Qama.Files;

/// <summary>
/// Writes files that appear whole or not at all: each is written under another name in the same folder, flushed to the
/// disk and renamed over what was there. Several files are renamed only after all of them were written.
/// </summary>
/// <remarks>
/// <para>A symbolic link is followed: its target is replaced. The permissions of a file that is replaced stay; one that
/// may not be written is not replaced. Devices and pipes, which cannot be renamed over, are written to.</para>
/// <para>Shared as source, so that no package depends on another's internals.</para>
/// </remarks>
internal sealed class AtomicFiles : IDisposable
{
    private const string Extension = ".tmp";
    private const int Attempts = 10;

    private readonly List<Pending> _pending = [];

    /// <summary>Writes one file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes its content.</param>
    /// <exception cref="IOException">It cannot be written; what was there is unchanged.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string target = Target(path);
        RemoveAbandoned(Path.GetDirectoryName(target)!, [Path.GetFileName(target)]);
        using var files = new AtomicFiles();
        files.Add(path, write);
        files.Commit();
    }

    /// <summary>Writes one file of text, in UTF-8 without a mark, lines ended by a line feed.</summary>
    /// <param name="path">The file.</param>
    /// <param name="write">Writes its content.</param>
    /// <exception cref="IOException">It cannot be written; what was there is unchanged.</exception>
    public static void WriteText(string path, Action<TextWriter> write) => Write(path, stream =>
    {
        using var writer = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
        write(writer);
    });

    /// <summary>Creates a folder if there is none.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="IOException">It cannot be created.</exception>
    public static void CreateFolder(string path) => Translate(path, () => Directory.CreateDirectory(path));

    /// <summary>Deletes what writers that did not live to rename it have left. A file that a writer still holds
    /// stays.</summary>
    /// <param name="folder">The folder; nothing happens if there is none.</param>
    /// <param name="names">Names of the files that were to be written.</param>
    public static void RemoveAbandoned(string folder, IEnumerable<string> names)
    {
        try
        {
            HashSet<string> stems = [.. names.Select(Stem)];
            foreach (string path in Directory.EnumerateFiles(folder, "*" + Extension))
            {
                string[] parts = Path.GetFileName(path).Split('.');
                if (parts.Length > 2 && Guid.TryParseExact(parts[^2], "N", out _)
                    && stems.Contains(string.Join('.', parts[..^2])) && new FileInfo(path).LinkTarget is null)
                {
                    DeleteUnlessHeld(path);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Tidying up must not stop a writer: if something is wrong with the folder, writing will tell.
        }
    }

    /// <summary>Writes a file under another name.</summary>
    /// <param name="path">What it will be called.</param>
    /// <param name="write">Writes its content.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Add(string path, Action<Stream> write)
    {
        Translate(path, () =>
        {
            // Only the last one is held: thousands of files would be too many open ones.
            _pending.LastOrDefault()?.Stream.Dispose();
            string target = Target(path);
            RequireFolder(path, Path.GetDirectoryName(target)!);
            Pending file = OpenInPlace(target) ?? Create(target);
            _pending.Add(file);
            write(file.Stream);
            file.Stream.Flush(flushToDisk: file.Temporary is not null);
        });
    }

    /// <summary>Gives the files their names, in the order in which they were added.</summary>
    /// <exception cref="IOException">A file cannot be replaced; those before it are.</exception>
    public void Commit()
    {
        foreach (Pending file in _pending)
        {
            if (file.Temporary is { } temporary)
            {
                Translate(file.Target, () => File.Move(temporary, file.Target, overwrite: true));
                file.Temporary = null;
            }
        }
    }

    /// <summary>Deletes what was written and not given its name.</summary>
    public void Dispose()
    {
        foreach (Pending file in _pending)
        {
            try
            {
                file.Stream.Dispose();
            }
            catch (IOException)
            {
                // What did not fit before does not fit now; the first error is the one to tell.
            }

            if (file.Temporary is { } temporary)
            {
                File.Delete(temporary);
            }
        }

        _pending.Clear();
    }

    private static string Target(string path)
    {
        var file = new FileInfo(path);
        return file.LinkTarget is null ? file.FullName : file.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
    }

    // The system's own error would name the temporary file.
    private static void RequireFolder(string path, string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"{path} cannot be written: the folder {folder} does not exist.");
        }
    }

    /// <summary>The first part of a temporary name: the file's, or something as unlikely where that leaves no room for
    /// more.</summary>
    private static string Stem(string name) => Encoding.UTF8.GetByteCount(name) <= 200
        ? name
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));

    private static void DeleteUnlessHeld(string path)
    {
        try
        {
            // Deleted before it is unlocked: a writer that gets the lock after that sees that its file is gone.
            using var stream = new FileStream(
                path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 1, FileOptions.DeleteOnClose);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody writes it.
        }
    }

    /// <summary>Opens what can only be written to where it is; null for files, and where there is nothing.</summary>
    private static Pending? OpenInPlace(string target)
    {
        if (Directory.Exists(target))
        {
            throw new IOException($"{target} is a folder, not a file.");
        }

        var info = new FileInfo(target);
        if (!info.Exists)
        {
            return null;
        }

        if (info.IsReadOnly)
        {
            throw new IOException($"{target} may not be written: it is read-only.");
        }

        // Devices and pipes have no length, but neither have empty files: what cannot be sought, or is in /dev, is no file.
        if (info.Length > 0)
        {
            return null;
        }

        var stream = new FileStream(target, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        if (!stream.CanSeek || info.DirectoryName == "/dev")
        {
            return new Pending(stream, target, null);
        }

        stream.Dispose();
        return null;
    }

    private static Pending Create(string target)
    {
        var options =
            new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.Delete };
        UnixFileMode? mode = OperatingSystem.IsWindows() || !File.Exists(target) ? null : File.GetUnixFileMode(target);
        if (!OperatingSystem.IsWindows() && mode is not null)
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        string start = Path.Combine(Path.GetDirectoryName(target)!, Stem(Path.GetFileName(target)));
        for (int attempt = 1; ; attempt++)
        {
            string temporary = $"{start}.{Guid.NewGuid():N}{Extension}";
            try
            {
                var stream = new FileStream(temporary, options);
                if (File.Exists(temporary))
                {
                    if (!OperatingSystem.IsWindows() && mode is { } own)
                    {
                        File.SetUnixFileMode(stream.SafeFileHandle, own);
                    }

                    return new Pending(stream, target, temporary);
                }

                stream.Dispose();
            }
            catch (IOException) when (attempt < Attempts)
            {
                // Another writer's tidying may take a new file for an abandoned one, before it is locked.
            }
        }
    }

    private static void Translate(string path, Action action)
    {
        try
        {
            action();
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"{path} cannot be written: {e.Message}", e);
        }
    }

    private sealed class Pending(FileStream stream, string target, string? temporary)
    {
        public FileStream Stream { get; } = stream;

        public string Target { get; } = target;

        /// <summary>What it is called until it is renamed; null where it is written in place, and afterwards.</summary>
        public string? Temporary { get; set; } = temporary;
    }
}
