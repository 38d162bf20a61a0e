namespace Qama.Cluster.Campaigns;

/// <summary>What a worker is told to run.</summary>
/// <param name="RunId">The attempt: the same one twice is run once.</param>
/// <param name="Campaign">The campaign.</param>
/// <param name="TaskName">Which <see cref="ICampaignTask"/>.</param>
/// <param name="Key">The task's key.</param>
/// <param name="Variant">The variant.</param>
/// <param name="DataSet">The data set.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Options">Options, JSON.</param>
[GenerateSerializer]
[Immutable]
[Alias("qama.campaign.order")]
internal sealed record RunOrder(
    [property: Id(0)] Guid RunId, [property: Id(1)] string Campaign, [property: Id(2)] string TaskName, [property: Id(3)] string Key,
    [property: Id(4)] string Variant, [property: Id(5)] string DataSet, [property: Id(6)] long Seed, [property: Id(7)] string Options);

/// <summary>How an attempt is.</summary>
internal enum RunState
{
    /// <summary>The worker does not know it.</summary>
    Unknown,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>It has a result.</summary>
    Done,

    /// <summary>It failed.</summary>
    Failed,

    /// <summary>The worker has to stop, or was told to cancel it: another one may run it.</summary>
    GivenBack,
}

/// <summary>An attempt as its worker sees it.</summary>
/// <param name="RunId">The attempt.</param>
/// <param name="State">How it is.</param>
/// <param name="Progress">How much is done, 0 to 1.</param>
/// <param name="Text">The result, or why it failed.</param>
[GenerateSerializer]
[Immutable]
[Alias("qama.campaign.report")]
internal sealed record RunReport(
    [property: Id(0)] Guid RunId, [property: Id(1)] RunState State, [property: Id(2)] double Progress, [property: Id(3)] string? Text);

/// <summary>What a worker can do.</summary>
/// <param name="Places">Tasks at a time; 0 while it stops.</param>
/// <param name="Free">Places without a task.</param>
/// <param name="Tasks">Names of the tasks that it knows.</param>
[GenerateSerializer]
[Immutable]
[Alias("qama.campaign.offer")]
internal sealed record WorkerOffer([property: Id(0)] int Places, [property: Id(1)] int Free, [property: Id(2)] string[] Tasks);

/// <summary>What a worker says when it is asked.</summary>
/// <param name="Offer">What it can do.</param>
/// <param name="Reports">The attempts that it was asked about.</param>
[GenerateSerializer]
[Immutable]
[Alias("qama.campaign.answer")]
internal sealed record WorkerAnswer([property: Id(0)] WorkerOffer Offer, [property: Id(1)] RunReport[] Reports);
