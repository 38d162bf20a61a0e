using Qama.Cim;
using Qama.Cim.Journal;
using Qama.Examples.Common;

namespace Qama.Examples.CimInference;

/// <summary>A line for each change of a task, and a bar of those that are done.</summary>
internal sealed class TaskProgress : IProgress<CimProgress>
{
    private readonly Lock _gate = new();
    private int _done;

    /// <summary>The bar, while tasks run.</summary>
    public WorkBar? Bar { get; set; }

    public void Report(CimProgress value)
    {
        lock (_gate)
        {
            _done += value.State == JournalState.Done ? 1 : 0;
            string how = value.IsReused ? "done before" : Word(value.State);
            Bar?.Line($"  {value.Task.Name}  {value.Task.SpinCount,4} spins  {how,-12} {_done}/{value.Count}");
            Bar?.Move(_done / (double)value.Count, $"{_done}/{value.Count} tasks");
        }
    }

    private static string Word(JournalState state) => state switch
    {
        JournalState.Submitted => "leaves",
        JournalState.Running => "accepted",
        JournalState.Done => "done",
        JournalState.Failed => "failed",
        JournalState.Unknown => "unknown",
        _ => "waits",
    };
}
