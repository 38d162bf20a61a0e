namespace Qama.Benchmarks.Generator;

/// <summary>Time of one thing the generator did.</summary>
/// <param name="Name">What it did.</param>
/// <param name="Milliseconds">Median of a run of the driver in a warm process.</param>
/// <param name="Repeats">Number of runs.</param>
internal sealed record GeneratorMeasurement(string Name, double Milliseconds, int Repeats);
