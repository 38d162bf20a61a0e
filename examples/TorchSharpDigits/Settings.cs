using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.RegularExpressions;
using Qama.Examples.Common;
using Qama.Examples.Vision;
using Qama.Torch;

namespace Qama.Examples.TorchSharpDigits;

/// <summary>What the command line asks for.</summary>
internal sealed partial record Settings(
    IReadOnlyList<string> Attention, string Dataset, string Data, int? Images, string Device, Backend Backend, int Depth, int Epochs,
    int BatchSize, double Rate, int Seed, int Sweeps, string Out, bool Resume)
{
    private static readonly string[] _backends = ["auto", "native", "tensor"];

    /// <summary>A name of a run that holds all that decides it, so that another run never overwrites it.</summary>
    public string NameOf(string attention) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Dataset}-{attention}-d{Depth}-e{Epochs}-b{BatchSize}-lr{Rate:0.######}-s{Seed}-sw{Sweeps}{(Images is { } n ? $"-n{n}" : "")}");

    /// <summary>The command: options, help, and <paramref name="run"/> as its action.</summary>
    public static RootCommand Command(Func<Settings, CancellationToken, int> run)
    {
        string[] operators = [.. TorchSharpDigits.Attention.All.Keys];
        Option<IReadOnlyList<string>> attention = ExampleOptions.Names(
            "--attention", "Attention operators to train, one after another", operators, "softmax", "qamav2stable");
        Option<string> dataset = ExampleOptions.OneOf("--dataset", "The images; digits are built in", ImageData.Names, "digits");
        var data = new Option<string>("--data")
        {
            Description = "Folder that examples/Vision/get-data.sh filled.", HelpName = "DIR", DefaultValueFactory = _ => "data",
        };
        Option<int> images = ExampleOptions.Whole("--images", "Use only the first training images, to try things; 0 for all.", 0, int.MaxValue, 0);
        Option<string> device = Place();
        Option<string> backend = ExampleOptions.OneOf("--backend", "What declared operators compute with", _backends, "auto");
        Option<int> depth = ExampleOptions.Whole("--depth", "Blocks of the transformer.", 1, 100, 2);
        Option<int> epochs = ExampleOptions.Whole("--epochs", "Passes over the training images.", 1, 10_000, 20);
        Option<int> batch = ExampleOptions.Whole("--batch", "Images per step.", 2, 65_536, 32);
        Option<double> rate = ExampleOptions.Positive("--lr", "Largest learning rate of AdamW.", 1, 1e-2);
        Option<int> seed = ExampleOptions.Seed("Seed of initial values, order of images and sampling.");
        Option<int> sweeps = ExampleOptions.Whole("--sweeps", "Annealing sweeps per selection.", 1, 1_000_000, 30);
        var folder = new OutputFolderOption("Folder for trained models and checkpoints.", "torch-digits");
        var resume = new Option<bool>("--resume") { Description = "Go on after the last whole epoch of the same command." };
        var command = new RootCommand("Trains a vision transformer in TorchSharp whose attention is a declared operator or softmax.")
        {
            attention, dataset, data, images, device, backend, depth, epochs, batch, rate, seed, sweeps, folder, resume,
        };
        command.Does(
            (parsed, stop) => run(
                new Settings(
                    parsed.GetValue(attention)!, parsed.GetValue(dataset)!, parsed.GetValue(data)!,
                    parsed.GetValue(images) is int n and > 0 ? n : null, parsed.GetValue(device)!,
                    Enum.Parse<Backend>(parsed.GetValue(backend)!, ignoreCase: true), parsed.GetValue(depth), parsed.GetValue(epochs),
                    parsed.GetValue(batch), parsed.GetValue(rate), parsed.GetValue(seed), parsed.GetValue(sweeps), parsed.GetValue(folder)!,
                    parsed.GetValue(resume)),
                stop),
            "With --resume the same command goes on after the last whole epoch.");
        return command;
    }

    private static Option<string> Place()
    {
        var option = new Option<string>("--device")
        {
            Description = "Where the model is: cpu, cuda, cuda:1, mps.", HelpName = "NAME", DefaultValueFactory = _ => "cpu",
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [Token token] && !DeviceName().IsMatch(token.Value))
            {
                result.AddError($"--device: expected cpu, cuda, cuda:N or mps, got '{token.Value}'.");
            }
        });
        return option;
    }

    [GeneratedRegex("^(cpu|mps|cuda(:[0-9]{1,2})?)$")]
    private static partial Regex DeviceName();
}
