using Qama.Numerics;
using Qama.Sampling;
using Qama.Training.Layers;
using Qama.Training.Modules;
using Qama.Training.Optimization;
using Qama.Training.Storage;

namespace Qama.Training.Tests;

public class TrainerTests
{
    private static readonly TokenShape _shape = new(5, 6);

    [Fact]
    public void Softmax_attention_learns_a_separable_toy_set()
    {
        var trainer = new Trainer<float>(Model(qubo: false), Options(threads: 2) with { Epochs = 30 });
        trainer.Fit(Toy(256, seed: 1));
        Assert.True(trainer.Evaluate(Toy(200, seed: 2)).Accuracy > 0.97);
    }

    [Fact]
    public void Qubo_attention_learns_a_separable_toy_set_even_with_random_selections()
    {
        var trainer = new Trainer<float>(Model(qubo: true), Options(threads: 2) with { Epochs = 40 });
        trainer.Fit(Toy(256, seed: 1));
        Assert.True(trainer.Evaluate(Toy(200, seed: 2)).Accuracy > 0.9);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Training_gives_the_same_bits_for_any_number_of_threads(bool qubo)
    {
        Assert.Equal(Train(threads: 1), Train(threads: 2));
        Assert.Equal(Train(threads: 1), Train(threads: 5));

        float[] Train(int threads)
        {
            Module<float> model = Model(qubo);
            new Trainer<float>(model, Options(threads)).Fit(Toy(100, seed: 3));
            return [.. model.Parameters.SelectMany(p => p.Parameter.Value.ToArray())];
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Evaluation_does_not_depend_on_the_batch_size(bool qubo)
    {
        Dataset<float> data = Toy(50, seed: 4);
        EvaluationResult large = new Trainer<float>(Model(qubo), Options(1) with { BatchSize = 64 }).Evaluate(data);
        EvaluationResult small = new Trainer<float>(Model(qubo), Options(1) with { BatchSize = 7 }).Evaluate(data);
        Assert.Equal(large.Accuracy, small.Accuracy);
        Assert.Equal(large.Loss, small.Loss, 1e-12);
    }

    [Theory]
    [InlineData(false)]
    public void Steps_allocate_nothing_after_the_first(bool qubo)
    {
        var trainer = new Trainer<float>(Model(qubo), Options(threads: 1) with { Epochs = 3 });
        var allocated = new List<long>(64);
        long last = 0;
        trainer.Progress = _ =>
        {
            long now = GC.GetAllocatedBytesForCurrentThread();
            allocated.Add(now - last);
            last = now;
        };
        trainer.Fit(Toy(96, seed: 5));
        Assert.Equal(9, allocated.Count);
        Assert.All(allocated[2..], bytes => Assert.Equal(0, bytes));
    }

    [Fact]
    public void Progress_tells_where_the_training_stands()
    {
        var seen = new List<TrainingProgress>();
        var trainer = new Trainer<float>(Model(qubo: false), Options(threads: 1) with { Epochs = 2 }) { Progress = seen.Add };
        trainer.Fit(Toy(70, seed: 6));
        Assert.Equal([(1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3)], seen.Select(p => (p.Epoch, p.Batch)));
        Assert.All(seen, p => Assert.True(p.Batches == 3 && p.Epochs == 2 && p.Loss > 0 && p.GradientNorm > 0));
        Assert.Equal(TimeSpan.Zero, seen[^1].TimeLeft);
    }

    [Fact]
    public void Every_training_step_has_its_own_sampling_key_and_evaluation_counts_samples()
    {
        var sampler = new KeyedSampler();
        var trainer = new Trainer<float>(Model(sampler), Options(threads: 1) with { Epochs = 2 });
        trainer.Fit(Toy(70, seed: 7));
        Assert.Equal([1, 2, 3, 4, 5, 6], sampler.Keys.Select(k => k.Step));
        Assert.Equal([0, 32, 64, 0, 32, 64], sampler.Keys.Select(k => k.FirstSample));
        sampler.Keys.Clear();
        trainer.Evaluate(Toy(70, seed: 7));
        Assert.Equal([(0, 0), (0, 32), (0, 64)], sampler.Keys.Select(k => (k.Step, k.FirstSample)));
    }

    [Fact]
    public void Every_epoch_visits_every_sample_once_in_a_new_order()
    {
        var seen = new RecordingModule();
        var labels = new int[20];
        float[] values = [.. Enumerable.Range(0, 20).Select(i => (float)i)];
        new Trainer<float>(seen, new TrainerOptions { Epochs = 2, BatchSize = 8, Seed = 3, Threads = 1 })
            .Fit(new Dataset<float>(new TokenShape(1, 1), values, labels));
        Assert.Equal(values, seen.Inputs[..20].Order());
        Assert.Equal(values, seen.Inputs[20..].Order());
        Assert.NotEqual(seen.Inputs[..20], seen.Inputs[20..]);
        Assert.NotEqual(values, seen.Inputs[..20]);
    }

    [Fact]
    public void A_training_that_diverges_stops_with_a_clear_message()
    {
        var data = new Dataset<float>(new TokenShape(1, 1), new[] { float.MaxValue, -float.MaxValue }, new[] { 0, 1 });
        var model = new Linear<float>(new TokenShape(1, 1), 2, seed: 1);
        model.Weight.Value.Fill(1e10f);
        var error = Assert.Throws<InvalidOperationException>(() => new Trainer<float>(model).Fit(data));
        Assert.Contains("step 1", error.Message, StringComparison.Ordinal);
        Assert.Equal(1e10f, model.Weight.Value[0]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_training_that_was_interrupted_ends_with_the_bits_of_one_that_was_not(bool qubo)
    {
        string path = Path.GetTempFileName();
        try
        {
            Dataset<float> data = Toy(100, seed: 9);
            Module<float> whole = Model(qubo);
            new Trainer<float>(whole, Options(1)).Fit(data);

            var interrupted = new Trainer<float>(Model(qubo), Options(1));
            using var stop = new CancellationTokenSource();
            interrupted.EpochEnded = epoch =>
            {
                if (epoch == 2)
                {
                    interrupted.Save(path);
                    stop.Cancel();
                }
            };
            Assert.Throws<OperationCanceledException>(() => interrupted.Fit(data, stop.Token));

            Module<float> model = Model(qubo);
            var resumed = new Trainer<float>(model, Options(2));
            resumed.Load(path);
            Assert.Equal(2, resumed.CompletedEpochs);
            var epochs = new List<int>();
            resumed.EpochEnded = epochs.Add;
            resumed.Fit(data);
            Assert.Equal([3], epochs);
            Assert.Equal(Values(whole), Values(model));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_checkpoint_of_another_training_or_a_damaged_one_is_refused_and_changes_nothing()
    {
        string path = Path.GetTempFileName();
        try
        {
            var first = new Trainer<float>(Model(false), Options(1));
            first.EpochEnded = epoch => first.Save(path);
            first.Fit(Toy(40, seed: 9));
            Module<float> model = Model(false);
            float[] before = Values(model);
            var error = Assert.Throws<InvalidDataException>(() => new Trainer<float>(model, Options(1) with { Seed = 1 }).Load(path));
            Assert.Contains("seed 8", error.Message, StringComparison.Ordinal);
            byte[] bytes = File.ReadAllBytes(path);
            File.WriteAllBytes(path, bytes[..^4]);
            Assert.Throws<InvalidDataException>(() => new Trainer<float>(model, Options(1)).Load(path));
            ParameterStorage.Save(path, model.State);
            error = Assert.Throws<InvalidDataException>(() => new Trainer<float>(model, Options(1)).Load(path));
            Assert.Contains("not a checkpoint", error.Message, StringComparison.Ordinal);
            Assert.Equal(before, Values(model));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static float[] Values(Module<float> model) => [.. model.State.SelectMany(p => p.Parameter.Value.ToArray())];

    [Fact]
    public void Wrong_settings_and_data_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new Trainer<float>(Model(false), Options(1) with { Epochs = 0 }));
        Assert.Throws<ArgumentException>(() => new Trainer<float>(Model(false), Options(1) with { MaxGradientNorm = double.NaN }));
        var trainer = new Trainer<float>(Model(false), Options(1));
        Assert.Throws<ArgumentException>(() => trainer.Fit(new Dataset<float>(new TokenShape(1, 1), new float[1], new int[1])));
        Assert.Throws<ArgumentException>(() => new Dataset<float>(_shape, new float[29], new int[1]));
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => trainer.Fit(Toy(10, seed: 1), cancelled.Token));
    }

    private static TrainerOptions Options(int threads) => new()
    {
        Epochs = 3, BatchSize = 32, LearningRate = LearningRate.Cosine(5e-3), MaxGradientNorm = 1, Seed = 8, Threads = threads,
    };

    private static Sequential<float> Model(bool qubo) => qubo ? Model(new KeyedSampler()) : Model((ISampler?)null);

    private static Sequential<float> Model(ISampler? sampler)
    {
        Module<float> attention = sampler is null
            ? new SoftmaxAttention<float>(_shape, heads: 2, headDim: 3, seed: 1)
            : new QuboAttentionModule<float>(new HandwrittenAttention<float>(seed: 1), sampler);
        return new Sequential<float>(
            ("Embedding", new Linear<float>(_shape, _shape.Width, seed: 2)),
            ("Position", PositionalEmbedding<float>.Learned(_shape, seed: 3)),
            ("Attention", new Residual<float>(attention)),
            ("FeedForward", new Residual<float>(new FeedForward<float>(_shape, 16, seed: 4))),
            ("Pool", new MeanPooling<float>(_shape)),
            ("Head", new Linear<float>(_shape with { Tokens = 1 }, 3, seed: 5)));
    }

    /// <summary>Three classes: which feature is raised in one of the tokens.</summary>
    private static Dataset<float> Toy(int count, ulong seed)
    {
        var random = new RandomStream(seed);
        var values = new float[count * 30];
        var labels = new int[count];
        for (int s = 0; s < count; s++)
        {
            labels[s] = random.NextInt32(3);
            for (int i = 0; i < 30; i++)
            {
                values[s * 30 + i] = 0.3f * (float)random.NextNormal();
            }

            values[s * 30 + 6 * random.NextInt32(5) + labels[s]] += 4;
        }

        return new Dataset<float>(_shape, values, labels);
    }

    private sealed class RecordingModule() : SampleModule<float>(new TokenShape(1, 1), new TokenShape(1, 2))
    {
        public List<float> Inputs { get; } = [];

        protected override void ForwardSample(int sample, ReadOnlySpan<float> input, Span<float> output, Span<float> scratch) =>
            Inputs.Add(input[0]);

        protected override void BackwardSample(
            int sample, ReadOnlySpan<float> input, ReadOnlySpan<float> outputGradient, Span<float> inputGradient, Span<float> scratch)
        {
        }
    }
}
