using Qama.Numerics;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Layers.Gradients;

/// <summary>A run from a given state: down to a local minimum, or some sweeps of a chain at a temperature.</summary>
internal sealed class NudgedSearch : IReadSearch
{
    private const int Sweeps = 64;

    /// <summary>In units of energy; null for a descent.</summary>
    public double? Temperature { get; set; }

    bool IReadSearch.ImprovesState => Temperature is null;

    void IReadSearch.Load(ProblemBatch problems, int problem, SearchMemory memory) => problems.WriteStructure(problem, memory.Energy);

    unsafe void IReadSearch.Search<TVector>(SearchMemory memory, ReadOnlySpan<byte> state, ref RandomStream random)
    {
        memory.Planes.Reserve(memory.Energy.PlaneLength);
        memory.Energy.ToPlanes(state, memory.Planes.Start);
        memory.Flips.Start<TVector>(memory.Energy, memory.Planes.Start);
        if (Temperature is double temperature)
        {
            memory.Flips.HeatBath<TVector>(Sweeps, temperature * memory.Energy.Scale, ref random);
            memory.Offer(memory.Flips.Best, memory.Flips.BestEnergy);
        }
        else
        {
            memory.Offer(memory.Flips.Best, memory.Flips.BestEnergy);
            memory.Descend<TVector>(ref random);
        }
    }

    unsafe void IReadSearch.Decode(SearchMemory memory, Span<byte> state) => memory.Energy.ToState(memory.Best, state);
}
