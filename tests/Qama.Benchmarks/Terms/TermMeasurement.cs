namespace Qama.Benchmarks.Terms;

/// <summary>Times per unordered pair (both orders are evaluated), nanoseconds, medians.</summary>
/// <param name="Heads">Heads.</param>
/// <param name="Tokens">Tokens.</param>
/// <param name="Dim">Features of a head.</param>
/// <param name="Generated">The generated kernel.</param>
/// <param name="Direct">The method called for the pair, on vectors made beforehand.</param>
/// <param name="HandWritten">The hand-written kernel.</param>
/// <param name="Difference">Largest difference between the generated and the hand-written couplings.</param>
/// <param name="DirectDifference">Largest difference between the generated couplings and the sampled calls.</param>
internal sealed record TermMeasurement(
    int Heads, int Tokens, int Dim, double Generated, double Direct, double HandWritten, double Difference,
    double DirectDifference)
{
    /// <summary>How many times faster the generated kernel is than calls.</summary>
    public double TimesDirect => Direct / Generated;

    /// <summary>Time of the generated kernel relative to the hand-written one.</summary>
    public double OverHandWritten => Generated / HandWritten;
}
