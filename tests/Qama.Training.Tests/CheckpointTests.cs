using Qama.Layers;
using Qama.Numerics;
using Qama.Sampling;
using Qama.Training.Layers;
using Qama.Training.Modules;
using Qama.Training.Optimization;
using Qama.Training.Storage;

namespace Qama.Training.Tests;

[QuboAttention(Tokens = 4, EmbeddingDim = 4)]
[Heads(2)]
[HeadExclusion(Weight = 0.25)]
public sealed partial class LightlyExclusive;

[QuboAttention(Tokens = 4, EmbeddingDim = 4)]
[Heads(2)]
[HeadExclusion(Weight = 3.0)]
public sealed partial class StronglyExclusive;

[QuboAttention(Tokens = 4, EmbeddingDim = 4)]
[Heads(2)]
[HeadExclusion(Weight = 0.25)]
[Mask(MaskPattern.Window, Size = 1)]
public sealed partial class Masked;

[QuboAttention(Tokens = 4, EmbeddingDim = 4)]
[Heads(2)]
[HeadExclusion(Weight = 0.25)]
[Mask(MaskPattern.Window, Size = 2)]
public sealed partial class WidelyMasked;

[QuboAttention(Tokens = 4, EmbeddingDim = 4)]
[Heads(2)]
[Coupling(Similarity.Cosine, Normalize = Normalization.Batch)]
public sealed partial class NormalisedTokens;

/// <summary>A checkpoint continues the training it is of, or none.</summary>
public sealed class CheckpointTests : IDisposable
{
    private static readonly TokenShape _shape = new(4, 4);
    private readonly string _folder = Directory.CreateTempSubdirectory("qama").FullName;

    private string Path => System.IO.Path.Combine(_folder, "training.safetensors");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(640, null, "had 40 samples, got 640")]
    [InlineData(39, null, "had 40 samples, got 39")]
    [InlineData(40, "value", "other numbers, labels or order")]
    [InlineData(40, "label", "other numbers, labels or order")]
    [InlineData(40, "order", "other numbers, labels or order")]
    public void Other_data_are_refused_and_the_right_ones_still_go_on(int samples, string? change, string message)
    {
        Trainer<float> whole = New(Classifier());
        whole.Fit(Data(40));
        Saved(epoch: 2);

        Module<float> model = Classifier();
        Trainer<float> resumed = New(model);
        resumed.Load(Path);
        float[] before = Values(model);
        Assert.Contains(message, Assert.Throws<ArgumentException>(() => resumed.Fit(Data(samples, change))).Message, StringComparison.Ordinal);
        Assert.Equal(before, Values(model));
        Assert.Equal(2, resumed.CompletedEpochs);
        resumed.Fit(Data(40));
        Assert.Equal(0, resumed.CompletedEpochs);
    }

    [Fact]
    public void A_training_that_was_stopped_does_not_go_on_with_other_data_either()
    {
        Trainer<float> trainer = New(Classifier());
        using var stop = new CancellationTokenSource();
        trainer.EpochEnded = _ => stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => trainer.Fit(Data(40), stop.Token));
        trainer.EpochEnded = null;
        Assert.Throws<ArgumentException>(() => trainer.Fit(Data(41)));
        trainer.Fit(Data(40));
        trainer.Fit(Data(41));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_training_saved_after_any_step_goes_on_with_the_same_bits(int shards)
    {
        TrainerOptions options = Options with { Shards = shards };
        Module<float> whole = Model(new NormalisedTokens(seed: 1));
        Trainer<float> trainer = New(whole, options);
        var seen = new List<TrainingProgress>();
        trainer.Progress = p =>
        {
            trainer.Save($"{Path}.{seen.Count}");
            seen.Add(p with { TimeLeft = default });
        };
        trainer.Fit(Data(40));
        Assert.Equal(3 * 3, seen.Count);
        for (int saved = 0; saved < seen.Count; saved++)
        {
            Module<float> model = Model(new NormalisedTokens(seed: 1));
            Trainer<float> resumed = New(model, options with { Threads = 2 });
            resumed.Load($"{Path}.{saved}");
            Assert.Equal((saved + 1) / 3 - ((saved + 1) % 3 == 0 ? 1 : 0), resumed.CompletedEpochs); // saved before the epoch ended
            var later = new List<TrainingProgress>();
            resumed.Progress = p => later.Add(p with { TimeLeft = default });
            Assert.Throws<ArgumentException>(() => resumed.Fit(Data(41)));
            resumed.Fit(Data(40));
            Assert.Equal(seen[(saved + 1)..], later);
            Assert.Equal(Values(whole), Values(model));
        }
    }

    [Fact]
    public void A_training_cancelled_within_an_epoch_repeats_no_step_and_can_be_saved()
    {
        Module<float> whole = Classifier();
        New(whole).Fit(Data(40));

        Module<float> model = Classifier();
        Trainer<float> trainer = New(model);
        using var stop = new CancellationTokenSource();
        trainer.Progress = p =>
        {
            if (p is { Epoch: 1, Batch: 2 })
            {
                stop.Cancel();
            }
        };
        Assert.Throws<OperationCanceledException>(() => trainer.Fit(Data(40), stop.Token));
        trainer.Save(Path);
        Assert.Contains("2 steps that are behind had 40 samples", Assert.Throws<ArgumentException>(() => trainer.Fit(Data(41))).Message, StringComparison.Ordinal);
        trainer.Fit(Data(40));
        Assert.Equal(Values(whole), Values(model));

        Module<float> other = Classifier();
        Trainer<float> resumed = New(other);
        resumed.Load(Path);
        resumed.Fit(Data(40));
        Assert.Equal(Values(whole), Values(other));
    }

    [Fact]
    public void Checkpoints_of_the_second_version_go_on()
    {
        Module<float> whole = Classifier();
        New(whole).Fit(Data(40));
        Saved(epoch: 2);
        Write(new string('0', 64));
        Write(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(Path + ".second"))));

        Module<float> model = Classifier();
        Trainer<float> resumed = New(model);
        resumed.Load(Path + ".second");
        resumed.Fit(Data(40));
        Assert.Equal(Values(whole), Values(model));
        Assert.Contains("shards 1, expected 2", Assert.Throws<InvalidDataException>(
            () => New(Classifier(), Options with { Shards = 2 }).Load(Path + ".second")).Message, StringComparison.Ordinal);

        // What the second version did not have is left out; the rest, its checksum included, is as it was.
        void Write(string checksum)
        {
            using SafetensorsFile file = SafetensorsFile.Open(Path);
            Dictionary<string, string> metadata = file.Metadata
                .Where(m => m.Key is not ("setting: shards" or "completedBatches" or "epochLoss" or "epochCorrect" or "epochRows"))
                .ToDictionary();
            metadata["format"] = "qama checkpoint 2";
            metadata["sha256"] = checksum;
            ParameterStorage.Save(Path + ".second", [.. file.Tensors.Select(Tensor)], metadata);

            NamedParameter<float> Tensor(TensorInfo info)
            {
                var parameter = new Parameter<float>(info.Name, [.. info.Shape.Select(d => (int)d)]);
                file.Read(info.Name, parameter.Value);
                return new(info.Name, parameter);
            }
        }
    }

    [Fact]
    public void A_second_training_with_the_same_optimiser_is_resumed_with_the_same_bits()
    {
        Module<float> whole = Classifier();
        Trainer<float> first = New(whole);
        first.Fit(Data(40));
        first.EpochEnded = epoch => first.Save(epoch == 1 ? Path : Path + ".later");
        first.Fit(Data(50));

        Module<float> model = Classifier();
        Trainer<float> resumed = New(model);
        resumed.Load(Path);
        Assert.Throws<ArgumentException>(() => resumed.Fit(Data(40)));
        resumed.Fit(Data(50));
        Assert.Equal(Values(whole), Values(model));
    }

    [Fact]
    public void Every_setting_that_differs_is_named()
    {
        Saved(epoch: 1);
        Refused("it has epochs 3, expected 4", Options with { Epochs = 4 });
        Refused("batch size 16, expected 17", Options with { BatchSize = 17 });
        Refused("seed 5, expected -5", Options with { Seed = -5 });
        Refused("learning rates 0.001", Options with { LearningRate = LearningRate.Constant(1e-4) });
        Refused("learning rates", Options with { LearningRate = new Dip() });
        Refused("Adam 0.9", Options with { Adam = new AdamOptions { WeightDecay = 0.5 } });
        Refused("clipping", Options with { MaxGradientNorm = 2 });
        Refused("shards 1, expected 2", Options with { Shards = 2 });
        Refused("label smoothing 0, expected 0.25", Options with { LabelSmoothing = 0.25 });
        New(Classifier(), Options with { Threads = 3 }).Load(Path);
        Assert.Contains("element type Single, expected Double", Assert.Throws<InvalidDataException>(
            () => new Trainer<double>(new Linear<double>(new TokenShape(1, 4), 2, 1), Options).Load(Path)).Message, StringComparison.Ordinal);

        void Refused(string message, TrainerOptions options) => Assert.Contains(
            message, Assert.Throws<InvalidDataException>(() => New(Classifier(), options).Load(Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_model_of_the_same_shapes_is_refused_by_what_differs()
    {
        Trainer<float> trainer = New(Model(new LightlyExclusive(seed: 1)));
        trainer.EpochEnded = _ => trainer.Save(Path);
        trainer.Fit(Data(40));
        New(Model(new LightlyExclusive(seed: 1))).Load(Path);
        Refused(nameof(StronglyExclusive), new StronglyExclusive(seed: 1));
        Refused("seed 2", new LightlyExclusive(seed: 2));
        Refused("by tabu search", new LightlyExclusive(seed: 1), new TabuSampler());

        Assert.NotEqual(new Masked(seed: 1).Description.Split('\n')[1..], new WidelyMasked(seed: 1).Description.Split('\n')[1..]);
        Assert.NotEqual(new LightlyExclusive(1).Description.Split('\n')[1..], new StronglyExclusive(1).Description.Split('\n')[1..]);
        Assert.NotEqual(
            new SoftmaxAttention<float>(new TokenShape(4, 6), 2, 3, seed: 1).Description,
            new SoftmaxAttention<float>(new TokenShape(4, 6), 3, 2, seed: 1).Description);

        void Refused(string difference, QuboAttentionLayer<float> layer, ISampler? sampler = null)
        {
            string error = Assert.Throws<InvalidDataException>(() => New(Model(layer, sampler)).Load(Path)).Message;
            Assert.Contains("checkpoint of another training: it has model", error, StringComparison.Ordinal);
            Assert.Contains(difference, error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_truncation_and_every_flipped_bit_is_seen()
    {
        Saved(epoch: 1);
        byte[] whole = File.ReadAllBytes(Path);
        Module<float> model = Classifier();
        Trainer<float> trainer = New(model);
        float[] before = Values(model);
        for (int length = 0; length < whole.Length; length++)
        {
            Refused(whole[..length]);
        }

        for (int place = 0; place < whole.Length; place++)
        {
            byte[] damaged = [.. whole];
            damaged[place] ^= (byte)(1 << (place % 8));
            Refused(damaged);
        }

        Refused([.. whole, 0]);
        Assert.Equal(before, Values(model));
        File.WriteAllBytes(Path, whole);
        trainer.Load(Path);

        void Refused(byte[] content)
        {
            File.WriteAllBytes(Path, content);
            Assert.Throws<InvalidDataException>(() => trainer.Load(Path));
        }
    }

    [Fact]
    public void Checkpoints_of_the_first_version_and_of_later_ones_are_told_apart()
    {
        Write(new() { ["settings"] = "epochs 3, batch size 16", ["completedEpochs"] = "1", ["steps"] = "3" });
        Refused("earlier version");
        Write(new() { ["format"] = "qama checkpoint 4" });
        Refused("'qama checkpoint 4'");
        Write(new() { ["format"] = "qama checkpoint 2" });
        Refused("damaged");
        Write(new() { ["format"] = "qama checkpoint 3" });
        Refused("damaged");
        Write([]);
        Refused("not a checkpoint");

        void Write(Dictionary<string, string> metadata) => ParameterStorage.Save(Path, Classifier().State, metadata);

        void Refused(string message) => Assert.Contains(
            message, Assert.Throws<InvalidDataException>(() => New(Classifier()).Load(Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_of_writers_that_died_are_tidied_up()
    {
        string abandoned = $"{Path}.{Guid.NewGuid():N}.tmp";
        File.WriteAllText(abandoned, "unfinished");
        Saved(epoch: 1);
        Assert.Equal([Path], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void Folders_and_unwritable_places_are_input_output_errors()
    {
        Trainer<float> trainer = New(Classifier());
        Assert.ThrowsAny<IOException>(() => trainer.Load(_folder));
        Assert.ThrowsAny<IOException>(() => trainer.Save(_folder));
        Assert.ThrowsAny<IOException>(() => trainer.Save(System.IO.Path.Combine(_folder, "none", "x")));
        Assert.ThrowsAny<IOException>(() => ParameterStorage.Load(_folder, Classifier().State));
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    private static TrainerOptions Options => new() { Epochs = 3, BatchSize = 16, Seed = 5, Threads = 1 };

    private static Trainer<float> New(Module<float> model, TrainerOptions? options = null) => new(model, options ?? Options);

    private static Sequential<float> Classifier() => new(("Pool", new MeanPooling<float>(_shape)), ("Out", new Linear<float>(new TokenShape(1, 4), 2, seed: 1)));

    private static Sequential<float> Model(QuboAttentionLayer<float> layer, ISampler? sampler = null) => new(
        ("Attention", new Residual<float>(new QuboAttentionModule<float>(layer, sampler ?? new SimulatedAnnealingSampler { Sweeps = 5 }))),
        ("Pool", new MeanPooling<float>(_shape)),
        ("Out", new Linear<float>(new TokenShape(1, 4), 2, seed: 2)));

    private static Dataset<float> Data(int samples, string? change = null)
    {
        var random = new RandomStream(3);
        float[] values = [.. Enumerable.Range(0, samples * 16).Select(_ => (float)random.NextNormal())];
        int[] labels = [.. Enumerable.Range(0, samples).Select(i => i % 3 / 2)];
        switch (change)
        {
            case "value":
                values[^1] = MathF.BitIncrement(values[^1]);
                break;
            case "label":
                labels[^1] ^= 1;
                break;
            case "order":
                (values[0], values[16]) = (values[16], values[0]);
                break;
        }

        return new Dataset<float>(_shape, values, labels);
    }

    private static float[] Values(Module<float> model) => [.. model.State.SelectMany(p => p.Parameter.Value.ToArray())];

    private void Saved(int epoch)
    {
        Trainer<float> trainer = New(Classifier());
        trainer.EpochEnded = e =>
        {
            if (e == epoch)
            {
                trainer.Save(Path);
            }
        };
        trainer.Fit(Data(40));
    }

    /// <summary>A schedule that agrees with the constant one nearly everywhere.</summary>
    private sealed record Dip : LearningRate
    {
        public override double At(long trainingStep, long totalSteps) => trainingStep == 300 ? 1e-4 : 1e-3;
    }
}
