using System.Net.Http.Headers;

namespace Qama.Cim.Qboson;

/// <summary>How long the machine asked to be left alone. It asks one request, and all wait.</summary>
/// <param name="time">The clock.</param>
/// <param name="limit">Longest time that is waited; who is asked for more does not try again.</param>
internal sealed class RetryAfter(TimeProvider time, TimeSpan limit)
{
    private static readonly TimeSpan _tick = TimeSpan.FromMilliseconds(16); // a timer may be early by a tick of the system's clock
    private long _until = long.MinValue;

    /// <summary>Reads the header of an answer: seconds, or a date.</summary>
    /// <returns>The time asked for; null if none is.</returns>
    public TimeSpan? Note(HttpResponseHeaders headers)
    {
        TimeSpan? wait = Read(headers);
        if (wait <= limit)
        {
            // By the clock that nobody sets.
            long until = time.GetTimestamp() + (long)(wait.Value.TotalSeconds * time.TimestampFrequency);
            for (long known = Volatile.Read(ref _until); known < until;)
            {
                long found = Interlocked.CompareExchange(ref _until, until, known);
                known = found == known ? until : found;
            }
        }

        return wait;
    }

    /// <summary>Waits until the machine may be asked again.</summary>
    public Task WaitAsync(CancellationToken cancellationToken)
    {
        (long now, long until) = (time.GetTimestamp(), Volatile.Read(ref _until));
        return until > now ? Task.Delay(time.GetElapsedTime(now, until) + _tick, time, cancellationToken) : Task.CompletedTask;
    }

    private TimeSpan? Read(HttpResponseHeaders headers)
    {
        TimeSpan? asked = headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - time.GetUtcNow(),
            _ => headers.TryGetValues("Retry-After", out IEnumerable<string>? texts) && texts.First() is { Length: > 0 } text
                && text.All(char.IsAsciiDigit) ? TimeSpan.MaxValue : null, // more seconds than the header's type holds
        };
        return asked > TimeSpan.Zero ? asked : null;
    }
}
