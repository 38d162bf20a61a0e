using Qama.Cim.Emulator;
using Qama.Cim.Journal;
using Qama.Cim.Qboson;
using Qama.Cim.Security;
using Qama.Problems;

namespace Qama.Cim.Tests;

/// <summary>A client whose journal is a file, and a second program that goes on with it.</summary>
internal sealed class CimEmulatorPair : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();

    public Client First { get; private set; } = null!;

    public string JournalFile => Path.Combine(_folder.Path, "journal.db");

    public static async Task<CimEmulatorPair> StartAsync(CimSamplerOptions? options = null, EmulatorOptions? emulator = null)
    {
        var pair = new CimEmulatorPair();
        pair.First = await Client.StartAsync(emulator, options, pair.JournalFile);
        return pair;
    }

    /// <summary>Samples as the next program would: the first has closed its journal.</summary>
    public async Task<SampleSet> SampleAgainAsync(ProblemBatch problems, CimSamplerOptions options)
    {
        await First.Journal.DisposeAsync();
        await using CimJournal journal = CimJournal.Open(JournalFile);
        await using var transport = new QbosonTransport(Client.Http(First.Emulator.Address), new CimCredentials(Client.User, Client.Code));
        var result = new SampleSet(problems.Count, 1, problems.VariableCount);
        await new CimSampler(transport, journal, options).SampleAsync(problems, result, default);
        return result;
    }

    public async ValueTask DisposeAsync()
    {
        await First.DisposeAsync();
        _folder.Dispose();
    }
}
