using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Qama.Numerics.Vectors;

/// <summary>64 bytes in four registers that every processor has, or the framework imitates.</summary>
/// <typeparam name="T">float or double.</typeparam>
[method: MethodImpl(MethodImplOptions.AggressiveInlining)]
internal readonly struct Registers128<T>(Vector128<T> a, Vector128<T> b, Vector128<T> c, Vector128<T> d)
    : IVector<Registers128<T>, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Vector128<T> _a = a;
    private readonly Vector128<T> _b = b;
    private readonly Vector128<T> _c = c;
    private readonly Vector128<T> _d = d;

    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 4 * Vector128<T>.Count;
    }

    public static Registers128<T> Indices
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(
            Vector128<T>.Indices,
            Vector128<T>.Indices + Vector128.Create(T.CreateTruncating(Vector128<T>.Count)),
            Vector128<T>.Indices + Vector128.Create(T.CreateTruncating(2 * Vector128<T>.Count)),
            Vector128<T>.Indices + Vector128.Create(T.CreateTruncating(3 * Vector128<T>.Count)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers128<T> All(T value)
    {
        Vector128<T> all = Vector128.Create(value);
        return new(all, all, all, all);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers128<T> Load(ref T start, int offset) =>
        new(
            Vector128.LoadUnsafe(ref start, (nuint)offset),
            Vector128.LoadUnsafe(ref start, (nuint)(offset + Vector128<T>.Count)),
            Vector128.LoadUnsafe(ref start, (nuint)(offset + (2 * Vector128<T>.Count))),
            Vector128.LoadUnsafe(ref start, (nuint)(offset + (3 * Vector128<T>.Count))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ref T start, int offset, Registers128<T> value)
    {
        value._a.StoreUnsafe(ref start, (nuint)offset);
        value._b.StoreUnsafe(ref start, (nuint)(offset + Vector128<T>.Count));
        value._c.StoreUnsafe(ref start, (nuint)(offset + (2 * Vector128<T>.Count)));
        value._d.StoreUnsafe(ref start, (nuint)(offset + (3 * Vector128<T>.Count)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Registers128<T> Load(T* start) =>
        new(
            Vector128.Load(start),
            Vector128.Load(start + Vector128<T>.Count),
            Vector128.Load(start + (2 * Vector128<T>.Count)),
            Vector128.Load(start + (3 * Vector128<T>.Count)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store(T* start, Registers128<T> value)
    {
        value._a.Store(start);
        value._b.Store(start + Vector128<T>.Count);
        value._c.Store(start + (2 * Vector128<T>.Count));
        value._d.Store(start + (3 * Vector128<T>.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers128<T> Widen(ref float start, int offset)
    {
        Vector128<float> first = Vector128.LoadUnsafe(ref start, (nuint)offset);
        Vector128<float> second = Vector128.LoadUnsafe(ref start, (nuint)(offset + Vector128<float>.Count));
        return new(
            Vector128.WidenLower(first).As<double, T>(), Vector128.WidenUpper(first).As<double, T>(),
            Vector128.WidenLower(second).As<double, T>(), Vector128.WidenUpper(second).As<double, T>());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Narrow(ref float start, int offset, Registers128<T> value)
    {
        Vector128.Narrow(value._a.As<T, double>(), value._b.As<T, double>()).StoreUnsafe(ref start, (nuint)offset);
        Vector128.Narrow(value._c.As<T, double>(), value._d.As<T, double>())
            .StoreUnsafe(ref start, (nuint)(offset + Vector128<float>.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Registers128<T> Repeat(T* start)
    {
        Vector128<T> all = Vector128.Load(start);
        return new(all, all, all, all);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Transpose(
        ref Registers128<T> a, ref Registers128<T> b, ref Registers128<T> c, ref Registers128<T> d)
    {
        (Vector128<T> a0, Vector128<T> b0, Vector128<T> c0, Vector128<T> d0) = Transposition4.Apply(a._a, b._a, c._a, d._a);
        (Vector128<T> a1, Vector128<T> b1, Vector128<T> c1, Vector128<T> d1) = Transposition4.Apply(a._b, b._b, c._b, d._b);
        (Vector128<T> a2, Vector128<T> b2, Vector128<T> c2, Vector128<T> d2) = Transposition4.Apply(a._c, b._c, c._c, d._c);
        (Vector128<T> a3, Vector128<T> b3, Vector128<T> c3, Vector128<T> d3) = Transposition4.Apply(a._d, b._d, c._d, d._d);
        (a, b) = (new(a0, a1, a2, a3), new(b0, b1, b2, b3));
        (c, d) = (new(c0, c1, c2, c3), new(d0, d1, d2, d3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers128<T> operator +(Registers128<T> a, Registers128<T> b) =>
        new(a._a + b._a, a._b + b._b, a._c + b._c, a._d + b._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers128<T> operator -(Registers128<T> a, Registers128<T> b) =>
        new(a._a - b._a, a._b - b._b, a._c - b._c, a._d - b._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers128<T> operator -(Registers128<T> a) => new(-a._a, -a._b, -a._c, -a._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers128<T> operator *(Registers128<T> a, Registers128<T> b) =>
        new(a._a * b._a, a._b * b._b, a._c * b._c, a._d * b._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers128<T> operator /(Registers128<T> a, Registers128<T> b) =>
        new(a._a / b._a, a._b / b._b, a._c / b._c, a._d / b._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers128<T> operator &(Registers128<T> a, Registers128<T> b) =>
        new(a._a & b._a, a._b & b._b, a._c & b._c, a._d & b._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers128<T> operator |(Registers128<T> a, Registers128<T> b) =>
        new(a._a | b._a, a._b | b._b, a._c | b._c, a._d | b._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers128<T> FusedMultiplyAdd(Registers128<T> a, Registers128<T> b, Registers128<T> c)
    {
        if (typeof(T) == typeof(float))
        {
            return new(
                Vector128.FusedMultiplyAdd(a._a.AsSingle(), b._a.AsSingle(), c._a.AsSingle()).As<float, T>(),
                Vector128.FusedMultiplyAdd(a._b.AsSingle(), b._b.AsSingle(), c._b.AsSingle()).As<float, T>(),
                Vector128.FusedMultiplyAdd(a._c.AsSingle(), b._c.AsSingle(), c._c.AsSingle()).As<float, T>(),
                Vector128.FusedMultiplyAdd(a._d.AsSingle(), b._d.AsSingle(), c._d.AsSingle()).As<float, T>());
        }

        if (typeof(T) == typeof(double))
        {
            return new(
                Vector128.FusedMultiplyAdd(a._a.AsDouble(), b._a.AsDouble(), c._a.AsDouble()).As<double, T>(),
                Vector128.FusedMultiplyAdd(a._b.AsDouble(), b._b.AsDouble(), c._b.AsDouble()).As<double, T>(),
                Vector128.FusedMultiplyAdd(a._c.AsDouble(), b._c.AsDouble(), c._c.AsDouble()).As<double, T>(),
                Vector128.FusedMultiplyAdd(a._d.AsDouble(), b._d.AsDouble(), c._d.AsDouble()).As<double, T>());
        }

        throw new NotSupportedException("Kernels exist for float and double.");
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers128<T> Max(Registers128<T> a, Registers128<T> b) =>
        new(
            Vector128.Max(a._a, b._a),
            Vector128.Max(a._b, b._b),
            Vector128.Max(a._c, b._c),
            Vector128.Max(a._d, b._d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers128<T> Min(Registers128<T> a, Registers128<T> b) =>
        new(
            Vector128.Min(a._a, b._a),
            Vector128.Min(a._b, b._b),
            Vector128.Min(a._c, b._c),
            Vector128.Min(a._d, b._d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers128<T> MaxNative(Registers128<T> a, Registers128<T> b) =>
        new(
            Vector128.MaxNative(a._a, b._a),
            Vector128.MaxNative(a._b, b._b),
            Vector128.MaxNative(a._c, b._c),
            Vector128.MaxNative(a._d, b._d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers128<T> MinNative(Registers128<T> a, Registers128<T> b) =>
        new(
            Vector128.MinNative(a._a, b._a),
            Vector128.MinNative(a._b, b._b),
            Vector128.MinNative(a._c, b._c),
            Vector128.MinNative(a._d, b._d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers128<T> Sqrt(Registers128<T> a) =>
        new(Vector128.Sqrt(a._a), Vector128.Sqrt(a._b), Vector128.Sqrt(a._c), Vector128.Sqrt(a._d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers128<T> Abs(Registers128<T> a) =>
        new(Vector128.Abs(a._a), Vector128.Abs(a._b), Vector128.Abs(a._c), Vector128.Abs(a._d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers128<T> Truncate(Registers128<T> a) =>
        typeof(T) == typeof(double)
            ? new(
                Vector128.Truncate(a._a.AsDouble()).As<double, T>(),
                Vector128.Truncate(a._b.AsDouble()).As<double, T>(),
                Vector128.Truncate(a._c.AsDouble()).As<double, T>(),
                Vector128.Truncate(a._d.AsDouble()).As<double, T>())
            : new(
                Vector128.Truncate(a._a.AsSingle()).As<float, T>(),
                Vector128.Truncate(a._b.AsSingle()).As<float, T>(),
                Vector128.Truncate(a._c.AsSingle()).As<float, T>(),
                Vector128.Truncate(a._d.AsSingle()).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum(Registers128<T> a) => Sum(a._a + a._c + (a._b + a._d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Largest(Registers128<T> a) =>
        Largest(Vector128.Max(Vector128.Max(a._a, a._c), Vector128.Max(a._b, a._d)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers128<T> LessThan(Registers128<T> a, Registers128<T> b) =>
        new(
            Vector128.LessThan(a._a, b._a),
            Vector128.LessThan(a._b, b._b),
            Vector128.LessThan(a._c, b._c),
            Vector128.LessThan(a._d, b._d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers128<T> GreaterThanOrEqual(Registers128<T> a, Registers128<T> b) =>
        new(
            Vector128.GreaterThanOrEqual(a._a, b._a),
            Vector128.GreaterThanOrEqual(a._b, b._b),
            Vector128.GreaterThanOrEqual(a._c, b._c),
            Vector128.GreaterThanOrEqual(a._d, b._d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers128<T> EqualTo(Registers128<T> a, Registers128<T> b) =>
        new(
            Vector128.Equals(a._a, b._a),
            Vector128.Equals(a._b, b._b),
            Vector128.Equals(a._c, b._c),
            Vector128.Equals(a._d, b._d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers128<T> Choose(Registers128<T> mask, Registers128<T> a, Registers128<T> b) =>
        new(
            Vector128.ConditionalSelect(mask._a, a._a, b._a),
            Vector128.ConditionalSelect(mask._b, a._b, b._b),
            Vector128.ConditionalSelect(mask._c, a._c, b._c),
            Vector128.ConditionalSelect(mask._d, a._d, b._d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Below(Registers128<T> a, Registers128<T> b) =>
        Vector128.LessThan(a._a, b._a).ExtractMostSignificantBits()
            | (Vector128.LessThan(a._b, b._b).ExtractMostSignificantBits() << Vector128<T>.Count)
            | (Vector128.LessThan(a._c, b._c).ExtractMostSignificantBits() << (2 * Vector128<T>.Count))
            | (Vector128.LessThan(a._d, b._d).ExtractMostSignificantBits() << (3 * Vector128<T>.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Equal(Registers128<T> a, Registers128<T> b) =>
        Vector128.Equals(a._a, b._a).ExtractMostSignificantBits()
            | (Vector128.Equals(a._b, b._b).ExtractMostSignificantBits() << Vector128<T>.Count)
            | (Vector128.Equals(a._c, b._c).ExtractMostSignificantBits() << (2 * Vector128<T>.Count))
            | (Vector128.Equals(a._d, b._d).ExtractMostSignificantBits() << (3 * Vector128<T>.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers128<T> Keep(uint lanes, Registers128<T> a) =>
        new(
            Mask(lanes) & a._a,
            Mask(lanes >> Vector128<T>.Count) & a._b,
            Mask(lanes >> (2 * Vector128<T>.Count)) & a._c,
            Mask(lanes >> (3 * Vector128<T>.Count)) & a._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers128<T> Only(int lane, Registers128<T> a) =>
        new(
            MaskOf(lane) & a._a,
            MaskOf(lane - Vector128<T>.Count) & a._b,
            MaskOf(lane - (2 * Vector128<T>.Count)) & a._c,
            MaskOf(lane - (3 * Vector128<T>.Count)) & a._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers128<T> Select(uint lanes, Registers128<T> a, Registers128<T> b) =>
        new(
            Vector128.ConditionalSelect(Mask(lanes), a._a, b._a),
            Vector128.ConditionalSelect(Mask(lanes >> Vector128<T>.Count), a._b, b._b),
            Vector128.ConditionalSelect(Mask(lanes >> (2 * Vector128<T>.Count)), a._c, b._c),
            Vector128.ConditionalSelect(Mask(lanes >> (3 * Vector128<T>.Count)), a._d, b._d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers128<T> AddIntegers(Registers128<T> a, Registers128<T> b) =>
        typeof(T) == typeof(double)
            ? new(
                (a._a.AsInt64() + b._a.AsInt64()).As<long, T>(),
                (a._b.AsInt64() + b._b.AsInt64()).As<long, T>(),
                (a._c.AsInt64() + b._c.AsInt64()).As<long, T>(),
                (a._d.AsInt64() + b._d.AsInt64()).As<long, T>())
            : new(
                (a._a.AsInt32() + b._a.AsInt32()).As<int, T>(),
                (a._b.AsInt32() + b._b.AsInt32()).As<int, T>(),
                (a._c.AsInt32() + b._c.AsInt32()).As<int, T>(),
                (a._d.AsInt32() + b._d.AsInt32()).As<int, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers128<T> SubtractIntegers(Registers128<T> a, Registers128<T> b) =>
        typeof(T) == typeof(double)
            ? new(
                (a._a.AsInt64() - b._a.AsInt64()).As<long, T>(),
                (a._b.AsInt64() - b._b.AsInt64()).As<long, T>(),
                (a._c.AsInt64() - b._c.AsInt64()).As<long, T>(),
                (a._d.AsInt64() - b._d.AsInt64()).As<long, T>())
            : new(
                (a._a.AsInt32() - b._a.AsInt32()).As<int, T>(),
                (a._b.AsInt32() - b._b.AsInt32()).As<int, T>(),
                (a._c.AsInt32() - b._c.AsInt32()).As<int, T>(),
                (a._d.AsInt32() - b._d.AsInt32()).As<int, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers128<T> MaxIntegers(Registers128<T> a, Registers128<T> b) =>
        typeof(T) == typeof(double)
            ? new(
                Vector128.Max(a._a.AsInt64(), b._a.AsInt64()).As<long, T>(),
                Vector128.Max(a._b.AsInt64(), b._b.AsInt64()).As<long, T>(),
                Vector128.Max(a._c.AsInt64(), b._c.AsInt64()).As<long, T>(),
                Vector128.Max(a._d.AsInt64(), b._d.AsInt64()).As<long, T>())
            : new(
                Vector128.Max(a._a.AsInt32(), b._a.AsInt32()).As<int, T>(),
                Vector128.Max(a._b.AsInt32(), b._b.AsInt32()).As<int, T>(),
                Vector128.Max(a._c.AsInt32(), b._c.AsInt32()).As<int, T>(),
                Vector128.Max(a._d.AsInt32(), b._d.AsInt32()).As<int, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers128<T> ShiftLeft(Registers128<T> a, int bits) =>
        typeof(T) == typeof(double)
            ? new(
                Vector128.ShiftLeft(a._a.AsInt64(), bits).As<long, T>(),
                Vector128.ShiftLeft(a._b.AsInt64(), bits).As<long, T>(),
                Vector128.ShiftLeft(a._c.AsInt64(), bits).As<long, T>(),
                Vector128.ShiftLeft(a._d.AsInt64(), bits).As<long, T>())
            : new(
                Vector128.ShiftLeft(a._a.AsInt32(), bits).As<int, T>(),
                Vector128.ShiftLeft(a._b.AsInt32(), bits).As<int, T>(),
                Vector128.ShiftLeft(a._c.AsInt32(), bits).As<int, T>(),
                Vector128.ShiftLeft(a._d.AsInt32(), bits).As<int, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers128<T> ShiftRight(Registers128<T> a, int bits) =>
        typeof(T) == typeof(double)
            ? new(
                Vector128.ShiftRightLogical(a._a.AsInt64(), bits).As<long, T>(),
                Vector128.ShiftRightLogical(a._b.AsInt64(), bits).As<long, T>(),
                Vector128.ShiftRightLogical(a._c.AsInt64(), bits).As<long, T>(),
                Vector128.ShiftRightLogical(a._d.AsInt64(), bits).As<long, T>())
            : new(
                Vector128.ShiftRightLogical(a._a.AsInt32(), bits).As<int, T>(),
                Vector128.ShiftRightLogical(a._b.AsInt32(), bits).As<int, T>(),
                Vector128.ShiftRightLogical(a._c.AsInt32(), bits).As<int, T>(),
                Vector128.ShiftRightLogical(a._d.AsInt32(), bits).As<int, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers128<T> ExclusiveOr(Registers128<T> a, int mask) =>
        new(ExclusiveOr(a._a, mask), ExclusiveOr(a._b, mask), ExclusiveOr(a._c, mask), ExclusiveOr(a._d, mask));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers128<T> Digit(Registers128<T> a, int position) =>
        new(Digit(a._a, position), Digit(a._b, position), Digit(a._c, position), Digit(a._d, position));

    /// <summary>The sum of the lanes of one register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum(Vector128<T> a) => typeof(T) == typeof(double)
        ? a.GetElement(0) + a.GetElement(1)
        : (a.GetElement(0) + a.GetElement(2)) + (a.GetElement(1) + a.GetElement(3));

    /// <summary>The largest lane of one register; NaN if any is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Largest(Vector128<T> a)
    {
        T largest = T.Max(a[0], a[1]);
        return typeof(T) == typeof(double) ? largest : T.Max(largest, T.Max(a[2], a[3]));
    }

    // The lanes of a register whose bit is set.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> Mask(uint lanes)
    {
        if (typeof(T) == typeof(double))
        {
            Vector128<ulong> wide = Vector128.Create(1ul, 1ul << 1);
            return Vector128.Equals(Vector128.Create((ulong)lanes) & wide, wide).As<ulong, T>();
        }

        Vector128<uint> bits = Vector128.Create(1u, 1u << 1, 1u << 2, 1u << 3);
        return Vector128.Equals(Vector128.Create(lanes) & bits, bits).As<uint, T>();
    }

    // One lane of a register; none if it has no such lane.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> MaskOf(int lane) => typeof(T) == typeof(double)
        ? Vector128.Equals(Vector128<long>.Indices, Vector128.Create((long)lane)).As<long, T>()
        : Vector128.Equals(Vector128<int>.Indices, Vector128.Create(lane)).As<int, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> ExclusiveOr(Vector128<T> a, int mask)
    {
        if (typeof(T) == typeof(double))
        {
            Vector128<long> wide = Vector128.ConvertToInt64Native(a.AsDouble());
            return Vector128.ConvertToDouble(wide ^ Vector128.Create((long)mask)).As<double, T>();
        }

        Vector128<int> integers = Vector128.ConvertToInt32Native(a.AsSingle());
        return Vector128.ConvertToSingle(integers ^ Vector128.Create(mask)).As<float, T>();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> Digit(Vector128<T> a, int position)
    {
        if (typeof(T) == typeof(double))
        {
            Vector128<long> wide = Vector128.ConvertToInt64Native(a.AsDouble()) >> position;
            return Vector128.ConvertToDouble(wide & Vector128<long>.One).As<double, T>();
        }

        Vector128<int> integers = Vector128.ConvertToInt32Native(a.AsSingle()) >> position;
        return Vector128.ConvertToSingle(integers & Vector128<int>.One).As<float, T>();
    }
}
