using Qama.Examples.Vision;

namespace Qama.Examples.Tests;

/// <summary>Whole runs of the vision example on a few digits.</summary>
public class VisionRunTests
{
    // Weights of a sweep differ in a number: its ends stand for all.
    private static readonly string[] _sweeps = ["exclusion-", "far-"], _ends = ["exclusion-0", "exclusion-2", "far-0.5"];

    [Fact]
    public void A_run_that_was_interrupted_goes_on_to_the_same_result_and_a_complete_one_is_not_repeated()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            ImageData data = ImageData.Load("digits", "");
            RunResult whole = Experiment(folder, "whole", data).Run(CancellationToken.None);

            using var stop = new CancellationTokenSource();
            Experiment interrupted = Experiment(folder, "parts", data);
            interrupted.EpochKept = epoch =>
            {
                if (epoch == 1)
                {
                    stop.Cancel();
                }
            };
            Assert.Throws<OperationCanceledException>(() => interrupted.Run(stop.Token));
            var resumed = Experiment(folder, "parts", data);
            var epochs = new List<int>();
            resumed.EpochKept = epochs.Add;
            RunResult parts = resumed.Run(CancellationToken.None);

            Assert.Equal([2, 3], epochs);
            Assert.Equal(whole.TestLoss, parts.TestLoss);
            Assert.Equal(whole.Epochs.Select(e => e.ValidationLoss), parts.Epochs.Select(e => e.ValidationLoss));
            Experiment again = Experiment(folder, "parts", data);
            again.EpochKept = _ => Assert.Fail("trained again");
            Assert.Equal(parts.TestLoss, again.Run(CancellationToken.None).TestLoss);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Every_variant_runs_and_reports_what_its_heads_select()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            ImageData data = ImageData.Load("digits", "");
            Variant[] variants = [.. Variant.All.Where(v => !_sweeps.Any(s => v.Name.StartsWith(s, StringComparison.Ordinal)) || _ends.Contains(v.Name))];
            foreach (Variant variant in variants)
            {
                Settings settings = Settings(folder) with { Epochs = 1, Images = 64, Sweeps = 5 };
                RunResult result = new Experiment(settings, variant, data).Run(CancellationToken.None);
                double? share = result.Epochs[0].SelectedShare;
                Assert.Equal(variant.Declared is null, share is null);
                Assert.True(share is null or (>= 0 and <= 1));
                Assert.True(double.IsFinite(result.TestLoss));
                // Bounds that a declaration promises hold for whatever the model has learned.
                double most = variant.Name switch { "sparse" => 12.0 / 49, "selected" or "relative" or "selected-2" => 24.0 / 49, _ => 1 };
                Assert.True(share is null || share <= most + 1e-9, $"{variant.Name} selects {share}");
            }

            Assert.Equal(variants.Count(v => v.Kind != AttentionKind.None), Directory.GetFiles(folder, "*.svg").Length);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Experiment Experiment(string folder, string name, ImageData data) =>
        new(Settings(Directory.CreateDirectory(Path.Combine(folder, name)).FullName), Variant.Find("qama-v2")!, data);

    private static Settings Settings(string folder) => new(
        "digits", "", ["qama-v2"], Epochs: 3, Seed: 4, Threads: 1, BatchSize: 32, Rate: 2e-3, ConstantRate: false, MaxGradientNorm: 1,
        Sweeps: 10, Images: 128, folder);
}
