namespace Qama.Cim.Transport;

/// <summary>Checks of times that end in a timer.</summary>
internal static class TimeLimits
{
    /// <summary>The longest: timers count milliseconds in 32 bits, which is less than 50 days.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(49);

    /// <exception cref="ArgumentException">The time is negative, zero where it must not be, or too long.</exception>
    public static void Check(TimeSpan time, string name, TimeSpan? longest = null, bool mayBeZero = false)
    {
        TimeSpan most = longest ?? Longest;
        if (time < TimeSpan.Zero || (time == TimeSpan.Zero && !mayBeZero) || time > most)
        {
            throw new ArgumentException(
                $"Expected {(mayBeZero ? "a time that is not negative" : "a positive time")} of at most {most.TotalDays:0.###} days, got {time}.", name);
        }
    }
}
