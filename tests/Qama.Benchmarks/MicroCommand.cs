using System.CommandLine;
using BenchmarkDotNet.Running;

namespace Qama.Benchmarks;

/// <summary>Runs the BenchmarkDotNet classes of this program.</summary>
internal static class MicroCommand
{
    public static Command Create()
    {
        var arguments = new Argument<string[]>("arguments")
        {
            Description = "BenchmarkDotNet's own arguments, after --, for example --filter '*'.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new Command("micro", "Microbenchmarks with BenchmarkDotNet.") { arguments };
        command.SetAction(parsed =>
        {
            BenchmarkSwitcher.FromAssembly(typeof(MicroCommand).Assembly).Run(parsed.GetValue(arguments));
        });
        return command;
    }
}
