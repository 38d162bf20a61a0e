using FsCheck;
using FsCheck.Fluent;
using Qama.Numerics;
using Qama.Training.Layers;
using Qama.Training.Modules;
using Qama.Training.Optimization;
using Qama.Training.Storage;

namespace Qama.Training.Tests;

/// <summary>Trainings with a label for each of several rows, some rows without: all labelled rows of a batch count
/// alike.</summary>
public sealed class RowTrainingTests : IDisposable
{
    private const int Tokens = 6, Vocabulary = 5;
    private readonly string _folder = Directory.CreateTempSubdirectory("qama").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_causal_model_learns_to_repeat_the_token_before_the_last()
    {
        var trainer = new Trainer<float>(Model<float>(), Options with { Epochs = 30, LearningRate = LearningRate.Cosine(1e-2) });
        trainer.Fit(Data<float>(200, 1));
        EvaluationResult result = trainer.Evaluate(Data<float>(100, 2));
        Assert.True(result is { Accuracy: > 0.99, Loss: < 0.1 }, $"{result}");
    }

    [Fact]
    public void Steps_are_those_of_a_training_written_out()
    {
        Dataset<double> data = Data<double>(23, 3);
        Sequential<double> model = Model<double>(), literal = Model<double>();
        var seen = new List<(double, double)>();
        new Trainer<double>(model, Options) { Progress = p => seen.Add((p.Loss, p.Accuracy)) }.Fit(data);

        literal.Allocate(Options.BatchSize, 1);
        var adam = new Adam<double>(literal.Parameters);
        Activations<double> input = new(Options.BatchSize, literal.InputShape), output = new(Options.BatchSize, literal.OutputShape);
        var gradient = new Activations<double>(Options.BatchSize, literal.OutputShape);
        var order = new SampleOrder(data.Count, Options.Seed);
        var expected = new List<(double, double)>();
        for (int epoch = 1; epoch <= Options.Epochs; epoch++)
        {
            (double loss, double correct, double rows) = (0, 0, 0);
            foreach (int[] batch in order.Of(epoch).ToArray().Chunk(Options.BatchSize))
            {
                for (int s = 0; s < batch.Length; s++)
                {
                    input.Set(s, data.Values(batch[s]));
                }

                NamedParameter<double>.ZeroGradients(literal.Parameters);
                literal.Forward(input, output, new BatchInfo(batch.Length));
                int labelled = batch.Sum(s => data.Labels(s).ToArray().Count(l => l >= 0));
                for (int s = 0; s < batch.Length; s++)
                {
                    for (int r = 0; r < Tokens; r++)
                    {
                        int label = data.Labels(batch[s])[r];
                        double[] z = output.Row(s, r).ToArray();
                        double sum = z.Sum(Math.Exp);
                        for (int c = 0; c < Vocabulary; c++)
                        {
                            gradient.Row(s, r)[c] = label < 0 ? 0 : (Math.Exp(z[c]) / sum - (c == label ? 1 : 0)) / labelled;
                        }

                        loss -= label < 0 ? 0 : Math.Log(Math.Exp(z[label]) / sum);
                        correct += label >= 0 && Array.IndexOf(z, z.Max()) == label ? 1 : 0;
                    }
                }

                rows += labelled;
                expected.Add((loss / rows, correct / rows));
                literal.Backward(input, gradient, null);
                adam.Step(1e-3);
            }
        }

        Near(Values(literal), Values(model), 1e-10);
        Near([.. expected.SelectMany(e => new[] { e.Item1, e.Item2 })], [.. seen.SelectMany(e => new[] { e.Item1, e.Item2 })], 1e-10);
    }

    [Fact]
    public void Shards_whose_samples_have_few_labels_or_many_give_the_whole_batchs_gradient() => Prop.ForAll(
        Gen.Choose(1, 20).ToArbitrary(), Gen.Choose(2, 9).ToArbitrary(), Gen.Choose(1, 25).ToArbitrary(), (batch, shards, samples) =>
        {
            TrainerOptions options = Options with { Epochs = 1, BatchSize = batch };
            Sequential<double> whole = Model<double>(), parts = Model<double>();
            Dataset<double> data = Data<double>(samples, 4);
            List<double> expected = Fit(whole, options), actual = Fit(parts, options with { Shards = shards });
            Near([.. expected], [.. actual], 1e-10);
            Near(Values(whole), Values(parts), 1e-9);

            List<double> Fit(Module<double> model, TrainerOptions settings)
            {
                var seen = new List<double>();
                new Trainer<double>(model, settings) { Progress = p => seen.AddRange([p.Loss, p.Accuracy, p.GradientNorm]) }.Fit(data);
                return seen;
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(30));

    [Fact]
    public void Evaluation_is_the_mean_over_labelled_rows_whatever_the_batch_size()
    {
        Dataset<float> data = Data<float>(50, 5);
        EvaluationResult large = new Trainer<float>(Model<float>(), Options with { BatchSize = 50 }).Evaluate(data);
        EvaluationResult small = new Trainer<float>(Model<float>(), Options with { BatchSize = 3 }).Evaluate(data);
        Assert.Equal(large.Loss, small.Loss, 1e-12);
        Assert.Equal(large.Accuracy, small.Accuracy);
        double rows = Enumerable.Range(0, 50).Sum(s => data.Labels(s).ToArray().Count(l => l >= 0));
        Assert.Equal(Math.Round(large.Accuracy * rows), large.Accuracy * rows, 1e-9);
    }

    [Fact]
    public void Bits_do_not_depend_on_threads()
    {
        Assert.Equal(Train(1), Train(2));
        Assert.Equal(Train(1), Train(5));

        static double[] Train(int threads)
        {
            Sequential<float> model = Model<float>();
            new Trainer<float>(model, Options with { Threads = threads, Shards = 2 }).Fit(Data<float>(30, 6));
            return Values(model);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void A_training_saved_within_an_epoch_goes_on_with_the_same_numbers(int step)
    {
        string path = Path.Combine(_folder, "training.safetensors");
        Dataset<float> data = Data<float>(40, 7);
        var expected = new List<TrainingProgress>();
        Sequential<float> whole = Model<float>(), resumed = Model<float>();
        var first = new Trainer<float>(whole, Options);
        first.Progress = p =>
        {
            expected.Add(p with { TimeLeft = default });
            if (expected.Count == step)
            {
                first.Save(path);
            }
        };
        first.Fit(data);
        var actual = new List<TrainingProgress>();
        var second = new Trainer<float>(resumed, Options) { Progress = p => actual.Add(p with { TimeLeft = default }) };
        second.Load(path);
        second.Fit(data);
        Assert.Equal(Values(whole), Values(resumed));
        Assert.Equal(expected[step..], actual);
    }

    [Fact]
    public void A_checkpoint_of_before_there_were_rows_goes_on_with_the_same_numbers()
    {
        string path = Path.Combine(_folder, "training.safetensors");
        Sequential<float> Classifier() => new(("Out", new Linear<float>(new TokenShape(1, 4), 3, seed: 1)));
        float[] values = [.. Enumerable.Range(0, 160).Select(i => (float)Math.Sin(i * i))];
        var data = new Dataset<float>(new TokenShape(1, 4), values, Enumerable.Range(0, 40).Select(i => i % 3).ToArray());
        var expected = new List<TrainingProgress>();
        var first = new Trainer<float>(Classifier(), Options);
        first.Progress = p =>
        {
            expected.Add(p with { TimeLeft = default });
            if (expected.Count == 3)
            {
                first.Save(path);
            }
        };
        first.Fit(data);

        // Without what older files do not have; the checksum is over the file with zeros in its place.
        Rewrite(new string('0', 64), "old");
        Rewrite(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path + ".old"))), "old");
        var actual = new List<TrainingProgress>();
        var second = new Trainer<float>(Classifier(), Options) { Progress = p => actual.Add(p with { TimeLeft = default }) };
        second.Load(path + ".old");
        second.Fit(data);
        Assert.Equal(expected[3..], actual);

        void Rewrite(string checksum, string extension)
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            Dictionary<string, string> metadata = file.Metadata.Where(m => m.Key != "epochRows").ToDictionary();
            metadata["sha256"] = checksum;
            NamedParameter<float>[] tensors = [.. file.Tensors.Select(t => new NamedParameter<float>(
                t.Name, new Qama.Layers.Parameter<float>(t.Name, [.. t.Shape.Select(d => (int)d)])))];
            foreach (NamedParameter<float> tensor in tensors)
            {
                file.Read(tensor.Name, tensor.Parameter.Value);
            }

            ParameterStorage.Save($"{path}.{extension}", tensors, metadata);
        }
    }

    [Fact]
    public void Data_that_do_not_fit_are_refused_by_name()
    {
        var trainer = new Trainer<float>(Model<float>(), Options);
        var shape = new TokenShape(Tokens, 1);
        string message = Assert.Throws<ArgumentException>("data", () => trainer.Fit(new Dataset<float>(shape, new float[6], new int[1]))).Message;
        Assert.Contains("Expected 6 labels per sample, one for each row of the model's output [6, 5], got 1.", message, StringComparison.Ordinal);
        int[] large = [0, 0, 5, 0, 0, 0], none = [-1, -1, -1, -1, -1, -1], low = [0, 0, -2, 0, 0, 0];
        message = Assert.Throws<ArgumentException>("data", () => trainer.Fit(new Dataset<float>(shape, Tokens, new float[6], large))).Message;
        Assert.Contains("Sample 0: expected a label in 0..4, got 5", message, StringComparison.Ordinal);
        message = Assert.Throws<ArgumentException>("labels", () => new Dataset<float>(shape, Tokens, new float[6], none)).Message;
        Assert.Contains("Sample 0: expected a row with a label", message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>("labels", () => new Dataset<float>(shape, Tokens, new float[6], low));
        Assert.Throws<ArgumentException>("values", () => new Dataset<float>(shape, Tokens, new float[6], new int[7]));
        Assert.Throws<ArgumentException>("values", () => new Dataset<float>(shape, Tokens, new float[5], new int[6]));
        Assert.Throws<ArgumentException>("values", () => new Dataset<float>(shape, Tokens, Array.Empty<float>(), Array.Empty<int>()));
        Assert.Throws<ArgumentOutOfRangeException>("labelRows", () => new Dataset<float>(shape, 0, new float[6], new int[6]));
        Assert.Throws<ArgumentOutOfRangeException>("labels", () => new Dataset<float>(shape, new float[6], new[] { -1 }));
    }

    [Fact]
    public void Labels_are_part_of_what_tells_data_from_others()
    {
        int[] labels = [0, 1, 2, 3, 4, 0], others = [0, 1, 2, 3, -1, 0];
        var shape = new TokenShape(Tokens, 1);
        DataFingerprint first = DataFingerprint.Of(new Dataset<float>(shape, Tokens, new float[6], labels));
        Assert.NotEqual(first, DataFingerprint.Of(new Dataset<float>(shape, Tokens, new float[6], others)));
        Assert.Equal(first, DataFingerprint.Of(new Dataset<float>(shape, Tokens, new float[6], (int[])labels.Clone())));
    }

    private static TrainerOptions Options => new() { Epochs = 2, BatchSize = 8, Seed = 5, Threads = 1 };

    private static Sequential<T> Model<T>()
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        var shape = new TokenShape(Tokens, 12);
        return new(
            ("Embedding", new TokenEmbedding<T>(Vocabulary, Tokens, 12, seed: 1)),
            ("Position", PositionalEmbedding<T>.Learned(shape, seed: 2)),
            ("Attention", new Residual<T>(new SoftmaxAttention<T>(shape, heads: 2, headDim: 6, seed: 3, causal: true))),
            ("Out", new Linear<T>(shape, Vocabulary, seed: 4)));
    }

    /// <summary>The label of a token is the token before it; the first has none, nor has every third of the others.</summary>
    private static Dataset<T> Data<T>(int samples, ulong seed)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        var random = new RandomStream(seed);
        int[] ids = [.. Enumerable.Range(0, samples * Tokens).Select(_ => random.NextInt32(Vocabulary))];
        int[] labels = [.. ids.Select((_, i) => i % Tokens == 0 || (i % Tokens > 1 && random.NextInt32(3) == 0) ? -1 : ids[i - 1])];
        return new Dataset<T>(new TokenShape(Tokens, 1), Tokens, ids.Select(T.CreateTruncating).ToArray(), labels);
    }

    private static double[] Values<T>(Module<T> model)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T> =>
        [.. model.Parameters.SelectMany(p => p.Parameter.Value.ToArray()).Select(double.CreateTruncating)];

    private static void Near(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, tolerance));
    }
}
