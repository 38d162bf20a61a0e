using System.Reflection;
using System.Runtime.CompilerServices;

namespace Qama.Architecture.Tests;

/// <summary>An assembly and its rooms.</summary>
/// <param name="Assembly">The assembly.</param>
/// <param name="Root">The namespace above its rooms.</param>
/// <param name="Rooms">Namespaces below the root, top first; "" is the root itself.</param>
internal sealed record House(Assembly Assembly, string Root, string[] Rooms);

/// <summary>The order of the rooms of each assembly, top first.</summary>
internal static class Houses
{
    public static IReadOnlyDictionary<string, House> All { get; } = new Dictionary<string, House>
    {
        ["Qama.Dsl"] = new(
            typeof(Sampling.ISampler).Assembly, "Qama",
            ["", "Contract", "Numerics", "Ising", "Problems", "Annealing", "Sampling", "Layers"]),
        ["Qama.Cim"] = new(
            typeof(Cim.CimSampler).Assembly, "Qama.Cim",
            ["Storage", "Packing", "Transport", "Json", "Security", "Files", "Qboson", "Kaiwu", "Journal", ""]),
        ["Qama.Training"] = new(
            typeof(Training.TrainerOptions).Assembly, "Qama.Training",
            ["Modules", "Layers", "Optimization", "Storage", "", "Datasets"]),
        ["Qama.Torch"] = new(
            typeof(Torch.Backend).Assembly, "Qama.Torch",
            ["Loading", "Energies", "Tensors", "Sampling", "Kernels", "Layers", ""]),
        ["Qama.Cluster"] = new(
            typeof(Cluster.ClusterSettings).Assembly, "Qama.Cluster",
            ["", "Storage", "Members", "Machine", "Training", "Campaigns", "Hosting"]),
        ["Qama.Tool"] = new(
            Assembly.Load("qama"), "Qama.Tool", // all of it is internal
            ["Formats", "Solving", "Machines", "Describing", "Inspecting", "Weighing", "Serving", "Journals", "Runs", "Data", "Experiments", ""]),
        ["Qama.Dsl.Generators"] = new(
            typeof(Generators.QuboAttentionGenerator).Assembly, "Qama.Generators",
            ["Collections", "Vocabulary", "Contract", "Energy", "Model", "Reading", "Validation", "Lowering", "Emission", "Analysis", ""]),
    };

    /// <summary>Where the sources are.</summary>
    public static string Repository { get; } =
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", ".."));

    private static string Here([CallerFilePath] string here = "") => here;
}
