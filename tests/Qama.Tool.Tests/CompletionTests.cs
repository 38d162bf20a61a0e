using System.Diagnostics;

namespace Qama.Tool.Tests;

/// <summary>What a shell is told of the words of the command.</summary>
public sealed class CompletionTests : FolderTest
{
    [Theory]
    [InlineData("qama ", "completion convert emulator info inspect journal solve", "/h -? /?")]
    [InlineData("qama sol", "solve", "info")]
    [InlineData("qama journal ", "cost export list replay resume show", "solve")]
    [InlineData("qama solve p.qubo --sampler ", "sa tabu bsb cim pt exact", "solve")]
    [InlineData("qama convert a.mc b --to q", "qubo qplib qh", "mc")]
    [InlineData("qama completion ", "bash zsh fish pwsh", "info")]
    public void Words_are_those_that_may_come_next(string line, string expected, string absent)
    {
        Outcome outcome = ToolProgram.Execute(Folder, $"[suggest:{line.Length}]", line);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Errors));
        string[] words = outcome.Output.Split('\n',
            StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        Assert.All(expected.Split(' '), w => Assert.Contains(w, words));
        Assert.All(absent.Split(' '), w => Assert.DoesNotContain(w, words));
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _qama_complete qama")]
    [InlineData("zsh", "compdef _qama_complete qama")]
    [InlineData("fish", "complete -c qama -a")]
    [InlineData("pwsh", "Register-ArgumentCompleter -Native -CommandName qama")]
    public void Every_shell_has_a_script(string shell, string expected)
    {
        Outcome outcome = ToolProgram.Run("completion", shell);
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Errors));
        Assert.Contains(expected, outcome.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', outcome.Output.TrimEnd());
    }

    [Fact]
    public void A_shell_without_a_script_is_told_which_have_one()
    {
        Outcome outcome = ToolProgram.Run("completion", "tcsh");
        Assert.Equal((2, ""), (outcome.ExitCode, outcome.Output));
        Assert.Contains("expected one of bash, zsh, fish, pwsh, got 'tcsh'", outcome.Errors, StringComparison.Ordinal);
    }

    /// <summary>The script in a shell that is there almost everywhere.</summary>
    [Fact]
    public void Bash_completes_a_word()
    {
        if (!File.Exists("/bin/bash"))
        {
            return;
        }

        string program = Path.Combine(AppContext.BaseDirectory, "qama.dll");
        string script = $$"""
            qama() { dotnet "{{program}}" "$@"; }
            eval "$(qama completion bash)"
            COMP_LINE="qama jour and more" COMP_POINT=9 COMP_WORDS=(qama jour) COMP_CWORD=1
            _qama_complete
            printf '%s;' "${COMPREPLY[@]}"
            """;
        using var process = Process.Start(
            new ProcessStartInfo("/bin/bash", ["-c", script]) { RedirectStandardOutput = true })!;
        Assert.Equal("journal;", process.StandardOutput.ReadToEnd());
        process.WaitForExit();
    }
}
