using System.Collections.Concurrent;

namespace Qama.Cim.Tests;

/// <summary>A clock on which every wait is over at once, and takes its time all the same.</summary>
internal sealed class FastTime : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2031, 2, 3, 4, 5, 6, TimeSpan.Zero);
    private long _now;

    /// <summary>What was waited for.</summary>
    public ConcurrentQueue<TimeSpan> Waits { get; } = new();

    /// <summary>Time that has passed.</summary>
    public TimeSpan Elapsed => TimeSpan.FromTicks(Volatile.Read(ref _now));

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref _now);

    public override DateTimeOffset GetUtcNow() => Start + Elapsed;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime > TimeSpan.Zero)
        {
            Waits.Enqueue(dueTime);
            Interlocked.Add(ref _now, dueTime.Ticks);
        }

        return base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? TimeSpan.Zero : dueTime, period);
    }
}
