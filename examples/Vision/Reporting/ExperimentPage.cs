using System.Globalization;
using System.Text;
using System.Text.Json;
using Qama.Examples.Common;

namespace Qama.Examples.Vision;

/// <summary>Writes the page of results: every number comes from the JSON files, the comments from a file beside them.</summary>
internal static class ExperimentPage
{
    private const string Notes = "notes.md";
    private const string Timing = "timing";

    /// <summary>Writes the page and its curves.</summary>
    /// <param name="results">Folder of JSON results, and <c>notes.md</c> with what people say about them; those of runs that were
    /// timed, in a folder <c>timing</c>.</param>
    /// <param name="pages">The folder of pages; curves go to <c>images</c> beside it.</param>
    /// <exception cref="InvalidDataException">There are no results, or a file is not one.</exception>
    public static void Write(string results, string pages)
    {
        RunResult[] runs = ReadAll(results);
        string images = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(pages))!, "images");
        Directory.CreateDirectory(images);
        var text = new StringBuilder();
        text.AppendLine("# Images: MNIST and Fashion-MNIST").AppendLine();
        text.AppendLine("Made by `dotnet run -c Release --project examples/Vision -- report` from the results of runs: every number below is one that a run wrote.").AppendLine();
        IReadOnlyList<ResultGroup> groups = ResultGroup.Of(runs);
        AppendSummary(text, results, groups);
        if (File.Exists(Path.Combine(results, Notes)))
        {
            text.AppendLine(File.ReadAllText(Path.Combine(results, Notes)).Trim()).AppendLine();
        }

        foreach (IGrouping<string, ResultGroup> dataset in groups.GroupBy(g => g.First.Dataset).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            Section(text, dataset.Key, [.. dataset], results, images);
        }

        string timing = Path.Combine(results, Timing);
        if (Directory.Exists(timing))
        {
            TimingTable.Append(text, ReadAll(timing));
        }

        Directory.CreateDirectory(pages);
        File.WriteAllText(Path.Combine(pages, "images.md"), text.ToString().TrimEnd().ReplaceLineEndings("\n") + "\n");
    }

    // Whole trainings, of those with several seeds where there are any.
    private static void AppendSummary(StringBuilder text, string results, IReadOnlyList<ResultGroup> groups)
    {
        int all = groups.Max(g => g.First.TrainingImages), seeds = groups.Max(g => g.Runs.Count) > 1 ? 2 : 1;
        ResultGroup[] shown = [.. groups.Where(g => g.First.TrainingImages == all && g.Runs.Count >= seeds)];
        string[] datasets = [.. shown.Select(g => g.First.Dataset).Distinct().OrderDescending(StringComparer.Ordinal)];
        ExperimentSummary.Append(
            text, results, ["operator, test accuracy", .. datasets.SelectMany(d => new[] { d, "seeds" })],
            shown.Select(g => g.First.Variant).Distinct().Select(v => (string[])
            [
                $"{v}: {Variant.Find(v)?.Summary ?? "no longer declared"}",
                .. datasets.SelectMany(d => shown.FirstOrDefault(g => g.First.Dataset == d && g.First.Variant == v) is { } g
                    ? new[] { g.TestAccuracy, g.Runs.Count.ToString(CultureInfo.InvariantCulture) } : ["", ""]),
            ]),
            datasets.Contains("mnist") ? "![validation accuracy per epoch on MNIST, mean over seeds](../images/experiments-mnist.svg)" : null);
    }

    private static void Section(StringBuilder text, string dataset, IReadOnlyList<ResultGroup> groups, string results, string images)
    {
        int all = groups.Max(g => g.First.TrainingImages);
        ResultGroup[] whole = [.. groups.Where(g => g.First.TrainingImages == all)];
        ResultGroup[] looks = [.. groups.Except(whole)];
        text.AppendLine(CultureInfo.InvariantCulture, $"## {dataset}").AppendLine();
        Table(text, whole);
        string curves = $"experiments-{dataset}.svg";
        File.WriteAllText(Path.Combine(images, curves), AccuracyCurves.Draw(whole));
        text.AppendLine(CultureInfo.InvariantCulture, $"![validation accuracy per epoch, mean over seeds](../images/{curves})").AppendLine();
        Pictures(text, dataset, results, images);
        if (looks.Length > 0)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"### {dataset}: first looks, on fewer images").AppendLine();
            Table(text, looks);
        }

        text.AppendLine("Each row again, behind `dotnet run -c Release --project examples/Vision --` (one call per seed):").AppendLine().AppendLine("```");
        foreach (ResultGroup group in groups)
        {
            text.AppendLine(group.Command + (group.First.TrainingImages == all ? "" : $" --images {group.First.TrainingImages}"));
        }

        text.AppendLine("```").AppendLine();
    }

    private static void Table(StringBuilder text, IEnumerable<ResultGroup> groups)
    {
        text.AppendLine("| variant | images x epochs | seeds | test accuracy | validation, last epoch | deepest fall | tokens selected | mean energy | s/epoch | parameters | variables |");
        text.AppendLine("|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (ResultGroup group in groups)
        {
            text.AppendLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {group.First.Variant}: {group.Variant?.Summary ?? "no longer declared"}{Recipe(group.First)} | {group.First.TrainingImages:N0} x {group.First.Epochs.Count} | {group.Runs.Count} | {group.TestAccuracy} | {group.LastValidation} | {group.DeepestFall} | {group.Selected} | {group.MeanEnergy} | {group.SecondsPerEpoch:0.0} | {group.First.Parameters:N0} | {group.First.VariablesPerImage} |"));
        }

        text.AppendLine();
    }

    /// <summary>The pictures that were kept beside the results.</summary>
    private static void Pictures(StringBuilder text, string dataset, string results, string images)
    {
        foreach (string picture in Directory.GetFiles(results, $"{dataset}-*.svg").Order(StringComparer.Ordinal))
        {
            string variant = Path.GetFileName(picture)[(dataset.Length + 1)..].Split("-e")[0];
            string name = $"experiments-{dataset}-{variant}.svg";
            File.Copy(picture, Path.Combine(images, name), overwrite: true);
            text.AppendLine(CultureInfo.InvariantCulture, $"![{variant}: patches that each head uses, one validation image of every class](../images/{name})").AppendLine();
        }
    }

    private static string Recipe(RunResult run) => run.ConstantRate || run.MaxGradientNorm is null
        ? $" ({(run.ConstantRate ? "constant rate" : "")}{(run.MaxGradientNorm is null ? ", no clipping" : "")})"
        : "";

    /// <summary>The results of a folder.</summary>
    /// <exception cref="InvalidDataException">There are none, or a file is not one.</exception>
    public static RunResult[] ReadAll(string folder)
    {
        RunResult[] runs = [.. Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(Read)];
        return runs.Length > 0 ? runs : throw new InvalidDataException($"There are no results (*.json) in '{folder}'.");
    }

    /// <summary>One result.</summary>
    /// <exception cref="InvalidDataException">It is not one.</exception>
    public static RunResult Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(path), ResultJson.Default.RunResult)
                ?? throw new InvalidDataException($"'{path}' holds no result.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"'{path}' is not a result of this program: {e.Message}", e);
        }
    }
}
