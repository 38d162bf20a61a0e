using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Qama.Cim.Emulator;
using Qama.Cim.Journal;

namespace Qama.Cim.Tests;

/// <summary>Logs, metrics and activities: what any exporter would see.</summary>
public class TelemetryTests
{
    [Fact]
    public async Task Metrics_activities_and_logs_tell_of_every_task()
    {
        var activities = new ConcurrentQueue<Activity>();
        var measured = new ConcurrentQueue<(string Name, double Value, string? State)>();
        using var root = new Activity("test");
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == CimDiagnostics.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activities.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var meters = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == CimDiagnostics.SourceName)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        meters.SetMeasurementEventCallback<long>((i, value, tags, _) => measured.Enqueue((i.Name, value, State(tags))));
        meters.SetMeasurementEventCallback<double>((i, value, tags, _) => measured.Enqueue((i.Name, value, State(tags))));
        meters.Start();

        // Other tests run at the same time: at least what this one does.
        root.Start();
        await using (Client good = await Client.StartAsync(options: Client.Fast with { Pack = false }))
        {
            await good.SampleAsync(Client.Problems(3));
            Assert.Equal(3, good.Logger.Lines.Count(l => l.Contains("leaves", StringComparison.Ordinal)));
            Assert.Equal(3, good.Logger.Lines.Count(l => l.Contains("is done", StringComparison.Ordinal)));
        }

        await using (Client bad = await Client.StartAsync(new EmulatorOptions { Quota = 0 }))
        {
            await Assert.ThrowsAsync<CimTasksException>(() => bad.SampleAsync(Client.Problems(1)));
            Assert.Contains(bad.Logger.Lines, l => l.Contains("failed", StringComparison.Ordinal) && l.Contains("quota", StringComparison.Ordinal));
        }

        root.Stop();
        Activity[] own = [.. activities.Where(a => a.TraceId == root.TraceId)];
        Assert.Equal(["Done", "Done", "Done", "Failed"], own.Select(a => (string?)a.GetTagItem("qama.cim.state")).Order());
        Assert.All(own, a => Assert.NotNull(a.GetTagItem("qama.cim.task")));
        Assert.True(measured.Where(m => m.Name == "qama.cim.submissions").Sum(m => m.Value) >= 4);
        Assert.True(measured.Count(m => m is { Name: "qama.cim.tasks", State: "Done" }) >= 3);
        Assert.Contains(measured, m => m is { Name: "qama.cim.tasks", State: "Failed" });
        Assert.True(measured.Count(m => m is { Name: "qama.cim.task.duration", Value: > 0 }) >= 4);
    }

    [Fact]
    public async Task Who_watches_and_fails_changes_nothing()
    {
        await using Client client = await Client.StartAsync(options: Client.Fast with { Progress = new Failing() });
        await client.SampleAsync(Client.Problems(2));
        Assert.Equal(JournalState.Done, Assert.Single(await client.Journal.ListAsync()).State);
        Assert.Contains(client.Logger.Lines, l => l.Contains("progress observer", StringComparison.Ordinal));
    }

    private static string? State(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach ((string name, object? value) in tags)
        {
            if (name == "state")
            {
                return (string?)value;
            }
        }

        return null;
    }

    private sealed class Failing : IProgress<CimProgress>
    {
        public void Report(CimProgress value) => throw new InvalidOperationException("the watcher is broken");
    }
}
