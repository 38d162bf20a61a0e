using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Qama.Generators.Contract;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Energy;

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
    /// <summary>The bound for all problems with coefficients in these ranges; null where it is unbounded: then it is to be
    /// computed from the coefficients of each problem.</summary>
    public double? Proved(Interval coupling, Interval field)
    {
        double bound = Bound(change => Slope(change, coupling, field));
        return double.IsInfinity(bound) || double.IsNaN(bound) ? null : bound;
    }

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
        double j = change.Resistance(coupling.Low, coupling.High);
        double f = change.Resistance(field.Low, field.High);
        double all = (double)Objective.Heads * geometry.Tokens;
        (double pairs, double diagonal, double tokens) = change.Kind == ChangeKind.Replace
            ? ((double)Objective.Heads * geometry.PairCount, all, all)
            : (Math.Min(geometry.MostPartners, change.Mass), 2 - change.Step, 1);
        return Times(Objective.CouplingWeight * 2 * pairs, j)
            + (Objective.KeepsDiagonal ? Times(Objective.CouplingWeight * diagonal, j) : 0)
            + Times(Objective.FieldWeight * tokens, f);

        static double Times(double factor, double magnitude) => factor == 0 ? 0 : factor * magnitude;
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
        bool excludes = objective.Heads > 1 && constraints.Any(c => c.IsExclusion);
        bool excludesBits = excludes && objective.Bits > 1
            && constraints.Any(c => c.Kind == ConstraintKind.ExclusiveBits);
        bool needsSelection = constraints.Any(c => c.NeedsSelection);
        return constraint.IsExclusion
            ? OfExclusion(objective, constraint, needsSelection)
            : new SufficientWeight(
                constraint, objective.Step * objective.Step,
                [.. Repairs(objective, constraint, excludes, excludesBits, needsSelection)], objective);
    }

    /// <summary>One of the heads that share a token lets go of it: but it may need it.</summary>
    private static SufficientWeight OfExclusion(SelectionObjective objective, HardConstraint exclusion, bool needsSelection)
    {
        double u = objective.Step;
        bool onBits = exclusion.Kind == ConstraintKind.ExclusiveBits;
        Change release = Lower(objective, onBits ? TopBit(objective) : u, double.PositiveInfinity, 1);
        Repair repair = !needsSelection ? new Repair([release])
            : objective.Bits > 1 ? new Repair([Replace(objective)])

            // It takes a free token instead, or one of a head that has more than it needs.
            : new Repair([release, release, Raise(objective, double.PositiveInfinity, 1)]);
        return new SufficientWeight(exclusion, onBits ? 1 : u * u, [repair], objective);
    }

    private static IEnumerable<Repair> Repairs(
        SelectionObjective objective, HardConstraint constraint, bool excludes, bool excludesBits, bool needsSelection)
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
