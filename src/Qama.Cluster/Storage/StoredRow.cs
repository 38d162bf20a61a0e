using Orleans.Runtime;
using Orleans.Storage;

namespace Qama.Cluster.Storage;

/// <summary>A row of the grains' storage, with the mark by which a second writer is refused.</summary>
/// <typeparam name="T">What it holds; never changed in place.</typeparam>
/// <param name="storage">The storage.</param>
/// <param name="kind">What rows of this kind are called.</param>
/// <param name="id">Which row.</param>
internal sealed class StoredRow<T>(IGrainStorage storage, string kind, GrainId id)
    where T : class, new()
{
    private GrainState<T> _state = new(new T());

    /// <summary>What is stored, as far as is known here; a new object where there is no row.</summary>
    public T Value => _state.State ??= new T();

    /// <summary>Changes with every write, anyone's.</summary>
    public string? Mark => _state.ETag;

    /// <summary>Reads the row.</summary>
    public async Task ReadAsync()
    {
        var state = new GrainState<T>(new T());
        await storage.ReadStateAsync(kind, id, state);
        _state = state;
    }

    /// <summary>Changes what is stored. If someone else has written since it was read, it is read again and the change made to
    /// that.</summary>
    /// <param name="change">Makes the new value from the present one; null if there is nothing to change.</param>
    /// <returns>Whether it was written.</returns>
    public async Task<bool> ChangeAsync(Func<T, T?> change)
    {
        while (change(Value) is { } next)
        {
            var state = new GrainState<T>(next, _state.ETag) { RecordExists = _state.RecordExists };
            try
            {
                await storage.WriteStateAsync(kind, id, state);
                _state = state;
                return true;
            }
            catch (InconsistentStateException)
            {
                await ReadAsync();
            }
        }

        return false;
    }

    /// <summary>Keeps less of it in memory than is stored.</summary>
    public void Trim(Func<T, T> trim) => _state.State = trim(Value);
}
