using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Qama.Examples.Common;
using Qama.Sampling;
using Qama.Training;

namespace Qama.Examples.Vision;

/// <summary><c>equivalence</c>: how far attention over selected keys is from a trained softmax attention.</summary>
internal static class EquivalenceCommand
{
    private const int Batch = 20;

    public static Command Create()
    {
        var run = new Option<string>("--run")
        {
            Description = "Result of a training of the variant softmax (JSON); its checkpoint lies beside it.", HelpName = "FILE", Required = true,
        };
        Option<string> data = Settings.Folder();
        Option<int> images = ExampleOptions.Whole("--images", "Validation images, the first.", 1, 1_000_000, 500);
        Option<int> sweeps = ExampleOptions.Whole("--sweeps", "Annealing sweeps per selection.", 1, 1_000_000, 30);
        Option<int> threads = ExampleOptions.Threads();
        var folder = new OutputFolderOption("Folder for the result (JSON) and the picture (SVG).", "equivalence");
        var command = new Command("equivalence", "Compares a trained softmax attention with selections of more and more keys, and with marginals.")
        {
            run, data, images, sweeps, threads, folder,
        };
        command.Does((parsed, stop) =>
        {
            Run(
                parsed.GetValue(run)!, parsed.GetValue(data)!, parsed.GetValue(images), parsed.GetValue(sweeps), parsed.GetValue(threads),
                parsed.GetValue(folder)!, stop);
            return 0;
        });
        return command;
    }

    private static void Run(string path, string data, int limit, int sweeps, int threads, string folder, CancellationToken stop)
    {
        RunResult run = ExperimentPage.Read(path);
        LabelledImages all = ImageData.Load(run.Dataset, data).Validation;
        LabelledImages images = all.Slice(0, Math.Min(limit, all.Count));
        Dataset<float> samples = images.ToDataset();
        var equivalence = new Equivalence(
            EquivalentModel.Load(run, path, Batch, threads), samples, new SimulatedAnnealingSampler { Sweeps = sweeps, Threads = threads }, stop);
        Print($"softmax attention           {equivalence.Accuracy:0.00%}");
        var maps = new Dictionary<int, byte[]>();
        KeysRow[] keys = [.. Equivalence.Selections.Select(s =>
        {
            KeysRow row = equivalence.Compare(s.Keys, s.Create, s.Keys == 8 ? (image, selected) => maps[image] = selected : null);
            Print($"{row.Keys,3} selected keys   {row.Accuracy,9:0.00%}   same class {row.Agreement:0.00%}   softmax weight {row.Mass:0.000} of {row.LargestMass:0.000}");
            return row;
        })];
        MarginalsRow[] marginals = [.. Equivalence.Distributions.Select(d =>
        {
            MarginalsRow row = equivalence.Correlate(d.Keys, d.Create);
            string of = d.Keys == 0 ? "any" : d.Keys.ToString(CultureInfo.InvariantCulture);
            Print($"marginals of {of,3}   correlation {row.Correlation:0.000}   distance {row.Distance:0.000}");
            return row;
        })];
        var result = new EquivalenceResult
        {
            Run = Path.GetFileNameWithoutExtension(path),
            Dataset = run.Dataset,
            Images = images.Count,
            Sweeps = sweeps,
            Accuracy = equivalence.Accuracy,
            Keys = keys,
            Marginals = marginals,
        };
        string name = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{result.Run}-equivalence-n{result.Images}"));
        File.WriteAllText(name + ".svg", MapPicture.Draw(images, equivalence, maps));
        File.WriteAllText(name + ".json", JsonSerializer.Serialize(result, EquivalenceJson.Default.EquivalenceResult) + "\n");
        Console.WriteLine($"\nResult and picture: {Path.GetFullPath(name)}.json, .svg");

        static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
    }
}
