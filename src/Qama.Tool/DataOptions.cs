using System.CommandLine;
using Qama.Tool.Data;
using Qama.Training.Datasets;

namespace Qama.Tool;

/// <summary>The options that say which data a command reads.</summary>
internal static class DataOptions
{
    private static readonly string[] _layouts = [.. Enum.GetNames<DatasetLayout>().Select(n => n.ToLowerInvariant())];

    /// <summary>The folder.</summary>
    public static Option<string> Folder { get; } = new("--data")
    {
        Description = "Folder of the data: IDX, CIFAR-10 or CIFAR-100 in binary, lines of text, or folders of images.", HelpName = "FOLDER",
        Required = true,
    };

    /// <summary>How the folder holds its samples.</summary>
    public static Option<string?> Layout { get; } =
        CommandLine.Name("--layout", "How the folder holds its samples; found by its files unless given", _layouts);

    /// <summary>The layout that a word means; null for none.</summary>
    public static DatasetLayout? LayoutOf(string? word) =>
        word is null ? null : Enum.Parse<DatasetLayout>(word, ignoreCase: true);
}
