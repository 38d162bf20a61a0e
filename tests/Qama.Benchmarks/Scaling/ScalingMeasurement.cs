namespace Qama.Benchmarks.Scaling;

/// <summary>Annealing of one shape on one thread.</summary>
/// <param name="Varied">What this row belongs to: tokens, heads, bits or batch.</param>
/// <param name="Heads">Heads.</param>
/// <param name="Tokens">Tokens.</param>
/// <param name="Bits">Bits of a selection weight.</param>
/// <param name="Batch">Problems annealed in one call.</param>
/// <param name="Variables">Variables of a problem.</param>
/// <param name="Sweep">Microseconds per sweep and problem of an annealing, start and finish included.</param>
/// <param name="HotSweep">The same of a heat bath so hot that half of all variables flip in every sweep.</param>
/// <param name="CouplingBytes">Bytes of a problem's couplings.</param>
/// <param name="ScratchBytes">Further bytes that a problem needs while it is annealed.</param>
/// <param name="PeakBytes">Largest memory of the process so far.</param>
/// <param name="Rows">Microseconds per problem to read half of its rows of couplings, in order, and add each to one of fields: what
/// memory alone takes of a hot sweep with one bit.</param>
internal sealed record ScalingMeasurement(
    string Varied, int Heads, int Tokens, int Bits, int Batch, int Variables, double Sweep, double HotSweep,
    long CouplingBytes, long ScratchBytes, long PeakBytes, double Rows = 0)
{
    /// <summary>Rows of couplings that the hot sweep reads, in 10⁹ bytes per second.</summary>
    public double HotGigabytesPerSecond => 0.5 * Bits * CouplingBytes / HotSweep * 1e-3;

    /// <summary>The same rows, read and added only.</summary>
    public double RowGigabytesPerSecond => Rows > 0 ? 0.5 * CouplingBytes / Rows * 1e-3 : 0;
}
