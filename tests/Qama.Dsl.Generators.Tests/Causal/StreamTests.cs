using Qama.Generators.Tests.Harness;
using Qama.Layers;
using Qama.Problems;
using Qama.Sampling;
using Qama.Tests;

namespace Qama.Generators.Tests.Causal;

/// <summary>Sequences that come token by token have the outputs of a pass, saved and restored ones too.</summary>
public sealed class StreamTests
{
    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, CausalOperator.All.Count)];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void A_stream_has_the_bits_of_a_pass_however_it_comes(int number)
    {
        CausalOperator declared = CausalOperator.All[number];
        var run = new CausalCase<float>(declared) { Sampler = new SimulatedAnnealingSampler { Sweeps = 4, Threads = 1 } };
        float[] whole = run.Forward();
        int width = declared.Shape.Width, dim = declared.Shape.OutputDim, length = declared.Shape.Tokens * width;
        var random = new Random(number);
        for (int b = 0; b < run.Counts.Length; b++)
        {
            float[][] inputs = [.. run.Input.Select(values => values[(b * length)..((b + 1) * length)].Select(x => (float)x).ToArray())];
            TokenStream<float> stream = run.Layer.CreateStream(run.Sampler, run.Workspace.Key with { FirstSample = b });
            var output = new float[run.Counts[b] * dim];
            while (stream.Count < run.Counts[b])
            {
                int first = stream.Count, count = random.Next(Math.Min(run.Counts[b] - first, random.Next(2) == 0 ? 1 : 20) + 1);
                (int from, int to) = (first * width, (first + count) * width);
                stream.Append(
                    inputs[0].AsSpan(from..to), inputs[1].AsSpan(from..to), inputs[2].AsSpan(from..to),
                    output.AsSpan(first * dim, count * dim));
                if (random.Next(3) == 0)
                {
                    stream = Saved(run.Layer, stream, run.Sampler);
                }
            }

            Assert.Equal(whole[(b * declared.Shape.Tokens * dim)..][..output.Length], output);
        }
    }

    [Fact]
    public async Task A_sequence_longer_than_declared_goes_on_with_a_memory_and_ends_without()
    {
        using LoadedAssembly loaded = Load();
        var kept = loaded.Create<QuboAttentionLayer<float>>("Kept", 3L);
        TokenStream<float> stream = kept.CreateStream(new SimulatedAnnealingSampler { Sweeps = 3, Threads = 1 });
        float[] token = new float[6], output = new float[6];
        var random = new Random(5);
        for (int t = 0; t < 100; t++)
        {
            Fill(random, token);
            await stream.AppendAsync(token, output);
            Assert.All(output, y => Assert.True(float.IsFinite(y)));
        }

        Assert.Equal(100, stream.Count);
        TokenStream<float> other = loaded.Create<QuboAttentionLayer<float>>("Staying", 3L).CreateStream(new ExactSampler());
        other.Append(new float[8 * 6], new float[8 * 6]);
        var none = Assert.Throws<ArgumentException>(() => other.Append(token, output));
        Assert.Contains("at most 0 tokens", none.Message, StringComparison.Ordinal);
        Assert.Equal(8, other.Count);
    }

    [Fact]
    public void Appending_allocates_nothing()
    {
        using LoadedAssembly loaded = Load();
        TokenStream<float> stream = loaded.Create<QuboAttentionLayer<float>>("Kept", 3L)
            .CreateStream(new SimulatedAnnealingSampler { Sweeps = 3, Threads = 1 });
        float[] token = new float[6], output = new float[6];
        var random = new Random(5);
        Append(64);
        Allocations.AssertNone(() => Append(1024));

        void Append(int tokens)
        {
            for (int t = 0; t < tokens; t++)
            {
                Fill(random, token);
                stream.Append(token, output);
            }
        }
    }

    [Fact]
    public void What_cannot_be_appended_changes_nothing()
    {
        using LoadedAssembly loaded = Load();
        var layer = loaded.Create<QuboAttentionLayer<float>>("Kept", 3L);
        var sampler = new Failing(new SimulatedAnnealingSampler { Sweeps = 3, Threads = 1 });
        TokenStream<float> stream = layer.CreateStream(sampler), straight = layer.CreateStream(sampler);
        var random = new Random(1);
        float[] input = new float[6 * 11], expected = new float[6 * 11], output = new float[6 * 11];
        Fill(random, input);
        straight.Append(input, expected);
        stream.Append(input.AsSpan(0, 12), output.AsSpan(0, 12));
        Refused(() => stream.Append(new float[5], new float[6]), "multiple of 6");
        Refused(() => stream.Append(new float[6], new float[7]), "output of 1 x 6");
        Refused(() => stream.Append([0, 0, 0, 0, 0, 0, 0, float.NaN, 0, 0, 0, 0], new float[12]), "token 1");
        Refused(() => stream.Append(new float[6], new float[6], new float[12], new float[6]), "equal length");
        Assert.Equal(2, stream.Count);

        // A selection that fails is made at the next call.
        sampler.Fails = true;
        Assert.Throws<TimeoutException>(() => stream.Append(input.AsSpan(12, 30), output.AsSpan(12, 30)));
        Assert.Equal(3, stream.Count);
        Assert.Throws<TimeoutException>(() => stream.Append([], []));
        sampler.Fails = false;
        stream = Saved(layer, stream, sampler);
        stream.Append(input.AsSpan(18), output.AsSpan(18));
        Assert.Equal(expected, output);

        static void Refused(Action action, string expected) =>
            Assert.Contains(expected, Assert.Throws<ArgumentException>(action).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_saved_stream_is_checked()
    {
        using LoadedAssembly loaded = Load();
        var layer = loaded.Create<QuboAttentionLayer<float>>("Kept", 3L);
        TokenStream<float> stream = layer.CreateStream(new ExactSampler());
        float[] input = new float[6 * 7];
        Fill(new Random(2), input);
        stream.Append(input, new float[6 * 7]);
        using var file = new MemoryStream();
        stream.Save(file);
        byte[] saved = file.ToArray();
        Assert.True(saved.Length > sizeof(float) * layer.Model.StateLength);
        Refused(layer, [], "begin like one");
        Refused(layer, saved[..7], "begin like one");
        Refused(layer, saved[..20], "cut off");
        Refused(layer, saved[..^1], $"expected {saved.Length} bytes, got {saved.Length - 1}");
        for (int at = 0; at < saved.Length; at += 1 + (saved.Length / 50))
        {
            byte[] damaged = [.. saved];
            damaged[at] ^= 4;
            Refused(layer, damaged, "stream");
        }

        byte[] later = [.. saved];
        later[8] = 2;
        Refused(layer, later, "version 2");
        Refused(loaded.Create<QuboAttentionLayer<float>>("Kept", 4L), saved, "another layer");
        Refused(loaded.Create<QuboAttentionLayer<float>>("Staying", 3L), saved, "another layer");
        layer.Parameters[0].Value[0] += 1;
        Refused(layer, saved, "parameters have changed");

        Assert.Throws<NotSupportedException>(() => loaded.Create<QuboAttentionLayer<float>>("Whole", 1L).CreateStream(new ExactSampler()));
        Assert.Throws<ArgumentNullException>(() => layer.CreateStream(null!));

        static void Refused(QuboAttentionLayer<float> layer, byte[] file, string expected) => Assert.Contains(
            expected, Assert.Throws<InvalidDataException>(() => layer.RestoreStream(new MemoryStream(file), new ExactSampler())).Message,
            StringComparison.Ordinal);
    }

    private static TokenStream<float> Saved(QuboAttentionLayer<float> layer, TokenStream<float> stream, ISampler sampler)
    {
        using var file = new MemoryStream();
        stream.Save(file);
        file.Position = 0;
        return layer.RestoreStream(file, sampler);
    }

    private static void Fill(Random random, float[] values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)((2 * random.NextDouble()) - 1);
        }
    }

    private static LoadedAssembly Load() => CausalCase<float>.Load(["""
        using Qama;
        [QuboAttention(Tokens = 8, EmbeddingDim = 6), Heads(2), Readout(ReadoutKind.SelectedAttention)]
        [Select(Per = SelectionScope.Causal, Block = 3, Memory = 4), LongRange(MinDistance = 2, Weight = 0.1)]
        [Field(Importance.ValueProjection)]
        partial class Kept;
        [QuboAttention(Tokens = 8, EmbeddingDim = 6), Heads(2), Select(Per = SelectionScope.Causal, Block = 3)]
        partial class Staying;
        [QuboAttention(Tokens = 8, EmbeddingDim = 6), Heads(2)]
        partial class Whole;
        """]);

    private sealed class Failing(ISampler sampler) : ISampler
    {
        public string Name => sampler.Name;

        public bool Fails { get; set; }

        public ValueTask SampleAsync(
            ProblemBatch problems, SampleSet result, SamplingKey key, CancellationToken cancellationToken = default) =>
            Fails ? throw new TimeoutException() : sampler.SampleAsync(problems, result, key, cancellationToken);
    }
}
