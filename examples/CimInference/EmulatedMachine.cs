using Qama.Cim;
using Qama.Cim.Emulator;
using Qama.Cim.Journal;
using Qama.Cim.Qboson;
using Qama.Cim.Security;

namespace Qama.Examples.CimInference;

/// <summary>An emulator on this computer, and the client that sends it tasks.</summary>
internal sealed class EmulatedMachine : IAsyncDisposable
{
    private readonly QbosonTransport _transport;
    private readonly CimJournal _journal;

    private EmulatedMachine(CimEmulator emulator, CimJournal journal, CimSamplerOptions options)
    {
        Emulator = emulator;
        _journal = journal;
        _transport = new QbosonTransport(
            new QbosonOptions { AuthAddress = emulator.Address, TaskAddress = emulator.Address }, new CimCredentials("emulator", "emulator"));
        Sampler = new CimSampler(_transport, journal, options);
    }

    public CimEmulator Emulator { get; }

    public CimSampler Sampler { get; }

    /// <summary>Starts both.</summary>
    /// <param name="emulator">What the machine is like.</param>
    /// <param name="options">How problems become tasks.</param>
    /// <param name="journal">The journal's file; <c>:memory:</c> for none.</param>
    public static async Task<EmulatedMachine> StartAsync(EmulatorOptions emulator, CimSamplerOptions options, string journal)
    {
        CimEmulator started = await CimEmulator.StartAsync(emulator);
        try
        {
            return new EmulatedMachine(started, CimJournal.Open(journal), options);
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _transport.DisposeAsync();
        await _journal.DisposeAsync();
        await Emulator.DisposeAsync();
    }
}
