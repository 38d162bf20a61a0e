using System.Collections.Immutable;
using Qama.Generators.Energy;
using Qama.Generators.Model;

namespace Qama.Generators.Lowering;

/// <summary>A penalty, and where its weight comes from.</summary>
/// <param name="Penalty">The penalty.</param>
/// <param name="Weight">Its final weight; null where it is computed for each problem.</param>
/// <param name="ComputedIndex">Its place among the computed weights, or −1.</param>
internal sealed record PlannedPenalty(Penalty Penalty, double? Weight, int ComputedIndex)
{
    /// <summary>Whether it is one of pairs of tokens or of single tokens that depends on their positions.</summary>
    public bool IsByPosition => Penalty.Domain is PenaltyDomain.TokenPairs or PenaltyDomain.TokenFields;

    /// <summary>The constraint, for penalties on a head's sum.</summary>
    public SparsityPart? Sparsity { get; init; }

    /// <summary>Its number among the penalties on a head's sum.</summary>
    public int SparsityIndex { get; init; }

    /// <summary>First slack bit, counted from the first variable.</summary>
    public long FirstSlack { get; init; }
}

/// <summary>Puts the penalties of a model in order, and finds out which weights generated code must compute.</summary>
internal static class PenaltyPlanner
{
    public static (ImmutableArray<PlannedPenalty> Penalties, ImmutableArray<SufficientWeight> Computed) Plan(
        ModelSpecification model, ExpressionPool pool)
    {
        var penalties = ImmutableArray.CreateBuilder<PlannedPenalty>();
        var computed = ImmutableArray.CreateBuilder<SufficientWeight>();
        long slack = model.Spins.Variables;
        int sparsity = 0;
        foreach (ModelPenalty penalty in ModelConstraints.Penalties(model, pool))
        {
            int index = -1;
            if (penalty is { Weight: null, Constraint: { } constraint })
            {
                index = computed.Count;
                computed.Add(constraint.Sufficient);
            }

            penalties.Add(new PlannedPenalty(penalty.Penalty, penalty.Weight, index)
            {
                Sparsity = penalty.Penalty.Domain == PenaltyDomain.Heads ? model.Sparsity[penalty.Index] : null,
                SparsityIndex = sparsity,
                FirstSlack = slack,
            });
            if (penalty.Penalty.Domain == PenaltyDomain.Heads)
            {
                slack += model.Spins.Slack[penalty.Index];
                sparsity++;
            }
        }

        return (penalties.ToImmutable(), computed.ToImmutable());
    }
}
