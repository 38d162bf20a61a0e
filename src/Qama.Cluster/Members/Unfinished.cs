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
