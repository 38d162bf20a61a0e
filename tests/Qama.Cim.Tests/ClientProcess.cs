using System.Globalization;
using Qama.Cim.Journal;
using Qama.Cim.Qboson;
using Qama.Cim.Security;
using Qama.Sampling;

namespace Qama.Cim.Tests;

/// <summary>The program that the tests start and kill: samples a batch, a line for each change of a task. Exit code 3 if a
/// task has no result.</summary>
internal static class ClientProcess
{
    private static async Task<int> Main(string[] args)
    {
        if (args.Length != 3)
        {
            return 2;
        }

        await using CimJournal journal = CimJournal.Open(args[1]);
        await using var transport = new QbosonTransport(Client.Http(new Uri(args[0])), new CimCredentials(Client.User, Client.Code));
        QuboProblemBatch problems = Client.Problems(24, 8, ulong.Parse(args[2], CultureInfo.InvariantCulture));
        var sampler = new CimSampler(transport, journal, Client.Fast with { Pack = false, Progress = new Lines() });
        try
        {
            await sampler.SampleAsync(problems, new SampleSet(24, 1, 8), default);
            return 0;
        }
        catch (CimTasksException)
        {
            return 3;
        }
    }

    private sealed class Lines : IProgress<CimProgress>
    {
        public void Report(CimProgress value) => Console.Out.WriteLine(value.State);
    }
}
