using System.Collections.Concurrent;
using Qama.Cim.Transport;

namespace Qama.Cluster.Tests.Machine;

/// <summary>A machine whose tasks end when the test says so.</summary>
internal sealed class GatedMachine : ICimTransport
{
    private readonly ConcurrentQueue<string> _submitted = new();
    private readonly ConcurrentDictionary<string, bool> _open = new();
    private volatile bool _isOpen;

    public string Name => "gates";

    /// <summary>Names of tasks in the order in which they left.</summary>
    public IReadOnlyList<string> Submitted => [.. _submitted];

    /// <summary>What a submission does instead; null to accept.</summary>
    public Func<MachineTask, Exception?>? Refuse { get; set; }

    public void Open(string name) => _open[name] = true;

    public void OpenAll() => _isOpen = true;

    public ValueTask<string> SubmitAsync(MachineTask task, ReadOnlyMemory<int> matrix, CancellationToken cancellationToken)
    {
        if (Refuse?.Invoke(task) is { } e)
        {
            throw e;
        }

        _submitted.Enqueue(task.Name);
        return new($"id of {task.Name}");
    }

    public ValueTask<MachineAnswer> QueryAsync(MachineTask task, string taskId, CancellationToken cancellationToken)
    {
        bool isDone = _isOpen || _open.ContainsKey(task.Name);
        return new(new MachineAnswer
        {
            State = isDone ? MachineState.Done : MachineState.Running,
            Rows = isDone ? [[.. Enumerable.Repeat((sbyte)1, task.SpinCount)]] : [],
        });
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
