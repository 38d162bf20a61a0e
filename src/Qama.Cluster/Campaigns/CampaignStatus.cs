namespace Qama.Cluster.Campaigns;

/// <summary>How far a campaign is.</summary>
public enum CampaignState
{
    /// <summary>Some task waits or runs.</summary>
    Running,

    /// <summary>Every task has a result.</summary>
    Done,

    /// <summary>Nothing is left to run, but some tasks have failed as often as they are tried. Submitting again tries them again.</summary>
    Failed,

    /// <summary>Cancelled; results that there are stay. Submitting again goes on.</summary>
    Cancelled,
}

/// <summary>A campaign in one view.</summary>
[GenerateSerializer]
[Immutable]
[Alias("qama.campaign.status")]
public sealed record CampaignStatus
{
    /// <summary>The campaign's name.</summary>
    [Id(0)]
    public required string Name { get; init; }

    /// <summary>How far it is.</summary>
    [Id(1)]
    public required CampaignState State { get; init; }

    /// <summary>Tasks of its newest file.</summary>
    [Id(2)]
    public required int Total { get; init; }

    /// <summary>Tasks that have a result.</summary>
    [Id(3)]
    public required int Done { get; init; }

    /// <summary>Tasks that have failed as often as they are tried.</summary>
    [Id(4)]
    public required int Failed { get; init; }

    /// <summary>Tasks that run.</summary>
    [Id(9)]
    public required int RunningCount { get; init; }

    /// <summary>Tasks that run, and where: at most 1,000.</summary>
    [Id(5)]
    public required IReadOnlyList<RunningTask> Running { get; init; }

    /// <summary>Tasks with an attempt that failed or was lost, done ones too: at most 100, those without a result first.</summary>
    [Id(6)]
    public required IReadOnlyList<TaskTrouble> Troubles { get; init; }

    /// <summary>Live workers, what each does for this campaign, and why some do nothing.</summary>
    [Id(7)]
    public required IReadOnlyList<CampaignWorkerStatus> Workers { get; init; }

    /// <summary>About how long it will take: the mean time of the tasks that are done, for those that are not, over the places of its
    /// workers. Null while none is done or no worker is there.</summary>
    [Id(8)]
    public required TimeSpan? TimeLeft { get; init; }

    /// <summary>Tasks that neither have ended nor run.</summary>
    public int Waiting => Total - Done - Failed - RunningCount;
}

/// <summary>A task that runs.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Worker">The worker's address.</param>
/// <param name="Progress">How much the task says is done, 0 to 1.</param>
/// <param name="Time">Since when.</param>
[GenerateSerializer]
[Immutable]
[Alias("qama.campaign.running")]
public sealed record RunningTask(
    [property: Id(0)] string Key, [property: Id(1)] string Worker, [property: Id(2)] double Progress, [property: Id(3)] TimeSpan Time);

/// <summary>A task of which not every attempt went well.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Failures">Attempts that failed.</param>
/// <param name="Losses">Attempts that were lost with their worker.</param>
/// <param name="Reasons">The newest reasons, last one last: at most 10.</param>
/// <param name="IsFinal">Whether it is not tried again.</param>
[GenerateSerializer]
[Immutable]
[Alias("qama.campaign.trouble")]
public sealed record TaskTrouble(
    [property: Id(0)] string Key, [property: Id(1)] int Failures, [property: Id(2)] int Losses,
    [property: Id(3)] IReadOnlyList<string> Reasons, [property: Id(4)] bool IsFinal);

/// <summary>A worker, as a campaign sees it.</summary>
/// <param name="Worker">Its address.</param>
/// <param name="Places">Tasks that it runs at a time, of all campaigns.</param>
/// <param name="Running">Tasks of this campaign that it runs.</param>
/// <param name="Problem">Why it runs none; null if nothing is wrong.</param>
[GenerateSerializer]
[Immutable]
[Alias("qama.campaign.workers")]
public sealed record CampaignWorkerStatus(
    [property: Id(0)] string Worker, [property: Id(1)] int Places, [property: Id(2)] int Running, [property: Id(3)] string? Problem);
