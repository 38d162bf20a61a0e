using Qama.Annealing;
using Qama.Cim.Emulator;
using Qama.Cim.Journal;
using Qama.Cim.Qboson;
using Qama.Cim.Security;
using Qama.Ising.Precision;
using Qama.Problems;

namespace Qama.Cim.Tests;

/// <summary>What most client tests need: an emulator on loopback, a journal, a sampler.</summary>
internal sealed class Client : IAsyncDisposable
{
    public const string User = "user-4711-not-for-logs";
    public const string Code = "CODE-s3cr3t-not-for-logs";

    private readonly QbosonTransport _transport;

    private Client(CimEmulator emulator, CimJournal journal, CimSamplerOptions options, QbosonOptions http, ListLogger logger)
    {
        (Emulator, Journal, Logger) = (emulator, journal, logger);
        _transport = new QbosonTransport(http, new CimCredentials(User, Code));
        Sampler = new CimSampler(_transport, journal, options, logger);
    }

    public CimEmulator Emulator { get; }

    public CimJournal Journal { get; }

    public CimSampler Sampler { get; }

    public ListLogger Logger { get; }

    public static CimSamplerOptions Fast { get; } = new()
    {
        PollInterval = TimeSpan.FromMilliseconds(2),
        MaxPollInterval = TimeSpan.FromMilliseconds(20),
        TaskTimeout = TimeSpan.FromSeconds(60),
        Precision = PrecisionOptions.Plain,
    };

    public static async Task<Client> StartAsync(
        EmulatorOptions? emulator = null, CimSamplerOptions? options = null, string journal = ":memory:",
        Func<QbosonOptions, QbosonOptions>? http = null)
    {
        CimEmulator server = await CimEmulator.StartAsync(emulator ?? new EmulatorOptions());
        QbosonOptions connection = Http(server.Address);
        return new Client(server, CimJournal.Open(journal), options ?? Fast, http is null ? connection : http(connection), new ListLogger());
    }

    public static QbosonOptions Http(Uri address) => new()
    {
        AuthAddress = address, TaskAddress = address, RetryDelay = TimeSpan.FromMilliseconds(2), MaxAttempts = 12,
        RequestTimeout = TimeSpan.FromSeconds(20), SubmissionTimeout = TimeSpan.FromSeconds(20),
    };

    /// <summary>Small problems of one size that differ.</summary>
    public static QuboProblemBatch Problems(int count, int size = 8, ulong seed = 1) =>
        new([.. Enumerable.Range(0, count).Select(p => SmallProblems.Real(seed * 1_000_003 + (ulong)p, size, 1))]);

    public async Task<SampleSet> SampleAsync(ProblemBatch problems, int reads = 1, CancellationToken cancellationToken = default)
    {
        var result = new SampleSet(Math.Max(1, problems.Count), reads, problems.VariableCount);
        await Sampler.SampleAsync(problems, result, default, cancellationToken);
        return result;
    }

    public async ValueTask DisposeAsync()
    {
        await _transport.DisposeAsync();
        await Journal.DisposeAsync();
        await Emulator.DisposeAsync();
    }
}
