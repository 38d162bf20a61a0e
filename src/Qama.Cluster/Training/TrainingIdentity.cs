using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using Qama.Layers;
using Qama.Training;

namespace Qama.Cluster.Training;

/// <summary>Something that all processes of a training must agree on for its bits to be one process's.</summary>
[GenerateSerializer]
[Immutable]
[Alias("qama.training.fact")]
internal readonly record struct Fact([property: Id(0)] string Name, [property: Id(1)] string Value);

/// <summary>A task in this process, and what it must have in common with other processes'.</summary>
/// <param name="Setup">What the task made.</param>
/// <param name="Settings">The training's settings, as a checkpoint has them.</param>
/// <param name="Data">The training data.</param>
/// <param name="Facts">All that must agree.</param>
internal sealed record LocalTraining(
    TrainingSetup Setup, IReadOnlyList<(string Name, string Value)> Settings, DataFingerprint Data, IReadOnlyList<Fact> Facts)
{
    /// <summary>Makes a task's model and data.</summary>
    /// <param name="task">The task.</param>
    /// <param name="arguments">Its arguments, JSON.</param>
    /// <param name="threads">Threads that it may use.</param>
    public static LocalTraining Create(ITrainingTask task, string arguments, int threads)
    {
        using JsonDocument json = JsonDocument.Parse(arguments);
        TrainingSetup setup = task.Create(json.RootElement.Clone(), threads)
            ?? throw new InvalidOperationException($"Task '{task.Name}' made nothing.");
        List<(string Name, string Value)> settings = TrainingSettings.Of(setup.Model, setup.Options);
        var data = DataFingerprint.Of(setup.Data);
        return new LocalTraining(setup, settings, data,
        [
            // The mathematical functions of systems and versions differ in last bits.
            new("runtime", RuntimeInformation.FrameworkDescription),
            new("system", $"{(OperatingSystem.IsWindows() ? "Windows" : OperatingSystem.IsMacOS() ? "macOS" : "Linux")} {RuntimeInformation.OSArchitecture}"),
            OfAssembly(typeof(QuboAttentionLayer<>).Assembly),
            OfAssembly(typeof(Trainer<>).Assembly),
            OfAssembly(typeof(LocalTraining).Assembly),
            OfAssembly(task.GetType().Assembly),
            .. settings.Select(s => new Fact(s.Name, s.Value)),
            OfData("training data", data),
            .. setup.Evaluated.OrderBy(e => e.Key, StringComparer.Ordinal).Select(e => OfData($"data '{e.Key}'", DataFingerprint.Of(e.Value))),
        ]);
    }

    /// <summary>What differs between two processes, by name with both values; empty if nothing does.</summary>
    /// <param name="theirs">The facts of the one that is asked.</param>
    /// <param name="expected">The training's.</param>
    public static string Differences(IReadOnlyList<Fact> theirs, IReadOnlyList<Fact> expected)
    {
        var found = theirs.ToLookup(f => f.Name, f => f.Value, StringComparer.Ordinal);
        var wanted = expected.ToLookup(f => f.Name, f => f.Value, StringComparer.Ordinal);
        return string.Join("; ", found.Select(f => f.Key).Union(wanted.Select(f => f.Key), StringComparer.Ordinal)
            .Select(name => (name, first: found[name].FirstOrDefault("none"), second: wanted[name].FirstOrDefault("none")))
            .Where(f => f.first != f.second).Select(f =>
            {
                (string first, string second) = TrainingSettings.FirstDifference(f.first, f.second);
                return $"it has {f.name} {first}, the training {second}";
            }));
    }

    private static Fact OfAssembly(Assembly assembly) => new(
        $"assembly {assembly.GetName().Name}",
        $"{assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? assembly.GetName().Version?.ToString()} "
        + $"(module {assembly.ManifestModule.ModuleVersionId})");

    private static Fact OfData(string name, DataFingerprint data) => new(name, $"{data.Samples} samples, SHA-256 {data.Hash}");
}
