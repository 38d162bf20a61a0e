namespace Qama.Tool.Serving;

/// <summary>One computation at a time, and of a page only the newest: what it asked before is cancelled.</summary>
internal sealed class NewestFirst : IDisposable
{
    private const int MostPages = 64;

    private readonly Lock _access = new();
    private readonly SemaphoreSlim _one = new(1);
    private readonly Dictionary<string, (long Sequence, CancellationTokenSource Stop)> _pages = new(StringComparer.Ordinal);

    /// <summary>Computes, unless something newer was or is asked for.</summary>
    /// <typeparam name="T">The answer.</typeparam>
    /// <param name="page">Who asks.</param>
    /// <param name="sequence">Which of its requests.</param>
    /// <param name="compute">The computation.</param>
    /// <param name="stop">Ends it from outside.</param>
    /// <returns>The answer; null where a newer request took its place.</returns>
    /// <exception cref="OperationCanceledException">Ended from outside.</exception>
    public async Task<T?> RunAsync<T>(string page, long sequence, Func<CancellationToken, Task<T>> compute, CancellationToken stop)
        where T : class
    {
        using CancellationTokenSource? own = Enter(page, sequence, stop);
        if (own is null)
        {
            return null;
        }

        try
        {
            await _one.WaitAsync(own.Token).ConfigureAwait(false);
            try
            {
                return await Task.Run(() => compute(own.Token), own.Token).ConfigureAwait(false);
            }
            finally
            {
                _one.Release();
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            Leave(page, own);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private CancellationTokenSource? Enter(string page, long sequence, CancellationToken stop)
    {
        lock (_access)
        {
            if (_pages.TryGetValue(page, out (long Sequence, CancellationTokenSource Stop) before))
            {
                if (before.Sequence > sequence)
                {
                    return null;
                }

                before.Stop.Cancel();
            }
            else if (_pages.Count >= MostPages)
            {
                throw new InvalidDataException($"More than {MostPages} pages ask at the same time.");
            }

            var own = CancellationTokenSource.CreateLinkedTokenSource(stop);
            _pages[page] = (sequence, own);
            return own;
        }
    }

    private void Leave(string page, CancellationTokenSource own)
    {
        lock (_access)
        {
            if (_pages.TryGetValue(page, out (long Sequence, CancellationTokenSource Stop) last) && ReferenceEquals(last.Stop, own))
            {
                _pages.Remove(page);
            }
        }
    }
}
