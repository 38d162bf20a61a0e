using System.CommandLine;

namespace Qama.Examples.Common;

/// <summary><c>--out</c>: a folder that an example writes to. It is created, and tried, before the work begins.</summary>
public sealed class OutputFolderOption : Option<string>
{
    /// <param name="description">What is written there.</param>
    /// <param name="usual">The folder's name below <c>out</c> unless another is given.</param>
    public OutputFolderOption(string description, string usual)
        : base("--out")
    {
        Description = description;
        HelpName = "DIR";
        DefaultValueFactory = _ => Path.Combine("out", usual);
    }

    /// <summary>Creates the folder and writes to it once; what is wrong, or null.</summary>
    internal string? Prepare(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            File.Create(Path.Combine(folder, Path.GetRandomFileName()), 1, FileOptions.DeleteOnClose).Dispose();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return $"{Name}: cannot write to the folder '{folder}'.";
        }
    }
}
