using System.ComponentModel;
using Qama.Annealing;
using Qama.Ising;
using Qama.Numerics;
using Qama.Problems;

namespace Qama.Layers;

/// <summary>What samplers ask of a model, answered from its declared energy: a generated class says no more than which energy that is.</summary>
/// <typeparam name="TSelf">The declared class.</typeparam>
/// <typeparam name="TEnergy">Its energy, which all of this is compiled for.</typeparam>
/// <remarks>For generated code.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IDeclaredAttention<TSelf, TEnergy> : IQuboAttention<TSelf>
    where TSelf : IDeclaredAttention<TSelf, TEnergy>
    where TEnergy : struct, IDeclaredEnergy
{
    static int IQuboAttention<TSelf>.AnnealingScratch => Annealer<DeclaredPlan<TEnergy>>.ScratchLength;

    static int IQuboAttention<TSelf>.PenaltyWeightCount => TEnergy.ComputedWeightCount;

    static void IQuboAttention<TSelf>.WritePenaltyWeights(in ProblemView problem, Span<double> weights)
    {
        if (TEnergy.ComputedWeightCount > 0)
        {
            DeclaredEnergy<TEnergy>.ComputeWeights(problem, weights);
        }
    }

    static double IQuboAttention<TSelf>.Energy(in ProblemView problem, ReadOnlySpan<byte> state) =>
        DeclaredEnergy<TEnergy>.Of(problem, state);

    static void IQuboAttention<TSelf>.Anneal(
        in ProblemView problem, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> scratch) =>
        Annealer<DeclaredPlan<TEnergy>>.Run(problem, schedule, ref random, state, scratch);

    static void IQuboAttention<TSelf>.WriteStructure(in ProblemView problem, StructuredEnergy destination) =>
        destination.Load<DeclaredPlan<TEnergy>>(problem);

    static TemperatureScale? IQuboAttention<TSelf>.EnergyScale(in ProblemView problem, Span<float> scratch) =>
        Annealer<DeclaredPlan<TEnergy>>.EnergyScale(problem, scratch);

    static void IQuboAttention<TSelf>.WriteQubo(in ProblemView problem, QuboMatrix destination) =>
        DeclaredEnergy<TEnergy>.Write(problem, destination);
}
