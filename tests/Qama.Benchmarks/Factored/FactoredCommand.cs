using System.CommandLine;

namespace Qama.Benchmarks.Factored;

/// <summary><c>factored</c>: couplings kept as features beside couplings written out.</summary>
internal static class FactoredCommand
{
    public static Command Create()
    {
        var command = new Command("factored", "Sweeps, layers and gaps with couplings kept as features and written out.");
        command.SetAction(_ =>
        {
            Console.Out.WriteLine(Machine.Measure().Description);
            FactoredMeasurement.Run(Console.Out);
        });
        return command;
    }
}
