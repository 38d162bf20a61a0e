using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Qama.Tool.Data;
using Qama.Training.Layers;
using Qama.Training.Modules;

namespace Qama.Tool.Tests.Training;

/// <summary><c>qama train</c>, <c>qama eval</c> and the page of <c>qama report</c>, as users call them, on tiny data.</summary>
public sealed class TrainTests : FolderTest
{
    private static readonly string _assembly = typeof(TrainTests).Assembly.Location;

    private string Out => At("out");

    [Fact]
    public void A_model_learns_images_and_its_run_is_read_by_report_and_eval()
    {
        string data = DataFolders.WriteIdx(At("halves"), 96, 30);
        Outcome train = ToolProgram.Execute(Folder, Arguments("Dense", data, "--epochs", "4", "--rate", "0.01", "--hold-out", "16",
            "--json"));
        Assert.True(train.ExitCode == 0, train.Errors);
        Assert.Equal(4, train.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length); // a line for each epoch
        Assert.DoesNotContain('\u001b', train.Errors);
        JsonNode run = train.Json["runs"]![0]!;
        Assert.True(run["testAccuracy"]!.GetValue<double>() > 0.9, run.ToJsonString());
        Assert.Equal(("halves", "idx", "Dense", 80, 16, 30), (
            Text(run, "dataset"), Text(run, "layout"), Text(run, "variant"), Number(run, "trainingSamples"), Number(run,
                "validationSamples"),
            Number(run, "testSamples")));
        Assert.Equal(2, Number(run, "patch")); // a pixel each would be 64 tokens, and the model has 32

        JsonNode row = ToolProgram.Run("report", Out, "--json").Json["runs"]![0]!;
        Assert.Equal(run["testAccuracy"]!.GetValue<double>(), row["testAccuracy"]!["mean"]!.GetValue<double>());

        string file = Text(run, "file");
        JsonNode eval = ToolProgram.Execute(Folder, "eval", file, "--data", data, "--json").Json;
        Assert.Equal(run["testAccuracy"]!.GetValue<double>(), eval["accuracy"]!.GetValue<double>());
        Assert.Equal(run["testLoss"]!.GetValue<double>(), eval["loss"]!.GetValue<double>(), 6);
        int[][] confusion = [.. eval["confusion"]!.AsArray().Select(r => r!.AsArray().Select(c => c!.GetValue<int>()).ToArray())];
        Assert.Equal([15, 15], confusion.Select(r => r.Sum()));
        Assert.Equal(eval["accuracy"]!.GetValue<double>(), (confusion[0][0] + confusion[1][1]) / 30.0, 12);

        Outcome table = ToolProgram.Run("eval", Path.ChangeExtension(file, ".safetensors"), "--data", data, "--split", "dev",
            "--sampler", "tabu");
        Assert.Contains("tabu search, mean energy", table.Output, StringComparison.Ordinal);
        Assert.Contains("dev, 16 samples", table.Output, StringComparison.Ordinal);
    }

    /// <summary>An assembly without its neighbours has types that cannot be looked at.</summary>
    [Fact]
    public void What_of_an_assembly_cannot_be_looked_at_is_told()
    {
        File.Copy(_assembly, At("alone.dll"));
        string data = DataFolders.WriteIdx(At("halves"), 32, 12);
        Outcome train = ToolProgram.Execute(Folder, ["train", "alone.dll", .. Arguments("Dense", data, "--epochs", "1")[2..]]);
        Assert.True(train.ExitCode == 0, train.Errors);
        Assert.StartsWith($"warning: {At("alone.dll")}", train.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void An_evaluation_through_the_emulated_machine_says_tasks_and_cost()
    {
        string data = DataFolders.WriteIdx(At("halves"), 32, 12);
        Assert.Equal(0, ToolProgram.Run(Arguments("Dense", data, "--epochs", "1")).ExitCode);
        JsonNode eval = ToolProgram.Run("eval", Result(), "--data", data, "--machine", "emulated", "--samples", "8", "--price", "2.5",
            "--json").Json;
        JsonNode machine = eval["machine"]!;
        Assert.Equal((8, 8), (Number(eval, "samples"), Number(machine, "problems")));
        Assert.InRange(Number(machine, "tasks"), 1, 8);
        Assert.Null(machine["repairedShare"]); // this model has no bounds
        Assert.Equal(2.5 * Number(machine, "submissions"), machine["cost"]!.GetValue<double>());
    }

    [Fact]
    public void Texts_are_read_masked_and_their_words_are_on_the_page()
    {
        string data = DataFolders.WriteTexts(At("reviews"), 80, 12, 20);
        Outcome train = ToolProgram.Run(Arguments("Dense", data, "--epochs", "8", "--rate", "0.01", "--batch", "8", "--depth", "2"));
        Assert.True(train.ExitCode == 0, train.Errors);
        JsonNode run = JsonNode.Parse(File.ReadAllText(Result()))!;
        Assert.True(run["testAccuracy"]!.GetValue<double>() > 0.85, $"{run["testAccuracy"]}");
        Assert.Equal((12, 9 + 2), (Number(run, "validationSamples"), Number(run, "words")));
        foreach (JsonNode? sample in run["heads"]!["samples"]!.AsArray())
        {
            string[] words = [.. sample!["words"]!.AsArray().Select(w => w!.GetValue<string>())];
            JsonArray blocks = sample["weights"]!.AsArray();
            Assert.Contains(words, w => w is "good" or "bad");
            Assert.Equal(2, blocks.Count);
            Assert.All(blocks, b => Assert.Equal(2, b!.AsArray().Count));
            Assert.All(blocks.SelectMany(b => b!.AsArray()), h => Assert.Equal(words.Length, h!.AsArray().Count));
        }

        string page = At("page.html");
        Assert.Equal(0, ToolProgram.Run("report", Out, "--html", page).ExitCode);
        var document = XDocument.Parse(File.ReadAllText(page).Replace("<!DOCTYPE html>", "", StringComparison.Ordinal));
        Assert.Contains(document.Descendants("span"), s => s.Value is "good" or "bad");
        Assert.Contains(document.Descendants("td"), c => c.Value == "block 2, head 2");
    }

    [Fact]
    public void Images_of_folders_are_scaled_and_drawn_with_what_heads_attend_to()
    {
        string data = DataFolders.WriteBitmaps(At("colours"), 24, side: 12);
        File.WriteAllBytes(Path.Combine(data, "train", "red", "odd.bmp"), DataFolders.Bitmap(20, 10, (255, 0, 0)));
        Outcome refused = ToolProgram.Run(Arguments("Dense", data));
        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.Contains("odd.bmp", refused.Errors, StringComparison.Ordinal);
        Assert.Contains("--side", refused.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Out));

        Outcome train = ToolProgram.Run(Arguments("Dense", data, "--side", "8", "--epochs", "3", "--rate", "0.01", "--attention",
            "softmax"));
        Assert.True(train.ExitCode == 0, train.Errors);
        JsonNode run = JsonNode.Parse(File.ReadAllText(Result()))!;
        Assert.Equal(("images", "Dense-softmax", 1.0), (Text(run, "layout"), Text(run, "variant"),
            run["testAccuracy"]!.GetValue<double>()));
        Assert.Null(run["sweeps"]);
        string page = At("page.html");
        Assert.Equal(0, ToolProgram.Run("report", Out, "--html", page).ExitCode);
        XElement[] images = [.. XDocument.Parse(File.ReadAllText(page).Replace("<!DOCTYPE html>", "",
            StringComparison.Ordinal)).Descendants("image")];
        Assert.Equal(run["heads"]!["samples"]!.AsArray().Count, images.Length);
        Assert.All(images, i => Assert.StartsWith("data:image/png;base64,iVBOR", i.Attribute("href")!.Value, StringComparison.Ordinal));

        Assert.Equal(1, ToolProgram.Run("eval", Result(), "--data", data, "--machine", "emulated").ExitCode); // a baseline selects nothing
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("KILL")]
    public async Task An_interrupted_training_goes_on_with_the_result_of_an_uninterrupted_one(string signal)
    {
        if (OperatingSystem.IsWindows())
        {
            return; // there a console has Ctrl+C, and a test no console
        }

        string data = DataFolders.WriteIdx(At("halves"), 400, 10);
        string[] arguments = Arguments("Dense", data, "--epochs", "6", "--batch", "8", "--threads", "1");
        using Process process = ToolProgram.Start(Folder, arguments);
        Assert.Contains("epoch   1/6", await process.StandardError.ReadLineAsync(), StringComparison.Ordinal);
        using (var kill = Process.Start("kill", ["-s", signal, $"{process.Id}"]))
        {
            await kill.WaitForExitAsync();
        }

        string rest = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(signal == "KILL" || process.ExitCode == 3, $"{process.ExitCode} {rest}");
        Assert.Empty(Directory.GetFiles(Out, "*.json"));

        Outcome second = ToolProgram.Run(arguments);
        Assert.True(second.ExitCode == 0, second.Errors);
        Assert.Contains("goes on after epoch", second.Errors, StringComparison.Ordinal);
        string result = File.ReadAllText(Result());
        Outcome third = ToolProgram.Run(arguments);
        Assert.Contains("finished before", third.Errors, StringComparison.Ordinal);
        Assert.Equal(result, File.ReadAllText(Result()));

        Assert.Equal(0, ToolProgram.Run([.. arguments.Select(a => a == Out ? At("whole") : a)]).ExitCode);
        Assert.Equal(Numbers(File.ReadAllText(Directory.GetFiles(At("whole"), "*.json").Single())), Numbers(result));
    }

    [Fact]
    public void Samples_of_fewer_tokens_than_the_model_has_are_masked()
    {
        string images = DataFolders.WriteIdx(At("halves"), 32, 6), texts = DataFolders.WriteTexts(At("reviews"), 20, 4, 4);
        Assert.IsNotType<PresentTokens<float>>(Around(images, 16));
        Assert.IsType<PresentTokens<float>>(Around(images, 32));
        Assert.IsType<PresentTokens<float>>(Around(texts, 32));

        Module<float> Around(string folder, int tokens)
        {
            TaskData data = TaskData.Read(new DataSettings(folder, null, null, null, null, null), tokens, CancellationToken.None);
            return data.Around(data.Embedding(8, 1));
        }
    }

    [Fact]
    public void Several_seeds_are_runs_of_one_row()
    {
        string data = DataFolders.WriteIdx(At("halves"), 32, 6);
        Outcome train = ToolProgram.Run(Arguments("Dense", data, "--epochs", "1", "--seed", "1,2,3"));
        Assert.True(train.ExitCode == 0, train.Errors);
        Assert.Equal(3, Directory.GetFiles(Out, "*.safetensors").Length);
        JsonNode row = ToolProgram.Run("report", Out, "--json").Json["runs"]!.AsArray().Single()!;
        Assert.Equal(3, Number(row, "runs"));
        Assert.Equal(3, Number(row["testLoss"]!, "runs"));
        Assert.True(row["testLoss"]!["deviation"]!.GetValue<double>() > 0);
        Assert.Equal("Dense", Text(row, "run"));
        Assert.Single(Directory.GetFiles(Out, "*.json").Select(f => Path.GetFileNameWithoutExtension(f)[^8..]).Distinct());
    }

    [Theory]
    [InlineData(1, "models: say which with --model. There are", "--epochs", "1")]
    [InlineData(1, "Use --patch 2 (16), --patch 4 (4), --patch 8 (1)", "--model", "Dense", "--patch", "1")]
    [InlineData(1, "a patch of 3 does not divide that", "--model", "Dense", "--patch", "3")]
    [InlineData(1, "there is no model Sparse", "--model", "Sparse")]
    [InlineData(1, "use --hold-out", "--model", "Dense", "--hold-out", "32")]
    [InlineData(1, "for --side, this is Idx", "--model", "Dense", "--side", "16")]
    [InlineData(2, "--seed: expected whole numbers of at least 0 between commas, each once, got '1,1'.", "--model", "Dense", "--seed",
        "1,1")]
    [InlineData(2, "--attention: expected one of model, softmax, linear, none", "--model", "Dense", "--attention", "hard")]
    public void What_does_not_fit_is_said_in_one_line_and_nothing_is_written(int code, string message, params string[] options)
    {
        string data = DataFolders.WriteIdx(At("halves"), 32, 6);
        Outcome outcome = ToolProgram.Run(["train", _assembly, "--data", data, "--out", Out, .. options]);
        Assert.Equal((code, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains(message, outcome.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Out));
    }

    [Fact]
    public void Bad_data_are_named_with_file_and_line()
    {
        string data = DataFolders.WriteTexts(At("reviews"), 20, 4, 4);
        File.AppendAllText(Path.Combine(data, "dev.txt"), "\nneutral so so\n");
        Refused("dev.txt, line 6: expected one of the training part's labels (neg, pos), got 'neutral'.");
        File.WriteAllText(Path.Combine(data, "dev.txt"), "pos\n");
        Refused("dev.txt, line 1: expected a label and a text");
        File.WriteAllBytes(Path.Combine(data, "test.txt.gz"), [1, 2, 3]);
        File.Delete(Path.Combine(data, "dev.txt"));
        Refused("test.txt.gz: expected a gzip file");
        Directory.Delete(data, recursive: true);
        Refused("there is no such folder");
        Directory.CreateDirectory(data);
        Refused("expected train-images-idx3-ubyte (IDX)");

        void Refused(string message)
        {
            Outcome outcome = ToolProgram.Run(Arguments("Dense", data));
            Assert.Equal((1, ""), (outcome.ExitCode, outcome.Output));
            Assert.Contains(message, outcome.Errors, StringComparison.Ordinal);
            Assert.False(Directory.Exists(Out));
        }
    }

    [Fact]
    public void An_evaluation_of_what_is_no_run_or_whose_model_is_gone_is_refused()
    {
        string data = DataFolders.WriteIdx(At("halves"), 32, 6), other = Write("other.json", "{\"dataset\": 1}");
        Assert.Contains("expected the result of qama train", ToolProgram.Run("eval", other, "--data", data).Errors,
            StringComparison.Ordinal);
        Assert.Equal(0, ToolProgram.Run(Arguments("Dense", data, "--epochs", "1")).ExitCode);
        JsonObject run = JsonNode.Parse(File.ReadAllText(Result()))!.AsObject();
        run["project"] = "gone.dll";
        File.WriteAllText(Result(), run.ToJsonString());
        Assert.Contains("name it with --project", ToolProgram.Run("eval", Result(), "--data", data).Errors, StringComparison.Ordinal);
        Assert.Equal(0, ToolProgram.Run("eval", Result(), "--data", data, "--project", _assembly).ExitCode);
        Assert.Equal(2, ToolProgram.Run("eval", Result(), "--data", data, "--machine", "emulated", "--sampler", "sa").ExitCode);
        File.Delete(Path.ChangeExtension(Result(), ".safetensors"));
        Outcome gone = ToolProgram.Run("eval", Result(), "--data", data, "--project", _assembly);
        Assert.Equal((1, ""), (gone.ExitCode, gone.Output));
    }

    private string[] Arguments(string model, string data, params string[] more) =>
        ["train", _assembly, "--model", model, "--data", data, "--sweeps", "5", "--out", Out, .. more];

    private string Result() => Directory.GetFiles(Out, "*.json").Single();

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();

    private static int Number(JsonNode node, string name) => node[name]!.GetValue<int>();

    // All but times.
    private static string Numbers(string result)
    {
        JsonObject run = JsonNode.Parse(result)!.AsObject();
        run.Remove("project");
        run.Remove("threads");
        foreach (JsonNode? epoch in run["epochs"]!.AsArray())
        {
            epoch!.AsObject().Remove("seconds");
        }

        return run.ToJsonString();
    }
}
