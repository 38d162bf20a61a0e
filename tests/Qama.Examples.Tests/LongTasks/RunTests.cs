using System.CommandLine;
using System.Text.Json;
using Qama.Cluster.Campaigns;
using Qama.Examples.LongTasks;
using LongExperiment = Qama.Examples.LongTasks.Experiment;
using LongSettings = Qama.Examples.LongTasks.Settings;
using LongVariant = Qama.Examples.LongTasks.Variant;

namespace Qama.Examples.Tests.LongTasks;

/// <summary>Whole runs on small budgets, their files, and the pages made of them.</summary>
public sealed class RunTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public static TheoryData<string, int> Tasks => new()
    {
        { "recall", 64 }, { "copying", 256 }, { "induction", 256 }, { "listops", 2000 }, { "brackets", 32 },
    };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Tasks))]
    public void Variants_run_to_the_end_keep_their_budget_and_appear_on_the_page(string kind, int length)
    {
        RunOptions options = Small(kind);
        TokenTask task = TaskChoice.Create(kind, length, options);
        string results = Directory.CreateDirectory(Path.Combine(_folder, "results", kind)).FullName;
        int budget = kind switch { "listops" => 500, "copying" => 32, _ => 16 };
        LongVariant[] variants = [.. LongVariant.All.Where(v => v.Declared?.Has(task) != false
            && (kind is "recall" or "brackets" || v.Name is "softmax" or "narrowed" or "memory"))];
        foreach (LongVariant variant in variants)
        {
            TaskResult result = new LongExperiment(task, variant, options).Run(results, CancellationToken.None);
            Assert.True(double.IsFinite(result.TestLoss));
            Assert.Equal(variant.Declared is null, result.Selection is null);
            if (kind != "brackets" && variant.Name != "narrowed-covariance") // marginals have no budget, and reads at a temperature one that they leave
            {
                Assert.Equal(budget, result.Selection?.TokensPerHead ?? budget, 1e-9);
            }

            Assert.Equal(kind is "induction" or "copying" ? [1024] : [], result.Longer.Select(l => l.Tokens));
            TaskResult again = new LongExperiment(task, variant, options).Run(results, CancellationToken.None);
            Assert.Equal(JsonSerializer.Serialize(result), JsonSerializer.Serialize(again));
        }

        string pages = Path.Combine(_folder, "pages");
        TaskPages.Write(Path.Combine(_folder, "results"), pages);
        string page = File.ReadAllText(Directory.GetFiles(pages).Single());
        Assert.All(variants, v =>
        {
            Assert.Contains($"| {v.Name}: {v.Summary} | 1 | ", page, StringComparison.Ordinal);
            Assert.Contains($"--task {kind} --length {length} --variant {v.Name} ", page, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void Narrowing_begins_with_every_token_and_goes_on_with_the_parameters()
    {
        LongVariant narrowed = LongVariant.Find("narrowed")!;
        RunOptions once = Small("recall"), twice = Small("recall");
        twice.Epochs = 2;
        TaskResult wide = Run(narrowed with { Declared = narrowed.Begin, Begin = null }, once);
        TaskResult selected = Run(LongVariant.Find("selected")!, once);
        TaskResult found = Run(narrowed, twice);
        Assert.Equal(64, wide.Selection!.TokensPerHead);
        Assert.Equal(16, found.Selection!.TokensPerHead);
        Assert.Equal([1, 2], found.Epochs.Select(e => e.Epoch));
        Assert.Equal(wide.Epochs[0].TrainingLoss, found.Epochs[0].TrainingLoss);
        Assert.NotEqual(selected.Epochs[0].TrainingLoss, found.Epochs[1].TrainingLoss);

        static TaskResult Run(LongVariant variant, RunOptions options) =>
            new LongExperiment(new RecallTask(64, 66), variant, options).Compute(new Progress<double>(), CancellationToken.None);
    }

    [Fact]
    public void A_training_of_shorter_sequences_goes_on_with_longer_ones()
    {
        LongVariant softmax = LongVariant.Find("softmax")!;
        RunOptions fresh = Small("brackets") with { Samples = 400, Rate = 0.01 };
        RunOptions after = fresh with { Shorter = [16, 32], ShorterEpochs = 3 };
        var fractions = new List<double>();
        TaskResult begun = Run(after, new Told(fractions));
        TaskResult plain = Run(fresh, new Told([]));
        Assert.Equal([(16, 3), (32, 3)], begun.Shorter.Select(s => (s.Length, s.Epochs.Count)));
        Assert.True(begun.Epochs[0].TrainingLoss < 0.9 * plain.Epochs[0].TrainingLoss);
        Assert.Equal(fractions.Order(), fractions);
        Assert.Equal(1, fractions[^1]);
        Assert.Empty(plain.Shorter);

        string results = Directory.CreateDirectory(Path.Combine(_folder, "brackets")).FullName;
        File.WriteAllText(
            Path.Combine(results, "r.json"), JsonSerializer.Serialize(begun, TaskResultJson.Default.TaskResult));
        TaskPages.Write(_folder, _folder);
        string page = File.ReadAllText(Path.Combine(_folder, "brackets.md"));
        Assert.Contains("| 400 x 3 each at 16, 32, then 400 x 1 |", page, StringComparison.Ordinal);
        Assert.Contains("--length 64 --variant softmax --epochs 1 --shorter 16 32 --shorter-epochs 3 ", page, StringComparison.Ordinal);

        TaskResult Run(RunOptions options, IProgress<double> progress) =>
            new LongExperiment(new BracketTask(64), softmax, options).Compute(progress, CancellationToken.None);
    }

    [Fact]
    public void Declared_layers_begin_with_shorter_sequences_too()
    {
        RunOptions options = Small("recall") with { Epochs = 2, Vocabulary = 130, Shorter = [64], ShorterEpochs = 1 };
        LongVariant narrowed = LongVariant.Find("narrowed")!;
        TaskResult found = Run(narrowed);
        TaskResult wide = new LongExperiment(
            new RecallTask(64, 130), narrowed with { Declared = narrowed.Begin, Begin = null },
            options with { Epochs = 1, Shorter = [] }).Compute(new Told([]), CancellationToken.None);
        Assert.Equal(wide.Epochs[0].TrainingLoss, Assert.Single(found.Shorter).Epochs[0].TrainingLoss);
        Assert.Equal((2, 32), (found.Epochs.Count, found.Selection!.TokensPerHead));
        Assert.Contains(", 2 epochs after 1 each at 64", found.Estimator!.Task, StringComparison.Ordinal);

        TaskResult Run(LongVariant variant) =>
            new LongExperiment(new RecallTask(128, 130), variant, options).Compute(new Told([]), CancellationToken.None);
    }

    // No class of 128 tokens; no class of 16 to begin with; couplings that are learned by place.
    [Theory]
    [InlineData("recall", 128, "narrowed-energy", 0)]
    [InlineData("brackets", 32, "eight-energy", 16)]
    [InlineData("brackets", 32, "boltzmann", 16)]
    public void What_cannot_be_trained_is_told_before_anything_is(string kind, int length, string variant, int shorter)
    {
        RunOptions options = Small(kind) with { Epochs = 2, Vocabulary = 130, Shorter = shorter > 0 ? [shorter] : [] };
        var told = new List<double>();
        var experiment = new LongExperiment(TaskChoice.Create(kind, length, options), LongVariant.Find(variant)!, options);
        Assert.Throws<InvalidDataException>(() => experiment.Compute(new Told(told), CancellationToken.None));
        Assert.Empty(told);
    }

    [Fact]
    public void A_row_has_the_rate_that_validation_chooses_whatever_the_test_says()
    {
        string results = Directory.CreateDirectory(Path.Combine(_folder, "recall")).FullName;
        TaskResult run = new LongExperiment(
            new RecallTask(64, 66), LongVariant.Find("none")!, Small("recall")).Run(_folder, CancellationToken.None);
        Keep("a", seed: 3, rate: 0.001, validation: 0.5, test: 0.75);
        Keep("b", seed: 4, rate: 0.001, validation: 0.5, test: 0.25);
        Keep("c", seed: 3, rate: 0.01, validation: 0.25, test: 0.9);
        TaskPages.Write(_folder, _folder);
        string page = File.ReadAllText(Path.Combine(_folder, "recall.md"));
        Assert.Contains(
            "| none: no attention | 2 | 8 x 1 | 0.001 | 50.0 % ± 0.0 | 50.0 % ± 35.4 |", page, StringComparison.Ordinal);
        Assert.Contains("--rate 0.001 0.01 ", page, StringComparison.Ordinal);
        Assert.DoesNotContain("90.0 %", page, StringComparison.Ordinal);

        void Keep(string name, int seed, double rate, double validation, double test)
        {
            TaskEpoch[] epochs = [run.Epochs[0] with { ValidationAccuracy = validation }];
            TaskResult result = run with { Seed = seed, Rate = rate, TestAccuracy = test, Epochs = epochs };
            File.WriteAllText(
                Path.Combine(results, $"{name}.json"), JsonSerializer.Serialize(result, TaskResultJson.Default.TaskResult));
        }
    }

    [Fact]
    public void A_summary_has_the_row_with_most_seeds_of_every_variant_and_leaves_gradients_to_their_page()
    {
        TaskResult run = new LongExperiment(
            new RecallTask(64, 66), LongVariant.Find("none")!, Small("recall")).Compute(new Told([]), CancellationToken.None);
        TaskResult[] runs =
        [
            Of("none", 1, epochs: 1, 0.25), Of("none", 2, epochs: 1, 0.5), Of("none", 1, epochs: 2, 0.75),
            Of("softmax", 1, epochs: 1, 0.5), Of("softmax", 1, epochs: 2, 0.25),
            Of("narrowed-identity", 1, epochs: 1, 0.5), Of("narrowed-nudged", 1, epochs: 1, 1),
        ];
        IReadOnlyList<ResultGroup> groups = ResultGroup.Best(runs);
        Assert.Equal(6, groups.Count);
        Assert.Equal(
            [("softmax", 1, 1), ("none", 2, 1), ("narrowed-identity", 1, 1)],
            ResultGroup.Headlines(groups).Select(g => (g.First.Variant, g.Runs.Count, g.First.Epochs.Count)));

        TaskResult Of(string variant, int seed, int epochs, double validation) => run with
        {
            Variant = variant,
            Seed = seed,
            Epochs = [.. Enumerable.Repeat(run.Epochs[0] with { ValidationAccuracy = validation }, epochs)],
        };
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{")]
    public void A_file_that_is_no_result_is_told(string text)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "recall"));
        string path = Path.Combine(_folder, "recall", "other.json");
        File.WriteAllText(path, text);
        var error = Assert.Throws<InvalidDataException>(() => TaskPages.Write(_folder, _folder));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_results_there_is_no_page() =>
        Assert.Throws<InvalidDataException>(() => TaskPages.Write(_folder, _folder));

    [Fact]
    public void Everything_that_decides_a_run_is_in_the_name_of_its_file()
    {
        var options = new RunOptions();
        RunOptions[] others =
        [
            options with { Epochs = 9 }, options with { Samples = 9 }, options with { Tests = 9 },
            options with { Batch = 9 }, options with { Rate = 0.009 }, options with { Sweeps = 9 }, options with { Seed = 9 },
            options with { Vocabulary = 900 }, options with { Blanks = "random" },
        ];
        string[] names = [.. others.Append(options).Select(o => o.Describe("recall", 64, "softmax"))];
        Assert.Equal(names.Length, names.Distinct().Count());
        Assert.Equal(names[^1], (options with { Threads = 7 }).Describe("recall", 64, "softmax"));
        RunOptions shorter = options with { Longest = 1_024 };
        RunOptions begun = options with { Shorter = [64] };
        Assert.Equal(3, new[] { options, begun, begun with { ShorterEpochs = 9 } }.Select(o => o.Describe("recall", 128, "softmax")).Distinct().Count());
        Assert.NotEqual(options.Describe("induction", 256, "softmax"), shorter.Describe("induction", 256, "softmax"));
        Assert.NotEqual(options.Describe("copying", 256, "softmax"), shorter.Describe("copying", 256, "softmax"));
    }

    [Theory]
    [InlineData("--length 65", "--length: expected one of 64, 128, 256, 512 for recall, got 65.")]
    [InlineData("--task listops --length 64", "--length: expected one of 2000 for listops, got 64.")]
    [InlineData("--shorter 64", "--shorter: there is no length of recall below 64.")]
    [InlineData("--length 256 --shorter 64 100", "--shorter: expected some of 64, 128 for recall 256, got 64, 100.")]
    [InlineData("--length 256 --shorter 128 64", "--shorter: expected rising lengths, got 128, 64.")]
    [InlineData("--length 256 --shorter 64 64", "--shorter: expected rising lengths, got 64, 64.")]
    [InlineData("--task listops --shorter 1000", "--shorter: expected some of 500 for listops 2000, got 1000.")]
    [InlineData("--vocabulary 63", "--vocabulary: expected an even number above 64, got 63.")]
    [InlineData("--rate 0", "--rate: expected numbers above 0, at most 1.")]
    [InlineData("--rate 0.1 2", "--rate: expected numbers above 0, at most 1.")]
    [InlineData("--blanks none", "--blanks: expected one of zero, random, got 'none'.")]
    [InlineData("--variant other", "--variant: there is no 'other'.")]
    public void Choices_that_do_not_exist_are_refused(string line, string expected)
    {
        RootCommand command = LongSettings.Command((_, _) => 0);
        Assert.Contains(command.Parse(line).Errors, e => e.Message.Contains(expected, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", "softmax none selected")]
    [InlineData("--task copying", "softmax none memory")]
    [InlineData("--task brackets --length 32", "softmax none boltzmann")]
    [InlineData("--task listops --variant query", "query")]
    public void Variants_that_nobody_names_are_those_of_the_task(string line, string expected)
    {
        LongSettings? found = null;
        RootCommand command = LongSettings.Command((settings, _) =>
        {
            found = settings;
            return 0;
        });
        Assert.Equal(0, command.Parse(line).Invoke());
        Assert.Equal(expected.Split(' '), found!.Variants);
    }

    [Fact]
    public async Task A_campaign_s_task_has_the_result_of_the_program()
    {
        RunOptions options = Small("recall");
        string json = JsonSerializer.Serialize(options, RunOptionsJson.Default.RunOptions);
        var task = new LongTask();
        var experiment = new LongExperiment(new RecallTask(64, 66), LongVariant.Find("selected")!, options);
        TaskResult expected = experiment.Compute(new Progress<double>(), CancellationToken.None);
        string text = await task.RunAsync(Run("recall-64", json), CancellationToken.None);
        TaskResult found = JsonSerializer.Deserialize(text, TaskResultJson.Default.TaskResult)!;
        Assert.Equal((expected.TestLoss, expected.TestAccuracy, 3), (found.TestLoss, found.TestAccuracy, found.Seed));
        foreach (string dataSet in new[] { "recall-65", "recall", "recall-0", "other-64", "recall-64-1" })
        {
            CampaignRun run = Run(dataSet, json);
            await Assert.ThrowsAsync<ArgumentException>(() => task.RunAsync(run, CancellationToken.None));
        }

        foreach (string wrong in new[] { "\"shorter\": [100]", "\"shorter\": null", "\"shorterEpochs\": 0" })
        {
            CampaignRun run = Run("recall-128", $"{{ {wrong} }}");
            await Assert.ThrowsAsync<ArgumentException>(() => task.RunAsync(run, CancellationToken.None));
        }

        CampaignRun unknown = Run("recall-64", """{ "epoch": 1 }""");
        await Assert.ThrowsAsync<JsonException>(() => task.RunAsync(unknown, CancellationToken.None));

        static CampaignRun Run(string dataSet, string options) =>
            new("c", new CampaignTask("k", "selected", dataSet, 3, options), new Progress<double>());
    }

    [Fact]
    public void The_example_s_campaign_is_one() =>
        Assert.Equal(4, CampaignFile.Load(Path.Combine(Root(), "examples", "LongTasks", "campaign.yaml")).Tasks.Count);

    private sealed class Told(List<double> fractions) : IProgress<double>
    {
        public void Report(double value) => fractions.Add(value);
    }

    private static RunOptions Small(string kind)
    {
        (int samples, int tests, int batch) = kind == "listops" ? (2, 1, 1) : (8, 4, 4);
        return new RunOptions
        {
            Epochs = 1, Samples = samples, Tests = tests, Batch = batch, Sweeps = 3, Vocabulary = 66, Longest = 1_024,
            Threads = 1, Seed = 3,
        };
    }

    private static string Root()
    {
        string root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Qama.Dsl.sln")))
        {
            root = Path.GetDirectoryName(root)!;
        }

        return root;
    }
}
