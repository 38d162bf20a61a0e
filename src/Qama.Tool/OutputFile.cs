namespace Qama.Tool;

/// <summary>Files that a command is to write: looked at before it begins, so that nobody waits for a result that cannot be kept, and no
/// file that is read is written over.</summary>
internal static class OutputFile
{
    /// <summary>Refuses a file that cannot be written, or that the command reads or writes under another option too.</summary>
    /// <param name="option">What named it, an option or an argument.</param>
    /// <param name="path">The file; null where the option was not given.</param>
    /// <param name="others">Other files of the command; those that are null are passed over.</param>
    /// <exception cref="IOException">It is a folder, its folder does not exist, or it is one of the others.</exception>
    public static void Check(string option, string? path, params IEnumerable<string?> others)
    {
        if (path is null)
        {
            return;
        }

        if (string.IsNullOrWhiteSpace(path))
        {
            throw new IOException($"{option}: expected the name of a file.");
        }

        if (Directory.Exists(path) || Path.EndsInDirectorySeparator(path))
        {
            throw new IOException($"{option}: {path} is a folder: name a file in it.");
        }

        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
        {
            throw new IOException($"{option}: {path}: the folder {folder} does not exist: make it, or name another.");
        }

        string place = Place(path);
        if (!IsDevice(place) && others.OfType<string>().Any(o => Place(o).Equals(place, Comparison)))
        {
            throw new IOException($"{option}: {path} is another file of this command, which would be lost: name another.");
        }
    }

    private static StringComparison Comparison =>
        OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;

    // What is written there replaces nothing.
    private static bool IsDevice(string place) =>
        !OperatingSystem.IsWindows() && (place.StartsWith("/dev/", StringComparison.Ordinal) || place.StartsWith("/proc/", StringComparison.Ordinal));

    // The same file has one place, whatever links lead there.
    private static string Place(string path)
    {
        string full = Path.GetFullPath(path), place = Path.GetPathRoot(full)!;
        foreach (string part in full[place.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            string next = Path.Combine(place, part);
            place = Target(next) ?? next;
        }

        return place;
    }

    private static string? Target(string path)
    {
        try
        {
            return new FileInfo(path) is { LinkTarget: not null } link ? link.ResolveLinkTarget(returnFinalTarget: true)?.FullName : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // to open it will tell
        }
    }
}
