using Qama.Ising;
using Qama.Numerics;
using Qama.Problems;

namespace Qama.Layers;

/// <summary>
/// What the generator implements besides for a declared model whose couplings are a product of features of query and key: the
/// operations that samplers need, without a coupling being written down.
/// </summary>
/// <typeparam name="TSelf">The declared class.</typeparam>
public interface IFactoredAttention<TSelf> : IQuboAttention<TSelf>
    where TSelf : IFactoredAttention<TSelf>
{
    /// <summary>Floats of scratch memory that annealing needs.</summary>
    static abstract int FactoredScratch { get; }

    /// <summary>Computes the weights of hard constraints that depend on the coefficients, from bounds of the couplings in time that grows with
    /// the tokens; see <see cref="AttentionProblemBatch.UpdatePenaltyWeights"/>.</summary>
    static virtual void WritePenaltyWeights(in FactoredView problem, Span<double> weights)
    {
    }

    /// <summary>The energy of a selection in double; see <see cref="ProblemBatch.Energy"/>.</summary>
    static abstract double Energy(in FactoredView problem, ReadOnlySpan<byte> state);

    /// <summary>The energy's slope; see <see cref="ProblemBatch.Slope"/>.</summary>
    static abstract void Slope(in FactoredView problem, ReadOnlySpan<float> state, Span<float> slope);

    /// <summary>One annealing read; see <see cref="ProblemBatch.Anneal"/>.</summary>
    static abstract void Anneal(
        in FactoredView problem, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> scratch);

    /// <summary>The units of temperatures; see <see cref="ProblemBatch.EnergyScale"/>.</summary>
    static abstract TemperatureScale EnergyScale(in FactoredView problem, Span<float> scratch);

    /// <summary>The energy in the form that samplers other than annealing work on; see <see cref="ProblemBatch.WriteStructure"/>.</summary>
    static abstract void WriteStructure(in FactoredView problem, StructuredEnergy destination);

    /// <summary>The problem as a QUBO over selection bits, then slack bits; see <see cref="ProblemBatch.WriteQubo"/>.</summary>
    static abstract void WriteQubo(in FactoredView problem, QuboMatrix destination);
}
