namespace Qama.Sampling;

/// <summary>The progress of a read: for bars, and to see that a long problem is under way.</summary>
/// <param name="Problem">Index in the batch.</param>
/// <param name="Read">The read.</param>
/// <param name="Sweep">Sweeps done, over all annealings of the read.</param>
/// <param name="Sweeps">Sweeps that the read has; a short descent may follow them.</param>
/// <remarks>Told by the threads that search, from several at once, in order within a read.</remarks>
public readonly record struct SweepProgress(int Problem, int Read, long Sweep, long Sweeps);
