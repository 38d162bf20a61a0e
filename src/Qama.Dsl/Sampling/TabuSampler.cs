using Qama.Annealing;
using Qama.Numerics;
using Qama.Problems;

namespace Qama.Sampling;

/// <summary>
/// Tabu search from random states: the best flip of all, again and again, where a variable that was just flipped waits.
/// </summary>
/// <remarks>
/// Glover, "Tabu search, part I", ORSA J. Comput. 1, 190 (1989); perturbation of the best state after a stall as in iterated
/// tabu search, Palubeckis, Informatica 17, 279 (2006); tenure from Glover, Lü and Hao, 4OR 8, 239 (2010). One step costs
/// O(variables/16 + tokens), where couplings are kept as features O(variables/16 + tokens·rank).
/// </remarks>
public sealed class TabuSampler : SearchSampler
{
    private readonly DescriptionCache<(int, int, int)> _description = new();

    /// <inheritdoc/>
    public override string Name => "tabu search";

    /// <summary>Flips of a search, 1 to 10,000,000. Default 2,000.</summary>
    public int Steps { get; set; } = 2000;

    /// <summary>Flips without improvement after which part of the best state is flipped at random; at least 1, or 0 for twice
    /// the number of variables, at least 100 (default).</summary>
    public int Stall { get; set; }

    private protected override void Check(ProblemBatch problems)
    {
        SamplingChecks.Within(Steps, 1, 10_000_000, nameof(Steps));
        SamplingChecks.AtLeast(Stall, 0, nameof(Stall));
    }

    private protected override string Describe() => _description.Get(
        (Steps, Restarts, Stall), static s => $"tabu search, {s.Item1} steps, best of {s.Item2}");

    internal override unsafe void Search<TVector>(SearchMemory memory, ref RandomStream random)
    {
        StructuredEnergy energy = memory.Energy;
        memory.Planes.Reserve(energy.PlaneLength);
        float* start = memory.Planes.Start;
        for (int row = 0; row < energy.Heads * energy.Bits; row++)
        {
            RandomBits.Fill(ref random, new Span<float>(start + (row * energy.Stride), energy.Stride), energy.TokenCount);
        }

        memory.Flips.Start<TVector>(energy, start);
        memory.Flips.Descend<TVector>();
        memory.Flips.Tabu<TVector>(Steps, StallFor(Stall, energy), ref random, memory);
        memory.Flips.Finish<TVector>();
        memory.Offer(memory.Flips.Best, memory.Flips.BestEnergy);
        memory.Report(Steps);
    }

    internal static int StallFor(int stall, StructuredEnergy energy) =>
        stall > 0 ? stall : Math.Max(100, 2 * energy.VariableCount);
}
