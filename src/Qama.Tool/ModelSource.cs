using System.CommandLine;
using Qama.Tool.Inspecting;

namespace Qama.Tool;

/// <summary>The options that say which declared model a command runs.</summary>
internal static class ModelSource
{
    /// <summary>The class.</summary>
    public static Option<string?> Model { get; } = new("--model")
    {
        Description = "The declared model, by its class: the name, or the end of it. Needed where there are several.", HelpName = "NAME",
    };

    /// <summary>How a project is built.</summary>
    public static Option<string?> Configuration { get; } = new("--configuration")
    {
        Description = "Configuration that a project is built in, Release unless given.", HelpName = "NAME",
    };

    /// <summary>One of several target frameworks.</summary>
    public static Option<string?> Framework { get; } = new("--framework")
    {
        Description = "Target framework of a project that has several.", HelpName = "TFM",
    };

    /// <summary>Builds a project if one is named.</summary>
    /// <param name="parsed">The command.</param>
    /// <param name="path">The assembly or project.</param>
    /// <param name="stop">Ends the build.</param>
    /// <returns>The assembly, and the folder of packages; null for the usual one.</returns>
    public static (string Path, string? Packages) Build(ParseResult parsed, string path, CancellationToken stop) =>
        ProjectBuild.IsProject(path, out string project)
            ? ProjectBuild.Build(project, parsed.GetValue(Configuration) ?? "Release", parsed.GetValue(Framework), stop)
            : (path, null);

    /// <summary>Builds a project if one is named, and loads the model; what of the assembly could not be looked at is told.</summary>
    /// <param name="parsed">The command.</param>
    /// <param name="path">The assembly or project.</param>
    /// <param name="name">The class; null for the only one.</param>
    /// <param name="stop">Ends the build.</param>
    public static RunnableModel Load(ParseResult parsed, string path, string? name, CancellationToken stop)
    {
        (path, string? packages) = Build(parsed, path, stop);
        RunnableModel model = RunnableModel.Load(path, name, packages);
        foreach (string warning in model.Warnings)
        {
            parsed.InvocationConfiguration.Error.WriteLine($"warning: {warning}");
        }

        return model;
    }

    /// <summary>Loads a model for the small network that is trained, which has one sequence alone.</summary>
    /// <param name="parsed">The command.</param>
    /// <param name="path">The assembly or project.</param>
    /// <param name="name">The class; null for the only one.</param>
    /// <param name="stop">Ends the build.</param>
    /// <exception cref="InvalidDataException">The model reads a sequence of keys besides.</exception>
    public static RunnableModel LoadForNetwork(ParseResult parsed, string path, string? name, CancellationToken stop)
    {
        RunnableModel model = Load(parsed, path, name, stop);
        return model.Descriptor.HasOwnKeys
            ? throw new InvalidDataException($"{path}: {model.Name} has keys of their own (KeyTokens): the network here has one sequence "
                + "alone.")
            : model;
    }
}
