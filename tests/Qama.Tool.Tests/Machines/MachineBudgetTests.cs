using System.Diagnostics;
using Qama.Cim.Journal;

namespace Qama.Tool.Tests.Machines;

/// <summary>What <c>qama solve --machine</c> may spend, and tasks whose answers never come.</summary>
public sealed class MachineBudgetTests : FolderTest
{
    private const string Graph = "8 10\n1 2 1\n2 3 2\n3 4 1\n4 5 3\n5 6 1\n6 7 2\n7 8 1\n1 8 1\n1 5 2\n3 7 -1\n";

    /// <summary>A run that a limit does not allow is not begun: not a task of it is sent.</summary>
    [Fact]
    public async Task The_limit_of_a_day_is_that_of_the_whole_run()
    {
        string graph = Write("graph.mc", Graph);
        Outcome refused = ToolProgram.Execute(
            Folder, "solve", "graph.mc", "--machine", "emulator", "--journal", "j.db", "--tasks", "3", "--max-tasks-per-day", "2");
        Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
        Assert.Equal("3 tasks would be submitted, and --max-tasks-per-day 2 leaves 2 for today (UTC). Nothing was submitted.",
            refused.Errors.Trim());
        Assert.Equal(["graph.mc"], Directory.GetFileSystemEntries(Folder).Select(Path.GetFileName));

        string[] more = ["solve", graph, "--machine", "emulator", "--journal", At("j.db"), "--max-tasks-per-day", "2"];
        Assert.Equal(0, ToolProgram.Run([.. more, "--tasks", "2"]).ExitCode);
        Assert.Equal(0, ToolProgram.Run([.. more, "--tasks", "2"]).ExitCode); // nothing new is needed
        Outcome over = ToolProgram.Run([.. more, "--tasks", "3"]);
        Assert.Equal(1, over.ExitCode);
        Assert.Contains("1 task would be submitted, and --max-tasks-per-day 2 leaves 0 for today", over.Errors, StringComparison.Ordinal);
        await using CimJournal journal = CimJournal.Open(At("j.db"));
        Assert.Equal(2, (await journal.ListAsync()).Count);
    }

    /// <summary>The emulator of a program ends with it: what it had not answered is not asked for for ever.</summary>
    [Fact]
    public void A_task_of_an_emulator_that_has_ended_is_submitted_again_when_told()
    {
        Write("graph.mc", Graph);
        string[] run = ["solve", "graph.mc", "--machine", "emulator", "--journal", "j.db"];
        Outcome hurried = ToolProgram.Execute(Folder, [.. run, "--tasks", "2", "--wait", "0.001"]);
        if (hurried.ExitCode == 0)
        {
            return; // an emulator of unheard-of speed
        }

        Assert.Equal((1, ""), (hurried.ExitCode, hurried.Output));
        Assert.Contains("The emulator of this program has not answered after 0.001 s, and ends with it.", hurried.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("goes on", hurried.Errors, StringComparison.Ordinal);
        Assert.Contains("1 Failed", ToolProgram.Run("journal", "list", At("j.db")).Output, StringComparison.Ordinal);

        Outcome next = ToolProgram.Execute(Folder, run);
        Assert.Equal((1, ""), (next.ExitCode, next.Output));
        Assert.Contains("FAILED, the emulator ended with its program", next.Errors, StringComparison.Ordinal);
        Assert.Contains("--resubmit-failed submits tasks again that failed.", next.Errors, StringComparison.Ordinal);
        Outcome again = ToolProgram.Execute(Folder, [.. run, "--resubmit-failed"]);
        Assert.Equal((0, ""), (again.ExitCode, again.Errors));
        Assert.Contains("cut           12", again.Output, StringComparison.Ordinal);
    }

    /// <summary>A task that the machine no longer knows: the error names the command that gives it up, and then it is submitted
    /// again.</summary>
    [Fact]
    public async Task A_task_that_no_machine_knows_is_given_up_by_the_command_that_the_error_names()
    {
        if (OperatingSystem.IsWindows())
        {
            return; // a process that is killed, as elsewhere
        }

        string graph = Write("graph.mc", Graph), journal = At("j.db");
        // Submitted to an emulator that is killed.
        using Process emulator = ToolProgram.Start(Folder, "emulator", "--port", "0", "--queue-delay", "60000");
        string address = (await emulator.StandardOutput.ReadLineAsync())!.Split(' ')[^1];
        Outcome left = ToolProgram.Run("solve", graph, "--machine", address, "--journal", journal, "--wait", "0.001");
        emulator.Kill();
        await emulator.WaitForExitAsync();
        Assert.Equal(1, left.ExitCode);
        Assert.Contains("The task has no result: qama-", left.Errors, StringComparison.Ordinal);
        Assert.Contains("It goes on; run again to continue.", left.Errors, StringComparison.Ordinal);

        Outcome lost = ToolProgram.Run("solve", graph, "--machine", "emulator", "--journal", journal);
        Assert.Equal(1, lost.ExitCode);
        string task = lost.Errors.Split("'qama journal end ")[1].Split('\'')[0].Split(' ')[^1];
        Assert.Contains($"'qama journal end {journal} {task}'", lost.Errors, StringComparison.Ordinal);
        Assert.Contains("1 Running", ToolProgram.Run("journal", "list", journal).Output, StringComparison.Ordinal); // it is another machine's

        Outcome end = ToolProgram.Execute(Folder, "journal", "end", "j.db", task, "--reason", "its emulator was killed");
        Assert.Equal(0, end.ExitCode);
        Assert.Equal($"Unknown       {task}: its emulator was killed", end.Output.Trim());
        Outcome twice = ToolProgram.Run("journal", "end", journal, task);
        Assert.Equal((1, ""), (twice.ExitCode, twice.Output));
        Assert.Contains($"{task} is Unknown: only a task that is Running is given up.", twice.Errors, StringComparison.Ordinal);

        string[] run = ["solve", graph, "--machine", "emulator", "--journal", journal];
        Outcome unknown = ToolProgram.Run(run);
        Assert.Contains("UNKNOWN, its emulator was killed", unknown.Errors, StringComparison.Ordinal);
        Assert.Contains("--resubmit-unknown submits tasks again", unknown.Errors, StringComparison.Ordinal);
        Outcome again = ToolProgram.Run([.. run, "--resubmit-unknown"]);
        Assert.Equal((0, ""), (again.ExitCode, again.Errors));
    }
}
