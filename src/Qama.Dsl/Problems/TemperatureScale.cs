namespace Qama.Problems;

/// <summary>The units in which an <see cref="AnnealingSchedule"/> gives temperatures of a problem, in units of energy; a rule of
/// thumb of ours, defined there. Both are 0 where a problem has no interactions.</summary>
/// <param name="Hot">Of the first temperature: what random states do to a local field, all interactions together; not
/// negative.</param>
/// <param name="Cold">Of the last one, at most <paramref name="Hot"/> and at least a tenth of what random states do: less where interactions are of
/// different sizes, because the small ones order last.</param>
public readonly record struct TemperatureScale(double Hot, double Cold)
{
    // A problem may have none of the small interactions; then nothing orders below the large ones.
    private const double LeastRatio = 0.1;

    /// <summary>The units of a problem whose small interactions move a local field by a share of what all do.</summary>
    /// <param name="all">What all interactions do to a local field, in units of energy, not negative.</param>
    /// <param name="ratio">Cold over hot, from 0 to 1; taken as a tenth if less.</param>
    internal static TemperatureScale Of(double all, double ratio) => new(all, all * Math.Clamp(ratio, LeastRatio, 1));
}
