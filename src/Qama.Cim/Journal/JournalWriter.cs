using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace Qama.Cim.Journal;

/// <summary>Runs operations on one connection, one after another, with one commit for all that are waiting.</summary>
internal sealed class JournalWriter : IAsyncDisposable
{
    private const int LargestGroup = 256;
    private readonly Channel<Operation> _waiting = Channel.CreateUnbounded<Operation>(new() { SingleReader = true });
    private readonly SqliteConnection _connection;
    private readonly Task _loop;
    private SqliteTransaction? _transaction;

    public JournalWriter(SqliteConnection connection)
    {
        _connection = connection;
        _loop = Task.Run(LoopAsync);
    }

    /// <summary>Runs an operation; completes after the commit.</summary>
    public Task<T> RunAsync<T>(Func<T> operation)
    {
        var waiting = new Operation<T>(operation);
        ObjectDisposedException.ThrowIf(!_waiting.Writer.TryWrite(waiting), typeof(CimJournal));

        return waiting.Task;
    }

    /// <summary>A command of the present transaction.</summary>
    public SqliteCommand Command(string sql)
    {
        SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = _transaction;
        return command;
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _loop.ConfigureAwait(false);
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

            RunGroup(group);
        }
    }

    private void RunGroup(List<Operation> group)
    {
        Exception? failure = null;
        try
        {
            using SqliteTransaction transaction = _connection.BeginTransaction();
            _transaction = transaction;
            foreach (Operation operation in group)
            {
                // What an operation refuses is its own affair; what the database refuses is everybody's.
                operation.Run();
            }

            transaction.Commit();
        }
        catch (Exception e)
        {
            // Whatever it is, whoever waits is told.
            failure = JournalFile.Error(e, _connection.DataSource ?? "");
        }
        finally
        {
            _transaction = null;
        }

        foreach (Operation operation in group)
        {
            operation.Complete(failure);
        }
    }

    private abstract class Operation
    {
        public abstract void Run();

        public abstract void Complete(Exception? failure);
    }

    private sealed class Operation<T>(Func<T> operation) : Operation
    {
        private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _value;
        private Exception? _refusal;

        public Task<T> Task => _completion.Task;

        public override void Run()
        {
            try
            {
                _value = operation();
            }
            catch (Exception e) when (e is not SqliteException)
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
