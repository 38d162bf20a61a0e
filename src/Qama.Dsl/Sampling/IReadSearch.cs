using Qama.Numerics;
using Qama.Numerics.Vectors;
using Qama.Problems;

namespace Qama.Sampling;

/// <summary>One way of searching for a state of low energy, as <see cref="SearchRun"/> applies it to all reads of a batch.</summary>
internal interface IReadSearch
{
    /// <summary>Whether the read's state is a start that must not get worse, rather than memory with any content.</summary>
    bool ImprovesState => false;

    /// <summary>Puts a problem into <see cref="SearchMemory.Energy"/>.</summary>
    void Load(ProblemBatch problems, int problem, SearchMemory memory);

    /// <summary>Searches once and leaves the result in <see cref="SearchMemory.Best"/>.</summary>
    /// <param name="memory">The memory, a problem loaded.</param>
    /// <param name="state">The read's state as it is before the search.</param>
    /// <param name="random">The read's stream.</param>
    /// <typeparam name="TVector">16 floats in the machine's registers.</typeparam>
    void Search<TVector>(SearchMemory memory, ReadOnlySpan<byte> state, ref RandomStream random)
        where TVector : struct, IVector<TVector, float>;

    /// <summary>Writes the best state as selection bits.</summary>
    void Decode(SearchMemory memory, Span<byte> state);
}
