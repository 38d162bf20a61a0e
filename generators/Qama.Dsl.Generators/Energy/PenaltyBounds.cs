using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Energy;

/// <summary>A change of the selection that takes part in repairing a violation.</summary>
internal enum ChangeKind
{
    /// <summary>One weight of one head is lowered.</summary>
    Lower,

    /// <summary>One weight of one head is raised.</summary>
    Raise,

    /// <summary>The whole selection is replaced by one that fulfils all constraints.</summary>
    Replace,
}

/// <summary>
/// A change of the selection, and the most that the rest of the energy can rise by it: Constant + Step·slope, where slope is
/// <list type="bullet">
/// <item>Lower: w_J min(Σ_j a⁺[i,j], Mass·max_j a⁺[i,j]) + (2 − Step) w_J J⁺[i,i] + w_f f⁺[i], of a token i;</item>
/// <item>Raise: the same with the negative parts, a⁻ = max(0, −a);</item>
/// <item>Replace: Σ_h (w_J Σ_{i&lt;j} |a[i,j]| + w_J Σ_i |J[i,i]| + w_f Σ_i |f[i]|);</item>
/// </list>
/// with a[i,j] = J[i,j] + J[j,i] over interacting pairs i ≠ j, and J[i,i] only where the model keeps the diagonal. The largest slope
/// of all heads and tokens suffices; <see cref="Choices"/> makes it sharper.
/// </summary>
/// <param name="Kind">What is changed.</param>
/// <param name="Step">By how much a weight changes; 1 for Replace.</param>
/// <param name="Mass">The other weights of the head sum to no more than this.</param>
/// <param name="Constant">The part of the soft penalties.</param>
/// <param name="Choices">The change can choose among this many tokens of the head at least, so the head's Choices-th largest
/// slope suffices; where a sample has n &lt; N tokens, Raise has N − n choices fewer. A head with fewer tokens than
/// choices cannot violate the constraint.</param>
internal sealed record Change(ChangeKind Kind, double Step, double Mass, double Constant, int Choices);

/// <summary>A way of taking a violation back: changes made together, whose rises add up.</summary>
internal sealed record Repair(ImmutableArray<Change> Changes);

/// <summary>
/// A sufficient weight of a hard constraint's penalty: every weight above Rise / Unit makes every minimiser of the energy
/// fulfil the constraint, ties excluded, whatever the weights of the other hard constraints.
/// </summary>
/// <param name="Constraint">The constraint.</param>
/// <param name="Unit">The least that the penalty falls by the repair, for weight 1.</param>
/// <param name="Repairs">The repairs it takes; the costliest counts.</param>
/// <param name="Objective">What the penalty competes with.</param>
internal sealed record SufficientWeight(
    HardConstraint Constraint, double Unit, ImmutableArray<Repair> Repairs, SelectionObjective Objective)
{
    /// <summary>Relative distance that <see cref="Above"/> keeps from the bound: beyond the rounding of float32 sums.</summary>
    public const double Margin = 1.0 / 1024;

    /// <summary>A weight strictly above a bound; 1 where any positive weight suffices.</summary>
    public static double Above(double bound) => bound > 0 ? bound * (1 + Margin) : 1;

    /// <summary>The bound for all problems with coefficients in these ranges; null where it is unbounded: then it is to be
    /// computed from the coefficients of each problem.</summary>
    public double? Proved(Interval coupling, Interval field)
    {
        double bound = Bound(change => Slope(change, coupling, field));
        return double.IsInfinity(bound) || double.IsNaN(bound) ? null : bound;
    }

    /// <summary>The bound for one problem: what generated code computes where nothing is proved.</summary>
    /// <param name="coupling">J [heads, tokens, tokens] as it enters the energy: masked, diagonal 0 unless kept.</param>
    /// <param name="field">f [heads, tokens].</param>
    public double FromCoefficients(IReadOnlyList<double> coupling, IReadOnlyList<double> field) =>
        Bound(change => Slope(change, coupling, field));

    private double Bound(Func<Change, double> slope)
    {
        double bound = 0;
        foreach (Repair repair in Repairs)
        {
            bound = Math.Max(bound, repair.Changes.Sum(c => c.Constant + (c.Step * slope(c))) / Unit);
        }

        return bound;
    }

    private double Slope(Change change, Interval coupling, Interval field)
    {
        TokenGeometry geometry = Objective.Geometry;
        double j = change.Kind switch
        {
            ChangeKind.Lower => Math.Max(0, coupling.High),
            ChangeKind.Raise => Math.Max(0, -coupling.Low),
            _ => coupling.Magnitude,
        };
        double f = change.Kind switch
        {
            ChangeKind.Lower => Math.Max(0, field.High),
            ChangeKind.Raise => Math.Max(0, -field.Low),
            _ => field.Magnitude,
        };
        double all = (double)Objective.Heads * geometry.Tokens;
        (double pairs, double diagonal, double tokens) = change.Kind == ChangeKind.Replace
            ? ((double)Objective.Heads * geometry.PairCount, all, all)
            : (Math.Min(geometry.MostPartners, change.Mass), 2 - change.Step, 1);
        return Times(Objective.CouplingWeight * 2 * pairs, j)
            + (Objective.KeepsDiagonal ? Times(Objective.CouplingWeight * diagonal, j) : 0)
            + Times(Objective.FieldWeight * tokens, f);

        static double Times(double factor, double magnitude) => factor == 0 ? 0 : factor * magnitude;
    }

    private double Slope(Change change, IReadOnlyList<double> coupling, IReadOnlyList<double> field)
    {
        double worst = 0, sum = 0;
        int tokens = Objective.Geometry.Tokens;
        for (int h = 0; h < Objective.Heads; h++)
        {
            double[] slopes = [.. Enumerable.Range(0, tokens).Select(i => Token(h, i)).OrderByDescending(x => x)];
            sum += slopes.Sum();
            worst = change.Choices <= tokens ? Math.Max(worst, slopes[change.Choices - 1]) : worst;
        }

        return change.Kind == ChangeKind.Replace ? sum : worst;

        double Token(int h, int i)
        {
            double row = 0, largest = 0;
            for (int j = 0; j < tokens; j++)
            {
                if (j != i)
                {
                    double pair = Part(At(h, i, j) + At(h, j, i));
                    row += pair;
                    largest = Math.Max(largest, pair);
                }
            }

            double diagonal = Objective.KeepsDiagonal ? Part(At(h, i, i)) : 0;
            double own = Objective.FieldWeight * Part(field[(h * tokens) + i]);
            return change.Kind == ChangeKind.Replace
                ? (Objective.CouplingWeight * ((row / 2) + diagonal)) + own
                : (Objective.CouplingWeight * (Math.Min(row, change.Mass * largest) + ((2 - change.Step) * diagonal))) + own;
        }

        double At(int h, int i, int j) => coupling[(((h * tokens) + i) * tokens) + j];

        double Part(double value) => change.Kind switch
        {
            ChangeKind.Lower => Math.Max(0, value),
            ChangeKind.Raise => Math.Max(0, -value),
            _ => Math.Abs(value),
        };
    }
}

/// <summary>
/// Sufficient weights of hard constraints. The argument in one sentence: from a selection that violates the constraint, one small
/// change lowers its penalty by at least w·Unit, raises no other hard penalty, and raises the rest of the energy by no more
/// than a bound, so with a larger weight the selection was no minimiser. Derivation: docs/mathematics.md, "Penalty weights".
/// </summary>
internal static class PenaltyBounds
{
    /// <summary>k and u are multiples of a fraction: what is whole may be off by this much.</summary>
    private const double Rounding = 1e-9;

    /// <summary>One bound for each constraint, in order.</summary>
    /// <param name="objective">The rest of the energy.</param>
    /// <param name="constraints">All hard constraints of the model; together they can be fulfilled.</param>
    public static ImmutableArray<SufficientWeight> Of(SelectionObjective objective, IReadOnlyList<HardConstraint> constraints) =>
        [.. constraints.Select(c => Of(objective, constraints, c))];

    private static SufficientWeight Of(
        SelectionObjective objective, IReadOnlyList<HardConstraint> constraints, HardConstraint constraint)
    {
        bool excludes = objective.Heads > 1 && constraints.Any(c => c is ExclusionConstraint);
        bool excludesBits = excludes && objective.Bits > 1
            && constraints.Any(c => c is ExclusionConstraint { Target: ExclusionTarget.Bits });
        bool needsSelection = constraints.OfType<CardinalityConstraint>().Any(c => c.NeedsSelection);
        return constraint switch
        {
            CardinalityConstraint cardinality => new SufficientWeight(
                constraint, objective.Step * objective.Step,
                [.. Repairs(objective, cardinality, excludes, excludesBits, needsSelection)], objective),
            ExclusionConstraint exclusion => OfExclusion(objective, exclusion, needsSelection),
            _ => throw new ArgumentException("Unknown constraint.", nameof(constraint)),
        };
    }

    /// <summary>One of the heads that share a token lets go of it: but it may need it.</summary>
    private static SufficientWeight OfExclusion(SelectionObjective objective, ExclusionConstraint exclusion, bool needsSelection)
    {
        double u = objective.Step;
        bool onBits = exclusion.Target == ExclusionTarget.Bits;
        Change release = Lower(objective, onBits ? TopBit(objective) : u, double.PositiveInfinity, 1);
        Repair repair = !needsSelection ? new Repair([release])
            : objective.Bits > 1 ? new Repair([Replace(objective)])

            // It takes a free token instead, or one of a head that has more than it needs.
            : new Repair([release, release, Raise(objective, double.PositiveInfinity, 1)]);
        return new SufficientWeight(exclusion, onBits ? 1 : u * u, [repair], objective);
    }

    private static IEnumerable<Repair> Repairs(
        SelectionObjective objective, CardinalityConstraint constraint, bool excludes, bool excludesBits, bool needsSelection)
    {
        double u = objective.Step, k = constraint.Count;
        if (constraint.Limits)
        {
            // Where bits exclude each other a borrow could collide with another head: only clearing a bit is safe.
            int selected = (int)Math.Ceiling(k + u - Rounding);
            yield return new Repair([
                excludesBits && needsSelection ? Replace(objective)
                : Lower(objective, excludesBits ? TopBit(objective) : u, Math.Max(k, u / 2), Math.Max(1, selected))]);
        }

        if (constraint.NeedsSelection)
        {
            int full = (int)Math.Floor(k - u + Rounding);
            yield return !excludes ? new Repair([Raise(objective, k - u, Math.Max(1, objective.Geometry.Tokens - full))])
                : objective.Bits > 1 ? new Repair([Replace(objective)])

                // A free token is taken, or one of a head that has more than it needs.
                : new Repair([Lower(objective, u, double.PositiveInfinity, 1), Raise(objective, k - u, 1)]);
        }
    }

    private static Change Lower(SelectionObjective objective, double step, double mass, int choices)
    {
        mass = Math.Min(mass, Math.Max(0, objective.Geometry.Tokens - 1));
        return new Change(ChangeKind.Lower, step, mass, objective.SoftShare(raise: false, step, mass), choices);
    }

    private static Change Raise(SelectionObjective objective, double mass, int choices)
    {
        mass = Math.Max(0, Math.Min(mass, objective.Geometry.Tokens - 1));
        return new Change(ChangeKind.Raise, objective.Step, mass, objective.SoftShare(raise: true, objective.Step, mass), choices);
    }

    private static Change Replace(SelectionObjective objective) =>
        new(ChangeKind.Replace, 1, objective.Geometry.Tokens, objective.SoftRange(), 1);

    private static double TopBit(SelectionObjective objective) => objective.Step * (1 << (objective.Bits - 1));
}
