using System.IO.Compression;
using Qama.Examples.Language;
using Qama.Layers;
using Qama.Training;
using Qama.Training.Modules;
using LanguageExperiment = Qama.Examples.Language.Experiment;
using LanguageRun = Qama.Examples.Language.RunResult;
using LanguageSettings = Qama.Examples.Language.Settings;
using LanguageVariant = Qama.Examples.Language.Variant;

namespace Qama.Examples.Tests;

/// <summary>The language example: its data, models that must not see what comes, whole runs, texts that it writes, its
/// page.</summary>
public sealed class LanguageTests : IDisposable
{
    private const int Tokens = 64;
    private static readonly string _text = string.Concat(Enumerable.Range(0, 400).Select(i => $"line {i * i % 97} of a play.\n"));
    private readonly string _folder = Directory.CreateTempSubdirectory("qama").FullName;

    public static TheoryData<string, int> Variants
    {
        get
        {
            var all = new TheoryData<string, int>();
            foreach (int tokens in LanguageVariant.Tokens)
            {
                // Of long windows what is written out again for them: a preset is not, and takes a second.
                foreach (LanguageVariant variant in LanguageVariant.Of(tokens).Where(
                    v => tokens == Tokens || (v.Declared is not null && v.Name != "boltzmann")))
                {
                    all.Add(variant.Name, tokens);
                }
            }

            return all;
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_text_is_read_plain_or_gzipped_and_split_nine_to_one()
    {
        string plain = Path.Combine(_folder, "text.txt"), zipped = Path.Combine(_folder, "text.txt.gz");
        File.WriteAllText(plain, _text);
        using (var stream = new GZipStream(File.Create(zipped), CompressionLevel.Fastest))
        using (var writer = new StreamWriter(stream))
        {
            writer.Write(_text);
        }

        Corpus corpus = Corpus.Read(zipped);
        Assert.Equal((Corpus.Read(plain).Hash, new Corpus(_text).Vocabulary), (corpus.Hash, corpus.Vocabulary));
        Assert.Equal(_text, string.Concat(corpus.Training.ToArray().Concat(corpus.Validation.ToArray()).Select(c => corpus.Vocabulary[c])));
        Assert.Equal(_text.Length * 9 / 10, corpus.Training.Length);
        Assert.Equal(corpus.Vocabulary, string.Concat(corpus.Vocabulary.Distinct().Order()));
    }

    [Fact]
    public void Labels_are_the_next_characters_and_windows_of_evaluation_cover_the_text()
    {
        Corpus corpus = new(_text);
        int[] validation = corpus.Validation.ToArray(), training = corpus.Training.ToArray();
        Dataset<float> evaluated = corpus.Evaluated(Tokens);
        Assert.Equal((validation.Length - 1) / Tokens, evaluated.Count);
        for (int w = 0; w < evaluated.Count; w++)
        {
            Assert.Equal(validation[(w * Tokens)..((w + 1) * Tokens)], Characters(evaluated, w));
            Assert.Equal(validation[(w * Tokens + 1)..((w + 1) * Tokens + 1)], evaluated.Labels(w).ToArray());
        }

        Dataset<float> drawn = corpus.Draw(50, Tokens, seed: 3), again = corpus.Draw(50, Tokens, seed: 3);
        for (int w = 0; w < drawn.Count; w++)
        {
            int[] window = [.. Characters(drawn, w), drawn.Labels(w)[^1]];
            Assert.Contains(Enumerable.Range(0, training.Length - Tokens), start => training.AsSpan(start, Tokens + 1).SequenceEqual(window));
            Assert.Equal(window[1..], drawn.Labels(w).ToArray());
            Assert.Equal(window[..^1], Characters(again, w));
        }

        Assert.Equal(3, corpus.Evaluated(Tokens, most: 3).Count);
        Assert.Contains(
            "at least 650 characters", Assert.Throws<InvalidDataException>(() => new Corpus(_text[..600]).Evaluated(Tokens)).Message,
            StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => new Corpus(""));

        static int[] Characters(Dataset<float> data, int window) => [.. data.Values(window).ToArray().Select(v => (int)v)];
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void No_variant_sees_characters_that_come(string variant, int tokens)
    {
        int changed = tokens / 2 + 3;
        LanguageModel model = Model(variant, tokens);
        Activations<float> input = new(2, model.Network.InputShape), output = new(2, model.Network.OutputShape);
        for (int t = 0; t < tokens; t++)
        {
            input.Row(0, t)[0] = t * t % 13;
            input.Row(1, t)[0] = t < changed ? t * t % 13 : (t * t + 1 + t % 11) % 13;
        }

        model.Network.Mode = LayerMode.Evaluation;
        model.Network.Allocate(2, 1);
        float[] before = Logits(0), after = Logits(1);
        int length = changed * 13;
        Assert.Equal(before[..length], after[..length]);
        Assert.NotEqual(before[length..], after[length..]);

        // One by one, as the same sample: what a sampler draws depends on the sample's number.
        float[] Logits(int sample)
        {
            var one = new Activations<float>(1, model.Network.InputShape);
            input.Sample(sample).CopyTo(one.Sample(0));
            model.Network.Forward(one, output, new BatchInfo(1));
            return [.. Enumerable.Range(0, tokens).SelectMany(t => output.Row(0, t).ToArray())];
        }
    }

    [Theory]
    [InlineData("causal")]
    [InlineData("memory-32")]
    public void A_stream_computes_what_a_window_does(string variant)
    {
        LanguageModel model = Model(variant, Tokens);
        model.Network.Mode = LayerMode.Evaluation;
        model.Network.Allocate(1, 1);
        Activations<float> input = new(1, model.Network.InputShape), output = new(1, model.Network.OutputShape);
        for (int t = 0; t < Tokens; t++)
        {
            input.Row(0, t)[0] = t * t % 13;
        }

        model.Network.Forward(input, output, new BatchInfo(1));
        var stream = new StreamedModel(model, model.Declared.First().Sampler);
        for (int t = 0; t < Tokens; t++)
        {
            float[] expected = output.Row(0, t).ToArray();
            float[] actual = stream.Read(t * t % 13).ToArray();
            Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        }

        Assert.Equal(variant != "causal", stream.IsEndless);
        Assert.Throws<ArgumentException>("model", () => new StreamedModel(Model("query", Tokens), model.Declared.First().Sampler));
    }

    [Fact]
    public void A_stream_with_a_memory_keeps_as_much_after_any_number_of_characters()
    {
        LanguageModel model = Model("memory-16", Tokens);
        var stream = new StreamedModel(model, model.Declared.First().Sampler);
        int[] text = [.. Enumerable.Range(0, 81).Select(i => i * i % 13)];
        long bytes = stream.StateBytes;
        StreamPart part = Assert.Single(StreamCommand.Read(stream, text, 10_000, CancellationToken.None));
        Assert.Equal((80, 80, bytes), (part.Characters, stream.Count, part.StateBytes));
        Assert.Equal(Math.Log(13), part.Loss, 0.3);
    }

    [Fact]
    public void Heavy_hitters_read_the_keys_that_attention_went_to()
    {
        const int Heads = 2, Dim = 3, Keys = 5, Count = 14;
        var module = new HeavyHitters(Count, Heads, Dim, Keys);
        var random = new Random(4);
        Activations<float> input = new(1, module.InputShape), output = new(1, module.OutputShape);
        input.Set(0, [.. Enumerable.Range(0, Count * 3 * Heads * Dim).Select(_ => (float)(4 * random.NextDouble() - 2))]);
        module.Allocate(1, 1);
        module.Forward(input, output, new BatchInfo(1));
        for (int h = 0; h < Heads; h++)
        {
            var kept = new List<int>();
            var sums = new double[Count];
            for (int i = 0; i < Count; i++)
            {
                if (kept.Count == Keys)
                {
                    kept.Remove(kept.Take(Keys - Keys / 2).MinBy(j => sums[j]));
                }

                kept.Add(i);
                double[] weights = [.. kept.Select(j => Math.Exp(Part(i, 0).Zip(Part(j, 1), (q, k) => q * k).Sum() / Math.Sqrt(Dim)))];
                var expected = new double[Dim];
                foreach ((int j, double weight) in kept.Zip(weights))
                {
                    sums[j] += weight / weights.Sum();
                    double[] value = Part(j, 2);
                    for (int d = 0; d < Dim; d++)
                    {
                        expected[d] += weight / weights.Sum() * value[d];
                    }
                }

                for (int d = 0; d < Dim; d++)
                {
                    Assert.Equal(expected[d], output.Row(0, i)[h * Dim + d], 1e-5);
                }
            }

            double[] Part(int token, int part) =>
                [.. input.Row(0, token).Slice((part * Heads + h) * Dim, Dim).ToArray().Select(x => (double)x)];
        }
    }

    [Fact]
    public void A_run_that_was_interrupted_goes_on_to_the_same_result_and_a_complete_one_is_not_repeated()
    {
        LanguageSettings settings = Settings("whole") with { Steps = 8, BatchSize = 2 };
        var corpus = new Corpus(_text);
        LanguageRun whole = Experiment(settings).Run(CancellationToken.None);
        Assert.Equal([5, 8], whole.Parts.Select(p => p.Step));

        LanguageSettings parts = settings with { Out = Settings("parts").Out };
        using var stop = new CancellationTokenSource();
        LanguageExperiment interrupted = Experiment(parts);
        interrupted.PartKept = _ => stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => interrupted.Run(stop.Token));
        var steps = new List<int>();
        LanguageExperiment second = Experiment(parts);
        second.PartKept = steps.Add;
        LanguageRun resumed = second.Run(CancellationToken.None);
        Assert.Equal([8], steps);
        Assert.Equal(Found(whole), Found(resumed));
        Assert.Equal(2, Directory.GetFiles(parts.Out).Length);

        LanguageExperiment again = Experiment(parts);
        again.PartKept = _ => Assert.Fail("trained again");
        Assert.Equal(Found(whole), Found(again.Run(CancellationToken.None)));

        LanguageExperiment Experiment(LanguageSettings of) => new(of, LanguageVariant.Find("none")!, corpus) { PartSteps = 5 };

        static (double, double, double) Found(LanguageRun run) =>
            (run.ValidationLoss, run.Parts.Sum(p => p.ValidationLoss), Math.Round(run.Parts.Sum(p => p.TrainingLoss), 9));
    }

    [Fact]
    public void A_declared_variant_trains_and_its_model_reads_streams_and_writes_text()
    {
        LanguageSettings settings = Settings("runs") with { Steps = 20, BatchSize = 4, Rate = 3e-3 };
        var corpus = new Corpus(_text);
        LanguageRun declared = Train("memory-16"), softmax = Train("softmax");
        Assert.All(new[] { declared, softmax }, r => Assert.InRange(r.ValidationLoss, 0.5, Math.Log(corpus.Vocabulary.Length)));
        Assert.Empty(declared.Limited);
        Assert.Equal([("window", 16), ("heavy hitters", 16), ("window", 32), ("heavy hitters", 32)], softmax.Limited.Select(l => (l.Policy, l.Keys)));

        string file = Directory.GetFiles(settings.Out, "*memory-16*.safetensors").Single();
        string[] generate = ["generate", "--model", file, "--length", "90", "--threads", "1"];
        (int code, string text, string errors) = ExampleProgram.Run("Language", generate);
        Assert.Equal((0, ""), (code, errors));
        Assert.Equal(90, text.ReplaceLineEndings("\n").Length - 1);
        Assert.All(text.ReplaceLineEndings("\n"), c => Assert.Contains(c, corpus.Vocabulary));
        Assert.Equal(text, ExampleProgram.Run("Language", generate).Output);
        Assert.Equal(0, ExampleProgram.Run("Language", [.. generate, "--stream"]).ExitCode);
        (code, _, errors) = ExampleProgram.Run("Language", [.. generate, "--prompt", "Ω"]);
        Assert.Equal(2, code);
        Assert.Contains("--prompt: expected characters of the text", errors, StringComparison.Ordinal);
        string other = Directory.GetFiles(settings.Out, "*softmax*.safetensors").Single();
        (code, _, errors) = ExampleProgram.Run("Language", "generate", "--model", other, "--stream");
        Assert.Equal(2, code);
        Assert.Contains("--stream: expected a model of a variant with a memory, got softmax", errors, StringComparison.Ordinal);

        string page = Path.Combine(_folder, "docs", "experiments", "language.md");
        LanguagePage.Write(settings.Out, page);
        string written = File.ReadAllText(page);
        Assert.Contains(FormattableString.Invariant($"| memory-16: memory of 8 beside a block of 8 | 1 | 20 x 4 | {declared.ValidationLoss:0.000} |"), written, StringComparison.Ordinal);
        Assert.Contains(FormattableString.Invariant($"| 32 | {softmax.Limited[2].ValidationLoss:0.000} | {softmax.Limited[3].ValidationLoss:0.000} |"), written, StringComparison.Ordinal);
        Assert.Contains("--tokens 64 --variant softmax --steps 20 --batch 4 --rate 0.003 --sweeps 5 --seed 4", written, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(settings.Out, "other.json"), "[]");
        Assert.Contains("other.json", Assert.Throws<InvalidDataException>(() => LanguagePage.Write(settings.Out, page)).Message, StringComparison.Ordinal);

        LanguageRun Train(string variant) =>
            new LanguageExperiment(settings, LanguageVariant.Find(variant)!, corpus).Run(CancellationToken.None);
    }

    [Theory]
    [InlineData("--variant: 'memory-64' is not declared for windows of 64 characters.", "--variant", "memory-64")]
    [InlineData("missing.txt", "--variant", "none")]
    [InlineData("cannot write to the folder", "--out", "FILE")]
    public void What_cannot_be_done_is_said(string message, params string[] args)
    {
        string text = Path.Combine(_folder, "missing.txt"), file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        string[] folder = args[0] == "--out" ? [] : ["--out", _folder];
        (int code, _, string errors) = ExampleProgram.Run(
            "Language", ["--text", text, .. folder, .. args.Select(a => a == "FILE" ? file : a)]);
        Assert.Contains(code, new[] { 1, 2 });
        Assert.Contains(message, errors, StringComparison.Ordinal);
    }

    private static LanguageModel Model(string variant, int tokens) =>
        new(LanguageVariant.Find(variant)!, tokens, 13, 3, LanguageExperiment.Sampler(sweeps: 5, threads: 1));

    private LanguageSettings Settings(string name) => new(
        "", Tokens, [], Steps: 20, Seed: 4, Threads: 1, BatchSize: 4, Rate: 1e-3, Sweeps: 5,
        Directory.CreateDirectory(Path.Combine(_folder, name)).FullName);
}
