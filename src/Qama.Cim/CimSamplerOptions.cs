using Qama.Cim.Packing;
using Qama.Cim.Transport;
using Qama.Ising.Precision;

namespace Qama.Cim;

/// <summary>Settings of a <see cref="CimSampler"/>: the machine, the division of problems into tasks, and limits on what may be
/// spent.</summary>
public sealed record CimSamplerOptions
{
    /// <summary>The machine. Default CPQC-550.</summary>
    public CimMachine Machine { get; init; } = CimMachine.Cpqc550;

    /// <summary>The form of uploaded matrices.</summary>
    public UploadForm Form { get; init; }

    /// <summary>What is done before rounding.</summary>
    public PrecisionOptions Precision { get; init; } = new();

    /// <summary>Whether several problems share a task. Default true.</summary>
    public bool Pack { get; init; } = true;

    /// <summary>Tasks at the machine at the same time, at least 1. Default 4.</summary>
    public int MaxConcurrentTasks { get; init; } = 4;

    /// <summary>Most submissions of this sampler; null for no limit.</summary>
    public int? MaxTasksPerRun { get; init; }

    /// <summary>Most submissions of the journal in a day (UTC); null for no limit.</summary>
    public int? MaxTasksPerDay { get; init; }

    /// <summary>Submit tasks again whose outcome is unknown: they may be paid twice. Default false.</summary>
    public bool ResubmitUnknown { get; init; }

    /// <summary>Submit failed tasks again. Default false.</summary>
    public bool ResubmitFailed { get; init; }

    /// <summary>Tells repetitions of the same problems apart: with another number they are computed anew.</summary>
    public int Repetition { get; init; }

    /// <summary>Start of the names under which the machine lists tasks: letters, digits, '-'; at most 11. Default "qama".</summary>
    public string NamePrefix { get; init; } = "qama";

    /// <summary>First time between queries; grows by half up to <see cref="MaxPollInterval"/>. At most 49 days. Default 1 s.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest time between queries, at most 49 days. Default 30 s.</summary>
    public TimeSpan MaxPollInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The time for which the state of a task is queried, positive; there is at least one query. Afterwards the machine goes
    /// on with the task, and the next run continues it. Looked at between queries: a query and its repetitions end first. Default 1 h.</summary>
    public TimeSpan TaskTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Told after every change of a task; from any thread. What it throws is logged and changes
    /// nothing.</summary>
    public IProgress<CimProgress>? Progress { get; init; }

    internal void Check()
    {
        ArgumentNullException.ThrowIfNull(Machine);
        ArgumentNullException.ThrowIfNull(Precision);
        Machine.Check();
        Precision.Check();
        if (MaxConcurrentTasks < 1 || MaxTasksPerRun < 0 || MaxTasksPerDay < 0)
        {
            throw new ArgumentException("Expected at least one task at a time, and limits that are not negative.", nameof(MaxConcurrentTasks));
        }

        TimeLimits.Check(PollInterval, nameof(PollInterval));
        TimeLimits.Check(MaxPollInterval, nameof(MaxPollInterval));
        TimeLimits.Check(TaskTimeout, nameof(TaskTimeout), TimeSpan.MaxValue);
        if (MaxPollInterval < PollInterval)
        {
            throw new ArgumentException(
                $"Expected a longest poll interval of at least the first, {PollInterval}, got {MaxPollInterval}.", nameof(MaxPollInterval));
        }

        if (!Enum.IsDefined(Form))
        {
            throw new ArgumentException($"Expected an upload form, got {Form}.", nameof(Form));
        }

        // The vendor allows names of 5 to 24 characters; 13 are the key's.
        if (NamePrefix is null || NamePrefix.Length is < 1 or > 11 || !NamePrefix.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
        {
            throw new ArgumentException("Expected 1 to 11 letters, digits or '-'.", nameof(NamePrefix));
        }
    }
}
