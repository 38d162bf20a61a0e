using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Qama.Cluster.Members;

/// <summary>Sees to it that things of one kind go on, whichever silo died. Register one for each kind.</summary>
internal interface IWaker
{
    /// <summary>The kind, as the log names it.</summary>
    string Kind { get; }

    /// <summary>Names of what must go on.</summary>
    Task<IReadOnlyCollection<string>> NamesAsync();

    /// <summary>Makes sure that something goes on; nothing happens if it does.</summary>
    Task WakeAsync(string name);
}

/// <summary>Wakes what is on the list of unfinished things of its kind. What has ended removes itself from the list.</summary>
internal abstract class UnfinishedWaker(IGrainFactory grains, string kind) : IWaker
{
    /// <inheritdoc/>
    public string Kind => kind;

    protected IGrainFactory Grains => grains;

    /// <inheritdoc/>
    public async Task<IReadOnlyCollection<string>> NamesAsync() =>
        await grains.GetGrain<IUnfinished>(kind).AllAsync().ConfigureAwait(false);

    /// <inheritdoc/>
    public abstract Task WakeAsync(string name);
}

/// <summary>Wakes on every server what must go on, again and again: after the death of a silo, or of all of them.</summary>
internal sealed partial class Keeper(
    IEnumerable<IWaker> wakers, ClusterSettings settings, TimeProvider time, ILogger<Keeper> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // As often as a silo's death can be noticed.
        using var timer = new PeriodicTimer(settings.ProbeTime * 2, time);
        do
        {
            foreach (IWaker waker in wakers)
            {
                await WakeAsync(waker, stoppingToken).ConfigureAwait(false);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }

    private async Task WakeAsync(IWaker waker, CancellationToken stop)
    {
        IReadOnlyCollection<string> names = [];
        await TryAsync(waker.Kind, async () => names = await waker.NamesAsync().WaitAsync(stop).ConfigureAwait(false), stop)
            .ConfigureAwait(false);

        // What cannot be woken keeps nothing else asleep.
        foreach (string name in names)
        {
            await TryAsync(waker.Kind, () => waker.WakeAsync(name).WaitAsync(stop), stop).ConfigureAwait(false);
        }
    }

    private async Task TryAsync(string kind, Func<Task> call, CancellationToken stop)
    {
        try
        {
            await call().ConfigureAwait(false);
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            // The store or a silo is away: the next turn tries again.
            LogFailure(logger, kind, e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What must go on of kind {Kind} could not be woken.")]
    private static partial void LogFailure(ILogger logger, string kind, Exception exception);
}
