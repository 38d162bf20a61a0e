namespace Qama.Benchmarks.Generator;

/// <summary>Time of one thing the generator did.</summary>
/// <param name="Name">What it did.</param>
/// <param name="Milliseconds">Median of a run of the driver in a warm process.</param>
/// <param name="Repeats">Number of runs.</param>
/// <param name="Limit">What it should take at most; null for none.</param>
internal sealed record GeneratorMeasurement(string Name, double Milliseconds, int Repeats, double? Limit = null);
