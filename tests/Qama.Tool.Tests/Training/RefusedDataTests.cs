using System.IO.Compression;

namespace Qama.Tool.Tests.Training;

/// <summary>What <c>qama train</c> refuses before it trains: data that would teach nothing, places that cannot be written, files of another call that
/// are damaged.</summary>
public sealed class RefusedDataTests : FolderTest
{
    private static readonly string _assembly = typeof(RefusedDataTests).Assembly.Location;

    private string Out => At("out");

    [Fact]
    public void A_compressed_text_that_is_cut_short_is_named()
    {
        string data = DataFolders.WriteTexts(At("reviews"), 400, 4, 4), train = Path.Combine(data, "train.txt");
        using (var stream = new GZipStream(File.Create(train + ".gz"), CompressionLevel.Fastest))
        {
            stream.Write(File.ReadAllBytes(train));
        }

        File.Delete(train);
        byte[] whole = File.ReadAllBytes(train + ".gz");
        File.WriteAllBytes(train + ".gz", whole[..(whole.Length / 2)]);
        Refused("train.txt.gz: the file is damaged or cut short", data);
    }

    [Fact]
    public void Data_of_one_class_and_classes_without_images_are_refused()
    {
        string data = DataFolders.WriteBitmaps(At("colours"), 8), train = Path.Combine(data, "train");
        Directory.CreateDirectory(Path.Combine(train, ".cache")); // not a class
        Directory.CreateDirectory(Path.Combine(train, "green"));
        Refused("expected images of the class 'green'", data);
        Directory.Delete(Path.Combine(train, "green"));
        Directory.Delete(Path.Combine(train, "blue"), recursive: true);
        Directory.Delete(Path.Combine(data, "test"), recursive: true);
        Refused("of two classes or more, got 4 of 'red' alone", data);

        string digits = DataFolders.WriteIdx(At("halves"), 32, 6);
        string labels = Path.Combine(digits, "train-labels-idx1-ubyte");
        File.WriteAllBytes(labels, [.. File.ReadAllBytes(labels)[..8], .. Enumerable.Repeat((byte)1, 32)]);
        Refused("of two classes or more", digits);
        string texts = DataFolders.WriteTexts(At("reviews"), 20, 4, 4);
        Refused("got 1 of", texts, "--samples", "1");
    }

    [Fact]
    public void A_place_that_takes_no_files_is_found_before_data_are_read()
    {
        string file = Write("graph.mc", "3 0\n"), none = At("none");
        Outcome outcome = ToolProgram.Execute(Folder, "train", _assembly, "--model", "Dense", "--data", none, "--out", "graph.mc");
        Assert.Equal((1, ""), (outcome.ExitCode, outcome.Output));
        Assert.StartsWith("--out: expected a folder", outcome.Errors, StringComparison.Ordinal);
        Assert.StartsWith("--out: ", Train(none, "--out", Path.Combine(file, "runs")).Errors, StringComparison.Ordinal);
        if (OperatingSystem.IsLinux())
        {
            Assert.StartsWith("--out: cannot write to the folder /proc/x", Train(none, "--out", "/proc/x").Errors, StringComparison.Ordinal);
        }

        Assert.Contains("there is no such folder", Train(none, "--out", At("new")).Errors, StringComparison.Ordinal);
        Assert.Equal([file], Directory.GetFileSystemEntries(Folder)); // the trial leaves nothing
    }

    [Fact]
    public void A_damaged_checkpoint_is_named_with_what_to_do()
    {
        string data = DataFolders.WriteIdx(At("halves"), 32, 6);
        Assert.Equal(0, Train(data, "--out", Out, "--epochs", "1").ExitCode);
        string result = Directory.GetFiles(Out, "*.json").Single(), checkpoint = Path.ChangeExtension(result, ".safetensors");
        byte[] whole = File.ReadAllBytes(checkpoint);
        File.WriteAllBytes(checkpoint, whole[..500]);
        Outcome eval = ToolProgram.Run("eval", result, "--data", data);
        Assert.Equal((1, ""), (eval.ExitCode, eval.Output));
        Assert.Contains($"{checkpoint}: ", eval.Errors, StringComparison.Ordinal);

        string done = File.ReadAllText(result);
        File.WriteAllText(result, done[..20]);
        Repeated($"{result}, line 2: expected JSON");
        File.Delete(result);
        File.WriteAllText(Path.ChangeExtension(result, ".epochs"), "[]");
        Repeated($"{checkpoint}: ");
        File.WriteAllBytes(checkpoint, [.. whole[..^4], 1, 2, 3, 4]);
        Repeated($"'{checkpoint}' is damaged");

        void Repeated(string message)
        {
            Outcome again = Train(data, "--out", Out, "--epochs", "1");
            Assert.Equal((1, ""), (again.ExitCode, again.Output));
            Assert.Contains(message, again.Errors, StringComparison.Ordinal);
            Assert.EndsWith("Delete it to begin again.", again.Errors.TrimEnd(), StringComparison.Ordinal);
        }
    }

    private void Refused(string message, string data, params string[] options)
    {
        Outcome outcome = Train(data, ["--out", Out, .. options]);
        Assert.Equal((1, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains(message, outcome.Errors, StringComparison.Ordinal);
        Assert.Single(outcome.Errors.TrimEnd().Split('\n'));
        Assert.False(Directory.Exists(Out));
    }

    private static Outcome Train(string data, params string[] options) =>
        ToolProgram.Run(["train", _assembly, "--model", "Dense", "--data", data, "--sweeps", "5", .. options]);
}
