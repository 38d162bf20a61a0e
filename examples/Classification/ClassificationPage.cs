using System.Globalization;
using System.Text;
using Qama.Examples.Common;
using static System.FormattableString;

namespace Qama.Examples.Classification;

/// <summary>The page of colour images and sentences: every number of ours is one that a run wrote.</summary>
internal static class ClassificationPage
{
    private const string FileName = "classification.md";

    private static readonly (string Folder, string Title, string Data, string Published)[] _tasks =
    [
        ("cifar10", "CIFAR-10", "FOLDER-OF-CIFAR-10", """
            The authors' model (arXiv 2504.11083v2), patches of 4 x 4 in 8 heads and 64 tokens, 512 spins, depth 1, best and last of 50 epochs: their
            operator 59.3 and 59.3 %, softmax attention 62.0 and 61.4 %; best of the same model with Reformer 62.9, Longformer 62.3, BigBird 61.0,
            Performer 60.0, Linformer 59.4 %.
            """),
        ("sst2", "SST-2", "FOLDER-OF-SST-2", """
            The authors report 89.6 % (best; last 87.5 %) for their operator and 90.4 % (89.2 %) for softmax attention, behind a frozen pretrained
            language model. Here words are learned from the 6,920 training sentences alone, so these numbers do not stand beside each other: rows of
            this table do, and the one without attention says whose accuracy it is.
            """),
    ];

    /// <summary>Writes the page.</summary>
    /// <param name="results">Folder with a folder of results for each data set.</param>
    /// <param name="pages">Folder of pages.</param>
    /// <exception cref="InvalidDataException">There are no results, or a file is not one.</exception>
    public static void Write(string results, string pages)
    {
        (string Folder, string Title, string Data, string Published, IReadOnlyList<TrainedGroup> Groups)[] found =
        [
            .. _tasks.Select(t => (Path.Combine(results, t.Folder), t.Title, t.Data, t.Published, Read(Path.Combine(results, t.Folder))))
                .Where(t => t.Item5.Count > 0),
        ];
        if (found.Length == 0)
        {
            throw new InvalidDataException($"There are no results in '{results}', in {string.Join(" or ", _tasks.Select(t => t.Folder))}.");
        }

        var text = new StringBuilder();
        text.AppendLine("# Colour images and sentences").AppendLine();
        text.AppendLine("Made by `dotnet run -c Release --project examples/Classification` from results of `qama train`. The operators are").AppendLine(
            "[declared](../../examples/Classification/Declarations.cs); the network around them is [that of the command](../tool.md).").AppendLine();
        ExperimentSummary.Append(
            text, found[0].Folder, ["data", "operator", "epochs", "seeds", "test accuracy", "tokens selected"],
            found.SelectMany(t => t.Groups.Select(g => (string[])
                [t.Title, Describe(g), Invariant($"{g.First.Epochs.Count}"), Invariant($"{g.Runs.Count}"), g.TestAccuracy, g.Selected])));
        foreach ((string folder, string title, string data, string published, IReadOnlyList<TrainedGroup> groups) in found)
        {
            Section(text, folder, title, data, published, groups);
        }

        Directory.CreateDirectory(pages);
        File.WriteAllText(Path.Combine(pages, FileName), text.ToString().TrimEnd().ReplaceLineEndings("\n") + "\n");
    }

    private static void Section(
        StringBuilder text, string folder, string title, string data, string published, IReadOnlyList<TrainedGroup> groups)
    {
        text.Append("## ").AppendLine(title).AppendLine();
        text.AppendLine(published.ReplaceLineEndings("\n").Trim()).AppendLine();
        string notes = Path.Combine(folder, "notes.md");
        if (File.Exists(notes))
        {
            text.AppendLine(File.ReadAllText(notes).Trim()).AppendLine();
        }

        MarkdownTable.Append(
            text,
            [
                "operator", "samples x epochs", "seeds", "test accuracy", "validation, last epoch", "tokens selected", "s/epoch", "parameters",
                "variables",
            ],
            groups.Select(group => (string[])
            [
                Describe(group), Invariant($"{group.First.TrainingSamples:N0} x {group.First.Epochs.Count}"), Invariant($"{group.Runs.Count}"), group.TestAccuracy,
                group.LastValidation, group.Selected, Invariant($"{group.SecondsPerEpoch:0.0}"), Invariant($"{group.First.Parameters:N0}"),
                Invariant($"{group.First.VariablesPerSample:N0}"),
            ]));
        text.AppendLine(CultureInfo.InvariantCulture, $"Each row again, behind `qama train examples/Classification --data {data}`:").AppendLine();
        text.AppendLine("```");
        foreach (TrainedGroup group in groups)
        {
            text.AppendLine(group.Arguments);
        }

        text.AppendLine("```").AppendLine();
        MachineTable(text, Path.Combine(folder, "machine"), data);
    }

    private static void MachineTable(StringBuilder text, string folder, string data)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        EvaluatedRun[] runs =
        [
            .. Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(f => ResultFile.Read(f, TrainedJson.Default.EvaluatedRun)),
        ];
        text.AppendLine("The first test samples again, with selections by the emulated 8-bit machine:").AppendLine();
        MarkdownTable.Append(
            text, ["model", "selections by", "samples", "accuracy", "tasks", "variables decided", "coefficients rounded to zero"],
            runs.Select(run => (string[])
            [
                run.Variant, run.Sampler, Invariant($"{run.Samples}"), Invariant($"{100 * run.Accuracy:0.0} %"), Invariant($"{run.Machine?.Tasks}"),
                run.Machine is { } decided ? Invariant($"{100 * decided.DecidedShare:0.0} %") : "",
                run.Machine is { } rounded ? Invariant($"{100 * rounded.RoundedToZeroShare:0.0} %") : "",
            ]));
        text.AppendLine("```");
        foreach (EvaluatedRun run in runs)
        {
            string machine = run.Machine is null ? "" : " --machine emulated";
            text.AppendLine(CultureInfo.InvariantCulture, $"qama eval {run.Run} --data {data} --samples {run.Samples}{machine}");
        }

        text.AppendLine("```").AppendLine();
    }

    private static string Describe(TrainedGroup group) => group.Operator + ": " + group.Operator switch
    {
        "none" => "no attention",
        "softmax" => "softmax attention",
        "linear" => "linear attention, elu + 1",
        nameof(PublishedImages) => "the published operator",
        nameof(StableImages) or nameof(StableText) => "the published operator made stable",
        nameof(RelativeImages) => "attention over half of the patches, with learned relative places",
        nameof(SelectedText) => "attention over at most 16 words",
        _ => "no longer declared",
    };

    private static IReadOnlyList<TrainedGroup> Read(string folder) => Directory.Exists(folder)
        ? TrainedGroup.Of(Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal)
            .Select(f => ResultFile.Read(f, TrainedJson.Default.TrainedRun)))
        : [];
}
