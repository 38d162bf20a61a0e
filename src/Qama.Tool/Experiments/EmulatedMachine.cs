using Qama.Cim;
using Qama.Cim.Emulator;
using Qama.Cim.Journal;
using Qama.Cim.Qboson;
using Qama.Cim.Security;
using Qama.Cim.Transport;

namespace Qama.Tool.Experiments;

/// <summary>The emulated 8-bit machine on loopback, answered by the simulated coherent Ising machine, and the client that sends it
/// tasks.</summary>
internal sealed class EmulatedMachine : IAsyncDisposable
{
    private readonly CimEmulator _emulator;
    private readonly QbosonTransport _transport;
    private readonly CimJournal _journal;

    private EmulatedMachine(CimEmulator emulator, CimJournal journal)
    {
        (_emulator, _journal) = (emulator, journal);
        _transport = new QbosonTransport(
            new QbosonOptions { AuthAddress = emulator.Address, TaskAddress = emulator.Address },
            new CimCredentials("emulator", "emulator"));
        Sampler = new CimSampler(_transport, journal, new CimSamplerOptions
        {
            Machine = Machine, MaxConcurrentTasks = 2, PollInterval = TimeSpan.FromMilliseconds(5),
            MaxPollInterval = TimeSpan.FromMilliseconds(50),
        });
    }

    /// <summary>What is emulated.</summary>
    public static CimMachine Machine => CimMachine.Cpqc550;

    /// <summary>The client.</summary>
    public CimSampler Sampler { get; }

    /// <summary>Starts both.</summary>
    /// <param name="steps">Steps of the simulated machine.</param>
    public static async Task<EmulatedMachine> StartAsync(int steps)
    {
        CimEmulator emulator = await CimEmulator.StartAsync(
            new EmulatorOptions { Solver = SimulatorSolver.CoherentIsingMachine(steps) }).ConfigureAwait(false);
        try
        {
            return new EmulatedMachine(emulator, CimJournal.Open(":memory:"));
        }
        catch
        {
            await emulator.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _transport.DisposeAsync().ConfigureAwait(false);
        await _journal.DisposeAsync().ConfigureAwait(false);
        await _emulator.DisposeAsync().ConfigureAwait(false);
    }
}
