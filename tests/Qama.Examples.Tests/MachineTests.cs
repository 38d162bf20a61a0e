using Qama.Examples.Vision;
using Qama.Sampling;

namespace Qama.Examples.Tests;

/// <summary>The vision example's images through the emulated machine.</summary>
public class MachineTests
{
    [Theory]
    [InlineData("qama-v2", 2)]
    [InlineData("selected", 4)]
    public async Task A_trained_model_runs_through_the_emulated_machine_and_appears_in_the_report(string variant, int reductions)
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            (string run, ImageData data, RunResult trained) = Train(folder, variant);
            string results = Path.Combine(folder, "machine");
            var settings = new MachineSettings(run, "", Images: 2, Solutions: 2, Steps: 50, Threads: 1, results);
            TrainedModel model = TrainedModel.Load(run, 1);
            MachineResult result = await new MachineExperiment(settings, model, data.Test.Slice(0, 2)).RunAsync(CancellationToken.None);

            Assert.Equal(2 + 2 * reductions, result.Rows.Count);
            Assert.All(result.Rows, r => Assert.True(r.MeanGap >= 0 && r.WorstGap >= r.MeanGap));
            Assert.Equal(1, result.Rows[0].Agreement);
            Assert.Equal(variant == "selected", result.Rows.Any(r => r.Repaired is not null));
            MachineTable.Write(results, folder);
            string page = File.ReadAllText(Path.Combine(folder, "machine.md"));
            Assert.All(result.Rows, r => Assert.Contains($"| {r.Name} | ", page, StringComparison.Ordinal));

            // The model is the one that was trained: all test images again, as the training's evaluation had them.
            (int[] classes, _) = model.Classify(
                data.Test.ToDataset(), new SimulatedAnnealingSampler { Sweeps = trained.Sweeps, Threads = 1 }, null, CancellationToken.None);
            Assert.Equal(trained.TestAccuracy, classes.Where((c, i) => c == data.Test.Labels[i]).Count() / (double)classes.Length, 12);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Files_that_are_no_trained_models_are_named()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            string path = Path.Combine(folder, "x.json");
            File.WriteAllText(path, "[1]");
            var error = Assert.Throws<InvalidDataException>(() => TrainedModel.Load(path, 1));
            Assert.Contains("x.json", error.Message, StringComparison.Ordinal);
            (string run, _, _) = Train(folder, "softmax");
            Assert.Contains("selects nothing", Assert.Throws<InvalidDataException>(() => TrainedModel.Load(run, 1)).Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static (string Run, ImageData Data, RunResult Result) Train(string folder, string variant)
    {
        ImageData data = ImageData.Load("digits", "");
        var settings = new Settings(
            "digits", "", [variant], Epochs: 1, Seed: 4, Threads: 1, BatchSize: 32, Rate: 2e-3, ConstantRate: false, MaxGradientNorm: 1,
            Sweeps: 5, Images: 64, folder);
        RunResult result = new Experiment(settings, Variant.Find(variant)!, data).Run(CancellationToken.None);
        return (Directory.GetFiles(folder, $"digits-{variant}-*.json").Single(), data, result);
    }
}
