namespace Qama.Sampling;

/// <summary>Told how a search proceeds: for plots, and to stop guessing how many steps are enough.</summary>
/// <param name="problem">Index in the batch.</param>
/// <param name="read">The read.</param>
/// <param name="step">Steps done.</param>
/// <param name="bestEnergy">The lowest energy that the read has seen; searches know it to single precision.</param>
/// <remarks>Called by the threads that search, from several at once; it costs time, so only where it is asked for.</remarks>
public delegate void EnergyTrace(int problem, int read, int step, double bestEnergy);
