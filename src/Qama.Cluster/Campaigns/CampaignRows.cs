namespace Qama.Cluster.Campaigns;

/// <summary>What is stored of a campaign as a whole.</summary>
[GenerateSerializer]
[Alias("qama.campaign.manifest")]
internal sealed record CampaignManifest
{
    /// <summary>The newest file's text; null for a campaign that was never submitted.</summary>
    [Id(0)]
    public string? File { get; init; }

    /// <summary>Whether it was cancelled since.</summary>
    [Id(1)]
    public bool IsCancelled { get; init; }
}

/// <summary>How a task is.</summary>
internal enum TaskState
{
    Waiting,
    Running,
    Done,
    Failed,
}

/// <summary>What is stored of one task.</summary>
[GenerateSerializer]
[Alias("qama.campaign.row")]
internal sealed record TaskRow
{
    private const int MostReasons = 10;

    [Id(0)]
    public TaskState State { get; init; }

    /// <summary>Where the newest attempt runs or ran.</summary>
    [Id(1)]
    public string? Worker { get; init; }

    /// <summary>The newest attempt.</summary>
    [Id(2)]
    public Guid RunId { get; init; }

    [Id(3)]
    public int Failures { get; init; }

    [Id(4)]
    public int Losses { get; init; }

    [Id(5)]
    public string[] Reasons { get; init; } = [];

    /// <summary>When the newest attempt began.</summary>
    [Id(6)]
    public DateTimeOffset Started { get; init; }

    /// <summary>How long the attempt with the result took.</summary>
    [Id(7)]
    public double Seconds { get; init; }

    /// <summary>The result, JSON.</summary>
    [Id(8)]
    public string? Result { get; init; }

    /// <summary>This with one more reason.</summary>
    public TaskRow With(string reason) => this with { Reasons = [.. Reasons.TakeLast(MostReasons - 1), reason] };
}
