using Qama.Layers;
using Qama.Numerics;
using Qama.Problems;
using Qama.Sampling;
using Qama.Training.Layers;
using Qama.Training.Modules;
using Qama.Training.Optimization;

namespace Qama.Training.Tests;

[QuboAttention(Tokens = 8, EmbeddingDim = 8)]
[Heads(2)]
[Select(Per = SelectionScope.Causal, Block = 2, Memory = 3)]
[Coupling(Similarity.ScaledDotProduct)]
[Field(Importance.ValueProjection)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class RememberingLayer;

[QuboAttention(Tokens = 8, EmbeddingDim = 8)]
[Heads(2)]
[Select(Per = SelectionScope.Causal, Block = 2, Memory = 2)]
[Coupling(Similarity.ScaledDotProduct)]
[Field(Importance.ValueProjection)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class ForgettingLayer;

[QuboAttention(Tokens = 8, EmbeddingDim = 8)]
[Heads(2)]
[Select(Per = SelectionScope.Causal, Block = 3)]
[Coupling(Similarity.ScaledDotProduct)]
[Field(Importance.ValueProjection)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class KeepingLayer;

[QuboAttention(Tokens = 8, EmbeddingDim = 8)]
[Heads(2)]
[Select(Per = SelectionScope.Query)]
[Mask(MaskPattern.Causal)]
[Coupling(Similarity.ScaledDotProduct)]
[Sparsity(AtMost = 4)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class LookingBackLayer;

[QuboAttention(Tokens = 8, EmbeddingDim = 8)]
[Heads(2)]
[Select(Per = SelectionScope.Query, QueryBlock = 2)]
[Coupling(Similarity.ScaledDotProduct)]
[Sparsity(AtMost = 4)]
[Readout(ReadoutKind.SelectedAttention)]
public sealed partial class LookingRoundLayer;

/// <summary>Training layers with several problems of a sample: what they learn, and that nothing comes from the future.</summary>
public sealed class ScopeTrainingTests : IDisposable
{
    private const int Tokens = 8, Width = 8, First = 0, Reader = 4, Last = Tokens - 1;
    private static readonly TokenShape _shape = new(Tokens, Width);
    private readonly string _folder = Directory.CreateTempSubdirectory("qama").FullName;

    public static TheoryData<string> All =>
        [nameof(RememberingLayer), nameof(KeepingLayer), nameof(LookingBackLayer), nameof(LookingRoundLayer)];

    public static TheoryData<string> Causal => [nameof(RememberingLayer), nameof(KeepingLayer), nameof(LookingBackLayer)];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(All))]
    public void What_an_earlier_token_says_is_learnt(string name)
    {
        var losses = new List<double>();
        var trainer = new Trainer<float>(Model(name), Options with { Epochs = 40 }) { Progress = p => losses.Add(p.Loss) };
        trainer.Fit(Told(256, First, seed: 1));
        double before = losses.Take(losses.Count / 40).Average(), after = losses.TakeLast(losses.Count / 40).Average();
        Assert.True(after < 0.5 * before, $"{before} {after}");
        Assert.InRange(trainer.Evaluate(Told(400, First, seed: 2)).Accuracy, 0.9, 1);
    }

    [Theory]
    [MemberData(nameof(Causal))]
    public void What_a_later_token_says_stays_unknown(string name) => Assert.InRange(AccuracyOfLater(name), 0.4, 0.6);

    [Fact]
    public void A_layer_that_sees_later_tokens_learns_what_they_say() => Assert.InRange(AccuracyOfLater(nameof(LookingRoundLayer)), 0.9, 1);

    /// <summary>To the last bit: other numbers in tokens behind the one that is read change no parameter.</summary>
    [Theory]
    [MemberData(nameof(Causal))]
    public void A_training_does_not_depend_on_tokens_behind_the_one_that_is_read(string name)
    {
        float[] trained = Train(name, Told(64, Last, seed: 5));
        Assert.Equal(trained, Train(name, Told(64, Last, seed: 5, changedFrom: Reader + 1)));
        Assert.NotEqual(trained, Train(name, Told(64, Last, seed: 5, changedFrom: Reader)));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void A_training_goes_on_from_a_checkpoint_with_the_same_bits_on_any_number_of_threads(string name)
    {
        string path = Path.Combine(_folder, "training.safetensors");
        Dataset<float> data = Told(64, First, seed: 6);
        Module<float> whole = Model(name);
        var trainer = new Trainer<float>(whole, Options);
        trainer.EpochEnded = epoch =>
        {
            if (epoch == 1)
            {
                trainer.Save(path);
            }
        };
        trainer.Fit(data);

        Module<float> model = Model(name);
        var resumed = new Trainer<float>(model, Options with { Threads = 3 });
        resumed.Load(path);
        resumed.Fit(data);
        Assert.Equal(Values(whole), Values(model));
        Assert.Equal(new Trainer<float>(whole, Options).Evaluate(data), new Trainer<float>(model, Options).Evaluate(data));
    }

    [Fact]
    public void A_checkpoint_tells_other_selections_apart()
    {
        QuboAttentionLayer<float>[] layers =
            [new RememberingLayer(1), new ForgettingLayer(1), new KeepingLayer(1), new LookingBackLayer(1), new LookingRoundLayer(1)];
        string[] descriptions = [.. layers.Select(layer => string.Join('\n', layer.Description.Split('\n')[1..]))];
        Assert.Equal(descriptions, descriptions.Distinct());
    }

    /// <summary>Of all problems, not of as many as there are samples.</summary>
    [Theory]
    [InlineData(nameof(LookingBackLayer), Tokens)]
    [InlineData(nameof(LookingRoundLayer), Tokens / 2)]
    [InlineData(nameof(RememberingLayer), 1)]
    public void The_mean_energy_is_that_of_all_problems(string name, int problems)
    {
        var module = new QuboAttentionModule<float>(Layer(name), new SimulatedAnnealingSampler());
        module.Allocate(5);
        Assert.Equal(double.NaN, module.MeanEnergy);
        var random = new RandomStream(4);
        foreach (int count in new[] { 3, 5, 2 })
        {
            var input = new Activations<float>(5, _shape);
            for (int s = 0; s < count; s++)
            {
                input.Set(s, [.. Enumerable.Range(0, Tokens * Width).Select(_ => (float)random.NextNormal())]);
            }

            module.Forward(input, new Activations<float>(5, _shape), new BatchInfo(count, 1, 0));
            Assert.Equal(Enumerable.Range(0, count * problems).Average(p => module.Samples.Energy(p)), module.MeanEnergy, 1e-9);
        }
    }

    private static double AccuracyOfLater(string name)
    {
        var trainer = new Trainer<float>(Model(name), Options with { Epochs = 40 });
        trainer.Fit(Told(256, Last, seed: 1));
        return trainer.Evaluate(Told(400, Last, seed: 2)).Accuracy;
    }

    private static float[] Train(string name, Dataset<float> data)
    {
        Module<float> model = Model(name);
        new Trainer<float>(model, Options).Fit(data);
        return Values(model);
    }

    private static TrainerOptions Options => new()
    {
        Epochs = 3, BatchSize = 32, LearningRate = LearningRate.Cosine(1e-2), MaxGradientNorm = 1, Seed = 8, Threads = 1,
    };

    private static float[] Values(Module<float> model) => [.. model.State.SelectMany(p => p.Parameter.Value.ToArray())];

    private static QuboAttentionLayer<float> Layer(string name) => name switch
    {
        nameof(RememberingLayer) => new RememberingLayer(1),
        nameof(KeepingLayer) => new KeepingLayer(1),
        nameof(LookingBackLayer) => new LookingBackLayer(1),
        _ => new LookingRoundLayer(1),
    };

    private static Sequential<float> Model(string name) => new(
        ("Embedding", new Linear<float>(_shape, Width, seed: 2)),
        ("Position", PositionalEmbedding<float>.Learned(_shape, seed: 3)),
        ("Attention", new Residual<float>(new QuboAttentionModule<float>(Layer(name), new SimulatedAnnealingSampler { Sweeps = 20 }))),
        ("Reader", new OneToken(Reader)),
        ("Hidden", new Residual<float>(new FeedForward<float>(_shape with { Tokens = 1 }, 16, seed: 4))),
        ("Head", new Linear<float>(_shape with { Tokens = 1 }, 2, seed: 5)));

    /// <summary>Noise, and in a feature of one token the label.</summary>
    private static Dataset<float> Told(int count, int token, ulong seed, int changedFrom = Tokens)
    {
        var random = new RandomStream(seed);
        var values = new float[count * Tokens * Width];
        var labels = new int[count];
        for (int s = 0; s < count; s++)
        {
            Span<float> sample = values.AsSpan(s * Tokens * Width, Tokens * Width);
            foreach (ref float value in sample)
            {
                value = 0.3f * (float)random.NextNormal();
            }

            labels[s] = random.NextInt32(2);
            sample[token * Width] = labels[s] == 0 ? -2 : 2;
            foreach (ref float value in sample[(changedFrom * Width)..])
            {
                value = 1 - (3 * value);
            }
        }

        return new Dataset<float>(_shape, values, labels);
    }

    /// <summary>One of a sample's tokens.</summary>
    private sealed class OneToken(int token) : SampleModule<float>(_shape, _shape with { Tokens = 1 })
    {
        protected override void ForwardSample(int sample, ReadOnlySpan<float> input, Span<float> output, Span<float> scratch) =>
            input.Slice(token * output.Length, output.Length).CopyTo(output);

        protected override void BackwardSample(
            int sample, ReadOnlySpan<float> input, ReadOnlySpan<float> outputGradient, Span<float> inputGradient, Span<float> scratch)
        {
            inputGradient.Clear();
            outputGradient.CopyTo(inputGradient.Slice(token * outputGradient.Length, outputGradient.Length));
        }
    }
}
