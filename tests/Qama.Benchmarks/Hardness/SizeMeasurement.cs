namespace Qama.Benchmarks.Hardness;

/// <summary>What a sampler reaches on large random problems.</summary>
/// <param name="Kind">Where the problems come from.</param>
/// <param name="Heads">Heads.</param>
/// <param name="Tokens">Tokens.</param>
/// <param name="Variables">Variables of a problem.</param>
/// <param name="Problems">Number of problems; each is solved alone.</param>
/// <param name="Sampler">The sampler and its budget.</param>
/// <param name="Gap">Mean of (E − best)/|best|, with the best of all that was measured and of the long searches.</param>
/// <param name="WorstGap">The largest of them.</param>
/// <param name="Milliseconds">Per problem, one thread.</param>
/// <param name="IsLong">Whether it is one of the long searches that say what the best is.</param>
internal sealed record SizeMeasurement(
    string Kind, int Heads, int Tokens, int Variables, int Problems, string Sampler, double Gap, double WorstGap, double Milliseconds, bool IsLong);

/// <summary>What the command writes.</summary>
/// <param name="Batches">Batches of given problems.</param>
/// <param name="Sizes">Random problems, one at a time.</param>
internal sealed record HardnessReport(IReadOnlyList<BatchMeasurement> Batches, IReadOnlyList<SizeMeasurement> Sizes);
