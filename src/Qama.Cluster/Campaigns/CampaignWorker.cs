using Orleans.Concurrency;
using Qama.Cluster.Members;

namespace Qama.Cluster.Campaigns;

/// <summary>A worker silo's part in campaigns; its key is the silo (<see cref="WorkerKeys"/>). Tasks take hours, its calls do not.</summary>
[Alias("qama.campaign.worker")]
internal interface ICampaignWorker : IGrainWithStringKey
{
    /// <summary>The rest of its key.</summary>
    const string Part = "campaigns";

    /// <summary>Begins an attempt if there is a place.</summary>
    /// <returns>Whether it runs, or has run; false if there is no place, or the task's name is not known.</returns>
    Task<bool> StartAsync(RunOrder order);

    /// <summary>Waits until one of the attempts has ended, but not long.</summary>
    /// <param name="runs">The attempts; none to be told at once what the worker can do.</param>
    Task<WorkerAnswer> WaitAsync(Guid[] runs);

    /// <summary>Forgets attempts that have ended and cancels those that have not.</summary>
    Task ForgetAsync(Guid[] runs);
}

/// <inheritdoc cref="ICampaignWorker"/>
[WorkerPlacement]
[Reentrant]
internal sealed class CampaignWorker(WorkerRuns runs, TimeProvider time) : Grain, ICampaignWorker
{
    // Well below the time after which Orleans gives a call up.
    private static readonly TimeSpan _longestWait = TimeSpan.FromSeconds(5);

    public Task<bool> StartAsync(RunOrder order) => Task.FromResult(runs.Start(order));

    public async Task<WorkerAnswer> WaitAsync(Guid[] ids)
    {
        if (ids.Length > 0)
        {
            await Task.WhenAny(runs.AnyEnded(ids), Task.Delay(_longestWait, time));
        }

        return new WorkerAnswer(runs.Offer, [.. ids.Select(runs.Report)]);
    }

    public Task ForgetAsync(Guid[] ids)
    {
        runs.Forget(ids);
        return Task.CompletedTask;
    }
}
