using Qama.Cluster.Tests.Machine;

namespace Qama.Cluster.Tests;

/// <summary>What tests start as processes of their own, by the first argument.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args) => args.FirstOrDefault() switch
    {
        MachinePrograms.Silo => MachinePrograms.SiloAsync(args[1..]),
        MachinePrograms.Caller => MachinePrograms.CallerAsync(args[1..]),
        _ => Task.FromResult(2),
    };
}
