using System.Diagnostics;
using System.Globalization;
using Qama.Annealing;
using Qama.Cim.Journal;
using Qama.Cim.Kaiwu;
using Qama.Cim.Qboson;
using Qama.Cim.Security;
using Qama.Cim.Transport;
using Qama.Problems;

namespace Qama.Cim.Tests;

/// <summary>The program that the tests start and kill: samples a batch, a line for each change of a task. Exit code 3 if a
/// task has no result. Or it starts the worker of the SDK and says what it is.</summary>
internal static class ClientProcess
{
    /// <summary>In place of the address: the worker; the journal is "" for one without the stand-in, "wait" for one that stays.</summary>
    public const string Worker = "worker";

    /// <summary>How it is started.</summary>
    public static ProcessStartInfo Start(string address, string journal, string seed, int attempts = 12) => new(
        Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet",
        [typeof(ClientProcess).Assembly.Location, address, journal, seed, attempts.ToString(CultureInfo.InvariantCulture)])
    {
        RedirectStandardOutput = true,
    };

    private static async Task<int> Main(string[] args)
    {
        if (args.Length != 4)
        {
            return 2;
        }

        if (args[0] == Worker)
        {
            return await StartWorkerAsync(args[1], args[2]);
        }

        await using CimJournal journal = CimJournal.Open(args[1]);
        QbosonOptions http = Client.Http(new Uri(args[0])) with { MaxAttempts = int.Parse(args[3], CultureInfo.InvariantCulture) };
        await using var transport = new QbosonTransport(http, new CimCredentials(Client.User, Client.Code));
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

    private static async Task<int> StartWorkerAsync(string kind, string folder)
    {
        string root = Path.Combine(AppContext.BaseDirectory, "StandIn");
        var environment = new Dictionary<string, string>();
        if (kind.Length > 0)
        {
            // A trailing separator, as scripts like to write: an empty entry.
            environment["PYTHONPATH"] = Path.Combine(root, "v1.4") + Path.PathSeparator + root + Path.PathSeparator;
            environment["PYTHONDONTWRITEBYTECODE"] = "1";
        }

        try
        {
            await using KaiwuTransport transport = await KaiwuTransport.StartAsync(
                new KaiwuOptions { CheckpointFolder = Path.Combine(folder, "checkpoints"), Environment = environment },
                new CimCredentials(Client.User, Client.Code));
            await Console.Out.WriteLineAsync(transport.Name);
            if (kind == "wait")
            {
                await Task.Delay(TimeSpan.FromMinutes(5));
            }

            return 0;
        }
        catch (CimConfigurationException e)
        {
            await Console.Out.WriteLineAsync(e.Message);
            return 1;
        }
    }

    private sealed class Lines : IProgress<CimProgress>
    {
        public void Report(CimProgress value) => Console.Out.WriteLine(value.State);
    }
}
