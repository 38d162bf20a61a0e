using System.Runtime.CompilerServices;
using Qama.Numerics.Vectors;

namespace Qama.Problems;

/// <content>The energy and the costs of switching bits on, at real values of the others.</content>
public sealed unsafe partial class StructuredEnergy
{
    /// <summary>
    /// For every bit, E with the bit on minus E with it off, the others held at real values: −2 times the local field that a
    /// spin feels, and for states of 0 and 1 exactly what a flip costs or gains. Squares and penalties with a kink need no
    /// special treatment by the caller.
    /// </summary>
    /// <param name="x">Values in [0, 1], planes [heads, bits, stride]; 0 in padding and absent tokens.</param>
    /// <param name="costs">Receives planes; 0 in padding and absent tokens.</param>
    /// <returns>The energy of <paramref name="x"/> without the constant, rounded to single precision; meant for states
    /// of 0 and 1.</returns>
    internal double Costs<TVector>(float* x, float* costs)
        where TVector : struct, IVector<TVector, float> => Costs<TVector>(x, costs, null, null, null);

    /// <summary>The cost of flipping each variable, and what a search by flips keeps up to date.</summary>
    /// <param name="x">The values.</param>
    /// <param name="costs">Receives planes.</param>
    /// <param name="local">Receives linear + Σ_j a_ij s_j, [heads, stride]; or null.</param>
    /// <param name="weights">Receives s, [heads, stride]; or null.</param>
    /// <param name="sums">Receives Σ_i s, [heads]; or null.</param>
    internal double Costs<TVector>(float* x, float* costs, float* local, float* weights, float* sums)
        where TVector : struct, IVector<TVector, float>
    {
        double energy = 0;
        if (_exclusion != 0)
        {
            energy += SumColumns<TVector>(x);
        }

        for (int h = 0; h < Heads; h++)
        {
            float* bits = x + (h * Bits * Stride);
            float* own = bits;
            if (Bits > 1)
            {
                own = _weights;
                SumBits<TVector>(bits, own);
            }

            Multiply<TVector>(h, own);
            energy += HeadEnergy<TVector>(h, own, out float sum);
            if (local is not null)
            {
                new ReadOnlySpan<float>(_local, Stride).CopyTo(new Span<float>(local + (h * Stride), Stride));
                new ReadOnlySpan<float>(own, Stride).CopyTo(new Span<float>(weights + (h * Stride), Stride));
                sums[h] = sum;
            }

            for (int c = 0; c < _sumCount; c++)
            {
                energy += SumPenaltyTable.Evaluate(_sums + (c * SumPenaltyTable.Entry), sum);
            }

            if (_exclusion != 0 && !_exclusionOnBits)
            {
                AddExclusion<TVector>(_columns, own, _local);
            }

            for (int b = 0; b < Bits; b++)
            {
                BitCosts<TVector>(h, b, bits + (b * Stride), own, sum, costs + (((h * Bits) + b) * Stride));
            }
        }

        return energy;
    }

    /// <summary>All penalties on a head's sum together, at 16 values of the sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVector SumPenalties<TVector>(TVector sum)
        where TVector : struct, IVector<TVector, float>
    {
        TVector total = TVector.Zero;
        for (int c = 0; c < _sumCount; c++)
        {
            total += SumPenaltyTable.Evaluate(_sums + (c * SumPenaltyTable.Entry), sum);
        }

        return total;
    }

    // Column sums of the weights or of each bit, and the energy of exclusion: w/2 ((Σ_h s)² − Σ_h s²).
    private double SumColumns<TVector>(float* x)
        where TVector : struct, IVector<TVector, float>
    {
        int rows = _exclusionOnBits ? Bits : 1;
        new Span<float>(_columns, rows * Stride).Clear();
        double squares = 0;
        for (int h = 0; h < Heads; h++)
        {
            float* source = x + (h * Bits * Stride);
            if (Bits > 1 && !_exclusionOnBits)
            {
                SumBits<TVector>(source, _weights);
                source = _weights;
            }

            TVector own = TVector.Zero;
            for (int k = 0; k < rows * Stride; k += Width)
            {
                TVector value = TVector.Load(ref *source, k);
                value = _exclusionTokens < Tokens ? TVector.Keep(value, Math.Max(0, _exclusionTokens - (k % Stride))) : value;
                TVector.Store(ref *_columns, k, TVector.Load(ref *_columns, k) + value);
                own = TVector.FusedMultiplyAdd(value, value, own);
            }

            squares -= TVector.Sum(own);
        }

        TVector all = TVector.Zero;
        for (int k = 0; k < rows * Stride; k += Width)
        {
            TVector column = TVector.Load(ref *_columns, k);
            all = TVector.FusedMultiplyAdd(column, column, all);
        }

        return 0.5 * _exclusion * (squares + TVector.Sum(all));
    }

    private void SumBits<TVector>(float* bits, float* weights)
        where TVector : struct, IVector<TVector, float>
    {
        float unit = 1f / ((1 << Bits) - 1);
        for (int i = 0; i < Stride; i += Width)
        {
            TVector sum = TVector.Zero;
            for (int b = 0; b < Bits; b++)
            {
                sum = TVector.FusedMultiplyAdd(TVector.All(unit * (1 << b)), TVector.Load(ref *bits, (b * Stride) + i), sum);
            }

            TVector.Store(ref *weights, i, sum);
        }
    }

    // Σ s (linear + A s/2) + Σ q s², and Σ s.
    private double HeadEnergy<TVector>(int head, float* weights, out float sum)
        where TVector : struct, IVector<TVector, float>
    {
        TVector total = TVector.Zero;
        TVector energy = TVector.Zero;
        TVector half = TVector.All(0.5f);
        for (int i = 0; i < Stride; i += Width)
        {
            TVector s = TVector.Load(ref *weights, i);
            TVector slope = half * (TVector.Load(ref *_local, i) + TVector.Load(ref *_linear, (head * Stride) + i));
            if (_hasSquares)
            {
                slope = TVector.FusedMultiplyAdd(TVector.Load(ref *_squares, (head * Stride) + i), s, slope);
            }

            energy = TVector.FusedMultiplyAdd(s, slope, energy);
            total += s;
        }

        sum = TVector.Sum(total);
        return TVector.Sum(energy);
    }

    /// <summary>The weight of exclusion of 16 tokens.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVector Exclusion<TVector>(int token)
        where TVector : struct, IVector<TVector, float>
    {
        TVector weight = TVector.All(_exclusion);
        return _exclusionTokens < Tokens ? TVector.Keep(weight, Math.Max(0, _exclusionTokens - token)) : weight;
    }

    private void AddExclusion<TVector>(float* columns, float* own, float* target)
        where TVector : struct, IVector<TVector, float>
    {
        for (int i = 0; i < Stride; i += Width)
        {
            TVector weight = Exclusion<TVector>(i);
            TVector others = TVector.Load(ref *columns, i) - TVector.Load(ref *own, i);
            TVector.Store(ref *target, i, TVector.FusedMultiplyAdd(weight, others, TVector.Load(ref *target, i)));
        }
    }

    private void BitCosts<TVector>(int head, int bit, float* x, float* weights, float sum, float* costs)
        where TVector : struct, IVector<TVector, float>
    {
        float* columns = _columns + (bit * Stride);
        for (int i = 0; i < Stride; i += Width)
        {
            // Exclusion on weights is in the local fields already.
            TVector cost = Cost(
                new FlipState<TVector>(x + i, weights + i, _local + i, columns + i, sum), head, bit, i, _exclusionOnBits);
            TVector.Store(ref *costs, i, cost * TVector.Load(ref *_present, i));
        }
    }

    /// <summary>Whether exclusion counts overlapping bits: columns are then sums of each bit, otherwise of weights.</summary>
    internal bool ExclusionOnBits => _exclusionOnBits;

    /// <summary>Copies the column sums of the last state whose costs were asked for, [bits or 1, stride].</summary>
    internal void CopyColumns(float* columns)
    {
        int length = (_exclusionOnBits ? Bits : 1) * Stride;
        var target = new Span<float>(columns, length);
        if (_exclusion == 0)
        {
            target.Clear();
        }
        else
        {
            new ReadOnlySpan<float>(_columns, length).CopyTo(target);
        }
    }

    /// <summary>What flipping 16 bits of a state of 0 and 1 changes, one at a time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal TVector FlipCosts<TVector>(in FlipState<TVector> state, int head, int bit, int token)
        where TVector : struct, IVector<TVector, float>
    {
        TVector x = state.Bits;
        return (TVector.All(1) - (x + x)) * Cost(state, head, bit, token, _exclusion != 0);
    }

    // E with the bit on minus E with it off.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TVector Cost<TVector>(in FlipState<TVector> state, int head, int bit, int token, bool excludes)
        where TVector : struct, IVector<TVector, float>
    {
        TVector slope = state.Local;
        if (excludes && !_exclusionOnBits)
        {
            slope = TVector.FusedMultiplyAdd(Exclusion<TVector>(token), state.Columns - state.Weights, slope);
        }

        if (Bits == 1 && _sumCount == 0)
        {
            return slope;
        }

        TVector step = TVector.All((float)(1 << bit) / ((1 << Bits) - 1));
        TVector own = state.Bits * step;
        if (_hasSquares)
        {
            // q (s + c)² − q s² with the bit's own part taken out of s.
            TVector others = state.Weights - own;
            TVector squares = TVector.Load(ref *_squares, (head * Stride) + token);
            slope = TVector.FusedMultiplyAdd(squares, others + others + step, slope);
        }

        TVector cost = step * slope;
        if (excludes && _exclusionOnBits)
        {
            cost = TVector.FusedMultiplyAdd(Exclusion<TVector>(token), state.Columns - state.Bits, cost);
        }

        if (_sumCount > 0)
        {
            TVector others = TVector.All(state.Sum) - own;
            cost += SumPenalties(others + step) - SumPenalties(others);
        }

        return cost;
    }
}
