using Qama.Cim.Transport;

namespace Qama.Cim.Kaiwu;

/// <summary>Settings of the process that runs the vendor's SDK.</summary>
public sealed record KaiwuOptions
{
    /// <summary>The Python that has the SDK, as a path or as a name that is looked for in PATH. Default "python3".</summary>
    public string Python { get; init; } = "python3";

    /// <summary>Folder in which the SDK keeps track of tasks, so that they are continued; null for "~/.qama/kaiwu".</summary>
    public string? CheckpointFolder { get; init; }

    /// <summary>The vendor's project number, or null.</summary>
    public string? ProjectNo { get; init; }

    /// <summary>Minutes between the SDK's queries, at least 1. Default 1.</summary>
    public int IntervalMinutes { get; init; } = 1;

    /// <summary>Solutions in sampling mode, 10 to 2,000; null for the quota (optimisation) mode.</summary>
    public int? SampleNumber { get; init; }

    /// <summary>Machine name that SDKs before 1.2 are given. Default "CPQC-550".</summary>
    public string MachineName { get; init; } = "CPQC-550";

    /// <summary>Time for the SDK to start, at most 49 days. Default 1 min.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Time for a task, at most 49 days. Default 1 h. Afterwards the worker is ended and the next task starts another.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Time that the worker is given to end by itself, at most 49 days. Default 5 s.</summary>
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Further variables of the worker's environment. Of this program's own, those whose name begins with PYTHON are not
    /// passed on: they decide which code runs with the credentials. Set here, they apply.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    internal void Check()
    {
        if (string.IsNullOrWhiteSpace(Python) || IntervalMinutes < 1 || SampleNumber is < 10 or > 2000)
        {
            throw new ArgumentException(
                "Expected a Python, an interval of at least a minute and 10 to 2,000 samples.", nameof(Python));
        }

        TimeLimits.Check(StartTimeout, nameof(StartTimeout));
        TimeLimits.Check(TimeLimit, nameof(TimeLimit));
        TimeLimits.Check(StopGrace, nameof(StopGrace), mayBeZero: true);
    }
}
