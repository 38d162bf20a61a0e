using Qama.Problems;

namespace Qama.Sampling;

/// <summary>
/// Something that finds low-energy states of a batch of problems: a simulator, a machine, a recording.
/// </summary>
public interface ISampler
{
    /// <summary>A short name for tables and provenance.</summary>
    string Name { get; }

    /// <summary>
    /// Whether the sampler can draw from the Boltzmann distribution at a given temperature
    /// (<see cref="SampleSet.Temperature"/>), rather than only look for low energies.
    /// </summary>
    bool SamplesAtTemperature => false;

    /// <summary>Fills <paramref name="result"/> with <see cref="SampleSet.ReadCount"/> states of every problem.</summary>
    /// <param name="problems">The problems; not changed.</param>
    /// <param name="result">Memory the caller owns: filled with selections, energies (in double, of the original problem),
    /// time and provenance. Reads of a problem are in order of rising energy unless a temperature was asked for.</param>
    /// <param name="key">What random numbers depend on.</param>
    /// <param name="cancellationToken">Ends the search with <see cref="OperationCanceledException"/>; simulators look
    /// at it before any work, and then after every sweep or step, or after some hundred short ones. What
    /// <paramref name="result"/> holds is then unspecified; it and the sampler may be used again, and what they give
    /// does not depend on what happened before.</param>
    /// <returns>A task that simulators complete before returning, without allocating; a machine completes it when its
    /// answer arrives, without holding a thread meanwhile.</returns>
    /// <exception cref="ArgumentException"><paramref name="result"/> does not fit <paramref name="problems"/>, or a
    /// problem holds a NaN or an infinity, or numbers outside the range that its batch accepts.</exception>
    /// <exception cref="NotSupportedException">A temperature was asked for and <see cref="SamplesAtTemperature"/> is false.</exception>
    ValueTask SampleAsync(
        ProblemBatch problems, SampleSet result, SamplingKey key, CancellationToken cancellationToken = default);
}
