using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Qama.Numerics.Vectors;

namespace Qama.Numerics.Norms;

// Loops over entries, in vectors of doubles. Where a head's memory is its own and its rows hold whole vectors, the last
// one reaches beyond the entries; elsewhere the last entries are taken one by one: what follows them may be another
// head's, or nothing.
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

    // All bits set where there is no entry. A mask as long as a row, or none; only a row's last vector reaches beyond
    // its entries.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Absent<T, TVector>(ReadOnlySpan<T> included, int offset, int length)
        where T : unmanaged
        where TVector : struct, IVector<TVector, double>
    {
        TVector absent = included.IsEmpty
            ? TVector.Zero
            : TVector.EqualTo(Load<T, TVector>(ref MemoryMarshal.GetReference(included), offset), TVector.Zero);
        return offset + TVector.Count <= length
            ? absent
            : absent | TVector.GreaterThanOrEqual(TVector.Indices, TVector.All(length - offset));
    }

    // How many numbers of a row are taken in vectors.
    private static int InVectors<T>(in HeadEntries<T> entries, int lanes)
        where T : unmanaged =>
        (entries.IsOnePiece && entries.RowPitch % lanes == 0 ? entries.Length + lanes - 1 : entries.Length)
        / lanes * lanes;

    // The memory of a head's first rows, checked once: loops read it without checks of their own.
    private static ref T Start<T>(ReadOnlySpan<T> memory, int head, int rows, int inVectors, in HeadEntries<T> entries)
        where T : unmanaged => ref MemoryMarshal.GetReference(memory.Slice(
            head * entries.HeadPitch,
            rows == 0 ? 0 : (rows - 1) * entries.RowPitch + Math.Max(inVectors, entries.Length)));

    private static ReadOnlySpan<T> Included<T>(int row, int inVectors, in HeadEntries<T> entries)
        where T : unmanaged => entries.Included.IsEmpty
            ? default : entries.Included.Slice(row * entries.RowPitch, Math.Max(inVectors, entries.Length));

    // What stands in a row behind that, or in a row without entries, where it belongs to the head.
    private static void CopyRest<T>(
        ReadOnlySpan<T> source, int head, int row, int inVectors, in HeadEntries<T> entries, Span<T> target)
        where T : unmanaged
    {
        int written = row < entries.Rows ? Math.Max(inVectors, entries.Length) : 0;
        if (entries.IsOnePiece && written < entries.RowPitch
            && !Unsafe.AreSame(ref MemoryMarshal.GetReference(source), ref MemoryMarshal.GetReference(target)))
        {
            int start = head * entries.HeadPitch + row * entries.RowPitch + written;
            source.Slice(start, entries.RowPitch - written).CopyTo(target[start..]);
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
            (int length, int inVectors) = (_entries.Length, InVectors(_entries, TVector.Count));
            ref T start = ref Start(_values, head, end, inVectors, _entries);
            for (int r = first; r < end; r++)
            {
                ReadOnlySpan<T> included = Included(r, inVectors, _entries);
                ref T row = ref Unsafe.Add(ref start, r * _entries.RowPitch);
                for (int i = 0; i < inVectors; i += TVector.Count)
                {
                    TVector x = Load<T, TVector>(ref row, i) - shifts;
                    TVector absent = Absent<T, TVector>(included, i, length);
                    sums += TVector.Choose(absent, TVector.Zero, square ? x * x : x);
                    counts += TVector.Choose(absent, TVector.Zero, TVector.All(1));
                }

                for (int i = inVectors; i < length; i++)
                {
                    if (included.IsEmpty || included[i] != T.Zero)
                    {
                        double x = double.CreateTruncating(Unsafe.Add(ref row, i)) - shift;
                        sum += square ? x * x : x;
                        count++;
                    }
                }
            }

            return (TVector.Sum(sums) + sum, TVector.Sum(counts) + count);
        }
    }

    internal readonly ref struct NormaliseAction<T>(
        ReadOnlySpan<T> values, int head, HeadEntries<T> entries, Range rows, double mean, double factor, double shift,
        Span<T> result)
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
            (int length, int inVectors) = (_entries.Length, InVectors(_entries, TVector.Count));
            int end = Math.Min(rows.End.Value, _entries.Rows);
            ref T values = ref Start(_values, head, end, inVectors, _entries);
            ref T results = ref Start<T>(_result, head, end, inVectors, _entries);
            for (int r = rows.Start.Value; r < end; r++)
            {
                ReadOnlySpan<T> included = Included(r, inVectors, _entries);
                ref T row = ref Unsafe.Add(ref values, r * _entries.RowPitch);
                ref T target = ref Unsafe.Add(ref results, r * _entries.RowPitch);
                for (int i = 0; i < inVectors; i += TVector.Count)
                {
                    TVector x = Load<T, TVector>(ref row, i);
                    TVector y = (x - means) * factors + shifts;
                    Store(ref target, i, TVector.Choose(Absent<T, TVector>(included, i, length), x, y));
                }

                for (int i = inVectors; i < length; i++)
                {
                    T x = Unsafe.Add(ref row, i);
                    Unsafe.Add(ref target, i) = included.IsEmpty || included[i] != T.Zero
                        ? T.CreateTruncating((double.CreateTruncating(x) - mean) * factor + shift)
                        : x;
                }
            }

            for (int r = rows.Start.Value; r < rows.End.Value; r++)
            {
                CopyRest(_values, head, r, inVectors, _entries, _result);
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
            (int length, int inVectors) = (_entries.Length, InVectors(_entries, TVector.Count));
            ref T gradients = ref Start(_gradient, head, _entries.Rows, inVectors, _entries);
            ref T values = ref Start(_values, head, _entries.Rows, inVectors, _entries);
            for (int r = 0; r < _entries.Rows; r++)
            {
                ReadOnlySpan<T> included = Included(r, inVectors, _entries);
                ref T g = ref Unsafe.Add(ref gradients, r * _entries.RowPitch);
                ref T x = ref Unsafe.Add(ref values, r * _entries.RowPitch);
                for (int i = 0; i < inVectors; i += TVector.Count)
                {
                    TVector absent = Absent<T, TVector>(included, i, length);
                    TVector own = Load<T, TVector>(ref g, i);
                    sums += TVector.Choose(absent, TVector.Zero, own);
                    products += TVector.Choose(absent, TVector.Zero, own * (Load<T, TVector>(ref x, i) - means));
                }

                for (int i = inVectors; i < length; i++)
                {
                    if (included.IsEmpty || included[i] != T.Zero)
                    {
                        double own = double.CreateTruncating(Unsafe.Add(ref g, i));
                        sum += own;
                        product += own * (double.CreateTruncating(Unsafe.Add(ref x, i)) - mean);
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
            (int length, int inVectors) = (_entries.Length, InVectors(_entries, TVector.Count));
            int end = Math.Min(rows.End.Value, _entries.Rows);
            ref T gradients = ref Start(_gradient, head, end, inVectors, _entries);
            ref T values = ref Start(_values, head, end, inVectors, _entries);
            ref T results = ref Start<T>(_result, head, end, inVectors, _entries);
            for (int r = rows.Start.Value; r < end; r++)
            {
                ReadOnlySpan<T> included = Included(r, inVectors, _entries);
                ref T g = ref Unsafe.Add(ref gradients, r * _entries.RowPitch);
                ref T x = ref Unsafe.Add(ref values, r * _entries.RowPitch);
                ref T target = ref Unsafe.Add(ref results, r * _entries.RowPitch);
                for (int i = 0; i < inVectors; i += TVector.Count)
                {
                    TVector own = Load<T, TVector>(ref g, i);
                    TVector normalised = (Load<T, TVector>(ref x, i) - means) * inverses;
                    TVector slope = factors * (own - meanGradients - normalised * meanProjections);
                    Store(ref target, i, TVector.Choose(Absent<T, TVector>(included, i, length), own, slope));
                }

                for (int i = inVectors; i < length; i++)
                {
                    T own = Unsafe.Add(ref g, i);
                    double normalised = (double.CreateTruncating(Unsafe.Add(ref x, i)) - mean) * inverse;
                    Unsafe.Add(ref target, i) = included.IsEmpty || included[i] != T.Zero
                        ? T.CreateTruncating(factor * (double.CreateTruncating(own) - meanGradient - normalised * meanProjection))
                        : own;
                }
            }

            for (int r = rows.Start.Value; r < rows.End.Value; r++)
            {
                CopyRest(_gradient, head, r, inVectors, _entries, _result);
            }
        }
    }
}
