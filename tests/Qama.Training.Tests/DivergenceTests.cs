using Qama.Layers;
using Qama.Numerics;
using Qama.Sampling;
using Qama.Training.Layers;
using Qama.Training.Modules;
using Qama.Training.Optimization;

namespace Qama.Training.Tests;

// The warning says what the test shows: this field can be 0.
#pragma warning disable QAMA0031
[QuboAttention(Tokens = 4, EmbeddingDim = 4)]
[Heads(2)]
[Field(Importance.ValueNorm)]
[Inputs(LayerNorm = false, Projected = true)]
[Readout(ReadoutKind.EntropyShare)]
#pragma warning restore QAMA0031
public sealed partial class EntropyShares;

/// <summary>Numbers that stop being finite, wherever they do, are told with the step; data that never were, with the sample.</summary>
public class DivergenceTests
{
    private static readonly TokenShape _shape = new(4, 4);

    [Theory]
    [InlineData(1e38)]
    [InlineData(1e30)]
    [InlineData(1e20)]
    public void A_training_that_diverges_before_or_in_a_layer_is_told_with_its_step(double rate)
    {
        foreach (bool first in new[] { false, true })
        {
            var attention = ("Attention", (Module<float>)new QuboAttentionModule<float>(new LightlyExclusive(seed: 1), new SimulatedAnnealingSampler { Sweeps = 5 }));
            var linear = ("In", (Module<float>)new Linear<float>(_shape, 4, seed: 1));
            var model = new Sequential<float>(
                first ? attention : linear, first ? linear : attention, ("Pool", new MeanPooling<float>(_shape)),
                ("Out", new Linear<float>(new TokenShape(1, 4), 2, seed: 2)));
            var trainer = new Trainer<float>(model, Options with { LearningRate = LearningRate.Constant(rate) });
            string message = Assert.Throws<InvalidOperationException>(() => trainer.Fit(Data())).Message;
            Assert.Matches("^Training diverged at step [0-9]+: .*Lower the learning rate or MaxGradientNorm.$", message);
        }
    }

    [Fact]
    public void Numbers_that_the_last_step_spoils_are_told_too()
    {
        var trainer = new Trainer<float>(
            Linear(), Options with { Epochs = 1, BatchSize = 32, LearningRate = LearningRate.Constant(double.MaxValue) });
        int epochs = 0;
        trainer.EpochEnded = _ => epochs++;
        Assert.Contains("diverged at step 1: Out.Weight", Assert.Throws<InvalidOperationException>(
            () => trainer.Fit(Data())).Message, StringComparison.Ordinal);
        Assert.Equal(0, epochs);
        Assert.Throws<InvalidOperationException>(() => trainer.Save(Path.GetTempPath() + "never"));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Data_that_are_not_finite_are_refused_with_their_sample_before_anything_changes(float bad)
    {
        float[] values = Values();
        values[5 * 16 + 3] = bad;
        var data = new Dataset<float>(_shape, values, Labels());
        foreach (Module<float> model in new[] { Linear(), Qubo(new LightlyExclusive(seed: 1)) })
        {
            float[] before = [.. model.State.SelectMany(p => p.Parameter.Value.ToArray())];
            var trainer = new Trainer<float>(model, Options);
            Assert.Contains("Sample 5 has a number that is NaN or infinite", Assert.Throws<ArgumentException>(
                () => trainer.Fit(data)).Message, StringComparison.Ordinal);
            Assert.Contains("Sample 5", Assert.Throws<ArgumentException>(() => trainer.Evaluate(data)).Message, StringComparison.Ordinal);
            Assert.Equal(before, model.State.SelectMany(p => p.Parameter.Value.ToArray()));
        }

        values[5 * 16 + 3] = 0;
        var late = new Trainer<float>(Qubo(new LightlyExclusive(seed: 1)), Options) { Progress = _ => values[5 * 16 + 3] = bad };
        Assert.Contains("Sample 5", Assert.Throws<ArgumentException>(() => late.Fit(data)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Labels_that_are_no_classes_are_refused_with_their_sample()
    {
        int[] labels = Labels();
        labels[7] = 2;
        Assert.Contains("Sample 7: expected a label in 0..1, got 2", Assert.Throws<ArgumentException>(
            () => new Trainer<float>(Linear(), Options).Fit(new Dataset<float>(_shape, Values(), labels))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sample_of_zeros_in_an_entropy_share_stops_the_training_and_spoils_no_statistics()
    {
        Sequential<float> model = Qubo(new EntropyShares(seed: 1));
        float[] values = [.. Values().Select(v => v + 0.5f)];
        var clean = new Dataset<float>(_shape, values.ToArray(), Labels());
        values.AsSpan(3 * 16, 16).Clear();
        var trainer = new Trainer<float>(model, Options);
        Assert.Matches("diverged at step [1-4]: .*OutputNorm: sample [0-9]+ of the batch", Assert.Throws<InvalidOperationException>(
            () => trainer.Fit(new Dataset<float>(_shape, values, Labels()))).Message);
        Assert.All(model.Buffers, b => Assert.All(b.Parameter.Value.ToArray(), v => Assert.True(float.IsFinite(v))));
        Assert.True(double.IsFinite(trainer.Evaluate(clean).Loss));
    }

    [Fact]
    public void A_batch_size_above_the_datas_means_all_at_once()
    {
        float[] all = Train(int.MaxValue);
        Assert.Equal(Train(32), all);
        Assert.Equal(Train(2000), all);
        Assert.NotEqual(Train(16), all);

        float[] Train(int size)
        {
            Sequential<float> model = Linear();
            var trainer = new Trainer<float>(model, Options with { BatchSize = size });
            trainer.Fit(Data());
            Assert.True(trainer.Evaluate(Data()).Loss > 0);
            return [.. model.State.SelectMany(p => p.Parameter.Value.ToArray())];
        }
    }

    [Fact]
    public void Batches_whose_numbers_are_no_array_are_refused()
    {
        Assert.Contains("at most", Assert.Throws<ArgumentOutOfRangeException>(
            () => new Activations<float>(int.MaxValue, _shape)).Message, StringComparison.Ordinal);
        Module<float> model = Qubo(new LightlyExclusive(seed: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Allocate(int.MaxValue));
        Assert.Equal(0, model.Capacity);
        Assert.Throws<ArgumentException>(
            () => new Dataset<float>(new TokenShape(int.MaxValue, int.MaxValue), new float[1], new int[1]));
    }

    private static TrainerOptions Options => new() { Epochs = 3, BatchSize = 8, Threads = 1 };

    private static Sequential<float> Linear() => new(
        ("Pool", new MeanPooling<float>(_shape)), ("Out", new Linear<float>(new TokenShape(1, 4), 2, seed: 2)));

    private static Sequential<float> Qubo(QuboAttentionLayer<float> layer) => new(
        ("Attention", new QuboAttentionModule<float>(layer, new SimulatedAnnealingSampler { Sweeps = 5 })),
        ("Pool", new MeanPooling<float>(_shape)),
        ("Out", new Linear<float>(new TokenShape(1, 4), 2, seed: 2)));

    private static float[] Values()
    {
        var random = new RandomStream(1);
        return [.. Enumerable.Range(0, 32 * 16).Select(_ => (float)random.NextDouble() - 0.4f)];
    }

    private static int[] Labels() => [.. Enumerable.Range(0, 32).Select(i => i % 2)];

    private static Dataset<float> Data() => new(_shape, Values(), Labels());
}
