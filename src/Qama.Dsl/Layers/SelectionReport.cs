using System.Globalization;
using System.Text;

namespace Qama.Layers;

/// <summary>What the heads of a layer selected in one forward pass; made by <see cref="LayerWorkspace{T}.Describe"/>.</summary>
/// <remarks>For a layer that does not learn: docs/debugging.md says what the numbers mean.</remarks>
public sealed class SelectionReport
{
    internal SelectionReport()
    {
    }

    /// <summary>Full name of the declared class.</summary>
    public string Model { get; internal init; } = "";

    /// <summary>Samples of the batch.</summary>
    public int Samples { get; internal init; }

    /// <summary>Problems of all samples: as many as samples, but where a sample has several.</summary>
    public int Problems { get; internal init; }

    /// <summary>Reads of each problem; every share is over samples and reads.</summary>
    public int Reads { get; internal init; }

    /// <summary>What each head selected.</summary>
    public IReadOnlyList<HeadSelection> Heads { get; internal init; } = [];

    /// <summary>Share of present tokens that a head selects, a selection weight of ⅓ counted as ⅓; mean over the heads, 0 to 1.</summary>
    public double SelectedShare { get; internal init; }

    /// <summary>Share of present tokens that no head selects, 0 to 1.</summary>
    public double UnusedTokenShare { get; internal init; }

    /// <summary>Share of selections that violate a hard constraint, 0 to 1: the sampler did not find a feasible one.</summary>
    public double InfeasibleShare { get; internal init; }

    /// <summary>Mean energy, in the model's units.</summary>
    public double MeanEnergy { get; internal init; }

    /// <summary>Mean relative distance to the energies of a reference, (E − E_ref) / |E_ref|, over samples whose reference is
    /// not 0; null without a reference. Negative where the reference is worse.</summary>
    public double? MeanGap { get; internal init; }

    /// <summary>The numbers as a table of at most 80 columns.</summary>
    public override string ToString()
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        var text = new StringBuilder();
        text.AppendLine(invariant, $"{Model}: {Samples} samples{(Problems == Samples ? "" : string.Create(invariant, $", {Problems} problems"))}, reads of each: {Reads}");
        text.AppendLine(invariant, $"selected {Percent(SelectedShare)}, in no head {Percent(UnusedTokenShare)}, infeasible {Percent(InfeasibleShare)}");
        text.AppendLine(invariant, $"mean energy {MeanEnergy:G5}{(MeanGap is double gap ? $", gap {Percent(gap)}" : "")}");
        text.AppendLine("head  selected  empty  full  at bound  coupling energy  field energy");
        foreach (HeadSelection head in Heads)
        {
            text.AppendLine(
                invariant,
                $"{head.Head,4}  {Percent(head.SelectedShare),8}  {Percent(head.EmptyShare),5}  {Percent(head.FullShare),4}  {(head.BoundShare is double bound ? Percent(bound) : "-"),8}  {head.MeanCouplingEnergy,15:G5}  {head.MeanFieldEnergy,12:G5}");
        }

        return text.ToString().TrimEnd();

        string Percent(double share) => (100 * share).ToString("0.#", invariant) + "%";
    }
}

/// <summary>What one head selected in a forward pass.</summary>
public sealed class HeadSelection
{
    internal HeadSelection()
    {
    }

    /// <summary>The head, from 0.</summary>
    public int Head { get; internal init; }

    /// <summary>Mean selection weight of present tokens, 0 to 1.</summary>
    public double SelectedShare { get; internal init; }

    /// <summary>Share of selections in which every weight is 0.</summary>
    public double EmptyShare { get; internal init; }

    /// <summary>Share of selections in which every present token has weight 1.</summary>
    public double FullShare { get; internal init; }

    /// <summary>Share of selections whose sum is at a bound of <c>[Sparsity]</c>; null without one.</summary>
    public double? BoundShare { get; internal init; }

    /// <summary>Mean of −w_J Σ_{i≠j} J s_i s_j over the head, in the model's units.</summary>
    public double MeanCouplingEnergy { get; internal init; }

    /// <summary>Mean of −w_f Σ_i f s_i over the head, in the model's units; 0 where the model has no field.</summary>
    public double MeanFieldEnergy { get; internal init; }
}
