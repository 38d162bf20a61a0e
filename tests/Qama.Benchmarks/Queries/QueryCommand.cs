using System.CommandLine;

namespace Qama.Benchmarks.Queries;

/// <summary><c>queries</c>: layers with a selection per query beside softmax attention.</summary>
internal static class QueryCommand
{
    public static Command Create()
    {
        var command = new Command("queries", "Layers with a selection per query beside softmax attention of the same shape.");
        command.SetAction(_ =>
        {
            Console.Out.WriteLine(Machine.Measure().Description);
            QueryMeasurement.Run(Console.Out);
        });
        return command;
    }
}
