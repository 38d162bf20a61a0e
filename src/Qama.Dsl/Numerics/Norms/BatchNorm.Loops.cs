using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Qama.Numerics.Vectors;

namespace Qama.Numerics.Norms;

// Loops over entries, in vectors of doubles. A row's last entries that fill none are taken one by one: what follows them in memory may be
// another head's, or nothing.
internal static partial class BatchNorm
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Load<T, TVector>(ref T start, int offset)
        where T : unmanaged
        where TVector : struct, IVector<TVector, double> => typeof(T) == typeof(float)
            ? TVector.Widen(ref Unsafe.As<T, float>(ref start), offset)
            : TVector.Load(ref Unsafe.As<T, double>(ref start), offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<T, TVector>(ref T start, int offset, TVector value)
        where T : unmanaged
        where TVector : struct, IVector<TVector, double>
    {
        if (typeof(T) == typeof(float))
        {
            TVector.Narrow(ref Unsafe.As<T, float>(ref start), offset, value);
        }
        else
        {
            TVector.Store(ref Unsafe.As<T, double>(ref start), offset, value);
        }
    }

    // All bits set where an entry is left out; none where no entries are.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Absent<T, TVector>(ReadOnlySpan<T> included, int offset)
        where T : unmanaged
        where TVector : struct, IVector<TVector, double> => included.IsEmpty
            ? TVector.Zero
            : TVector.EqualTo(Load<T, TVector>(ref MemoryMarshal.GetReference(included), offset), TVector.Zero);

    private static ReadOnlySpan<T> Row<T>(ReadOnlySpan<T> memory, int head, int row, in HeadEntries<T> entries)
        where T : unmanaged => memory.Slice(head * entries.HeadPitch + row * entries.RowPitch, entries.Length);

    private static ReadOnlySpan<T> Included<T>(int row, in HeadEntries<T> entries)
        where T : unmanaged =>
        entries.Included.IsEmpty ? default : entries.Included.Slice(row * entries.RowPitch, entries.Length);

    // Of a row of a head that is one piece of memory: what does not count.
    private static void CopyRest<T>(ReadOnlySpan<T> source, int head, int row, in HeadEntries<T> entries, Span<T> target)
        where T : unmanaged
    {
        if (entries.IsOnePiece && !Unsafe.AreSame(ref MemoryMarshal.GetReference(source), ref MemoryMarshal.GetReference(target)))
        {
            int start = head * entries.HeadPitch + row * entries.RowPitch, entered = row < entries.Rows ? entries.Length : 0;
            source.Slice(start + entered, entries.RowPitch - entered).CopyTo(target[(start + entered)..]);
        }
    }

    internal ref struct MeasureAction<T>(ReadOnlySpan<T> values, int head, HeadEntries<T> entries, int first, int end)
        : IVectorAction<double>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly ReadOnlySpan<T> _values = values;
        private readonly HeadEntries<T> _entries = entries;

        public Moments Result { get; private set; }

        public void Run<TVector>()
            where TVector : struct, IVector<TVector, double>
        {
            (double sum, double count) = Add<TVector>(shift: 0, square: false);
            double mean = count > 0 ? sum / count : 0;
            Result = new((long)count, mean, Add<TVector>(mean, square: true).Sum);
        }

        private readonly (double Sum, double Count) Add<TVector>(double shift, bool square)
            where TVector : struct, IVector<TVector, double>
        {
            (TVector sums, TVector counts, TVector shifts) = (TVector.Zero, TVector.Zero, TVector.All(shift));
            (double sum, double count) = (0, 0);
            for (int r = first; r < end; r++)
            {
                ReadOnlySpan<T> row = Row(_values, head, r, _entries);
                ReadOnlySpan<T> included = Included(r, _entries);
                ref T start = ref MemoryMarshal.GetReference(row);
                int i = 0;
                for (; i + TVector.Count <= row.Length; i += TVector.Count)
                {
                    TVector x = Load<T, TVector>(ref start, i) - shifts;
                    TVector absent = Absent<T, TVector>(included, i);
                    sums += TVector.Choose(absent, TVector.Zero, square ? x * x : x);
                    counts += TVector.Choose(absent, TVector.Zero, TVector.All(1));
                }

                for (; i < row.Length; i++)
                {
                    if (included.IsEmpty || included[i] != T.Zero)
                    {
                        double x = double.CreateTruncating(row[i]) - shift;
                        sum += square ? x * x : x;
                        count++;
                    }
                }
            }

            return (TVector.Sum(sums) + sum, TVector.Sum(counts) + count);
        }
    }

    internal readonly ref struct NormaliseAction<T>(
        ReadOnlySpan<T> values, int head, HeadEntries<T> entries, Range rows, double mean, double factor, double shift, Span<T> result)
        : IVectorAction<double>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly ReadOnlySpan<T> _values = values;
        private readonly HeadEntries<T> _entries = entries;
        private readonly Span<T> _result = result;

        public void Run<TVector>()
            where TVector : struct, IVector<TVector, double>
        {
            (TVector means, TVector factors, TVector shifts) = (TVector.All(mean), TVector.All(factor), TVector.All(shift));
            for (int r = rows.Start.Value; r < rows.End.Value; r++)
            {
                CopyRest(_values, head, r, _entries, _result);
                if (r >= _entries.Rows)
                {
                    continue;
                }

                ReadOnlySpan<T> row = Row(_values, head, r, _entries);
                ReadOnlySpan<T> included = Included(r, _entries);
                Span<T> target = _result.Slice(head * _entries.HeadPitch + r * _entries.RowPitch, row.Length);
                ref T start = ref MemoryMarshal.GetReference(row);
                int i = 0;
                for (; i + TVector.Count <= row.Length; i += TVector.Count)
                {
                    TVector x = Load<T, TVector>(ref start, i);
                    TVector y = (x - means) * factors + shifts;
                    Store(ref MemoryMarshal.GetReference(target), i, TVector.Choose(Absent<T, TVector>(included, i), x, y));
                }

                for (; i < row.Length; i++)
                {
                    target[i] = included.IsEmpty || included[i] != T.Zero
                        ? T.CreateTruncating((double.CreateTruncating(row[i]) - mean) * factor + shift)
                        : row[i];
                }
            }
        }
    }

    internal ref struct MeasureGradientAction<T>(
        ReadOnlySpan<T> gradient, ReadOnlySpan<T> values, int head, HeadEntries<T> entries, double mean) : IVectorAction<double>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly ReadOnlySpan<T> _gradient = gradient;
        private readonly ReadOnlySpan<T> _values = values;
        private readonly HeadEntries<T> _entries = entries;

        public double Sum { get; private set; }

        public double Product { get; private set; }

        public void Run<TVector>()
            where TVector : struct, IVector<TVector, double>
        {
            (TVector sums, TVector products, TVector means) = (TVector.Zero, TVector.Zero, TVector.All(mean));
            (double sum, double product) = (0, 0);
            for (int r = 0; r < _entries.Rows; r++)
            {
                ReadOnlySpan<T> g = Row(_gradient, head, r, _entries);
                ReadOnlySpan<T> x = Row(_values, head, r, _entries);
                ReadOnlySpan<T> included = Included(r, _entries);
                ref T g0 = ref MemoryMarshal.GetReference(g);
                ref T x0 = ref MemoryMarshal.GetReference(x);
                int i = 0;
                for (; i + TVector.Count <= g.Length; i += TVector.Count)
                {
                    TVector absent = Absent<T, TVector>(included, i);
                    TVector own = Load<T, TVector>(ref g0, i);
                    sums += TVector.Choose(absent, TVector.Zero, own);
                    products += TVector.Choose(absent, TVector.Zero, own * (Load<T, TVector>(ref x0, i) - means));
                }

                for (; i < g.Length; i++)
                {
                    if (included.IsEmpty || included[i] != T.Zero)
                    {
                        double own = double.CreateTruncating(g[i]);
                        sum += own;
                        product += own * (double.CreateTruncating(x[i]) - mean);
                    }
                }
            }

            (Sum, Product) = (TVector.Sum(sums) + sum, TVector.Sum(products) + product);
        }
    }

    internal readonly ref struct BackwardAction<T>(
        ReadOnlySpan<T> gradient, ReadOnlySpan<T> values, int head, HeadEntries<T> entries, Range rows, NormStatistics statistics,
        Span<T> result) : IVectorAction<double>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly ReadOnlySpan<T> _gradient = gradient;
        private readonly ReadOnlySpan<T> _values = values;
        private readonly HeadEntries<T> _entries = entries;
        private readonly Span<T> _result = result;

        public void Run<TVector>()
            where TVector : struct, IVector<TVector, double>
        {
            (double mean, double inverse, double factor, double meanGradient, double meanProjection) = statistics;
            (TVector means, TVector inverses, TVector factors) = (TVector.All(mean), TVector.All(inverse), TVector.All(factor));
            (TVector meanGradients, TVector meanProjections) = (TVector.All(meanGradient), TVector.All(meanProjection));
            for (int r = rows.Start.Value; r < rows.End.Value; r++)
            {
                CopyRest(_gradient, head, r, _entries, _result);
                if (r >= _entries.Rows)
                {
                    continue;
                }

                ReadOnlySpan<T> g = Row(_gradient, head, r, _entries);
                ReadOnlySpan<T> x = Row(_values, head, r, _entries);
                ReadOnlySpan<T> included = Included(r, _entries);
                Span<T> target = _result.Slice(head * _entries.HeadPitch + r * _entries.RowPitch, g.Length);
                int i = 0;
                for (; i + TVector.Count <= g.Length; i += TVector.Count)
                {
                    TVector own = Load<T, TVector>(ref MemoryMarshal.GetReference(g), i);
                    TVector normalised = (Load<T, TVector>(ref MemoryMarshal.GetReference(x), i) - means) * inverses;
                    TVector slope = factors * (own - meanGradients - normalised * meanProjections);
                    Store(ref MemoryMarshal.GetReference(target), i, TVector.Choose(Absent<T, TVector>(included, i), own, slope));
                }

                for (; i < g.Length; i++)
                {
                    double normalised = (double.CreateTruncating(x[i]) - mean) * inverse;
                    target[i] = included.IsEmpty || included[i] != T.Zero
                        ? T.CreateTruncating(factor * (double.CreateTruncating(g[i]) - meanGradient - normalised * meanProjection))
                        : g[i];
                }
            }
        }
    }
}
