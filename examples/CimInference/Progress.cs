using Qama.Cim;
using Qama.Cim.Journal;

namespace Qama.Examples.CimInference;

/// <summary>A line for each change of a task.</summary>
internal sealed class ProgressLines : IProgress<CimProgress>
{
    private readonly Lock _gate = new();
    private int _done;

    public void Report(CimProgress value)
    {
        lock (_gate)
        {
            _done += value.State == JournalState.Done ? 1 : 0;
            string how = value.IsReused ? "done before" : Word(value.State);
            Console.WriteLine($"  {value.Task.Name}  {value.Task.SpinCount,4} spins  {how,-12} {_done}/{value.Count}");
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
