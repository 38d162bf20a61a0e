using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Qama.Cim.Emulator;

namespace Qama.Tool.Tests.Training;

/// <summary><c>qama eval</c>: what it says of wrong command lines and files, of other data, and when it is interrupted.</summary>
public sealed class EvalTests : FolderTest
{
    private static readonly string _assembly = typeof(EvalTests).Assembly.Location;

    [Theory]
    [InlineData("--machine: expected one of emulated, got 'CPQC-550'.", "--machine", "CPQC-550")]
    [InlineData("--steps: expected a whole number from 1 to 1000000, got 'x'.", "--machine", "emulated", "--steps", "x")]
    [InlineData("--price: expected a number of 0 or more, got 'x'.", "--machine", "emulated", "--price", "x")]
    [InlineData("--machine and --sampler or --sweeps exclude each other.", "--machine", "emulated", "--sampler", "x")]
    public void A_bad_value_of_an_option_is_said(string message, params string[] options)
    {
        Outcome outcome = ToolProgram.Execute(Folder, ["eval", "run.json", "--data", "data", .. options]);
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains(message, outcome.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", outcome.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void No_command_trips_over_values_that_do_not_parse()
    {
        Command[] verbs =
        [
            SolveCommand.Create(), ConvertCommand.Create(), InfoCommand.Create(), InspectCommand.Create(), TrainCommand.Create(),
            EvalCommand.Create(), ServeCommand.Create(), ReportCommand.Create(), CompletionCommand.Create(),
            EmulatorCommand.AddTo(new Command("emulator")), .. JournalCommand.Create().Subcommands,
        ];
        int parsed = 0;
        foreach (Command verb in verbs)
        {
            foreach (Option first in verb.Options)
            {
                foreach (Option second in verb.Options)
                {
                    _ = verb.Parse([.. verb.Arguments.Select(_ => "?"), first.Name, "?", second.Name, "?"]).Errors.Count;
                    parsed++;
                }
            }
        }

        Assert.True(parsed > 500, $"{parsed}");
    }

    [Fact]
    public void What_is_no_run_is_said_in_words_of_users()
    {
        string data = DataFolders.WriteIdx(At("halves"), 32, 6);
        Refused("graph.mc: expected the result of qama train (.json), or its checkpoint (.safetensors).", Write("graph.mc", "3 0\n"));
        Refused("other.json: expected the result of qama train, this is other JSON.", Write("other.json", "{\"curve\": [1]}"));
        Refused("kinds.json: expected the result of qama train, this is other JSON (at $.depth).", Write("kinds.json", "{\"depth\": \"x\"}"));
        Refused("cut.json, line 2: expected JSON", Write("cut.json", "{\n\"dataset\": "));
        Train(data);
        Refused("enumeration takes at most 30.", Result(), "--sampler", "exact"); // of 16 tokens and 2 heads

        void Refused(string message, string path, params string[] options)
        {
            Outcome outcome = ToolProgram.Run(["eval", path, "--data", data, .. options]);
            Assert.Equal((1, ""), (outcome.ExitCode, outcome.Output));
            Assert.Contains(message, outcome.Errors, StringComparison.Ordinal);
            Assert.DoesNotContain("Parameter", outcome.Errors, StringComparison.Ordinal);
            Assert.DoesNotContain("Qama.", outcome.Errors.Replace(Folder, "", StringComparison.Ordinal), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Data_are_those_that_were_given()
    {
        Train(DataFolders.WriteIdx(At("halves"), 32, 6));
        string other = DataFolders.WriteIdx(At("elsewhere"), 40, 8);
        Outcome text = ToolProgram.Run("eval", Result(), "--data", other);
        Assert.Contains($"data          {other}, test, 8 samples", text.Output, StringComparison.Ordinal);
        Assert.Contains("these are not the data of the training", text.Errors, StringComparison.Ordinal);
        Outcome json = ToolProgram.Run("eval", Result(), "--data", other, "--json");
        Assert.Equal("elsewhere", json.Json["dataset"]!.GetValue<string>());
    }

    [Fact]
    public void Bounds_that_the_machine_is_not_told_are_kept()
    {
        string data = DataFolders.WriteIdx(At("halves"), 32, 6);
        Train(data, "Perturbed"); // heads select weights of 3 at most
        string[] eval = ["eval", Result(), "--data", data, "--machine", "emulated", "--steps", "100", "--samples", "4"];
        JsonNode found = ToolProgram.Run([.. eval, "--json"]).Json;
        Assert.Equal(0, found["infeasibleShare"]!.GetValue<double>());
        Assert.InRange(found["machine"]!["repairedShare"]!.GetValue<double>(), 0, 1);
        Assert.Contains("was not told the bounds on selections", ToolProgram.Run(eval).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interrupted_evaluation_says_so()
    {
        if (OperatingSystem.IsWindows())
        {
            return; // there a console has Ctrl+C, and a test no console
        }

        string data = DataFolders.WriteIdx(At("halves"), 32, 1000);
        Train(data);
        using Process process = ToolProgram.Start(Folder, "eval", Result(), "--data", data, "--sweeps", "1000000");
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        await ToolProgram.WorkHasBegunAsync(process);
        using (var kill = Process.Start("kill", ["-s", "INT", $"{process.Id}"]))
        {
            await kill.WaitForExitAsync();
        }

        await process.WaitForExitAsync();
        Assert.Equal((3, ""), (process.ExitCode, await output));
        Assert.Equal("Interrupted: there is no result; the same command begins again.", (await errors).Trim());
    }

    private void Train(string data, string model = "Dense")
    {
        Outcome outcome = ToolProgram.Run(
            "train", _assembly, "--model", model, "--data", data, "--sweeps", "5", "--epochs", "1", "--out", At("out"));
        Assert.True(outcome.ExitCode == 0, outcome.Errors);
    }

    private string Result() => Directory.GetFiles(At("out"), "*.json").Single();
}
