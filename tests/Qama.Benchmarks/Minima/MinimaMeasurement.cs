namespace Qama.Benchmarks.Minima;

/// <summary>How often one run of a simulator ends in the exact minimum of small problems.</summary>
/// <param name="Problems">The problems.</param>
/// <param name="Variables">Their variables.</param>
/// <param name="Sampler">The simulator.</param>
/// <param name="Reads">Share of reads in the minimum.</param>
/// <param name="Solved">Share of problems of which any read is.</param>
internal sealed record MinimaMeasurement(string Problems, int Variables, string Sampler, double Reads, double Solved);
