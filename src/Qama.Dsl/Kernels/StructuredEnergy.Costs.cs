using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Qama.Kernels;

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
    /// <returns>The energy of <paramref name="x"/>, rounded to single precision; meant for states of 0 and 1.</returns>
    internal double Costs(float* x, float* costs) => Costs(x, costs, null, null, null);

    /// <summary>The same, and what a search by flips keeps up to date.</summary>
    /// <param name="x">The values.</param>
    /// <param name="costs">Receives planes.</param>
    /// <param name="local">Receives linear + Σ_j a_ij s_j, [heads, stride]; or null.</param>
    /// <param name="weights">Receives s, [heads, stride]; or null.</param>
    /// <param name="sums">Receives Σ_i s, [heads]; or null.</param>
    internal double Costs(float* x, float* costs, float* local, float* weights, float* sums)
    {
        double energy = Offset;
        if (_exclusion != 0)
        {
            energy += SumColumns(x);
        }

        for (int h = 0; h < Heads; h++)
        {
            float* bits = x + (h * Bits * Stride);
            float* own = bits;
            if (Bits > 1)
            {
                own = _weights;
                SumBits(bits, own);
            }

            Multiply(h, own);
            energy += HeadEnergy(h, own, out float sum);
            if (local is not null)
            {
                new ReadOnlySpan<float>(_local, Stride).CopyTo(new Span<float>(local + (h * Stride), Stride));
                new ReadOnlySpan<float>(own, Stride).CopyTo(new Span<float>(weights + (h * Stride), Stride));
                sums[h] = sum;
            }

            for (int c = 0; c < _sumCount; c++)
            {
                energy += SumPenalty(_sums + (c * SumEntry), Vector512.Create(sum)).ToScalar();
            }

            if (_exclusion != 0 && !_exclusionOnBits)
            {
                AddExclusion(_columns, own, _local);
            }

            for (int b = 0; b < Bits; b++)
            {
                BitCosts(h, b, bits + (b * Stride), own, sum, costs + (((h * Bits) + b) * Stride));
            }
        }

        return energy;
    }

    /// <summary>All penalties on a head's sum together, at 16 values of the sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector512<float> SumPenalties(Vector512<float> sum)
    {
        Vector512<float> total = Vector512<float>.Zero;
        for (int c = 0; c < _sumCount; c++)
        {
            total += SumPenalty(_sums + (c * SumEntry), sum);
        }

        return total;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> SumPenalty(float* entry, Vector512<float> sum)
    {
        Vector512<float> g = Vector512.Create(entry[0]) * (sum - Vector512.Create(entry[1]));
        Vector512<float> beyond = Vector512.Max(g, Vector512.Create(entry[4]));
        return (Vector512.Create(entry[2]) * g) + (Vector512.Create(entry[3]) * beyond * beyond);
    }

    // Column sums of the weights or of each bit, and the energy of exclusion: w/2 ((Σ_h s)² − Σ_h s²).
    private double SumColumns(float* x)
    {
        int rows = _exclusionOnBits ? Bits : 1;
        new Span<float>(_columns, rows * Stride).Clear();
        double squares = 0;
        for (int h = 0; h < Heads; h++)
        {
            float* source = x + (h * Bits * Stride);
            if (Bits > 1 && !_exclusionOnBits)
            {
                SumBits(source, _weights);
                source = _weights;
            }

            Vector512<float> own = Vector512<float>.Zero;
            for (int k = 0; k < rows * Stride; k += Width)
            {
                Vector512<float> value = Vector512.Load(source + k);
                (Vector512.Load(_columns + k) + value).Store(_columns + k);
                own = Vector512.FusedMultiplyAdd(value, value, own);
            }

            squares -= Lanes.Sum(own);
        }

        Vector512<float> all = Vector512<float>.Zero;
        for (int k = 0; k < rows * Stride; k += Width)
        {
            Vector512<float> column = Vector512.Load(_columns + k);
            all = Vector512.FusedMultiplyAdd(column, column, all);
        }

        return 0.5 * _exclusion * (squares + Lanes.Sum(all));
    }

    private void SumBits(float* bits, float* weights)
    {
        float unit = 1f / ((1 << Bits) - 1);
        for (int i = 0; i < Stride; i += Width)
        {
            Vector512<float> sum = Vector512<float>.Zero;
            for (int b = 0; b < Bits; b++)
            {
                sum = Vector512.FusedMultiplyAdd(Vector512.Create(unit * (1 << b)), Vector512.Load(bits + (b * Stride) + i), sum);
            }

            sum.Store(weights + i);
        }
    }

    // local ← linear + A s. Four columns of vectors at a time: their sums stay in registers.
    private void Multiply(int head, float* weights)
    {
        float* pairs = Row(head, 0);
        float* linear = _linear + (head * Stride);
        int column = 0;
        for (; column + (4 * Width) <= Stride; column += 4 * Width)
        {
            Vector512<float> a = Vector512.Load(linear + column);
            Vector512<float> b = Vector512.Load(linear + column + Width);
            Vector512<float> c = Vector512.Load(linear + column + (2 * Width));
            Vector512<float> d = Vector512.Load(linear + column + (3 * Width));
            float* row = pairs + column;
            for (int j = 0; j < TokenCount; j++, row += Stride)
            {
                Vector512<float> s = Vector512.Create(weights[j]);
                a = Vector512.FusedMultiplyAdd(s, Vector512.Load(row), a);
                b = Vector512.FusedMultiplyAdd(s, Vector512.Load(row + Width), b);
                c = Vector512.FusedMultiplyAdd(s, Vector512.Load(row + (2 * Width)), c);
                d = Vector512.FusedMultiplyAdd(s, Vector512.Load(row + (3 * Width)), d);
            }

            a.Store(_local + column);
            b.Store(_local + column + Width);
            c.Store(_local + column + (2 * Width));
            d.Store(_local + column + (3 * Width));
        }

        for (; column < Stride; column += Width)
        {
            Vector512<float> a = Vector512.Load(linear + column);
            Vector512<float> b = Vector512<float>.Zero;
            float* row = pairs + column;
            int j = 0;
            for (; j + 1 < TokenCount; j += 2, row += 2 * Stride)
            {
                a = Vector512.FusedMultiplyAdd(Vector512.Create(weights[j]), Vector512.Load(row), a);
                b = Vector512.FusedMultiplyAdd(Vector512.Create(weights[j + 1]), Vector512.Load(row + Stride), b);
            }

            if (j < TokenCount)
            {
                a = Vector512.FusedMultiplyAdd(Vector512.Create(weights[j]), Vector512.Load(row), a);
            }

            (a + b).Store(_local + column);
        }
    }

    // Σ s (linear + A s/2) + Σ q s², and Σ s.
    private double HeadEnergy(int head, float* weights, out float sum)
    {
        Vector512<float> total = Vector512<float>.Zero;
        Vector512<float> energy = Vector512<float>.Zero;
        Vector512<float> half = Vector512.Create(0.5f);
        for (int i = 0; i < Stride; i += Width)
        {
            Vector512<float> s = Vector512.Load(weights + i);
            Vector512<float> slope = half * (Vector512.Load(_local + i) + Vector512.Load(_linear + (head * Stride) + i));
            if (_hasSquares)
            {
                slope = Vector512.FusedMultiplyAdd(Vector512.Load(_squares + (head * Stride) + i), s, slope);
            }

            energy = Vector512.FusedMultiplyAdd(s, slope, energy);
            total += s;
        }

        sum = Lanes.Sum(total);
        return Lanes.Sum(energy);
    }

    private void AddExclusion(float* columns, float* own, float* target)
    {
        Vector512<float> weight = Vector512.Create(_exclusion);
        for (int i = 0; i < Stride; i += Width)
        {
            Vector512<float> others = Vector512.Load(columns + i) - Vector512.Load(own + i);
            Vector512.FusedMultiplyAdd(weight, others, Vector512.Load(target + i)).Store(target + i);
        }
    }

    private void BitCosts(int head, int bit, float* x, float* weights, float sum, float* costs)
    {
        float* columns = _columns + (bit * Stride);
        for (int i = 0; i < Stride; i += Width)
        {
            // Exclusion on weights is in the local fields already.
            Vector512<float> cost = Cost(
                new FlipState(x + i, weights + i, _local + i, columns + i, sum), head, bit, i, _exclusionOnBits);
            (cost * Vector512.Load(_present + i)).Store(costs + i);
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
    internal Vector512<float> FlipCosts(in FlipState state, int head, int bit, int token)
    {
        Vector512<float> x = state.Bits;
        return (Vector512<float>.One - (x + x)) * Cost(state, head, bit, token, _exclusion != 0);
    }

    // E with the bit on minus E with it off.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector512<float> Cost(in FlipState state, int head, int bit, int token, bool excludes)
    {
        Vector512<float> slope = state.Local;
        if (excludes && !_exclusionOnBits)
        {
            slope = Vector512.FusedMultiplyAdd(Vector512.Create(_exclusion), state.Columns - state.Weights, slope);
        }

        if (Bits == 1 && _sumCount == 0)
        {
            return slope;
        }

        Vector512<float> step = Vector512.Create((float)(1 << bit) / ((1 << Bits) - 1));
        Vector512<float> own = state.Bits * step;
        if (_hasSquares)
        {
            // q (s + c)² − q s² with the bit's own part taken out of s.
            Vector512<float> others = state.Weights - own;
            Vector512<float> squares = Vector512.Load(_squares + (head * Stride) + token);
            slope = Vector512.FusedMultiplyAdd(squares, others + others + step, slope);
        }

        Vector512<float> cost = step * slope;
        if (excludes && _exclusionOnBits)
        {
            cost = Vector512.FusedMultiplyAdd(Vector512.Create(_exclusion), state.Columns - state.Bits, cost);
        }

        if (_sumCount > 0)
        {
            Vector512<float> others = Vector512.Create(state.Sum) - own;
            cost += SumPenalties(others + step) - SumPenalties(others);
        }

        return cost;
    }
}
