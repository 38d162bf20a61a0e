using System.CommandLine;

namespace Qama.Benchmarks.Factored;

/// <summary><c>factored-general</c>: windows, blocks, several bits, long range and bounds on sums without couplings written out.</summary>
internal static class GeneralCommand
{
    public static Command Create()
    {
        var command = new Command("factored-general", "Sweeps and gaps of models kept as features that are more than plain bits.");
        command.SetAction(_ =>
        {
            Console.Out.WriteLine(Machine.Measure().Description);
            GeneralMeasurement.Run(Console.Out);
        });
        return command;
    }
}
