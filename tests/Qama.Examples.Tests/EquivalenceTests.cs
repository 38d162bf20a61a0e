using Qama.Examples.Vision;
using Qama.Numerics;
using Qama.Sampling;

namespace Qama.Examples.Tests;

/// <summary>Selected attention with the parameters of a softmax attention.</summary>
public sealed class EquivalenceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void It_is_softmax_attention_with_every_key_and_a_draw_from_it_with_one()
    {
        ImageData data = ImageData.Load("digits", "");
        var settings = new Settings(
            "digits", "", ["softmax"], Epochs: 1, Seed: 4, Threads: 1, BatchSize: 32, Rate: 1e-2, ConstantRate: false, MaxGradientNorm: 1,
            Sweeps: 10, Images: 320, _folder);
        RunResult run = new Experiment(settings, Variant.Find("softmax")!, data).Run(CancellationToken.None);
        string path = Directory.GetFiles(_folder, "*.json").Single();
        var softmax = EquivalentModel.Load(run, path, batch: 2, threads: 1);
        LabelledImages images = data.Validation.Slice(0, 4);
        var equivalence = new Equivalence(softmax, images.ToDataset(), new SimulatedAnnealingSampler { Sweeps = 30, Threads = 1 }, CancellationToken.None);
        var maps = new Dictionary<int, byte[]>();
        KeysRow[] rows = [.. Equivalence.Selections.Select(s => equivalence.Compare(s.Keys, s.Create, (image, selected) =>
        {
            // 8 heads, 49 queries: the bound holds for each.
            Assert.All(selected.Chunk(49), head => Assert.Equal(s.Keys, head.Sum(b => b)));
            maps[image] = selected;
        }))];
        Assert.Equal((1.0, equivalence.Accuracy), (rows[^1].Agreement, rows[^1].Accuracy));
        Assert.InRange(rows[^1].ScoreDifference, 0, 1e-5);
        Assert.Equal(1, rows[^1].Mass, 1e-6);
        Assert.All(rows, r => Assert.InRange(r.Mass, 0.97 * r.LargestMass, r.LargestMass + 1e-9));
        Assert.All(rows.Zip(rows.Skip(1)), pair => Assert.True(pair.First.ScoreDifference > pair.Second.ScoreDifference));

        MarginalsRow one = equivalence.Correlate(1, Equivalence.Distributions[0].Create);
        Assert.InRange(one.Selected, 1, 1.1); // the bound is a penalty: at a temperature a sample may break it
        Assert.InRange(one.Distance, 0.9 * one.OfDraws, 1.3 * one.OfDraws);
        MarginalsRow any = equivalence.Correlate(0, Equivalence.Distributions[2].Create);
        Assert.InRange(any.Selected, 12, 37); // every key for itself, about half of them

        Assert.Contains("<svg", MapPicture.Draw(images, equivalence, maps), StringComparison.Ordinal);
        Assert.Contains("stable", Assert.Throws<InvalidDataException>(
            () => EquivalentModel.Load(run with { Variant = "stable" }, path, 2, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Statistics_of_weights_are_those_of_their_definitions()
    {
        Assert.Equal(1, Statistics.Correlation([1, 2, 3], [10, 20, 30]), 12);
        Assert.Equal(-0.5, Statistics.Correlation([1, 2, 3], [2, 3, 1]), 12);
        Assert.Equal(0, Statistics.Correlation([1, 1, 1], [1, 2, 3]));
        Assert.Equal(0.5, Statistics.Distance([2, 2, 0, 0], [0.5, 0, 0.5, 0]), 12);

        // Two heads of six tokens: both select token 1; the first 0 and 1, the second 1 and 5.
        double[] weights = [1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1];
        Assert.Equal(1.0 / 3, Statistics.Overlap(weights, 2), 12);
        Assert.Equal((-(0.5 * Math.Log(0.5)) - (0.5 * Math.Log(0.25))) / Math.Log(6), Statistics.Entropy(weights, 2), 12);

        // Rows of three: 0 and 1 are neighbours, 1 and 5 a row and a column apart.
        Assert.Equal((1 + Math.Sqrt(2)) / 2, Statistics.PairDistance(weights, 2, columns: 3), 12);

        var random = new RandomStream(3);
        double[] shares = Statistics.Draw([0.7, 0.3, 0], 20_000, ref random);
        Assert.Equal(0.7, shares[0], 0.02);
        Assert.Equal(1, shares.Sum(), 9);
        Assert.Equal(0, shares[2]);
    }
}
