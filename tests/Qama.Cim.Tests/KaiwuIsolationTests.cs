using System.Diagnostics;
using Qama.Cim.Kaiwu;
using Qama.Cim.Security;

namespace Qama.Cim.Tests;

/// <summary>Nothing that others can put in the way of the worker runs with the credentials.</summary>
public class KaiwuIsolationTests
{
    private const string PlantedModule = "import os\nopen(os.environ['TRAP'], 'a').write(__file__ + ' ' + os.environ.get('QBOSON_SDK_CODE', '') + '\\n')\n";

    private static readonly string[] Planted =
        ["json.py", "inspect.py", "os.py", "site.py", "sitecustomize.py", "usercustomize.py", "numpy.py", "kaiwu.py", "encodings.py", "startup.py"];

    [PythonTheory]
    [InlineData("temporary folder")]
    [InlineData("working directory")]
    [InlineData("PYTHONPATH")]
    [InlineData("PYTHONPATH of options with an empty entry")]
    [InlineData("PYTHONSTARTUP")]
    [InlineData("PYTHONHOME")]
    [InlineData("python in the working directory")]
    public async Task What_is_planted_is_not_run(string where)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var folder = new TemporaryFolder();
        string trap = Path.Combine(folder.Path, "trap");
        string planted = Directory.CreateDirectory(Path.Combine(folder.Path, "planted")).FullName;
        foreach (string file in Planted)
        {
            await File.WriteAllTextAsync(Path.Combine(planted, file), PlantedModule);
        }

        string python = Path.Combine(planted, "python3");
        await File.WriteAllTextAsync(python, "#!/bin/sh\necho python >> \"$TRAP\"\n");
        File.SetUnixFileMode(python, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        bool isOptions = where.StartsWith("PYTHONPATH of", StringComparison.Ordinal);
        ProcessStartInfo start = ClientProcess.Start(ClientProcess.Worker, isOptions ? "x" : "", folder.Path);
        start.WorkingDirectory = where.Contains("working", StringComparison.Ordinal) || isOptions ? planted : folder.Path;
        foreach (string name in start.Environment.Keys.Where(n => n.StartsWith("PYTHON", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment["TRAP"] = trap;
        if (where is "PYTHONPATH" or "PYTHONHOME" or "PYTHONSTARTUP")
        {
            start.Environment[where] = where == "PYTHONSTARTUP" ? Path.Combine(planted, "startup.py") : planted;
        }

        if (where == "temporary folder")
        {
            start.Environment["TMPDIR"] = planted;
        }

        string said = await RunAsync(start);
        Assert.False(File.Exists(trap), said + (File.Exists(trap) ? File.ReadAllText(trap) : ""));
        Assert.Contains(isOptions ? "Kaiwu SDK 1.4" : "has no", said, StringComparison.Ordinal);
        Assert.Equal(where is "PYTHONPATH" or "PYTHONHOME" or "PYTHONSTARTUP", said.Contains("Of this program's environment", StringComparison.Ordinal));
        Assert.Equal(Planted.Length + 1, Directory.GetFileSystemEntries(planted).Length);
    }

    [PythonTheory]
    [InlineData("environment of its own")]
    [InlineData("user's packages")]
    public async Task The_sdk_is_found_where_the_user_installed_it(string where)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var folder = new TemporaryFolder();
        string python = "python3";
        string home = Path.Combine(folder.Path, "home");
        string packages;
        if (where == "environment of its own")
        {
            string root = Path.Combine(folder.Path, "environment");
            using Process create = Process.Start("python3", ["-m", "venv", "--without-pip", root])!;
            await create.WaitForExitAsync();
            Assert.Equal(0, create.ExitCode);
            python = Path.Combine(root, "bin", "python");
            packages = Directory.GetDirectories(root, "site-packages", SearchOption.AllDirectories)[0];
        }
        else
        {
            var ask = new ProcessStartInfo("python3", ["-c", "import site; print(site.getusersitepackages())"]) { RedirectStandardOutput = true };
            ask.Environment["HOME"] = home;
            using Process answer = Process.Start(ask)!;
            packages = Directory.CreateDirectory((await answer.StandardOutput.ReadToEndAsync()).Trim()).FullName;
        }

        string standIn = Path.Combine(AppContext.BaseDirectory, "StandIn");
        foreach (string file in new[] { "numpy.py", "_machine.py" })
        {
            File.Copy(Path.Combine(standIn, file), Path.Combine(packages, file));
        }

        Directory.CreateDirectory(Path.Combine(packages, "kaiwu"));
        foreach (string file in Directory.GetFiles(Path.Combine(standIn, "v1.4", "kaiwu"), "*.py"))
        {
            File.Copy(file, Path.Combine(packages, "kaiwu", Path.GetFileName(file)));
        }

        await using KaiwuTransport transport = await KaiwuTransport.StartAsync(
            new KaiwuOptions
            {
                Python = python, CheckpointFolder = Path.Combine(folder.Path, "checkpoints"),
                Environment = new Dictionary<string, string> { ["HOME"] = home, ["PYTHONDONTWRITEBYTECODE"] = "1" },
            },
            new CimCredentials(Client.User, Client.Code));
        Assert.Equal("1.4", transport.Generation);
    }

    [PythonTheory]
    [InlineData(1)]
    public async Task A_client_that_is_killed_leaves_nothing_behind(int generations)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var folder = new TemporaryFolder();
        string temporary = Directory.CreateDirectory(Path.Combine(folder.Path, "temporary")).FullName;
        for (int k = 0; k < generations; k++)
        {
            ProcessStartInfo start = ClientProcess.Start(ClientProcess.Worker, "wait", folder.Path);
            start.Environment["TMPDIR"] = temporary;
            start.Environment["DOTNET_EnableDiagnostics"] = "0"; // .NET's own sockets and pipes
            using Process child = Process.Start(start)!;
            Assert.Contains("Kaiwu SDK", await child.StandardOutput.ReadLineAsync(), StringComparison.Ordinal);
            child.Kill();
            await child.WaitForExitAsync();
        }

        Assert.DoesNotContain(
            Directory.GetFiles(temporary, "*", SearchOption.AllDirectories),
            file => file.EndsWith(".py", StringComparison.Ordinal) || file.Contains("qama", StringComparison.Ordinal));
    }

    private static async Task<string> RunAsync(ProcessStartInfo start)
    {
        using Process child = Process.Start(start)!;
        string said = await child.StandardOutput.ReadToEndAsync();
        await child.WaitForExitAsync();
        return said;
    }
}
