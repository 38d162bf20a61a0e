using FsCheck;
using FsCheck.Fluent;
using Qama.Layers;
using Qama.Numerics;
using Qama.Sampling;
using Qama.Training.Layers;
using Qama.Training.Modules;
using Qama.Training.Optimization;

namespace Qama.Training.Tests;

/// <summary>A batch in shards gives the whole batch's gradient, in an order of sums that nothing but their number decides.</summary>
public class ShardTests
{
    private static readonly TokenShape _shape = new(4, 4);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void One_shard_is_the_literal_training_to_the_bit(bool normalised)
    {
        Dataset<float> data = Data<float>(37);
        TrainerOptions options = Options with { LabelSmoothing = 0.1, MaxGradientNorm = 0.5 };
        Module<float> model = Model(normalised);
        var losses = new List<(int, int, double, double)>();
        new Trainer<float>(model, options) { Progress = p => losses.Add((p.Epoch, p.Batch, p.Loss, p.Accuracy)) }.Fit(data);

        var literalLosses = new List<(int, int, double, double)>();
        Module<float> literal = Model(normalised);
        literal.Allocate(options.BatchSize, 1);
        var optimizer = new Adam<float>(literal.Parameters, options.Adam);
        var random = new RandomStream((ulong)options.Seed);
        var input = new Activations<float>(options.BatchSize, _shape);
        var output = new Activations<float>(options.BatchSize, literal.OutputShape);
        var gradient = new Activations<float>(options.BatchSize, literal.OutputShape);
        var order = new int[data.Count];
        for (int epoch = 0; epoch < options.Epochs; epoch++)
        {
            for (int i = 0; i < order.Length; i++)
            {
                int j = random.NextInt32(i + 1);
                (order[i], order[j]) = (order[j], i);
            }

            double loss = 0;
            double right = 0;
            for (int first = 0; first < order.Length; first += options.BatchSize)
            {
                int[] batch = order[first..Math.Min(first + options.BatchSize, order.Length)];
                for (int s = 0; s < batch.Length; s++)
                {
                    input.Set(s, data.Values(batch[s]));
                }

                foreach (NamedParameter<float> parameter in literal.Parameters)
                {
                    parameter.Parameter.Gradient.Clear();
                }

                literal.Forward(input, output, new BatchInfo(batch.Length, optimizer.Steps + 1, first));
                (double mean, int correct) =
                    SoftmaxCrossEntropy.Compute(output, batch.Select(data.Label).ToArray(), gradient, options.LabelSmoothing);
                loss += mean * batch.Length;
                right += correct;
                int seen = first + batch.Length;
                literalLosses.Add((epoch + 1, first / options.BatchSize + 1, loss / seen, right / seen));
                literal.Backward(input, gradient, null);
                GradientClipping.ClipNorm(literal.Parameters, options.MaxGradientNorm);
                optimizer.Step(1e-3);
            }
        }

        Assert.Equal(Values(literal), Values(model));
        Assert.Equal(literalLosses, losses);
    }

    [Fact]
    public void The_gradient_of_shards_is_that_of_the_whole_batch() => Prop.ForAll(
        Gen.Choose(1, 40).ToArbitrary(), Gen.Choose(1, 17).ToArbitrary(), Gen.Choose(1, 50).ToArbitrary(), (batch, shards, samples) =>
        {
            // A rate so small that parameters stay where they are, and moments that are the gradient itself.
            TrainerOptions options = Options with
            {
                Epochs = 1,
                BatchSize = batch,
                LearningRate = LearningRate.Constant(1e-300),
                Adam = new AdamOptions { Beta1 = 0, Beta2 = 0 },
            };
            Dataset<double> data = Data<double>(samples);
            var whole = new Dictionary<int, double[]>();
            Gradients(options, (step, gradient) => whole[step] = gradient);
            Gradients(options with { Shards = shards }, (step, gradient) => Assert.All(
                whole[step].Zip(gradient), pair => Assert.Equal(pair.First, pair.Second, 1e-12)));

            void Gradients(TrainerOptions settings, Action<int, double[]> seen)
            {
                Module<double> model = DoubleModel();
                var trainer = new Trainer<double>(model, settings);
                trainer.Progress = p => seen(p.Batch, [.. model.Parameters.SelectMany(q => q.Parameter.Gradient.ToArray()), p.Loss, p.Accuracy]);
                trainer.Fit(data);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(7, true)]
    [InlineData(1000, false)]
    public void Shards_give_the_same_bits_for_any_number_of_threads(int shards, bool normalised)
    {
        Assert.Equal(Train(1), Train(2));
        Assert.Equal(Train(1), Train(5));

        float[] Train(int threads)
        {
            Module<float> model = Model(normalised);
            new Trainer<float>(model, Options with { Shards = shards, Threads = threads }).Fit(Data<float>(37));
            return Values(model);
        }
    }

    [Fact]
    public void A_node_is_summed_by_whoever_has_it_with_the_same_bits() => Prop.ForAll(
        Gen.Choose(1, 20).ToArbitrary(), Gen.Choose(1, 24).ToArbitrary(), Gen.Choose(0, 9999).ToArbitrary(), (shards, samples, seed) =>
        {
            int count = Math.Min(shards, samples);
            Dataset<float> data = Data<float>(samples);
            int[] batch = [.. Enumerable.Range(0, samples).Reverse()];
            TrainerOptions options = Options with { BatchSize = samples, Shards = shards };
            Module<float> model = Model(normalised: true);
            (float[] Row, double Loss, int Correct) whole = Pass(model, (0, count));

            // Ranges of shards that several workers may have, cut at random.
            var random = new RandomStream((ulong)seed);
            var sums = new Dictionary<(int, int), (float[] Row, double Loss, int Correct)>();
            for (int first = 0; first < count;)
            {
                int end = first + 1 + random.NextInt32(count - first);
                List<(int First, int End)> cover = ShardTree.Cover(first, end, count);
                Assert.Equal(first, cover[0].First);
                Assert.Equal(end, cover[^1].End);
                Assert.All(cover.Zip(cover.Skip(1)), pair => Assert.Equal(pair.First.End, pair.Second.First));
                foreach ((int First, int End) node in cover)
                {
                    sums[node] = Pass(Model(normalised: true), node);
                }

                first = end;
            }

            (float[] Row, double Loss, int Correct) joined = Join(0, count);
            Assert.Equal(whole.Row, joined.Row);
            Assert.Equal(whole.Loss, joined.Loss);
            Assert.Equal(whole.Correct, joined.Correct);

            (float[] Row, double Loss, int Correct) Join(int first, int end)
            {
                if (sums.TryGetValue((first, end), out (float[] Row, double Loss, int Correct) sum))
                {
                    return sum;
                }

                int left = 1;
                while (left * 2 < end - first)
                {
                    left *= 2;
                }

                (float[] Row, double Loss, int Correct) a = Join(first, first + left);
                (float[] Row, double Loss, int Correct) b = Join(first + left, end);
                return ([.. a.Row.Zip(b.Row, (x, y) => x + y)], a.Loss + b.Loss, a.Correct + b.Correct);
            }

            (float[] Row, double Loss, int Correct) Pass(Module<float> own, (int, int) node)
            {
                var pass = new ShardPass<float>(own, options);
                pass.Prepare(data);
                LossSum sum = pass.Run(data, batch, new BatchInfo(samples, 3, 40), count, node);
                var row = new float[new ShardNumbers<float>(own.Parameters, own.Buffers).Length];
                new ShardNumbers<float>(own.Parameters, own.Buffers).CopyTo(row);
                return (row, sum.Loss, sum.Correct);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    [Fact]
    public void Shards_cover_the_batch_and_differ_by_one_sample_at_most() => Prop.ForAll(
        Gen.Choose(1, 300).ToArbitrary(), Gen.Choose(1, 300).ToArbitrary(), (shards, samples) =>
        {
            int count = Math.Min(shards, samples);
            (int First, int Count)[] all = [.. Enumerable.Range(0, count).Select(s => ShardTree.Samples(s, count, samples))];
            Assert.Equal(0, all[0].First);
            Assert.Equal(samples, all[^1].First + all[^1].Count);
            Assert.All(all.Zip(all.Skip(1)), pair => Assert.Equal(pair.First.First + pair.First.Count, pair.Second.First));
            Assert.InRange(all.Max(s => s.Count) - all.Min(s => s.Count), 0, 1);
            Assert.InRange(all.Min(s => s.Count), 1, samples);
            Assert.Equal(all.Max(s => s.Count), new TrainingPlan(samples, samples, shards, 1).LargestShard);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact]
    public void Running_statistics_become_the_mean_of_what_each_shard_makes_of_those_before()
    {
        Dataset<float> data = Data<float>(11);
        var options = Options with { Epochs = 1, BatchSize = 11, Shards = 3, LearningRate = LearningRate.Constant(1e-30) };
        Module<float> model = Model(normalised: true);
        new Trainer<float>(model, options).Fit(data);

        int[] order = new SampleOrder(11, options.Seed).Of(1).ToArray();
        int[][] shards = [order[..3], order[3..7], order[7..]];
        int[] firsts = [0, 3, 7];
        float[][] own = [.. shards.Zip(firsts, Statistics)];
        float[] mean = [.. Enumerable.Range(0, own[0].Length).Select(i => (own[0][i] + own[1][i] + own[2][i]) / 3)];
        Assert.Equal(mean, model.Buffers.SelectMany(b => b.Parameter.Value.ToArray()));

        float[] Statistics(int[] shard, int first)
        {
            Module<float> fresh = Model(normalised: true);
            fresh.Allocate(shard.Length, 1);
            var input = new Activations<float>(shard.Length, _shape);
            for (int s = 0; s < shard.Length; s++)
            {
                input.Set(s, data.Values(shard[s]));
            }

            fresh.Forward(input, new Activations<float>(shard.Length, fresh.OutputShape), new BatchInfo(shard.Length, 1, first));
            return [.. fresh.Buffers.SelectMany(b => b.Parameter.Value.ToArray())];
        }
    }

    [Fact]
    public void Samplers_see_each_samples_place_in_the_epoch()
    {
        var sampler = new KeyedSampler();
        var model = new Sequential<float>(
            ("Attention", new QuboAttentionModule<float>(new HandwrittenAttention<float>(seed: 1), sampler)),
            ("Pool", new MeanPooling<float>(new TokenShape(5, 6))), ("Out", new Linear<float>(new TokenShape(1, 6), 2, seed: 2)));
        var data = new Dataset<float>(new TokenShape(5, 6), new float[12 * 30], new int[12]);
        new Trainer<float>(model, Options with { Epochs = 1, BatchSize = 10, Shards = 3 }).Fit(data);
        Assert.Equal([(1, 0), (1, 3), (1, 6), (2, 10), (2, 11)], sampler.Keys.Select(k => (k.Step, k.FirstSample)));
    }

    [Fact]
    public void A_shard_that_fails_leaves_no_part_of_its_step_behind()
    {
        // The third shard of the first batch has a sample whose tokens leave the first layer as infinities.
        float[] values = [.. Enumerable.Range(0, 8 * 16).Select(i => (float)Math.Sin(i))];
        var few = new Dataset<float>(_shape, values.AsMemory(0, 32), new int[2]);
        int[] order = new SampleOrder(8, Options.Seed).Of(1).ToArray();
        var bad = new Dataset<float>(_shape, values, new int[8]);
        var options = Options with { Epochs = 1, BatchSize = 8, Shards = 4 };
        Module<float> model = Wide();
        float[] before = Values(model);
        var trainer = new Trainer<float>(model, options);
        values.AsSpan(order[5] * 16, 16).Fill(1e38f);
        Assert.Contains("diverged at step 1", Assert.Throws<InvalidOperationException>(() => trainer.Fit(bad)).Message, StringComparison.Ordinal);
        Assert.Equal(before, Values(model));
        trainer.Fit(few);

        Module<float> other = Wide();
        new Trainer<float>(other, options).Fit(few);
        Assert.Equal(Values(other), Values(model));

        static Module<float> Wide()
        {
            Module<float> model = Model(normalised: true);
            model.Parameters[0].Parameter.Value.Fill(10);
            return model;
        }
    }

    [Fact]
    public void Steps_in_shards_allocate_nothing_after_the_first()
    {
        // Without a sampler: those share memory with tests that run at the same time.
        var trainer = new Trainer<double>(DoubleModel(), Options with { Epochs = 3, Shards = 7 });
        var allocated = new List<long>(64);
        long last = 0;
        trainer.Progress = _ =>
        {
            long now = GC.GetAllocatedBytesForCurrentThread();
            allocated.Add(now - last);
            last = now;
        };
        trainer.Fit(Data<double>(37));
        Assert.All(allocated[2..], bytes => Assert.Equal(0, bytes));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Fewer_shards_than_one_are_refused(int shards) => Assert.Contains(
        "Shards of at least 1", Assert.Throws<ArgumentException>(
            () => new Trainer<float>(Model(false), Options with { Shards = shards })).Message, StringComparison.Ordinal);

    private static TrainerOptions Options => new() { Epochs = 2, BatchSize = 10, Seed = 5, Threads = 1 };

    private static Sequential<float> Model(bool normalised) => new(
        ("In", new Linear<float>(_shape, 4, seed: 3)),
        ("Attention", new Residual<float>(new QuboAttentionModule<float>(
            normalised ? new NormalisedTokens(seed: 1) : new LightlyExclusive(seed: 1), new SimulatedAnnealingSampler { Sweeps = 5 }))),
        ("Pool", new MeanPooling<float>(_shape)),
        ("Out", new Linear<float>(new TokenShape(1, 4), 2, seed: 2)));

    private static Sequential<double> DoubleModel()
    {
        var tokens = new TokenShape(4, 6);
        return new(
            ("In", new Linear<double>(_shape, 6, seed: 3)),
            ("Attention", new Residual<double>(new SoftmaxAttention<double>(tokens, heads: 2, headDim: 3, seed: 1))),
            ("Norm", new LayerNormalization<double>(tokens)),
            ("Pool", new MeanPooling<double>(tokens)),
            ("Out", new Linear<double>(new TokenShape(1, 6), 2, seed: 2)));
    }

    private static Dataset<T> Data<T>(int samples)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        var random = new RandomStream(3);
        T[] values = [.. Enumerable.Range(0, samples * 16).Select(_ => T.CreateTruncating(random.NextNormal()))];
        return new Dataset<T>(_shape, values, Enumerable.Range(0, samples).Select(i => i % 3 / 2).ToArray());
    }

    private static float[] Values(Module<float> model) => [.. model.State.SelectMany(p => p.Parameter.Value.ToArray())];
}
