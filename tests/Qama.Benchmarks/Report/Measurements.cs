using Qama.Benchmarks.Building;
using Qama.Benchmarks.Generator;
using Qama.Benchmarks.Hardness;
using Qama.Benchmarks.Minima;
using Qama.Benchmarks.Peers;
using Qama.Benchmarks.Plain;
using Qama.Benchmarks.Scaling;
using Qama.Benchmarks.Settings;
using Qama.Benchmarks.Solutions;
using Qama.Benchmarks.Solvers;
using Qama.Benchmarks.Steps;
using Qama.Benchmarks.Terms;
using Qama.Benchmarks.Torch;

namespace Qama.Benchmarks.Report;

/// <summary>The files of a folder of measurements; null for those that are not there.</summary>
/// <param name="folder">The folder.</param>
internal sealed class Measurements(string folder)
{
    public JsonReport<SolversReport>? Mnist { get; } = Read<SolversReport>(folder, "solvers-mnist392");

    public JsonReport<SolversReport>? Synthetic { get; } = Read<SolversReport>(folder, "solvers-syn1024");

    public JsonReport<PlainReport>? Plain { get; } = Read<PlainReport>(folder, "plain");

    public JsonReport<List<SettingsMeasurement>>? Settings { get; } = Read<List<SettingsMeasurement>>(folder, "settings");

    public JsonReport<HardnessReport>? Hardness { get; } = Read<HardnessReport>(folder, "hardness");

    public JsonReport<StepReport>? Step { get; } = Read<StepReport>(folder, "step");

    /// <summary>The same with AVX-512 switched off.</summary>
    public JsonReport<StepReport>? NarrowStep { get; } = Read<StepReport>(folder, "step-avx2");

    public JsonReport<ScalingReport>? Scaling { get; } = Read<ScalingReport>(folder, "scaling");

    public JsonReport<List<GeneratorMeasurement>>? Generator { get; } = Read<List<GeneratorMeasurement>>(folder, "generator");

    public JsonReport<BuildMeasurement[]>? Build { get; } = Read<BuildMeasurement[]>(folder, "build");

    public JsonReport<List<TermMeasurement>>? Terms { get; } = Read<List<TermMeasurement>>(folder, "terms");

    /// <summary>The same with AVX-512 switched off.</summary>
    public JsonReport<List<TermMeasurement>>? NarrowTerms { get; } = Read<List<TermMeasurement>>(folder, "terms-avx2");

    public JsonReport<List<MinimaMeasurement>>? Minima { get; } = Read<List<MinimaMeasurement>>(folder, "minima");

    public JsonReport<SolutionReport>? Solutions { get; } = Read<SolutionReport>(folder, "time-to-solution");

    public JsonReport<PeersReport>? TrainedPeers { get; } = Read<PeersReport>(folder, "peers-trained");

    public JsonReport<PeersReport>? PlainPeers { get; } = Read<PeersReport>(folder, "peers-plain");

    public JsonReport<OneSampleMeasurement[]>? OneSample { get; } = Read<OneSampleMeasurement[]>(folder, "one-sample");

    public JsonReport<TorchReport>? Torch { get; } = Read<TorchReport>(folder, "torch");

    private static JsonReport<T>? Read<T>(string folder, string name) => JsonReport.Read<T>(Path.Combine(folder, name + ".json"));
}
