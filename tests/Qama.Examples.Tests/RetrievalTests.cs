using Qama.Examples.Sequences;
using Qama.Training;
using Qama.Training.Modules;
using SequenceExperiment = Qama.Examples.Sequences.Experiment;
using SequenceSettings = Qama.Examples.Sequences.Settings;
using SequenceVariant = Qama.Examples.Sequences.Variant;

namespace Qama.Examples.Tests;

/// <summary>The sequences example: its generator of data, read independently, and whole runs.</summary>
public class RetrievalTests
{
    private const int Parts = 16;

    public static TheoryData<string, int> Shapes => new()
    {
        { "repeated", 128 }, { "single", 128 }, { "repeated", 512 }, { "single", 256 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void The_label_is_the_value_of_the_only_far_record_with_the_key_asked_for(string kind, int tokens)
    {
        Dataset<float> data = new RetrievalTask(kind, tokens).Draw(200, seed: 7);
        int length = kind == "single" ? 1 : tokens / Parts;
        for (int s = 0; s < data.Count; s++)
        {
            (int? Asked, int? Key, int? Value)[] sequence = Read(data.Values(s), tokens);
            Assert.All(sequence[..^1], t => Assert.True(t is { Asked: null, Key: not null, Value: not null }));
            Assert.True(sequence[^1] is { Asked: not null, Key: null, Value: null });
            int[] matching = [.. Enumerable.Range(0, tokens - tokens / Parts).Where(t => sequence[t].Key == sequence[^1].Asked)];
            Assert.Equal(length, matching.Length);
            Assert.Equal(length - 1, matching[^1] - matching[0]);
            Assert.All(matching, t => Assert.Equal(data.Label(s), sequence[t].Value));
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Decoys_have_the_key_asked_for_and_say_nothing_about_the_answer(string kind, int tokens)
    {
        Dataset<float> data = new RetrievalTask(kind, tokens).Draw(1000, seed: 8);
        int decoys = 0;
        int agreeing = 0;
        for (int s = 0; s < data.Count; s++)
        {
            (int? Asked, int? Key, int? Value)[] sequence = Read(data.Values(s), tokens);
            foreach ((_, int? key, int? value) in sequence[(tokens - tokens / Parts)..^1])
            {
                Assert.Equal(sequence[^1].Asked, key);
                decoys++;
                agreeing += value == data.Label(s) ? 1 : 0;
            }
        }

        double expected = 1.0 / RetrievalTask.Values;
        Assert.InRange(agreeing / (double)decoys, expected - 5 * Error(decoys), expected + 5 * Error(decoys));

        double Error(int count) => Math.Sqrt(expected * (1 - expected) / count);
    }

    [Fact]
    public void Answers_are_anywhere_but_near_and_all_values_occur()
    {
        var task = new RetrievalTask("repeated", 128);
        Dataset<float> data = task.Draw(1000, seed: 9);
        int[] places = [.. Enumerable.Range(0, data.Count).Select(s => task.AnswerOf(data.Values(s))).Distinct().Order()];
        Assert.Equal(Enumerable.Range(0, Parts - 1).Select(p => 8 * p), places);
        Assert.Equal(RetrievalTask.Values, Enumerable.Range(0, data.Count).Select(data.Label).Distinct().Count());
    }

    [Fact]
    public void A_seed_gives_the_same_sequences_and_another_seed_others()
    {
        var task = new RetrievalTask("single", 128);
        Assert.True(task.Draw(3, 1).Values(2).SequenceEqual(task.Draw(3, 1).Values(2)));
        Assert.False(task.Draw(3, 1).Values(2).SequenceEqual(task.Draw(3, 2).Values(2)));
    }

    [Fact]
    public void Kinds_and_lengths_that_do_not_exist_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new RetrievalTask("other", 128));
        Assert.Throws<ArgumentException>(() => new RetrievalTask("single", 100));
        Assert.Throws<ArgumentException>(() => new RetrievalTask("single", 16));
    }

    [Fact]
    public void The_last_token_is_taken_out_and_its_gradient_put_back()
    {
        var shape = new TokenShape(3, 5);
        var module = new LastToken(shape);
        module.Allocate(2, 1);
        var input = new Activations<float>(2, shape);
        var output = new Activations<float>(2, module.OutputShape);
        var gradient = new Activations<float>(2, shape);
        float[] numbers = [.. Enumerable.Range(0, 15).Select(i => (float)i)];
        input.Set(1, numbers);
        gradient.Set(1, numbers);
        module.Forward(input, output, new BatchInfo(2));
        Assert.Equal([10, 11, 12, 13, 14], output.Row(1, 0).ToArray());
        module.Backward(input, output, gradient);
        Assert.All(new[] { 0, 1 }, t => Assert.Equal(new float[5], gradient.Row(1, t).ToArray()));
        Assert.Equal([10, 11, 12, 13, 14], gradient.Row(1, 2).ToArray());
    }

    [Fact]
    public void Every_variant_runs_to_the_end_keeps_its_budget_and_appears_in_the_report()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            var settings = new SequenceSettings(
                "repeated", 128, [], Epochs: 1, Seed: 3, Threads: 1, BatchSize: 8, Rate: 2e-3, Sweeps: 3, Sequences: 16, folder);
            foreach (SequenceVariant variant in SequenceVariant.All)
            {
                SequenceResult result = new SequenceExperiment(settings, variant).Run(CancellationToken.None);
                Assert.True(double.IsFinite(result.TestLoss));
                Assert.Equal(variant.Declared is null, result.Selection is null);
                Assert.InRange(result.Selection?.TokensPerHead ?? 0, 0, variant.Name == "unlimited" ? 128 : 16);
                SequenceResult again = new SequenceExperiment(settings, variant).Run(CancellationToken.None);
                Assert.Equal(result.TestLoss, again.TestLoss);
            }

            string pages = Path.Combine(folder, "pages");
            SequencePage.Write(folder, pages);
            string page = File.ReadAllText(Path.Combine(pages, "retrieval.md"));
            Assert.All(SequenceVariant.All, v => Assert.Contains($"| {v.Name}: ", page, StringComparison.Ordinal));
            File.WriteAllText(Path.Combine(folder, "other.json"), "[]");
            Assert.Throws<InvalidDataException>(() => SequencePage.Write(folder, pages));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // What a token says, from the layout alone: 8 numbers for the key asked for, 8 for a record's key, 8 for its value.
    private static (int? Asked, int? Key, int? Value)[] Read(ReadOnlySpan<float> sequence, int tokens)
    {
        var read = new (int? Asked, int? Key, int? Value)[tokens];
        for (int t = 0; t < tokens; t++)
        {
            int?[] marks = [null, null, null];
            for (int i = 0; i < 24; i++)
            {
                if (sequence[t * 24 + i] != 0)
                {
                    Assert.Null(marks[i / 8]);
                    marks[i / 8] = i % 8;
                }
            }

            read[t] = (marks[0], marks[1], marks[2]);
        }

        return read;
    }
}
