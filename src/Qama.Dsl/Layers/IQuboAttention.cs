using Qama.Ising;
using Qama.Numerics;
using Qama.Problems;

namespace Qama.Layers;

/// <summary>
/// What the generator implements for a declared model: its constants and the operations samplers need, as static members
/// so that they are reached without reflection and specialised by the JIT.
/// </summary>
/// <typeparam name="TSelf">The declared class.</typeparam>
public interface IQuboAttention<TSelf>
    where TSelf : IQuboAttention<TSelf>
{
    /// <summary>What the model is: shapes, terms, parameters.</summary>
    static abstract ModelDescriptor Descriptor { get; }

    /// <summary>Floats of scratch memory <see cref="Anneal"/> needs.</summary>
    static abstract int AnnealingScratch { get; }

    /// <summary>The number of weights of hard constraints that are computed from the coefficients of each problem.</summary>
    static virtual int PenaltyWeightCount => 0;

    /// <summary>Computes those weights; see <see cref="AttentionProblemBatch.UpdatePenaltyWeights"/>.</summary>
    static virtual void WritePenaltyWeights(in ProblemView problem, Span<double> weights)
    {
    }

    /// <summary>The energy of a selection in double; see <see cref="ProblemBatch.Energy"/>.</summary>
    static abstract double Energy(in ProblemView problem, ReadOnlySpan<byte> state);

    /// <summary>One annealing read; see <see cref="ProblemBatch.Anneal"/>.</summary>
    static abstract void Anneal(
        in ProblemView problem, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> scratch);

    /// <summary>The energy's structure; see <see cref="ProblemBatch.WriteStructure"/>. <see cref="ProblemBatch.Slope"/> follows from it.</summary>
    /// <remarks>Generated code has a form without matrix; a model written by hand may leave it to this one.</remarks>
    static virtual void WriteStructure(in ProblemView problem, StructuredEnergy destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var qubo = new QuboMatrix(TSelf.Descriptor.VariableCount + TSelf.Descriptor.SlackCount);
        TSelf.WriteQubo(problem, qubo);
        destination.Load(qubo);
    }

    /// <summary>The units of temperatures; see <see cref="ProblemBatch.EnergyScale"/>. Null if the model does not know.</summary>
    static virtual TemperatureScale? EnergyScale(in ProblemView problem, Span<float> scratch) => null;

    /// <summary>The problem as a QUBO over selection bits, then slack bits; see <see cref="ProblemBatch.WriteQubo"/>.</summary>
    static abstract void WriteQubo(in ProblemView problem, QuboMatrix destination);
}
