using Qama.Problems;
using Qama.Sampling;
using Qama.Torch.Energies;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch.Sampling;

/// <summary>A simulated coherent Ising machine for a whole batch on its device: amplitudes of optical pulses under a
/// rising pump, coupled by measurement and feedback, with an error variable per pulse that brings all amplitudes to one
/// size.</summary>
/// <remarks>
/// Leleu, Yamamoto, McMahon and Aihara, Phys. Rev. Lett. 122, 040607 (2019); Leleu et al., Commun. Phys. 4, 266 (2021);
/// the ramps as in Reifenstein et al., Adv. Quantum Technol. 4, 2100077 (2021): x ← x + Δt (x (p − 1 − x²) + ε e F), e
/// ← e − Δt β e (x² − a), p from <see cref="PumpStart"/> to <see cref="PumpEnd"/>, a from 1 to
/// <see cref="TargetAmplitude"/>. F = −√a ∂E/∂σ at the measured σ = x/√a, in units of its root mean square under random
/// spins. The equations of <see cref="CoherentIsingMachineSampler"/>, noise from the device's random numbers; the best
/// signs seen are lowered by <see cref="DescentSweeps"/>. Reproducible as <see cref="TensorAnnealingSampler"/> is, with
/// the same check before the search.
/// </remarks>
public sealed class TensorCoherentIsingMachineSampler : ITensorSampler
{
    private const double LargestAmplitude = 1.5; // in units of √a
    private const double LargestError = 32;
    private const int ReadOuts = 100;

    /// <inheritdoc/>
    public string Name => "coherent Ising machine, simulated on tensors";

    /// <summary>Steps, 1 to 10,000,000. Default 1,000.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public int Steps { get; init => field = (int)TensorSearch.Within(value, 1, 10_000_000, nameof(Steps)); } = 1000;

    /// <summary>Δt, 10⁻⁶ to 1. Default 0.05.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public double TimeStep { get; init => field = TensorSearch.Within(value, 1e-6, 1, nameof(TimeStep)); } = 0.05;

    /// <summary>First pump p, 1 at threshold; −10 to 10. Default −0.5.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public double PumpStart { get; init => field = TensorSearch.Within(value, -10, 10, nameof(PumpStart)); } = -0.5;

    /// <summary>Last pump p, −10 to 10. Default 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public double PumpEnd { get; init => field = TensorSearch.Within(value, -10, 10, nameof(PumpEnd)); } = 1;

    /// <summary>ε, 10⁻⁶ to 100. Default 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public double Coupling { get; init => field = TensorSearch.Within(value, 1e-6, 100, nameof(Coupling)); } = 1;

    /// <summary>β, 0 to 10: how fast error variables react; 0 switches amplitude control off. Default 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public double ErrorRate { get; init => field = TensorSearch.Within(value, 0, 10, nameof(ErrorRate)); } = 1;

    /// <summary>Last target a of x², 10⁻⁶ to 10. Default 2.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public double TargetAmplitude
    {
        get;
        init => field = TensorSearch.Within(value, 1e-6, 10, nameof(TargetAmplitude));
    } = 2;

    /// <summary>Standard deviation of the measurement's noise relative to √a, 0 to 10. Default 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public double Noise { get; init => field = TensorSearch.Within(value, 0, 10, nameof(Noise)); }

    /// <summary>Sweeps at temperature 0 that lower the best state at the end, 0 to 1,000. Default 4. Where hard
    /// constraints hold single flips back, a tabu search of four flips per variable, at most 2,000, comes before. 0 for
    /// the dynamics alone, as on a machine.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public int DescentSweeps
    {
        get;
        init => field = (int)TensorSearch.Within(value, 0, 1000, nameof(DescentSweeps));
    } = 4;

    /// <summary>Whether only the last signs of a run count, as a machine answers, and not the best that it has passed.
    /// Default false.</summary>
    public bool LastSigns { get; init; }

    /// <inheritdoc/>
    public TensorSamples Sample(TensorProblem problem, int reads, double? temperature, SamplingKey key)
    {
        TensorSearch.RequireNone(temperature, Name);
        return TensorSearch.Run(problem, reads, temperature, key, (terms, generator) =>
        {
            var dynamics = new BitDynamics(terms, reads);
            Evolve(dynamics, dynamics.Uniform(-1, 1, generator), generator);
            return dynamics.Finish(DescentSweeps, generator, key.Stream(0, 1));
        });
    }

    private void Evolve(BitDynamics dynamics, Tensor amplitude, torch.Generator generator)
    {
        Tensor error = ones_like(amplitude);
        int interval = Math.Max(1, Steps / ReadOuts);
        for (int step = 1; step <= Steps; step++)
        {
            using DisposeScope scope = NewDisposeScope();
            double time = (double)step / Steps;
            double pump = PumpStart + (time * (PumpEnd - PumpStart));
            double target = 1 + (time * (TargetAmplitude - 1));
            double root = Math.Sqrt(target);
            Tensor bits = dynamics.ToBits(amplitude, 1 / root);
            if (Noise > 0)
            {
                dynamics.AddNoise(bits, 0.5 * Noise, generator);
            }

            Tensor feedback = dynamics.Costs(bits).mul(error);
            Tensor square = amplitude.square();
            amplitude.mul_(square.mul(-TimeStep).add_(1 + (TimeStep * (pump - 1))))
                .add_(feedback, -TimeStep * Coupling * root)
                .clamp_(-LargestAmplitude * root, LargestAmplitude * root);
            error.mul_(square.mul_(-TimeStep * ErrorRate).add_(1 + (TimeStep * ErrorRate * target)))
                .clamp_(1 / LargestError, LargestError);
            if (step == Steps || (!LastSigns && step % interval == 0))
            {
                dynamics.Offer(dynamics.ToSigns(amplitude));
            }
        }
    }
}
