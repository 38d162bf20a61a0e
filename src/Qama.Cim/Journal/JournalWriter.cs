using System.Data.Common;
using System.Threading.Channels;

namespace Qama.Cim.Journal;

/// <summary>Runs operations on one store, one after another, with one commit for all that are waiting.</summary>
internal sealed class JournalWriter : IAsyncDisposable
{
    private const int LargestGroup = 256;
    private readonly Channel<Operation> _waiting = Channel.CreateUnbounded<Operation>(new() { SingleReader = true });
    private readonly IJournalStore _store;
    private readonly Task _loop;

    public JournalWriter(IJournalStore store)
    {
        _store = store;
        _loop = Task.Run(LoopAsync);
    }

    /// <summary>Runs an operation that changes nothing.</summary>
    public Task<T> ReadAsync<T>(Func<T> operation) => RunAsync(operation, isWriting: false);

    /// <summary>Runs an operation; completes after the commit. It may be run several times, so it changes nothing but the
    /// store.</summary>
    public Task<T> WriteAsync<T>(Func<T> operation) => RunAsync(operation, isWriting: true);

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _loop.ConfigureAwait(false);
    }

    private Task<T> RunAsync<T>(Func<T> operation, bool isWriting)
    {
        var waiting = new Operation<T>(operation, isWriting);
        ObjectDisposedException.ThrowIf(!_waiting.Writer.TryWrite(waiting), typeof(CimJournal));

        return waiting.Task;
    }

    private async Task LoopAsync()
    {
        var group = new List<Operation>();
        while (await _waiting.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            group.Clear();
            while (group.Count < LargestGroup && _waiting.Reader.TryRead(out Operation? next))
            {
                group.Add(next);
            }

            Exception? failure = null;
            try
            {
                // What an operation refuses is its own affair; what the database refuses is everybody's.
                await _store.TransactAsync(group.Exists(o => o.IsWriting), () => group.ForEach(o => o.Run())).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                // Whatever it is, whoever waits is told.
                failure = e;
            }

            group.ForEach(o => o.Complete(failure));
        }
    }

    private abstract class Operation(bool isWriting)
    {
        public bool IsWriting => isWriting;

        public abstract void Run();

        public abstract void Complete(Exception? failure);
    }

    private sealed class Operation<T>(Func<T> operation, bool isWriting) : Operation(isWriting)
    {
        private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _value;
        private Exception? _refusal;

        public Task<T> Task => _completion.Task;

        public override void Run()
        {
            (_value, _refusal) = (default, null);
            try
            {
                _value = operation();
            }
            catch (Exception e) when (e is not DbException)
            {
                _refusal = e;
            }
        }

        public override void Complete(Exception? failure)
        {
            if ((failure ?? _refusal) is { } exception)
            {
                _completion.SetException(exception);
            }
            else
            {
                _completion.SetResult(_value!);
            }
        }
    }
}
