using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Qama.Cim.Emulator;

namespace Qama.Cim.Tests;

/// <summary>The folder in which the emulator keeps tasks, and what else may be in it.</summary>
public class TaskFolderTests
{
    private const string Example = "8,16,0\n0,-24,8\n0,0,40\n";

    [Fact]
    public async Task Tasks_are_known_after_a_restart_and_what_is_none_is_told()
    {
        using var folder = new TemporaryFolder();
        EmulatorOptions options = new() { Solver = SimulatorSolver.Annealing(20), Rows = 3, TaskFolder = folder.Path };
        var ids = new List<long>();
        var before = new List<string>();
        await using (CimEmulator emulator = await CimEmulator.StartAsync(options))
        {
            using EmulatorClient client = await EmulatorClient.LogInAsync(emulator);
            foreach ((string csv, bool isQubo) in new[] { (Example, true), ("0,1\n1,0", false), (Example, true) })
            {
                ids.Add(await client.SubmitAsync(csv, isQubo));
                before.Add((await client.EndAsync(ids[^1])).GetRawText());
            }
        }

        // Cut off anywhere, changed anywhere, and names that are no ids.
        byte[] whole = await File.ReadAllBytesAsync(Path.Combine(folder.Path, $"{ids[0]}.task"));
        int next = 5000;
        int noTasks = 0;
        for (int length = 0; length < whole.Length; length += 3, noTasks++)
        {
            await File.WriteAllBytesAsync(Path.Combine(folder.Path, $"{next++}.task"), whole[..length]);
        }

        foreach (string name in new[] { "x", "-5", "99999999999999999999", "1000000000000001", " 7" })
        {
            await File.WriteAllBytesAsync(Path.Combine(folder.Path, $"{name}.task"), whole);
            noTasks++;
        }

        Directory.CreateDirectory(Path.Combine(folder.Path, "6000.task"));
        await File.WriteAllBytesAsync(Path.Combine(folder.Path, "6001.task"), new byte[4000]);
        noTasks++;
        byte[] odd = [.. whole];
        odd[24] = 1; // its diagonal
        await File.WriteAllBytesAsync(Path.Combine(folder.Path, "6002.task"), odd);
        await File.WriteAllBytesAsync(Path.Combine(folder.Path, "99999999999.task"), whole);
        if (!OperatingSystem.IsWindows())
        {
            File.CreateSymbolicLink(Path.Combine(folder.Path, "6003.task"), "/dev/zero");
            using Process pipe = Process.Start("mkfifo", Path.Combine(folder.Path, "6004.task"));
            await pipe.WaitForExitAsync();
            noTasks += 2;
        }

        await using CimEmulator again = await CimEmulator.StartAsync(options);
        using EmulatorClient second = await EmulatorClient.LogInAsync(again);
        Assert.Equal(noTasks, again.SkippedTasks.Count);
        Assert.All(again.SkippedTasks, s => Assert.Contains(folder.Path, s, StringComparison.Ordinal));
        for (int k = 0; k < ids.Count; k++)
        {
            Assert.Equal(before[k], (await second.EndAsync(ids[k])).GetRawText());
        }

        JsonElement damaged = await second.EndAsync(6002);
        Assert.Equal(3, damaged.GetProperty("task_status").GetInt32());
        Assert.Contains("not symmetric", damaged.GetProperty("desc").GetString(), StringComparison.Ordinal);
        for (int k = 0; k < Environment.ProcessorCount + 2; k++)
        {
            long id = await second.SubmitAsync(Example);
            Assert.True(id > 99999999999);
            Assert.Equal(2, (await second.EndAsync(id)).GetProperty("task_status").GetInt32());
        }
    }

    [Fact]
    public async Task A_folder_that_cannot_be_used_is_said_at_the_start()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "file");
        await File.WriteAllTextAsync(file, "");
        IOException e = await Assert.ThrowsAsync<IOException>(() => CimEmulator.StartAsync(new EmulatorOptions { TaskFolder = Path.Combine(file, "x") }));
        Assert.Contains("task folder", e.Message, StringComparison.Ordinal);
        string[] arguments = [typeof(CimEmulator).Assembly.Location, "--port", "0", "--tasks", Path.Combine(file, "x")];
        using Process program = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardError = true })!;
        string error = await program.StandardError.ReadToEndAsync();
        await program.WaitForExitAsync();
        Assert.Equal(1, program.ExitCode);
        Assert.Contains("task folder", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_that_cannot_be_kept_is_not_accepted()
    {
        using var folder = new TemporaryFolder();
        string tasks = Path.Combine(folder.Path, "tasks");
        await using CimEmulator emulator = await CimEmulator.StartAsync(new EmulatorOptions { TaskFolder = tasks, Solver = new InstantSolver() });
        using EmulatorClient client = await EmulatorClient.LogInAsync(emulator);
        Directory.Delete(tasks);
        using (HttpResponseMessage response = await client.PostAsync(Example))
        {
            Assert.Equal(503, (int)response.StatusCode);
        }

        Assert.Equal((0, 0), (emulator.Accepted, emulator.AcceptedContents.Count));
        Directory.CreateDirectory(tasks);
        long id = await client.SubmitAsync(Example);
        Assert.True(File.Exists(Path.Combine(tasks, id.ToString(CultureInfo.InvariantCulture) + ".task")));
    }
}
