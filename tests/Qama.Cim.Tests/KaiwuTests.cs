using System.Diagnostics;
using Qama.Annealing;
using Qama.Cim.Journal;
using Qama.Cim.Kaiwu;
using Qama.Cim.Packing;
using Qama.Cim.Security;
using Qama.Cim.Transport;
using Qama.Problems;

namespace Qama.Cim.Tests;

/// <summary>A test that needs Python; skipped visibly without it.</summary>
public sealed class PythonTheoryAttribute : TheoryAttribute
{
    private static readonly bool HasPython = Find();

    public PythonTheoryAttribute()
    {
        Skip = HasPython ? null : "There is no python3 on this machine.";
    }

    private static bool Find()
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo("python3", "--version") { RedirectStandardOutput = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}

/// <summary>The worker with a real Python and stand-ins of the SDK's generations.</summary>
public class KaiwuTests
{
    private static readonly CimSamplerOptions Options = Client.Fast with { Form = UploadForm.Ising };

    [PythonTheory]
    [InlineData("1.1", false)]
    [InlineData("1.2", true)]
    [InlineData("1.3", true)]
    [InlineData("1.4", true)]
    public async Task Each_generation_of_the_sdk_solves(string generation, bool isRepeatable)
    {
        using var folder = new TemporaryFolder();
        await using KaiwuTransport transport = await StartAsync("v" + generation, folder);
        Assert.Equal((generation, isRepeatable), (transport.Generation, transport.SubmissionIsRepeatable));
        await using CimJournal journal = CimJournal.Open(":memory:");
        QuboProblemBatch problems = Client.Problems(2, 4);
        var result = new SampleSet(2, 2, 4);
        await new CimSampler(transport, journal, Options).SampleAsync(problems, result, default);
        Assert.All([0, 1], p => Assert.InRange(result.Energy(p), -1e9, SmallProblems.Lowest(problems.ToQubo(p)) + 0.2));
        Assert.Contains("Kaiwu SDK " + generation, result.Provenance, StringComparison.Ordinal);
        Assert.DoesNotContain("mode sample", Log(folder), StringComparison.Ordinal);
    }

    [PythonTheory]
    [InlineData("1.3", "mode sample")]
    [InlineData("1.4", "mode sampling")]
    public async Task Sampling_mode_is_named_as_the_generation_names_it(string generation, string expected)
    {
        using var folder = new TemporaryFolder();
        await using KaiwuTransport transport = await StartAsync("v" + generation, folder, o => o with { SampleNumber = 20 });
        await SampleAsync(transport);
        Assert.Contains(expected, Log(folder), StringComparison.Ordinal);
    }

    [PythonTheory]
    [InlineData("nothing", "no Kaiwu SDK")]
    [InlineData("broken", "cannot be used: OSError: libcim.so")]
    [InlineData("unlicensed", "refuses the licence: unknown user ***")]
    public async Task What_is_missing_is_said_at_the_start(string standIn, string expected)
    {
        using var folder = new TemporaryFolder();
        CimConfigurationException e = await Assert.ThrowsAsync<CimConfigurationException>(() => StartAsync(standIn, folder));
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Client.User, e.ToString(), StringComparison.Ordinal);
    }

    [PythonTheory]
    [InlineData("no-such-python", "There is no Python")]
    [InlineData("false", "ended at once")]
    [InlineData("echo", "does not run the worker")]
    public async Task A_python_that_is_none_is_said_at_the_start(string python, string expected)
    {
        using var folder = new TemporaryFolder();
        CimConfigurationException e = await Assert.ThrowsAsync<CimConfigurationException>(
            () => StartAsync("v1.3", folder, o => o with { Python = python }));
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    [PythonTheory]
    [InlineData("(3, 6, 9, 'final', 0)", "is too old: Python 3.8 or later is needed")]
    [InlineData("(3, 8, 1, 'final', 0)", "")]
    public async Task A_python_that_is_too_old_is_said_at_the_start(string version, string expected)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        // A Python that says of itself that it is another one.
        using var folder = new TemporaryFolder();
        string python = Path.Combine(folder.Path, "python");
        await File.WriteAllTextAsync(python, $"""
            #!/bin/sh
            exec python3 -u -c "import sys; sys.version_info = {version}; exec(sys.argv[3])" "$@"

            """);
        File.SetUnixFileMode(python, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Task<KaiwuTransport> start = StartAsync("v1.3", folder, o => o with { Python = python });
        if (expected.Length > 0)
        {
            Assert.Contains(expected, (await Assert.ThrowsAsync<CimConfigurationException>(() => start)).Message, StringComparison.Ordinal);
            return;
        }

        await using KaiwuTransport transport = await start;
        Assert.Equal("1.3", transport.Generation);
    }

    [PythonTheory]
    [InlineData("failed", JournalState.Failed)]
    [InlineData("value", JournalState.Failed)]
    [InlineData("license", JournalState.Prepared)]
    [InlineData("exit", JournalState.Unknown)]
    [InlineData("short", JournalState.Unknown)]
    [InlineData("wrong", JournalState.Unknown)]
    public async Task What_goes_wrong_in_the_sdk_becomes_a_state(string order, JournalState expected)
    {
        using var folder = new TemporaryFolder();
        await using KaiwuTransport transport = await StartAsync("v1.3", folder, order: order);
        CimTasksException e = await Assert.ThrowsAsync<CimTasksException>(() => SampleAsync(transport));
        Assert.Equal(expected, Assert.Single(e.Failures).State);
    }

    [PythonTheory]
    [InlineData("exit")]
    [InlineData("hang")]
    public async Task A_worker_that_dies_or_hangs_is_replaced_and_the_task_is_continued_not_repeated(string order)
    {
        using var folder = new TemporaryFolder();
        string once = Path.Combine(folder.Path, "once");
        await File.WriteAllTextAsync(once, order);
        await using KaiwuTransport transport = await StartAsync(
            "v1.3", folder, o => o with { TimeLimit = TimeSpan.FromSeconds(order == "hang" ? 2 : 60) }, once: once);
        await using CimJournal journal = CimJournal.Open(":memory:");
        await Assert.ThrowsAsync<CimTasksException>(() => SampleAsync(transport, journal));
        await SampleAsync(transport, journal);
        Assert.Single(Log(folder).Split('\n'), l => l.StartsWith("submitted", StringComparison.Ordinal));
    }

    [PythonTheory]
    [InlineData(UploadForm.QuboOfIsing)]
    public async Task Another_form_than_ising_is_refused(UploadForm form)
    {
        using var folder = new TemporaryFolder();
        await using KaiwuTransport transport = await StartAsync("v1.4", folder);
        CimTasksException e = await Assert.ThrowsAsync<CimTasksException>(() => SampleAsync(transport, form: form));
        Assert.Contains("Form to Ising", e.Message, StringComparison.Ordinal);
    }

    private static string Log(TemporaryFolder folder) =>
        File.Exists(Path.Combine(folder.Path, "log")) ? File.ReadAllText(Path.Combine(folder.Path, "log")) : "";

    private static async Task SampleAsync(KaiwuTransport transport, CimJournal? journal = null, UploadForm form = UploadForm.Ising)
    {
        await using CimJournal own = CimJournal.Open(":memory:");
        await new CimSampler(transport, journal ?? own, Options with { Form = form })
            .SampleAsync(Client.Problems(1, 4), new SampleSet(1, 1, 4), default);
    }

    internal static Task<KaiwuTransport> StartAsync(
        string standIn, TemporaryFolder folder, Func<KaiwuOptions, KaiwuOptions>? change = null, string order = "", string once = "")
    {
        KaiwuOptions options = StandIn(standIn, folder, order, once);
        return KaiwuTransport.StartAsync(change is null ? options : change(options), new CimCredentials(Client.User, Client.Code));
    }

    internal static KaiwuOptions StandIn(string standIn, TemporaryFolder folder, string order = "", string once = "")
    {
        string root = Path.Combine(AppContext.BaseDirectory, "StandIn");
        return new KaiwuOptions
        {
            CheckpointFolder = Path.Combine(folder.Path, "checkpoints"),
            StopGrace = TimeSpan.FromSeconds(2),
            Environment = new Dictionary<string, string>
            {
                ["PYTHONPATH"] = Path.Combine(root, standIn) + Path.PathSeparator + root,
                ["PYTHONDONTWRITEBYTECODE"] = "1",
                ["STANDIN"] = order,
                ["STANDIN_ONCE"] = once,
                ["STANDIN_LOG"] = Path.Combine(folder.Path, "log"),
                ["KAIWU_PAUSE_MILLISECONDS"] = "10",
            },
        };
    }
}
