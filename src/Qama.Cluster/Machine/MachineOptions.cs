using Qama.Cim;
using Qama.Cim.Transport;

namespace Qama.Cluster.Machine;

/// <summary>A machine account of a server: the way to the machine and what may be spent. The servers of a cluster have the same.</summary>
public sealed class MachineOptions
{
    /// <summary>Makes the way to the machine, credentials and address included: it is made where the account's owner runs, and
    /// disposed of with it. Required.</summary>
    public Func<IServiceProvider, CancellationToken, ValueTask<ICimTransport>>? Transport { get; set; }

    /// <summary>The machine. Tasks for another are refused. Default CPQC-550.</summary>
    public CimMachine Machine { get; set; } = CimMachine.Cpqc550;

    /// <summary>Tasks at the machine at the same time, at least 1. Default 4.</summary>
    public int MaxConcurrentTasks { get; set; } = 4;

    /// <summary>Most submissions of the account in a day (UTC); null for no limit.</summary>
    public int? MaxTasksPerDay { get; set; }

    /// <summary>Most submissions that one caller asks for in a day (UTC); null for no limit.</summary>
    public int? MaxTasksPerDayPerCaller { get; set; }

    /// <summary>First time between queries of a task; grows by half up to <see cref="MaxPollInterval"/>. At most 49 days. Default
    /// 1 s.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest time between queries, at most 49 days. Default 30 s.</summary>
    public TimeSpan MaxPollInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Time after which a task whose caller gives no sign of life leaves the queue, if it has not left for the machine;
    /// 1 second to 49 days. Default 1 minute.</summary>
    public TimeSpan CallerTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The journal's file where the cluster has no PostgreSQL; null for <c>machines/ACCOUNT.db</c> in the working
    /// folder.</summary>
    public string? JournalFile { get; set; }

    /// <summary>Times between looks at tasks that nobody waits for, and at callers. Default 5 s.</summary>
    internal TimeSpan LookInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest that a call waits for a task: well below the call's time limit, and often enough to be a sign of life. A
    /// server that dies takes its calls along: one that waited longer than servers live would never be answered.</summary>
    internal TimeSpan LongPoll => TimeSpan.FromTicks(Math.Min(TimeSpan.FromSeconds(4).Ticks, CallerTimeout.Ticks / 2));

    /// <summary>What the journal's runner needs of them.</summary>
    internal CimSamplerOptions Running => new()
    {
        Machine = Machine, MaxConcurrentTasks = MaxConcurrentTasks, PollInterval = PollInterval, MaxPollInterval = MaxPollInterval,
        TaskTimeout = TimeSpan.MaxValue,
    };

    /// <exception cref="ArgumentException">A setting is out of range, or there is no transport.</exception>
    internal void Check()
    {
        if (Transport is null)
        {
            throw new ArgumentException("Expected a transport: the way to the machine.", nameof(Transport));
        }

        if (MaxTasksPerDay < 0 || MaxTasksPerDayPerCaller < 0)
        {
            throw new ArgumentException("Expected limits that are not negative.", nameof(MaxTasksPerDay));
        }

        TimeLimits.Check(CallerTimeout, nameof(CallerTimeout));
        if (CallerTimeout < TimeSpan.FromSeconds(1))
        {
            throw new ArgumentException($"Expected at least 1 s, got {CallerTimeout}.", nameof(CallerTimeout));
        }

        Running.Check();
    }
}
