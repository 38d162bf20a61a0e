using Qama.Cim;
using Qama.Cim.Journal;
using Qama.Cim.Transport;

namespace Qama.Cluster.Machine;

/// <summary>What it keeps of requests and tasks.</summary>
internal sealed partial class MachineWork
{
    private sealed record Outcome(JournalEntry? Entry, Exception? Error, bool IsSubmitted)
    {
        public Guid? Payer { get; init; }

        public bool IsElsewhere { get; init; }

        public Outcome For(Guid request) => request == Payer ? this : this with { IsSubmitted = false };
    }

    /// <summary>A task that is wanted, and those who want it.</summary>
    private sealed class Job(MachineTask task)
    {
        public MachineTask Task { get; } = task;

        /// <summary>Null for one that is continued.</summary>
        public MatrixWriter? Write { get; init; }

        public List<Request> Requests { get; } = [];

        public JournalState State { get; set; }

        public bool HasStarted { get; set; }

        /// <summary>For whom it was begun.</summary>
        public Request? Payer { get; set; }

        public Task Running { get; set; } = System.Threading.Tasks.Task.CompletedTask;

        public TaskCompletionSource<Outcome> End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Request(MachineRequest sent, Job job)
    {
        // Without the matrix: the job has it.
        public MachineRequest Sent { get; } = sent with { Matrix = null };

        public Job Job { get; } = job;

        public Guid Id => Sent.Id;

        public string Caller => Sent.Caller;

        public int Priority => Sent.Priority;

        public long CreatedAt { get; init; }

        public long AskedAt { get; set; }
    }
}
