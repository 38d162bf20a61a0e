using System;
using System.Collections.Generic;
using System.Collections.Immutable;

namespace Qama.Generators.Energy;

/// <summary>What hard constraints compete with: the energy without their own penalties.</summary>
/// <param name="Heads">Number of heads H.</param>
/// <param name="Bits">Bits B of a selection weight.</param>
/// <param name="Geometry">Which pairs of tokens interact.</param>
/// <param name="CouplingWeight">w_J; 0 without coupling.</param>
/// <param name="KeepsDiagonal">Whether J[i,i] s_i² is part of the energy.</param>
/// <param name="FieldWeight">w_f, scale included; 0 without field.</param>
/// <param name="Soft">The soft penalties, final weights constant.</param>
internal sealed record SelectionObjective(
    int Heads, int Bits, TokenGeometry Geometry, double CouplingWeight, bool KeepsDiagonal, double FieldWeight,
    ImmutableArray<Penalty> Soft)
{
    private readonly Dictionary<Penalty, PenaltyTable> _tables = [];

    /// <summary>u, the smallest change of a selection weight.</summary>
    public double Step => 1.0 / ((1 << Bits) - 1);

    /// <summary>The most that the soft penalties can rise when one weight changes by <paramref name="step"/>.</summary>
    /// <param name="raise">Whether the weight rises.</param>
    /// <param name="step">The change, u or more; u where the weight rises.</param>
    /// <param name="mass">The other weights of the head sum to no more than this.</param>
    public double SoftShare(bool raise, double step, double mass)
    {
        double share = 0;
        foreach (Penalty penalty in Soft)
        {
            share += penalty.Domain switch
            {
                PenaltyDomain.HeadPairsAtToken =>
                    step * (Heads - 1) * Rise(penalty, Symbol.Selection, raise),

                // A step of u runs through the carry: one bit changes one way, up to B − 1 the other way.
                PenaltyDomain.HeadPairsAtBit =>
                    (Heads - 1) * (Rise(penalty, Symbol.Bit, raise) + (step < 1 ? (Bits - 1) * Rise(penalty, Symbol.Bit, !raise) : 0)),
                PenaltyDomain.Tokens => TokenRise(penalty, raise, step),
                PenaltyDomain.TokenPairs => step * RowRise(penalty, raise, mass),
                PenaltyDomain.TokenFields => step * FieldRise(penalty, raise),
                PenaltyDomain.Heads => step * Rise(penalty, Symbol.SelectionSum, raise),
                _ => throw new InvalidOperationException($"Unknown domain {penalty.Domain}."),
            };
        }

        return share;
    }

    /// <summary>No two selections differ by more in the soft penalties.</summary>
    public double SoftRange()
    {
        double range = 0;
        double tokens = Geometry.Tokens, pairsOfHeads = Heads * (Heads - 1.0) / 2;
        foreach (Penalty penalty in Soft)
        {
            range += penalty.Domain switch
            {
                PenaltyDomain.HeadPairsAtToken => pairsOfHeads * tokens * Width(penalty),
                PenaltyDomain.HeadPairsAtBit => pairsOfHeads * tokens * Bits * Width(penalty),
                PenaltyDomain.Tokens => Heads * tokens * Width(penalty),
                PenaltyDomain.TokenPairs => Heads * (double)Geometry.PairCount * Magnitude(penalty),
                PenaltyDomain.TokenFields => Heads * tokens * Magnitude(penalty),
                PenaltyDomain.Heads => Heads * Width(penalty),
                _ => throw new InvalidOperationException($"Unknown domain {penalty.Domain}."),
            };
        }

        return range;
    }

    private Intervals Ranges() => new(new Dictionary<Symbol, Interval>
    {
        [Symbol.SelectionSum] = new Interval(0, Geometry.Tokens),
        [Symbol.Distance] = new Interval(1, Math.Max(1, Geometry.LargestDistance)),
    });

    /// <summary>The steepest rise of the energy along a symbol, up or down: by the mean value theorem no step rises faster.</summary>
    private double Rise(Penalty penalty, Symbol along, bool raise)
    {
        Interval slope = Ranges().Of(Penalty.Derivative(penalty.Energy, along));
        return Math.Max(0, raise ? slope.High : -slope.Low);
    }

    private double TokenRise(Penalty penalty, bool raise, double step)
    {
        double bySlope = step * Rise(penalty, Symbol.Selection, raise);
        if (!raise)
        {
            return bySlope;
        }

        // The difference itself is sharper for large steps.
        ExpressionPool e = penalty.Energy.Pool;
        Expression s = e.Symbol(Symbol.Selection);
        Expression raised = e.Replace(penalty.Energy, new Dictionary<Expression, Expression> { [s] = s + step });
        Interval difference = new Intervals(new Dictionary<Symbol, Interval> { [Symbol.Selection] = new Interval(0, 1 - step) })
            .Of(raised - penalty.Energy);
        return Math.Min(bySlope, Math.Max(0, difference.High));
    }

    private double RowRise(Penalty penalty, bool raise, double mass)
    {
        PenaltyTable table = Table(penalty);
        return Math.Min(table.WorstRow(raise), mass * (raise ? table.High : -table.Low));
    }

    private double FieldRise(Penalty penalty, bool raise)
    {
        PenaltyTable table = Table(penalty);
        return raise ? table.High : -table.Low;
    }

    private double Magnitude(Penalty penalty) => Math.Abs(Table(penalty).Strongest);

    /// <summary>Made once: every repair of every constraint asks for it.</summary>
    private PenaltyTable Table(Penalty penalty)
    {
        if (!_tables.TryGetValue(penalty, out PenaltyTable? table))
        {
            table = new PenaltyTable(penalty, new Positions(Geometry, Heads));
            _tables.Add(penalty, table);
        }

        return table;
    }

    private double Width(Penalty penalty)
    {
        Interval energy = Ranges().Of(penalty.Energy);
        return energy.High - energy.Low;
    }
}
