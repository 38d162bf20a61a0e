using System.CommandLine;
using Qama.Examples.Common;

namespace Qama.Examples.CimInference;

/// <summary>What the command line asks for.</summary>
internal sealed record Settings(
    int Images, int Epochs, string Folder, bool UseEmulator, Uri? Address, int QueueDelay, int? MaxTasks, bool Pack, bool DryRun,
    bool ResubmitUnknown, int Throughput)
{
    /// <summary>Most tasks that are submitted to a real machine unless the command line says otherwise.</summary>
    public const int MostTasksAtMachine = 20;

    public static RootCommand Command(Func<Settings, CancellationToken, Task<int>> run)
    {
        Option<int> images = ExampleOptions.Whole("--images", "Test images to classify.", 1, 355, 355);
        Option<int> epochs = ExampleOptions.Whole("--epochs", "Epochs of training, when there is no trained model yet.", 1, 1000, 20);
        Option<int> delay = ExampleOptions.Whole("--queue-delay", "Milliseconds that a task waits at the emulator.", 0, 600_000, 1500);
        Option<int> most = ExampleOptions.Whole("--max-tasks", $"Most tasks to submit; 0 for {MostTasksAtMachine} at the machine, any number at the emulator.", 0, 1_000_000, 0);
        Option<int> throughput = ExampleOptions.Whole("--throughput", "Instead: measure the client with so many tasks of 550 spins.", 0, 1_000_000, 0);
        var folder = new OutputFolderOption("Folder of the model and the journal.", "cim");
        var emulator = new Option<bool>("--emulator") { Description = "Use the emulator even where credentials are present." };
        var address = new Option<Uri?>("--address")
        {
            Description = "Address of an emulator that is running, as it prints it.",
            HelpName = "URL",
            CustomParser = result =>
            {
                string text = result.Tokens[0].Value;
                if (Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.IsLoopback)
                {
                    return uri;
                }

                result.AddError($"--address: expected an address on this computer such as http://127.0.0.1:8550, got '{text}'.");
                return null;
            },
        };
        var unpacked = new Option<bool>("--unpacked") { Description = "One problem a task." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Print what would be sent." };
        var again = new Option<bool>("--resubmit-unknown")
        {
            Description = "Submit tasks again of which it is unknown whether they were accepted; they may be paid twice.",
        };
        var command = new RootCommand(
            "Classifies digits with a declared layer whose selections a coherent Ising machine finds: the machine where QBOSON_USER_ID and QBOSON_SDK_CODE (or QAMA_CIM_SECRETS) are set, the emulator otherwise.")
        {
            images, epochs, folder, emulator, address, delay, most, unpacked, dryRun, again, throughput,
        };
        command.Does((parsed, stop) => run(
            new Settings(
                parsed.GetValue(images), parsed.GetValue(epochs), parsed.GetValue(folder)!, parsed.GetValue(emulator),
                parsed.GetValue(address), parsed.GetValue(delay),
                parsed.GetValue(most) is int limit and > 0 ? limit : null, !parsed.GetValue(unpacked), parsed.GetValue(dryRun),
                parsed.GetValue(again), parsed.GetValue(throughput)),
            stop),
            "Start again to go on where it was.");
        return command;
    }
}
