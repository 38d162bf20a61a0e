using System.Numerics;
using Qama.Contract;
using Qama.Numerics.Matrices;

namespace Qama.Layers.Scopes;

/// <summary>
/// What keys have to do with each other, per unit of keys that are selected together: penalties by position, which never change, and the
/// learned coupling. Two units have the sum over their pairs of keys, a unit has its own pairs as a field. All problems of a pass share it.
/// </summary>
/// <remarks>A unit is priced as a whole: pairs and penalties of keys that a sample lacks count in the unit that has some of it.</remarks>
internal sealed class UnitTable<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ModelDescriptor _model;
    private readonly QueryShape _shape;
    private readonly double[] _penalties; // [heads, units, units]; on the diagonal those inside a unit; empty for none
    private readonly double[] _tokens; // [heads, units]

    public UnitTable(QuboAttentionLayer<T> layer)
    {
        _model = layer.Model;
        _shape = _model.Queries;
        (int heads, int units, int keys) = (_model.HeadCount, _shape.Units, _shape.Keys);
        _tokens = new double[heads * units];
        bool hasPairs = false;
        int[] all = [.. Enumerable.Range(0, keys)];
        var penalties = new T[keys];
        var ofPairs = new double[_model.Problem.HasCoupling ? checked(heads * units * units) : 0];
        for (int h = 0; h < heads; h++)
        {
            Array.Clear(penalties);
            layer.PenalizeTokens(h, all, penalties);
            for (int j = 0; j < keys; j++)
            {
                _tokens[(h * units) + (j / _shape.Unit)] += double.CreateTruncating(penalties[j]);
            }

            for (int j = 0; j < keys && ofPairs.Length > 0; j++)
            {
                Array.Clear(penalties);
                layer.PenalizePairs(h, j, all, penalties);
                for (int k = 0; k < keys; k++)
                {
                    (int u, int v) = (j / _shape.Unit, k / _shape.Unit);
                    ofPairs[(((h * units) + u) * units) + v] += (u == v ? 0.5 : 1) * double.CreateTruncating(penalties[k]);
                    hasPairs |= penalties[k] != T.Zero;
                }
            }
        }

        _penalties = hasPairs ? ofPairs : [];
        HasFields = _tokens.Any(p => p != 0) || (_shape.Unit > 1 && (hasPairs || _model.LearnedCoupling is not null));
        Learned = new T[_model.LearnedCoupling is { } learned ? checked(learned.TableHeads * units * Padding.Stride(units)) : 0];
    }

    /// <summary>Whether units have fields that no data is part of.</summary>
    public bool HasFields { get; }

    /// <summary>Weight · L made symmetric, summed over the keys of two units, [heads or 1, units, stride]; on the diagonal that of all
    /// ordered pairs inside a unit. Empty without a learned coupling.</summary>
    public T[] Learned { get; }

    private int Stride => Padding.Stride(_shape.Units);

    /// <summary>Bytes of its memory.</summary>
    public static long Bytes(ModelDescriptor model, int size)
    {
        long units = model.Queries.Units, penalties = model.Problem.HasCoupling ? model.HeadCount * units * units : 0;
        long learned = model.LearnedCoupling is { } own ? own.TableHeads * units * Padding.Stride((int)units) : 0;
        return (sizeof(double) * (penalties + (model.HeadCount * units))) + (size * learned);
    }

    /// <summary>The learned numbers of a head, [units, stride].</summary>
    public ReadOnlySpan<T> LearnedOf(int head)
    {
        int length = _shape.Units * Stride;
        return Learned.AsSpan(_model.LearnedCoupling!.PerHead ? head * length : 0, length);
    }

    /// <summary>Takes the learned coupling of a pass.</summary>
    /// <param name="table">L, [heads or 1, keys, stride].</param>
    public void Take(ReadOnlySpan<T> table)
    {
        if (_model.LearnedCoupling is not { } learned)
        {
            return;
        }

        (int keys, int stride) = (_shape.Keys, Padding.Stride(_shape.Keys));
        T half = T.CreateTruncating(0.5 * learned.Weight);
        Array.Clear(Learned);
        for (int h = 0; h < learned.TableHeads; h++)
        {
            ReadOnlySpan<T> own = table.Slice(h * keys * stride, keys * stride);
            Span<T> target = Learned.AsSpan(h * _shape.Units * Stride, _shape.Units * Stride);
            for (int j = 0; j < keys; j++)
            {
                for (int k = 0; k < keys; k++)
                {
                    target[(j / _shape.Unit * Stride) + (k / _shape.Unit)] +=
                        j == k ? T.Zero : half * (own[(j * stride) + k] + own[(k * stride) + j]);
                }
            }
        }
    }

    /// <summary>Couplings of candidates, which −Σ J s s' over ordered pairs of different units is the energy of.</summary>
    /// <param name="first">The unit that is the first candidate.</param>
    /// <param name="couplings">Receives J, [heads, candidates, stride].</param>
    public void WriteCouplings(int first, Span<float> couplings)
    {
        int candidates = _model.Problem.Tokens, stride = Padding.Stride(candidates), units = _shape.Units;
        couplings.Clear();
        for (int h = 0; h < _model.HeadCount; h++)
        {
            for (int u = first; u < Math.Min(units, first + candidates); u++)
            {
                Span<float> row = couplings.Slice(((h * candidates) + u - first) * stride, stride);
                for (int v = first; v < Math.Min(units, first + candidates); v++)
                {
                    row[v - first] = u == v ? 0 : (float)(LearnedWeight(h, u, v) - (0.5 * PenaltyOf(h, u, v)));
                }
            }
        }
    }

    /// <summary>The field of a unit that no data is part of.</summary>
    public double FieldOf(int head, int unit) =>
        LearnedWeight(head, unit, unit) - PenaltyOf(head, unit, unit) - _tokens[(head * _shape.Units) + unit];

    private double LearnedWeight(int head, int u, int v) =>
        Learned.Length == 0 ? 0 : _model.CouplingWeight * double.CreateTruncating(LearnedOf(head)[(u * Stride) + v]);

    private double PenaltyOf(int head, int u, int v) =>
        _penalties.Length == 0 ? 0 : _penalties[(((head * _shape.Units) + u) * _shape.Units) + v];
}
