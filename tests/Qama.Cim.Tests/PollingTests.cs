using System.Collections.Concurrent;
using Qama.Cim.Journal;
using Qama.Problems;

namespace Qama.Cim.Tests;

/// <summary>How often and how much the machine is asked.</summary>
public class PollingTests
{
    [Fact]
    public async Task The_time_between_queries_grows_by_half_up_to_its_limit()
    {
        var time = new AtOnce();
        await using CimJournal journal = CimJournal.Open(":memory:");
        await using var machine = new ScriptedTransport { QueriesBeforeAnswer = 6 };
        CimSamplerOptions options = Client.Fast with { PollInterval = TimeSpan.FromSeconds(2), MaxPollInterval = TimeSpan.FromSeconds(8) };
        await new CimSampler(machine, journal, options, time: time).SampleAsync(Client.Problems(1), new SampleSet(1, 1, 8), default);
        Assert.Equal([2, 3, 4.5, 6.75, 8, 8], time.Waits.Select(w => w.TotalSeconds));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task No_more_tasks_are_at_the_machine_than_allowed(int limit)
    {
        await using CimJournal journal = CimJournal.Open(":memory:");
        await using var machine = new ScriptedTransport { QueriesBeforeAnswer = 1, QueryTime = TimeSpan.FromMilliseconds(3) };
        CimSamplerOptions options = Client.Fast with { Pack = false, MaxConcurrentTasks = limit };
        await new CimSampler(machine, journal, options).SampleAsync(Client.Problems(20), new SampleSet(20, 1, 8), default);
        Assert.Equal(limit, machine.MostAtATime);
        Assert.Equal(20, (await journal.ListAsync()).Count(e => e.State == JournalState.Done));
    }

    // Waits are noted and over at once.
    private sealed class AtOnce : TimeProvider
    {
        public ConcurrentQueue<TimeSpan> Waits { get; } = new();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Waits.Enqueue(dueTime);
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}
