using Qama.Numerics;
using Qama.Problems;
using Qama.Torch.Energies;
using static TorchSharp.torch;

namespace Qama.Torch.Sampling;

/// <summary>Simulated annealing of a whole batch on its device: all reads of all problems and all heads move at
/// once.</summary>
/// <remarks>
/// Kirkpatrick, Gelatt and Vecchi, "Optimization by simulated annealing", Science 220, 671 (1983); Metropolis et al.,
/// J. Chem. Phys. 21, 1087 (1953). Moves and temperatures are those of
/// <see cref="Qama.Sampling.SimulatedAnnealingSampler"/>: greedy start, geometric cooling between the scales of
/// <see cref="AnnealingSchedule"/>, trades within a head where penalties on sums hold single flips back, hand-overs
/// between heads where exclusion does. A step proposes to one token of every head. Heads interact at the same token
/// only, and are then at tokens of their own, so each step leaves the Boltzmann distribution of its temperature as it
/// is. With a temperature each read is the last state of a chain of <see cref="Sweeps"/> sweeps by the heat bath's rule
/// (Glauber, J. Math. Phys. 4, 294 (1963)). The order of proposals is random and shared by all reads; what is accepted
/// is drawn for each. On one device, with one version of libtorch, the same batch, reads and key give the same result;
/// a batch split in two gives other random numbers. Before the search one number per problem is copied to the host, to
/// refuse what is not finite.
/// </remarks>
public sealed class TensorAnnealingSampler : ITensorSampler
{
    /// <inheritdoc/>
    public string Name => "simulated annealing on tensors";

    /// <inheritdoc/>
    public bool SamplesAtTemperature => true;

    /// <summary>Sweeps over all variables, 1 to 10,000,000. Default 100.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public int Sweeps { get; init => field = (int)TensorSearch.Within(value, 1, 10_000_000, nameof(Sweeps)); } = 100;

    /// <summary>First temperature in units of the problem's hot scale (<see cref="AnnealingSchedule"/>), 10⁻⁶ to 10⁶.
    /// Default 0.6.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public double Hot { get; init => field = TensorSearch.Within(value, 1e-6, 1e6, nameof(Hot)); } = 0.6;

    /// <summary>Last temperature in units of the problem's cold scale, 10⁻⁶ to 10⁶. Default 0.07.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public double Cold { get; init => field = TensorSearch.Within(value, 1e-6, 1e6, nameof(Cold)); } = 0.07;

    /// <summary>Sweeps at temperature 0 that lower the best state at the end, 0 to 1,000. Default 4. Without effect at
    /// a fixed temperature.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Out of range.</exception>
    public int DescentSweeps
    {
        get;
        init => field = (int)TensorSearch.Within(value, 0, 1000, nameof(DescentSweeps));
    } = 4;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A coefficient is NaN or infinite, or <see cref="Cold"/> exceeds
    /// <see cref="Hot"/>.</exception>
    public TensorSamples Sample(TensorProblem problem, int reads, double? temperature, SamplingKey key)
    {
        if (temperature is null && Cold > Hot)
        {
            throw new ArgumentException($"Expected {nameof(Cold)} to be at most {nameof(Hot)}, {Hot}, got {Cold}.");
        }

        return TensorSearch.Run(problem, reads, temperature, key, (terms, generator) =>
        {
            RandomStream random = key.Stream(0, 1);
            var chains = new AnnealingChains(terms, reads, generator, random);
            if (temperature is double fixedTemperature)
            {
                chains.Sample(Sweeps, fixedTemperature);
            }
            else
            {
                chains.Anneal(Sweeps, Hot, Cold, DescentSweeps);
            }

            return chains.States();
        });
    }
}
