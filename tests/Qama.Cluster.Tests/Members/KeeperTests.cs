using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Qama.Cluster.Members;

namespace Qama.Cluster.Tests.Members;

/// <summary>What must go on is woken, again and again, whatever else cannot be.</summary>
public sealed class KeeperTests
{
    [Fact]
    public async Task What_cannot_be_woken_keeps_nothing_else_asleep()
    {
        var first = new Waker("first", ["broken", "whole"]);
        var listless = new Waker("listless", null);
        var last = new Waker("last", ["whole"]);
        using var keeper = new Keeper(
            [listless, first, last], new ClusterSettings { ProbeTime = TimeSpan.FromMilliseconds(10) }, TimeProvider.System,
            NullLogger<Keeper>.Instance);
        await keeper.StartAsync(CancellationToken.None);
        await Task.WhenAll(first.Twice.Task, last.Twice.Task).WaitAsync(TimeSpan.FromMinutes(1));
        await keeper.StopAsync(CancellationToken.None);
        Assert.All(first.Woken, n => Assert.Equal("whole", n));
    }

    // "broken" cannot be woken; without names the list cannot be read.
    private sealed class Waker(string kind, string[]? names) : IWaker
    {
        public string Kind => kind;

        public ConcurrentQueue<string> Woken { get; } = new();

        public TaskCompletionSource Twice { get; } = new();

        public Task<IReadOnlyCollection<string>> NamesAsync() =>
            Task.FromResult<IReadOnlyCollection<string>>(names ?? throw new TimeoutException("no list"));

        public Task WakeAsync(string name)
        {
            if (name == "broken")
            {
                return Task.FromException(new TimeoutException("no silo"));
            }

            Woken.Enqueue(name);
            if (Woken.Count == 2)
            {
                Twice.SetResult();
            }

            return Task.CompletedTask;
        }
    }
}
