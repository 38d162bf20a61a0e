using Microsoft.Extensions.DependencyInjection;
using Qama.Cim;
using Qama.Cim.Emulator;
using Qama.Cim.Qboson;
using Qama.Cim.Security;
using Qama.Cim.Tests;
using Qama.Cim.Transport;
using Qama.Cluster.Machine;
using Qama.Problems;

namespace Qama.Cluster.Tests.Machine;

/// <summary>Silos with a machine account, and samplers of callers.</summary>
internal static class MachineSilos
{
    public const string Account = "group";

    /// <summary>An account on an emulator.</summary>
    public static void AddEmulator(IServiceCollection services, Uri emulator, string? journal, Action<MachineOptions>? configure = null) =>
        Add(services, _ => new QbosonTransport(Client.Http(emulator), new CimCredentials(Client.User, Client.Code)), journal, configure);

    /// <summary>An account on any machine; fast.</summary>
    public static void Add(
        IServiceCollection services, Func<IServiceProvider, ICimTransport> machine, string? journal, Action<MachineOptions>? configure = null) =>
        services.AddMachine(Account, o =>
        {
            o.Transport = (s, _) => new(machine(s));
            o.JournalFile = journal;
            o.MaxConcurrentTasks = 8;
            (o.PollInterval, o.MaxPollInterval) = (TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(50));
            o.LookInterval = TimeSpan.FromMilliseconds(200);
            configure?.Invoke(o);
        });

    public static ClusterCimOptions Options(string caller, Func<CimSamplerOptions, CimSamplerOptions>? change = null)
    {
        CimSamplerOptions sampling = Client.Fast with { Pack = false };
        return new ClusterCimOptions { Caller = caller, Sampling = change is null ? sampling : change(sampling), OwnerTimeout = TimeSpan.FromMinutes(2) };
    }

    public static async Task<SampleSet> SampleAsync(
        IGrainFactory client, ClusterCimOptions options, ProblemBatch problems, CancellationToken cancellationToken = default) =>
        await SampleAsync(new ClusterCimSampler(client, Account, options), problems, cancellationToken);

    public static async Task<SampleSet> SampleAsync(
        ClusterCimSampler sampler, ProblemBatch problems, CancellationToken cancellationToken = default)
    {
        var result = new SampleSet(problems.Count, 1, problems.VariableCount);
        await sampler.SampleAsync(problems, result, default, cancellationToken);
        return result;
    }

    /// <summary>The emulator of fault tests: small and quick.</summary>
    public static Task<CimEmulator> EmulatorAsync(EmulatorOptions? options = null) => CimEmulator.StartAsync(
        (options ?? new EmulatorOptions()) with { Rows = 2, Solver = SimulatorSolver.Annealing(30) });
}
