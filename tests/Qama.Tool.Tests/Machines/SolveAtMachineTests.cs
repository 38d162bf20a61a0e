using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Qama.Cim.Journal;

namespace Qama.Tool.Tests.Machines;

/// <summary><c>qama solve --machine</c>, at emulators: what is found is what a literal computation finds, tasks are sent once, budgets
/// hold.</summary>
public sealed class SolveAtMachineTests : FolderTest
{
    // Ten variables, coefficients that eight bits do not hold.
    private static readonly (int I, int J, double Value)[] _terms =
    [
        .. from i in Enumerable.Range(0, 10) from j in Enumerable.Range(i, 10 - i)
           select (i, j, Math.Round(Math.Sin((7 * i) + (3 * j) + 1) * (i == j ? 3.7 : 1.3), 5)),
    ];

    private static readonly double _lowest = Enumerable.Range(0, 1 << 10).Min(
        code => Energy([.. Enumerable.Range(0, 10).Select(b => (code >> b) & 1)]));

    [Fact]
    public void A_process_finds_the_lowest_energy_at_an_emulator_and_says_what_rounding_did()
    {
        string file = WriteProblem();
        Outcome outcome = ToolProgram.Execute(Folder, "solve", file, "--machine", "emulator", "--tasks", "2", "--json", "--price",
            "1.5", "--out", "all.json");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Errors));
        JsonNode run = outcome.Json["runs"]![0]!, machine = run["machine"]!, precision = machine["precision"]!;
        Assert.Equal(_lowest, run["energy"]!.GetValue<double>(), 1e-9);
        Assert.Equal(("CPQC-550", 2, 3.0), (machine["name"]!.GetValue<string>(), machine["submitted"]!.GetValue<int>(),
            machine["cost"]!.GetValue<double>()));
        JsonArray states = JsonNode.Parse(File.ReadAllText(At("all.json")))!["runs"]![0]!["states"]!.AsArray();
        Assert.Equal(20, states.Count); // ten solutions of a task
        Assert.All(states, s => Assert.Equal(Energy([.. s!["state"]!.AsArray().Select(x => x!.GetValue<int>())]),
            s["energy"]!.GetValue<double>(), 1e-9));
        Assert.Equal(run["values"]!.AsArray().Select(v => v!.GetValue<double>()), states.Select(s => s!["value"]!.GetValue<double>()));

        // An integer is off by half at most, in units of the scale.
        Assert.Equal((8, false), (precision["bits"]!.GetValue<int>(), precision["exact"]!.GetValue<bool>()));
        Assert.InRange(precision["maxError"]!.GetValue<double>(), 1e-9, (0.5 / precision["scale"]!.GetValue<double>()) + 1e-12);
        Assert.InRange(precision["pairsKept"]!.GetValue<long>(), 0, precision["pairs"]!.GetValue<long>());
        Assert.Equal(["all.json", "p.qubo"], Directory.GetFileSystemEntries(Folder).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task An_answer_of_the_journal_is_not_paid_for_again_and_a_dry_run_says_so()
    {
        string file = WriteProblem(), journal = At("journal.db");
        Outcome dry = ToolProgram.Run("solve", file, "--machine", "cpqc-550", "--dry-run", "--tasks", "3", "--journal", journal,
            "--price", "2", "--json");
        Assert.Equal((0, ""), (dry.ExitCode, dry.Errors));
        Assert.Equal((3, 6.0), (dry.Json["machine"]!["toSubmit"]!.GetValue<int>(), dry.Json["machine"]!["cost"]!.GetValue<double>()));
        Assert.False(File.Exists(journal));

        Outcome refused = ToolProgram.Run("solve", file, "--machine", "emulator", "--tasks", "3", "--max-tasks", "2", "--journal", journal);
        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.Contains("3 tasks would be submitted, and --max-tasks allows 2. Nothing was submitted.", refused.Errors,
            StringComparison.Ordinal);
        Assert.False(File.Exists(journal));

        JsonNode first = ToolProgram.Run("solve", file, "--machine", "emulator", "--tasks", "2", "--journal", journal,
            "--json").Json["runs"]![0]!;
        Outcome again = ToolProgram.Run("solve", file, "--machine", "emulator", "--tasks", "3", "--max-tasks", "1", "--journal", journal);
        Assert.Equal(0, again.ExitCode);
        Assert.Contains("tasks         3, 1 submitted now", again.Output, StringComparison.Ordinal);
        JsonNode second = ToolProgram.Run(
            "solve", file, "--machine", "emulator", "--tasks", "2", "--max-tasks", "0", "--journal", journal, "--json").Json["runs"]![0]!;
        Assert.Equal(0, second["machine"]!["submitted"]!.GetValue<int>());
        Assert.Equal(first["values"]!.ToJsonString(), second["values"]!.ToJsonString());
        Assert.Contains("0 of 2 tasks", ToolProgram.Run("solve", file, "--machine", "CPQC-550", "--dry-run", "--tasks", "2",
            "--journal", journal).Output, StringComparison.Ordinal);
        await using CimJournal kept = CimJournal.Open(journal);
        Assert.Equal(3, (await kept.ListAsync()).Count(e => e.State == JournalState.Done));
    }

    /// <summary>Interrupted while the machine works, and started again: the task is asked for, not sent again.</summary>
    [Fact]
    public async Task What_has_left_when_it_is_interrupted_is_gone_on_with()
    {
        if (OperatingSystem.IsWindows())
        {
            return; // there a console has Ctrl+C, and a test no console
        }

        string file = WriteProblem(), journal = At("journal.db");
        using Process emulator = ToolProgram.Start(Folder, "emulator", "--port", "0", "--queue-delay", "4000");
        try
        {
            string address = (await emulator.StandardOutput.ReadLineAsync())!.Split(' ')[^1];
            using Process solve = ToolProgram.Start(Folder, "solve", file, "--machine", address, "--journal", journal);
            await IsRunning(journal);
            using (var kill = Process.Start("kill", ["-s", "INT", $"{solve.Id}"]))
            {
                await kill.WaitForExitAsync();
            }

            string errors = await solve.StandardError.ReadToEndAsync();
            await solve.WaitForExitAsync();
            Assert.Equal(3, solve.ExitCode);
            Assert.Contains("start again to go on with it", errors, StringComparison.Ordinal);
            Outcome next = ToolProgram.Run("solve", file, "--machine", address, "--journal", journal, "--max-tasks", "0", "--json");
            Assert.Equal((0, ""), (next.ExitCode, next.Errors));
            Assert.Equal(_lowest, next.Json["runs"]![0]!["energy"]!.GetValue<double>(), 1e-9);
            Assert.Equal(0, next.Json["runs"]![0]!["machine"]!["submitted"]!.GetValue<int>());
        }
        finally
        {
            emulator.Kill();
        }
    }

    [Fact]
    public void What_is_decided_needs_no_machine_and_what_is_too_large_is_said()
    {
        Write("fields.qubo", "p qubo 0 3 3 0\n0 0 1\n1 1 -2\n2 2 -0.5\n");
        Outcome decided = ToolProgram.Run("solve", At("fields.qubo"), "--machine", "emulator", "--tasks", "5", "--max-tasks", "0",
            "--json");
        Assert.Equal((0, -2.5), (decided.ExitCode, decided.Json["runs"]![0]!["energy"]!.GetValue<double>()));
        Assert.Empty(decided.Json["runs"]![0]!["machine"]!["tasks"]!.AsArray());

        Write("ring.mc", "1200 1200\n" + string.Concat(Enumerable.Range(1, 1200).Select(v => $"{v} {(v % 1200) + 1} {1 + (v % 3)}\n")));
        Outcome large = ToolProgram.Run("solve", At("ring.mc"), "--machine", "emulator");
        Assert.Equal((1, ""), (large.ExitCode, large.Output));
        Assert.Contains("CPQC-1000: ", large.Errors, StringComparison.Ordinal);
        Write("empty.qubo", "p qubo 0 0 0 0\n");
        Assert.Equal(1, ToolProgram.Run("solve", At("empty.qubo"), "--machine", "emulator").ExitCode);
    }

    [Theory]
    [InlineData("--machine: expected emulator, CPQC-550, CPQC-1000 or an address on this computer", "--machine", "http://example.org")]
    [InlineData("--machine: expected emulator", "--machine", "file:///etc")]
    [InlineData("A machine that is paid for needs a budget and a record", "--machine", "CPQC-550")]
    [InlineData("A machine that is paid for needs a budget and a record", "--machine", "CPQC-550", "--max-tasks", "3")]
    [InlineData("--machine and --sweeps exclude each other.", "--machine", "emulator", "--sweeps", "3")]
    [InlineData("--machine and --compare exclude each other.", "--machine", "emulator", "--compare", "sa,pt")]
    [InlineData("--journal is of a machine: name it with --machine.", "--journal", "x.db")]
    [InlineData("--dry-run is of a machine: name it with --machine.", "--dry-run")]
    public void A_wrong_command_line_is_told(string message, params string[] args)
    {
        string file = WriteProblem();
        Outcome outcome = ToolProgram.Run(["solve", file, .. args]);
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains(message, outcome.Errors, StringComparison.Ordinal);
        Assert.Equal(["p.qubo"], Directory.GetFileSystemEntries(Folder).Select(Path.GetFileName));
    }

    private static async Task IsRunning(string journal)
    {
        for (int tries = 0; tries < 600; tries++)
        {
            if (File.Exists(journal))
            {
                try
                {
                    await using CimJournal copy = await CimJournal.OpenSnapshotAsync(journal);
                    if ((await copy.ListAsync()).Any(e => e.State == JournalState.Running))
                    {
                        return;
                    }
                }
                catch (Exception e) when (e is CimJournalException or IOException)
                {
                    // It is just being made.
                }
            }

            await Task.Delay(50);
        }

        Assert.Fail("No task was accepted.");
    }

    private static double Energy(int[] x) => _terms.Sum(t => t.Value * x[t.I] * x[t.J]);

    private string WriteProblem() => Write("p.qubo", string.Create(
        CultureInfo.InvariantCulture, $"p qubo 0 10 10 45\n")
            + string.Concat(_terms.Where(t => t.I == t.J).Concat(_terms.Where(t => t.I != t.J)).Select(
            t => string.Create(CultureInfo.InvariantCulture, $"{t.I} {t.J} {t.Value}\n"))));
}
