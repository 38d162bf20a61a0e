using System.ComponentModel;
using Qama.Annealing;
using Qama.Ising;
using Qama.Numerics;
using Qama.Problems;

namespace Qama.Layers;

/// <summary>The answers of <see cref="IDeclaredAttention{TSelf, TEnergy}"/> without couplings written out, for couplings that are a product of
/// features.</summary>
/// <typeparam name="TSelf">The declared class.</typeparam>
/// <typeparam name="TEnergy">Its energy, which all of this is compiled for.</typeparam>
/// <remarks>For generated code.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IDeclaredFactoredAttention<TSelf, TEnergy> : IDeclaredAttention<TSelf, TEnergy>, IFactoredAttention<TSelf>
    where TSelf : IDeclaredFactoredAttention<TSelf, TEnergy>
    where TEnergy : struct, IDeclaredEnergy
{
    static int IFactoredAttention<TSelf>.FactoredScratch =>
        FactoredAnnealer<DeclaredPlan<TEnergy>>.ScratchLength(TSelf.Descriptor.CouplingRank);

    static void IFactoredAttention<TSelf>.WritePenaltyWeights(in FactoredView problem, Span<double> weights)
    {
        if (TEnergy.ComputedWeightCount > 0)
        {
            DeclaredEnergy<TEnergy>.ComputeWeights(problem, weights);
        }
    }

    static double IFactoredAttention<TSelf>.Energy(in FactoredView problem, ReadOnlySpan<byte> state) =>
        DeclaredEnergy<TEnergy>.Of(problem, state);

    static void IFactoredAttention<TSelf>.Slope(in FactoredView problem, ReadOnlySpan<float> state, Span<float> slope) =>
        DeclaredEnergy<TEnergy>.Slope(problem, state, slope);

    static void IFactoredAttention<TSelf>.Anneal(
        in FactoredView problem, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> scratch) =>
        FactoredAnnealer<DeclaredPlan<TEnergy>>.Run(problem, schedule, ref random, state, scratch);

    static TemperatureScale IFactoredAttention<TSelf>.EnergyScale(in FactoredView problem, Span<float> scratch) =>
        FactoredAnnealer<DeclaredPlan<TEnergy>>.EnergyScale(problem, scratch);

    static void IFactoredAttention<TSelf>.WriteStructure(in FactoredView problem, StructuredEnergy destination) =>
        destination.Load<DeclaredPlan<TEnergy>>(problem);

    static void IFactoredAttention<TSelf>.WriteQubo(in FactoredView problem, QuboMatrix destination) =>
        DeclaredEnergy<TEnergy>.Write(problem, destination);
}
