namespace Qama.Benchmarks.Hardness;

/// <summary>What a sampler reaches when problems come in batches of some size.</summary>
/// <param name="Problems">Name of the folder.</param>
/// <param name="Variables">Variables of a problem.</param>
/// <param name="Sampler">The sampler and its budget.</param>
/// <param name="Batch">Problems per call.</param>
/// <param name="Gap">Mean of (E − best)/|best| over problems and keys.</param>
/// <param name="WorstGap">The largest of them.</param>
/// <param name="Solved">Share within 1e-5 of the best-known energy.</param>
/// <param name="SameAsAlone">Share of states that are those of batches of one problem, bit for bit.</param>
/// <param name="Microseconds">Per problem, one thread; median over keys.</param>
internal sealed record BatchMeasurement(
    string Problems, int Variables, string Sampler, int Batch, double Gap, double WorstGap, double Solved, double SameAsAlone,
    double Microseconds);
