using Qama.Annealing;
using Qama.Ising;
using Qama.Numerics;
using Qama.Problems;

namespace Qama.Benchmarks.Plain;

/// <summary>One problem with its rows compressed or written out, whatever its density.</summary>
internal sealed class FormBatch(SparseQubo problem, bool compressed) : ProblemBatch
{
    private readonly SingleForm _form = new(problem, compressed ? 1 : -1);

    public override int Count => 1;

    public override int VariableCount => problem.Size;

    public override int ScratchLength => SingleProblems.ScratchLength(problem.Size);

    public override bool IsFinite(int problem) => true;

    public override double Energy(int index, ReadOnlySpan<byte> state) => problem.Energy(state);

    public override void Slope(int index, ReadOnlySpan<float> state, Span<float> slope) =>
        new SparseProblemBatch(problem).Slope(0, state, slope);

    public override void Anneal(
        int index, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> scratch) =>
        SingleProblems.Run(new(_form), schedule, ref random, state, scratch);

    public override TemperatureScale EnergyScale(int index, Span<float> scratch) =>
        SingleProblems.EnergyScale(_form, scratch);

    public override void WriteStructure(int index, StructuredEnergy destination) =>
        destination.Load(_form, problem.Offset);

    public override void WriteQubo(int index, QuboMatrix destination) => problem.ToDense().CopyTo(destination);
}
