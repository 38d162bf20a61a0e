using Qama.Ising;
using Qama.Numerics.Vectors;

namespace Qama.Problems;

/// <content>Products of couplings and states.</content>
public sealed unsafe partial class StructuredEnergy
{
    private const int Rows8 = 8; // rows that are read together, so that sums are loaded and stored once for all of them
    private const int Rows4 = 4; // the same where each row has a sum of its own too
    private const int LargestCached = 1 << 20; // floats: 4 MB

    // Columns whose products are added up one row after the other; of the others even and odd rows are added up apart.
    private int WholeColumns => Stride - (Stride % (4 * Width));

    // local ← linear + A s. The order of additions is the same in all forms of the couplings, but for features and for
    // matrices that exceed the caches next to a core.
    private void Multiply<TVector>(int head, float* weights)
        where TVector : struct, IVector<TVector, float>
    {
        if (AreFeatures)
        {
            MultiplyFeatures(head, weights);
            return;
        }

        if (_plain?.Rows is CompressedRows rows)
        {
            MultiplyCompressed(rows, weights);
            return;
        }

        if (_plain is not null && (long)Tokens * Stride > LargestCached)
        {
            MultiplyHalf<TVector>(weights);
            return;
        }

        MultiplyWhole<TVector>(head, weights);
        MultiplyRest<TVector>(head, weights);
    }

    // Rows in the order in which they lie in memory.
    private void MultiplyWhole<TVector>(int head, float* weights)
        where TVector : struct, IVector<TVector, float>
    {
        int columns = WholeColumns;
        float* row = Row(head, 0);
        new ReadOnlySpan<float>(_linear + (head * Stride), columns).CopyTo(new Span<float>(_local, columns));
        int j = 0;
        for (; j + Rows8 <= TokenCount; j += Rows8, row += (long)Rows8 * Stride)
        {
            TVector a = TVector.All(weights[j]), b = TVector.All(weights[j + 1]);
            TVector c = TVector.All(weights[j + 2]), d = TVector.All(weights[j + 3]);
            TVector e = TVector.All(weights[j + 4]), f = TVector.All(weights[j + 5]);
            TVector g = TVector.All(weights[j + 6]), h = TVector.All(weights[j + 7]);
            for (int column = 0; column < columns; column += Width)
            {
                float* at = row + column;
                TVector sum = TVector.FusedMultiplyAdd(at, a, TVector.Load(_local + column));
                sum = TVector.FusedMultiplyAdd(at + Stride, b, sum);
                sum = TVector.FusedMultiplyAdd(at + (2L * Stride), c, sum);
                sum = TVector.FusedMultiplyAdd(at + (3L * Stride), d, sum);
                sum = TVector.FusedMultiplyAdd(at + (4L * Stride), e, sum);
                sum = TVector.FusedMultiplyAdd(at + (5L * Stride), f, sum);
                sum = TVector.FusedMultiplyAdd(at + (6L * Stride), g, sum);
                TVector.Store(_local + column, TVector.FusedMultiplyAdd(at + (7L * Stride), h, sum));
            }
        }

        for (; j < TokenCount; j++, row += Stride)
        {
            TVector s = TVector.All(weights[j]);
            for (int column = 0; column < columns; column += Width)
            {
                TVector.Store(_local + column, TVector.FusedMultiplyAdd(row + column, s,
                    TVector.Load(_local + column)));
            }
        }
    }

    private void MultiplyRest<TVector>(int head, float* weights)
        where TVector : struct, IVector<TVector, float>
    {
        float* pairs = Row(head, 0);
        for (int column = WholeColumns; column < Stride; column += Width)
        {
            TVector a = TVector.Load(ref *_linear, (head * Stride) + column);
            TVector b = TVector.Zero;
            float* row = pairs + column;
            int j = 0;
            for (; j + 1 < TokenCount; j += 2, row += 2L * Stride)
            {
                a = TVector.FusedMultiplyAdd(TVector.All(weights[j]), TVector.Load(ref *row, 0), a);
                b = TVector.FusedMultiplyAdd(TVector.All(weights[j + 1]), TVector.Load(ref *row, Stride), b);
            }

            if (j < TokenCount)
            {
                a = TVector.FusedMultiplyAdd(TVector.All(weights[j]), TVector.Load(ref *row, 0), a);
            }

            TVector.Store(ref *_local, column, a + b);
        }
    }

    // One side of the diagonal alone, in tiles of 16: what bounds the time of a large matrix is how much of it is read.
    private void MultiplyHalf<TVector>(float* weights)
        where TVector : struct, IVector<TVector, float>
    {
        new ReadOnlySpan<float>(_linear, Stride).CopyTo(new Span<float>(_local, Stride));
        for (int tile = 0; tile < Tokens; tile += Width)
        {
            int end = Math.Min(tile + Width, Tokens);
            float* local = _local + tile;
            for (int j = tile; j < end; j++)
            {
                TVector.Store(local, TVector.FusedMultiplyAdd(Row(0, j) + tile, TVector.All(weights[j]),
                    TVector.Load(local)));
            }

            int row = tile;
            for (; row + Rows4 <= end; row += Rows4)
            {
                MultiplyBeyond<TVector>(row, tile + Width, weights);
            }

            for (; row < end; row++)
            {
                MultiplyBeyondOne<TVector>(row, tile + Width, weights);
            }
        }
    }

    // Four rows from a column on, and the columns of the other side that are the same numbers.
    private void MultiplyBeyond<TVector>(int row, int first, float* weights)
        where TVector : struct, IVector<TVector, float>
    {
        float* start = Row(0, row);
        TVector a = TVector.All(weights[row]), b = TVector.All(weights[row + 1]);
        TVector c = TVector.All(weights[row + 2]), d = TVector.All(weights[row + 3]);
        (TVector e, TVector f, TVector g, TVector h) = (TVector.Zero, TVector.Zero, TVector.Zero, TVector.Zero);
        for (int column = first; column < Stride; column += Width)
        {
            float* at = start + column;
            TVector s = TVector.Load(weights + column);
            TVector pairs = TVector.Load(at);
            TVector sum = TVector.FusedMultiplyAdd(pairs, a, TVector.Load(_local + column));
            e = TVector.FusedMultiplyAdd(pairs, s, e);
            pairs = TVector.Load(at + Stride);
            sum = TVector.FusedMultiplyAdd(pairs, b, sum);
            f = TVector.FusedMultiplyAdd(pairs, s, f);
            pairs = TVector.Load(at + (2L * Stride));
            sum = TVector.FusedMultiplyAdd(pairs, c, sum);
            g = TVector.FusedMultiplyAdd(pairs, s, g);
            pairs = TVector.Load(at + (3L * Stride));
            TVector.Store(_local + column, TVector.FusedMultiplyAdd(pairs, d, sum));
            h = TVector.FusedMultiplyAdd(pairs, s, h);
        }

        _local[row] += TVector.Sum(e);
        _local[row + 1] += TVector.Sum(f);
        _local[row + 2] += TVector.Sum(g);
        _local[row + 3] += TVector.Sum(h);
    }

    private void MultiplyBeyondOne<TVector>(int row, int first, float* weights)
        where TVector : struct, IVector<TVector, float>
    {
        float* start = Row(0, row);
        TVector a = TVector.All(weights[row]);
        TVector e = TVector.Zero;
        for (int column = first; column < Stride; column += Width)
        {
            TVector pairs = TVector.Load(start + column);
            TVector.Store(_local + column, TVector.FusedMultiplyAdd(pairs, a, TVector.Load(_local + column)));
            e = TVector.FusedMultiplyAdd(pairs, TVector.Load(weights + column), e);
        }

        _local[row] += TVector.Sum(e);
    }

    private void MultiplyCompressed(CompressedRows rows, float* weights)
    {
        int whole = Math.Min(WholeColumns, Tokens);
        for (int i = 0; i < whole; i++)
        {
            _local[i] = rows.Product(i, _linear[i], weights);
        }

        for (int i = whole; i < Tokens; i++)
        {
            (float even, float odd) = (_linear[i], 0);
            for (int k = rows.Start[i]; k < rows.Start[i + 1]; k++)
            {
                ref float sum = ref (rows.Column[k] % 2 == 0 ? ref even : ref odd);
                sum = MathF.FusedMultiplyAdd(weights[rows.Column[k]], rows.Value[k], sum);
            }

            _local[i] = even + odd;
        }

        new Span<float>(_local + Tokens, Stride - Tokens).Clear();
    }
}
