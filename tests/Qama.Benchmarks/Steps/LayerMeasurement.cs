using static System.FormattableString;

namespace Qama.Benchmarks.Steps;

/// <summary>One layer's passes over a batch.</summary>
/// <param name="Name">What the case is.</param>
/// <param name="Batch">Samples.</param>
/// <param name="Heads">Heads.</param>
/// <param name="Tokens">Tokens.</param>
/// <param name="Width">Width of an input token.</param>
/// <param name="HeadDim">Width of a head.</param>
/// <param name="Threads">Threads.</param>
/// <param name="Sweeps">Sweeps of the annealer.</param>
/// <param name="Gap">Mean gap to the best of 60 annealings of 300 sweeps: of this layer, whose parameters and inputs are random.</param>
/// <param name="Forward">Milliseconds of a forward pass.</param>
/// <param name="ForwardWithoutAnnealing">The same without the annealer.</param>
/// <param name="Backward">Milliseconds of a backward pass.</param>
/// <param name="Bytes">Allocated by a forward and a backward pass, all threads.</param>
internal sealed record LayerMeasurement(
    string Name, int Batch, int Heads, int Tokens, int Width, int HeadDim, int Threads, int Sweeps, double Gap,
    double Forward, double ForwardWithoutAnnealing, double Backward, double Bytes)
{
    /// <summary>Backward over forward without annealing.</summary>
    public double BackwardOverForward => Backward / ForwardWithoutAnnealing;

    /// <summary>Where one thread's time goes; null for several threads.</summary>
    public StageShares? Shares { get; init; }

    /// <summary>Useful multiply-adds of the projections (forward and backward), ×2, in 10⁹ per second; null for several
    /// threads.</summary>
    public double? ProjectionGflops { get; init; }

    /// <summary>The same of the couplings and their gradient, symmetrisation included.</summary>
    public double? CouplingGflops { get; init; }

    public void Print(TextWriter output, Machine machine)
    {
        output.WriteLine(Invariant(
            $"{Name}, batch {Batch}, {Heads} x {Tokens} tokens, width {Width}, {Threads} thread(s), {Sweeps} sweeps, gap {Gap:P2}"));
        output.WriteLine(Invariant(
            $"  forward {Forward:F2} ms, without annealing {ForwardWithoutAnnealing:F2} ms, backward {Backward:F2} ms ({BackwardOverForward:F2} x), {Bytes:F0} bytes"));
        if (Shares is not null)
        {
            output.WriteLine(Invariant(
                $"  annealing {Shares.Annealing:P0}, projections {Shares.Projections:P0}, couplings {Shares.Couplings:P0}, rest {Shares.Rest:P0}"));
            output.WriteLine(Invariant(
                $"  projections {ProjectionGflops:F1} GFLOP/s ({ProjectionGflops / machine.Gflops:P0} of peak), couplings {CouplingGflops:F1} ({CouplingGflops / machine.Gflops:P0})"));
        }
    }
}

/// <summary>Shares of a forward and a backward pass on one thread, measured stage by stage.</summary>
/// <param name="Annealing">The annealer.</param>
/// <param name="Projections">Products of the input stage.</param>
/// <param name="Couplings">Couplings and fields, and their gradients.</param>
/// <param name="Rest">Norms, transpositions, readout, folding.</param>
internal sealed record StageShares(double Annealing, double Projections, double Couplings, double Rest);

/// <summary>A whole step of the trainer.</summary>
/// <param name="Attention">The model's attention.</param>
/// <param name="Threads">Threads.</param>
/// <param name="Step">Milliseconds.</param>
/// <param name="Annealing">Milliseconds of it that the sampler takes.</param>
/// <param name="Bytes">Allocated by a step, all threads.</param>
internal sealed record TrainingMeasurement(string Attention, int Threads, double Step, double Annealing, double Bytes)
{
    public void Print(TextWriter output) => output.WriteLine(Invariant(
        $"training step, {Attention}, {Threads} thread(s): {Step:F2} ms, annealing {Annealing:F2} ms, {Bytes:F0} bytes"));
}
