using System.Collections.Concurrent;
using Qama.Cim.Transport;

namespace Qama.Cim.Tests;

/// <summary>A machine that does as it is told: how often a task is still running, and what it answers then.</summary>
internal sealed class ScriptedTransport : ICimTransport
{
    private readonly ConcurrentDictionary<string, int> _queries = new();
    private int _present;
    private int _most;

    /// <summary>Queries that are answered with "running" before the answer.</summary>
    public int QueriesBeforeAnswer { get; init; }

    /// <summary>Time that a query takes.</summary>
    public TimeSpan QueryTime { get; init; }

    /// <summary>The selections answered, one bit per spin besides the auxiliary one; missing ones are 0. Default: all 0.</summary>
    public byte[][] Selections { get; init; } = [[]];

    /// <summary>Most tasks that were at the machine at the same time.</summary>
    public int MostAtATime => _most;

    public string Name => "script";

    public ValueTask<string> SubmitAsync(MachineTask task, ReadOnlyMemory<int> matrix, CancellationToken cancellationToken)
    {
        int present = Interlocked.Increment(ref _present);
        for (int most = _most; present > most; most = _most)
        {
            Interlocked.CompareExchange(ref _most, present, most);
        }

        return new(task.Name);
    }

    public async ValueTask<MachineAnswer> QueryAsync(MachineTask task, string taskId, CancellationToken cancellationToken)
    {
        await Task.Delay(QueryTime, cancellationToken);
        if (_queries.AddOrUpdate(taskId, 1, (_, count) => count + 1) <= QueriesBeforeAnswer)
        {
            return new MachineAnswer { State = MachineState.Running };
        }

        Interlocked.Decrement(ref _present);
        return new MachineAnswer
        {
            State = MachineState.Done,
            Rows = [.. Selections.Select(x => Enumerable.Range(0, task.SpinCount)
                .Select(i => (sbyte)(i == task.SpinCount - 1 || (i < x.Length && x[i] == 1) ? 1 : -1)).ToArray())],
            ReportedEnergies = new double[Selections.Length],
        };
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
