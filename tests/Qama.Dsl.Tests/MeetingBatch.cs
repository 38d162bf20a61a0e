using System.Collections.Concurrent;
using Qama.Ising;
using Qama.Numerics;
using Qama.Problems;

namespace Qama.Tests;

/// <summary>A batch whose first work on every thread waits until as many threads have come as are expected: without it
/// one thread might do all the work of a small test. (If they do not come, the work goes on after a while.)</summary>
public sealed class MeetingBatch(ProblemBatch inner, int threads) : ProblemBatch
{
    private readonly ConcurrentDictionary<int, bool> _seen = new();

    public override int Count => inner.Count;

    public override int VariableCount => inner.VariableCount;

    public override int SlackCount => inner.SlackCount;

    public override int ScratchLength => inner.ScratchLength;

    public override bool IsFinite(int problem) => inner.IsFinite(problem);

    public override bool IsPresent(int problem, int variable) => inner.IsPresent(problem, variable);

    public override double Energy(int problem, ReadOnlySpan<byte> state) => inner.Energy(problem, state);

    public override void Slope(int problem, ReadOnlySpan<float> state, Span<float> slope) => inner.Slope(problem, state, slope);

    public override void WriteQubo(int problem, QuboMatrix destination) => inner.WriteQubo(problem, destination);

    public override void WriteStructure(int problem, StructuredEnergy destination)
    {
        Meet();
        inner.WriteStructure(problem, destination);
    }

    public override void Anneal(
        int problem, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> scratch)
    {
        Meet();
        inner.Anneal(problem, schedule, ref random, state, scratch);
    }

    private void Meet()
    {
        if (_seen.TryAdd(Environment.CurrentManagedThreadId, true))
        {
            SpinWait.SpinUntil(() => _seen.Count >= threads, TimeSpan.FromSeconds(2));
        }
    }
}
