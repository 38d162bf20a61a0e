namespace Qama.Tool;

/// <summary>A folder that a command will write to, tried before the work begins.</summary>
internal static class OutputFolder
{
    /// <summary>Finds out whether files can be written there. Nothing is left behind: a folder that is not there yet is not created.</summary>
    /// <param name="option">The option that names it, for messages.</param>
    /// <param name="folder">The folder.</param>
    /// <exception cref="IOException">They cannot.</exception>
    public static void Try(string option, string folder)
    {
        string? there = Path.GetFullPath(folder);
        while (there is not null && !Path.Exists(there))
        {
            there = Path.GetDirectoryName(there);
        }

        if (there is null || !Directory.Exists(there))
        {
            throw new IOException($"{option}: expected a folder, {folder} is{(there is null ? " not there" : $" none: {there} is a file")}.");
        }

        try
        {
            File.Create(Path.Combine(there, Path.GetRandomFileName()), 1, FileOptions.DeleteOnClose).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{option}: cannot write to the folder {folder}: {there} takes no files.", e);
        }
    }
}
