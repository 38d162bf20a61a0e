using Qama.Problems;
using Qama.Sampling;
using Qama.Torch.Energies;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch.Sampling;

/// <summary>Simulated bifurcation of a whole batch on its device: spins as positions of coupled oscillators whose pump
/// rises until each has fallen to one side; inelastic walls at ±1. A step is one product of matrices for all reads of
/// all heads.</summary>
/// <remarks>
/// Goto et al., "High-performance combinatorial optimization based on classical mechanics", Science Advances 7,
/// eabe7953 (2021), doi 10.1126/sciadv.abe7953: y ← y + Δt (−(1 − a) x + c₀ F(x)), x ← x + Δt y, where |x| &gt; 1
/// becomes x = ±1, y = 0, and a rises from 0 to 1. F is the local field −∂E/∂σ, of x itself (ballistic) or of its signs
/// (discrete). The equations of <see cref="BifurcationSampler"/>; the best signs seen are lowered by
/// <see cref="DescentSweeps"/>. Reproducible as <see cref="TensorAnnealingSampler"/> is, with the same check before the
/// search.
/// </remarks>
public sealed class TensorBifurcationSampler : ITensorSampler
{
    private const int ReadOuts = 50; // of a ballistic run; a discrete one looks at every state

    /// <inheritdoc/>
    public string Name => Variant == BifurcationVariant.Discrete
        ? "discrete simulated bifurcation on tensors" : "ballistic simulated bifurcation on tensors";

    /// <summary>What the fields are computed from. Default <see cref="BifurcationVariant.Ballistic"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No variant.</exception>
    public BifurcationVariant Variant
    {
        get;
        init => field = (BifurcationVariant)TensorSearch.Within(
            (int)value, 0, (int)BifurcationVariant.Ballistic, nameof(Variant));
    } = BifurcationVariant.Ballistic;

    /// <summary>Steps, 1 to 10,000,000. Default 500.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public int Steps { get; init => field = (int)TensorSearch.Within(value, 1, 10_000_000, nameof(Steps)); } = 500;

    /// <summary>Δt, 10⁻⁶ to 10. Default 0.5.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public double TimeStep { get; init => field = TensorSearch.Within(value, 1e-6, 10, nameof(TimeStep)); } = 0.5;

    /// <summary>c₀ in units of one over the size of the local field that random spins exert, 10⁻⁶ to 100. Default
    /// 0.5.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public double Coupling { get; init => field = TensorSearch.Within(value, 1e-6, 100, nameof(Coupling)); } = 0.5;

    /// <summary>Sweeps at temperature 0 that lower the best state at the end, 0 to 1,000. Default 4. Where hard
    /// constraints hold single flips back, a tabu search of four flips per variable, at most 2,000, comes before. 0 for
    /// the dynamics alone.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public int DescentSweeps
    {
        get;
        init => field = (int)TensorSearch.Within(value, 0, 1000, nameof(DescentSweeps));
    } = 4;

    /// <inheritdoc/>
    public TensorSamples Sample(TensorProblem problem, int reads, double? temperature, SamplingKey key)
    {
        TensorSearch.RequireNone(temperature, Name);
        return TensorSearch.Run(problem, reads, temperature, key, (terms, generator) =>
        {
            var dynamics = new BitDynamics(terms, reads);
            Evolve(dynamics, dynamics.Uniform(-0.1, 0.1, generator), dynamics.Uniform(-0.1, 0.1, generator));
            return dynamics.Finish(DescentSweeps, generator, key.Stream(0, 1));
        });
    }

    private void Evolve(BitDynamics dynamics, Tensor position, Tensor momentum)
    {
        bool discrete = Variant == BifurcationVariant.Discrete;
        int interval = Math.Max(1, Steps / ReadOuts);
        for (int step = 1; step <= Steps; step++)
        {
            using DisposeScope scope = NewDisposeScope();
            double detuning = 1 - ((double)step / Steps);
            Tensor bits = discrete ? dynamics.ToSigns(position) : dynamics.ToBits(position, 1);
            if (discrete)
            {
                dynamics.Offer(bits);
            }

            momentum.add_(position, -TimeStep * detuning).add_(dynamics.Costs(bits), -TimeStep * Coupling);
            position.add_(momentum, TimeStep);
            momentum.masked_fill_(position.abs().gt(1), 0);
            position.clamp_(-1, 1);
            if (step == Steps || (!discrete && step % interval == 0))
            {
                dynamics.Offer(dynamics.ToSigns(position));
            }
        }
    }
}
