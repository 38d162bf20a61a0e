using Qama.Torch.Energies;
using Qama.Problems;
using static TorchSharp.torch;

namespace Qama.Torch.Sampling;

/// <summary>Something that finds low-energy states of a batch of problems by operations of torch, on the device where
/// the problems are.</summary>
public interface ITensorSampler
{
    /// <summary>A short name for tables and provenance.</summary>
    string Name { get; }

    /// <summary>Whether it can draw from the Boltzmann distribution at a given temperature, rather than only look for
    /// low energies.</summary>
    bool SamplesAtTemperature => false;

    /// <summary>Finds states of every problem.</summary>
    /// <param name="problem">The problems; not changed.</param>
    /// <param name="reads">Reads per problem, at least 1.</param>
    /// <param name="temperature">Null for the lowest energies that can be found, or a temperature in units of energy at
    /// which reads are drawn.</param>
    /// <param name="key">What random numbers depend on: seed and step.</param>
    /// <returns>States and energies; reads of a problem in order of rising energy unless a temperature was asked
    /// for.</returns>
    /// <exception cref="ArgumentException">A coefficient is NaN or infinite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    /// <exception cref="NotSupportedException">A temperature was asked for and <see cref="SamplesAtTemperature"/> is
    /// false.</exception>
    TensorSamples Sample(TensorProblem problem, int reads, double? temperature, SamplingKey key);
}

/// <summary>What a sampler found.</summary>
/// <param name="States">[batch, reads, heads, tokens, bits], booleans; false where a token is absent.</param>
/// <param name="Energies">[batch, reads], of the problem's type.</param>
public sealed record TensorSamples(Tensor States, Tensor Energies) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        States.Dispose();
        Energies.Dispose();
    }
}
