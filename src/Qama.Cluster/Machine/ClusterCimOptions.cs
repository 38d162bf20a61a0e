using Qama.Cim;
using Qama.Cim.Transport;

namespace Qama.Cluster.Machine;

/// <summary>Settings of a <see cref="ClusterCimSampler"/>.</summary>
public sealed record ClusterCimOptions
{
    /// <summary>Name of the caller: callers take turns, and their costs are told apart. 1 to 64 characters. Default: the user's name at
    /// this computer.</summary>
    public string Caller { get; init; } = $"{Environment.UserName}@{Environment.MachineName}" is { Length: <= 64 } name ? name : Environment.UserName;

    /// <summary>Tasks of a higher priority leave first; −100 to 100. Default 0.</summary>
    public int Priority { get; init; }

    /// <summary>How problems become tasks, and this sampler's own limits. How many tasks are at the machine at a time and how often
    /// their state is asked for are the account's settings, not these. <see cref="CimSamplerOptions.TaskTimeout"/> begins when a task
    /// has left the queue.</summary>
    public CimSamplerOptions Sampling { get; init; } = new();

    /// <summary>The time for which the owner is looked for when it does not answer, its server being gone or the database away; positive,
    /// at most 49 days. Default 5 minutes.</summary>
    public TimeSpan OwnerTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    internal void Check()
    {
        ArgumentNullException.ThrowIfNull(Sampling);
        Sampling.Check();
        MachineNames.CheckCaller(Caller);
        TimeLimits.Check(OwnerTimeout, nameof(OwnerTimeout));
        if (Priority is < -100 or > 100)
        {
            throw new ArgumentException($"Expected a priority of -100 to 100, got {Priority}.", nameof(Priority));
        }
    }
}
