using System.CommandLine;

namespace Qama.Tool;

/// <summary><c>qama completion SHELL</c>: what makes a shell complete the command's words. The words come from the
/// command itself, by its
/// directive <c>[suggest]</c>; where it has none, a shell completes names of files as ever.</summary>
internal static class CompletionCommand
{
    // A suggestion is a line. COMP_POINT counts bytes in some versions: a line without its end is completed at its end.
    private const string Bash = """
        # qama for bash: eval "$(qama completion bash)"
        _qama_complete() {
          local IFS=$'\n' line="${COMP_LINE:0:COMP_POINT}" word="${COMP_WORDS[COMP_CWORD]}"
          COMPREPLY=( $(compgen -W "$(qama "[suggest:${#line}]" "$line" 2>/dev/null)" -- "$word") )
        }
        complete -o default -F _qama_complete qama
        """;

    private const string Zsh = """
        # qama for zsh: eval "$(qama completion zsh)"
        _qama_complete() {
          local -a words
          words=("${(@f)$(qama "[suggest:${#LBUFFER}]" "$LBUFFER" 2>/dev/null)}")
          [[ -n "$words" ]] && compadd -a words
          _files
        }
        compdef _qama_complete qama
        """;

    private const string Fish = """
        # qama for fish: qama completion fish | source
        function __qama_complete
          set -l line (commandline -cp)
          qama "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c qama -a '(__qama_complete)'
        """;

    private const string Pwsh = """
        # qama for PowerShell: qama completion pwsh | Out-String | Invoke-Expression
        Register-ArgumentCompleter -Native -CommandName qama -ScriptBlock {
          param($word, $line, $position)
          $text = "$line".PadRight($position).Substring(0, $position)
          qama "[suggest:$position]" "$text" 2>$null | Where-Object { $_ -like "$word*" } | ForEach-Object {
            [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
          }
        }
        """;

    private static readonly Dictionary<string, string> _scripts = new()
    {
        ["bash"] = Bash, ["zsh"] = Zsh, ["fish"] = Fish, ["pwsh"] = Pwsh,
    };

    private static readonly Argument<string> _shell = Shell();

    public static Command Create()
    {
        var command = new Command("completion",
            "Prints a script that makes a shell complete the words of this command.") { _shell };
        command.Does((parsed, _) =>
        {
            parsed.InvocationConfiguration.Output.WriteLine(
                _scripts[parsed.GetValue(_shell)!].ReplaceLineEndings("\n"));
            return Program.Done;
        });
        return command;
    }

    private static Argument<string> Shell()
    {
        var shell = new Argument<string>("SHELL") { Description = $"The shell: {string.Join(", ", _scripts.Keys)}." };
        shell.CompletionSources.Add(_ =>
            _scripts.Keys.Select(k => new System.CommandLine.Completions.CompletionItem(k)));
        shell.Validators.Add(result =>
        {
            string text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
            if (!_scripts.ContainsKey(text))
            {
                result.AddError($"SHELL: expected one of {string.Join(", ", _scripts.Keys)}, got '{text}'.");
            }
        });
        return shell;
    }
}
