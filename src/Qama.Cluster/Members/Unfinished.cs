using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Orleans.Storage;

namespace Qama.Cluster.Members;

/// <summary>Names of what has begun and not ended, of one kind (the grain's key). It outlives all silos, in PostgreSQL.</summary>
[Alias("qama.unfinished")]
internal interface IUnfinished : IGrainWithStringKey
{
    /// <summary>Adds a name; before what it names begins, so that nothing is forgotten.</summary>
    Task AddAsync(string name);

    /// <summary>Removes a name; after what it names has ended.</summary>
    Task RemoveAsync(string name);

    /// <summary>The names, in order.</summary>
    Task<string[]> AllAsync();
}

/// <summary>Goes on with one kind of unfinished things after their silo died. Register one for each kind.</summary>
internal interface IWaker
{
    /// <summary>The kind: the key of its <see cref="IUnfinished"/>.</summary>
    string Kind { get; }

    /// <summary>Makes sure that something goes on; nothing happens if it does. What has ended removes itself from the list.</summary>
    Task WakeAsync(string name);
}

/// <inheritdoc cref="IUnfinished"/>
internal sealed class UnfinishedGrain(
    [PersistentState("names", ClusterNames.Storage)] IPersistentState<UnfinishedNames> state) : Grain, IUnfinished
{
    public Task AddAsync(string name) => ChangeAsync(() => state.State.Names.Add(name));

    public Task RemoveAsync(string name) => ChangeAsync(() => state.State.Names.Remove(name));

    public Task<string[]> AllAsync() => Task.FromResult(state.State.Names.ToArray());

    private async Task ChangeAsync(Func<bool> change)
    {
        try
        {
            while (change())
            {
                try
                {
                    await state.WriteStateAsync();
                    return;
                }
                catch (InconsistentStateException)
                {
                    // Another activation has written meanwhile: the change is made to what it wrote.
                    await state.ReadStateAsync();
                }
            }
        }
        catch
        {
            // What is in memory may not be what is stored: the next call begins with what is.
            DeactivateOnIdle();
            throw;
        }
    }
}

/// <summary>Stored names.</summary>
[GenerateSerializer]
[Alias("qama.unfinished.names")]
internal sealed class UnfinishedNames
{
    [Id(0)]
    public SortedSet<string> Names { get; set; } = new(StringComparer.Ordinal);
}

/// <summary>Wakes on every server what is unfinished, again and again: after the death of a silo, or of all of them.</summary>
internal sealed partial class Keeper(
    IEnumerable<IWaker> wakers, IGrainFactory grains, ClusterSettings settings, TimeProvider time, ILogger<Keeper> logger) : BackgroundService
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
        string[] names = [];
        await TryAsync(waker.Kind, async () =>
            names = await grains.GetGrain<IUnfinished>(waker.Kind).AllAsync().WaitAsync(stop).ConfigureAwait(false), stop).ConfigureAwait(false);

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

    [LoggerMessage(Level = LogLevel.Warning, Message = "Unfinished work of kind {Kind} could not be woken.")]
    private static partial void LogFailure(ILogger logger, string kind, Exception exception);
}
