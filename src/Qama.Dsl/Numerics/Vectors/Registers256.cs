using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Qama.Numerics.Vectors;

/// <summary>64 bytes in two registers of AVX2.</summary>
/// <typeparam name="T">float or double.</typeparam>
[method: MethodImpl(MethodImplOptions.AggressiveInlining)]
internal readonly struct Registers256<T>(Vector256<T> a, Vector256<T> b)
    : IVector<Registers256<T>, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Vector256<T> _a = a;
    private readonly Vector256<T> _b = b;

    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 2 * Vector256<T>.Count;
    }

    public static Registers256<T> Indices
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector256<T>.Indices, Vector256<T>.Indices + Vector256.Create(T.CreateTruncating(Vector256<T>.Count)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers256<T> All(T value)
    {
        Vector256<T> all = Vector256.Create(value);
        return new(all, all);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers256<T> Load(ref T start, int offset) =>
        new(
            Vector256.LoadUnsafe(ref start, (nuint)offset),
            Vector256.LoadUnsafe(ref start, (nuint)(offset + Vector256<T>.Count)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ref T start, int offset, Registers256<T> value)
    {
        value._a.StoreUnsafe(ref start, (nuint)offset);
        value._b.StoreUnsafe(ref start, (nuint)(offset + Vector256<T>.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Registers256<T> Load(T* start) =>
        new(Vector256.Load(start), Vector256.Load(start + Vector256<T>.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store(T* start, Registers256<T> value)
    {
        value._a.Store(start);
        value._b.Store(start + Vector256<T>.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers256<T> Widen(ref float start, int offset)
    {
        Vector256<float> own = Vector256.LoadUnsafe(ref start, (nuint)offset);
        return new(Vector256.WidenLower(own).As<double, T>(), Vector256.WidenUpper(own).As<double, T>());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Narrow(ref float start, int offset, Registers256<T> value) =>
        Vector256.Narrow(value._a.As<T, double>(), value._b.As<T, double>()).StoreUnsafe(ref start, (nuint)offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Registers256<T> Repeat(T* start)
    {
        Vector256<T> all = typeof(T) == typeof(float) && Avx.IsSupported
            ? Avx.BroadcastVector128ToVector256((float*)start).As<float, T>()
            : Vector256.Create(Vector128.Load(start), Vector128.Load(start));
        return new(all, all);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Transpose(
        ref Registers256<T> a, ref Registers256<T> b, ref Registers256<T> c, ref Registers256<T> d)
    {
        (Vector256<T> a0, Vector256<T> b0, Vector256<T> c0, Vector256<T> d0) = Transpose(a._a, b._a, c._a, d._a);
        (Vector256<T> a1, Vector256<T> b1, Vector256<T> c1, Vector256<T> d1) = Transpose(a._b, b._b, c._b, d._b);
        (a, b, c, d) = (new(a0, a1), new(b0, b1), new(c0, c1), new(d0, d1));
    }

    /// <summary>The tiles in both halves of four registers, transposed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Vector256<T> A, Vector256<T> B, Vector256<T> C, Vector256<T> D) Transpose(
        Vector256<T> a, Vector256<T> b, Vector256<T> c, Vector256<T> d)
    {
        if (typeof(T) == typeof(float) && Avx.IsSupported)
        {
            Vector256<double> ab = Avx.UnpackLow(a.AsSingle(), b.AsSingle()).AsDouble();
            Vector256<double> cd = Avx.UnpackLow(c.AsSingle(), d.AsSingle()).AsDouble();
            Vector256<double> ab2 = Avx.UnpackHigh(a.AsSingle(), b.AsSingle()).AsDouble();
            Vector256<double> cd2 = Avx.UnpackHigh(c.AsSingle(), d.AsSingle()).AsDouble();
            return (
                Avx.UnpackLow(ab, cd).As<double, T>(), Avx.UnpackHigh(ab, cd).As<double, T>(),
                Avx.UnpackLow(ab2, cd2).As<double, T>(), Avx.UnpackHigh(ab2, cd2).As<double, T>());
        }

        (Vector128<T> a0, Vector128<T> b0, Vector128<T> c0, Vector128<T> d0) =
            Transposition4.Apply(a.GetLower(), b.GetLower(), c.GetLower(), d.GetLower());
        (Vector128<T> a1, Vector128<T> b1, Vector128<T> c1, Vector128<T> d1) =
            Transposition4.Apply(a.GetUpper(), b.GetUpper(), c.GetUpper(), d.GetUpper());
        return (Vector256.Create(a0, a1), Vector256.Create(b0, b1), Vector256.Create(c0, c1), Vector256.Create(d0, d1));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers256<T> operator +(Registers256<T> a, Registers256<T> b) => new(a._a + b._a, a._b + b._b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers256<T> operator -(Registers256<T> a, Registers256<T> b) => new(a._a - b._a, a._b - b._b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers256<T> operator -(Registers256<T> a) => new(-a._a, -a._b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers256<T> operator *(Registers256<T> a, Registers256<T> b) => new(a._a * b._a, a._b * b._b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers256<T> operator /(Registers256<T> a, Registers256<T> b) => new(a._a / b._a, a._b / b._b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers256<T> operator &(Registers256<T> a, Registers256<T> b) => new(a._a & b._a, a._b & b._b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers256<T> operator |(Registers256<T> a, Registers256<T> b) => new(a._a | b._a, a._b | b._b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers256<T> FusedMultiplyAdd(Registers256<T> a, Registers256<T> b, Registers256<T> c)
    {
        if (typeof(T) == typeof(float))
        {
            return new(
                Vector256.FusedMultiplyAdd(a._a.AsSingle(), b._a.AsSingle(), c._a.AsSingle()).As<float, T>(),
                Vector256.FusedMultiplyAdd(a._b.AsSingle(), b._b.AsSingle(), c._b.AsSingle()).As<float, T>());
        }

        if (typeof(T) == typeof(double))
        {
            return new(
                Vector256.FusedMultiplyAdd(a._a.AsDouble(), b._a.AsDouble(), c._a.AsDouble()).As<double, T>(),
                Vector256.FusedMultiplyAdd(a._b.AsDouble(), b._b.AsDouble(), c._b.AsDouble()).As<double, T>());
        }

        throw new NotSupportedException("Kernels exist for float and double.");
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers256<T> Max(Registers256<T> a, Registers256<T> b) =>
        new(Vector256.Max(a._a, b._a), Vector256.Max(a._b, b._b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers256<T> Min(Registers256<T> a, Registers256<T> b) =>
        new(Vector256.Min(a._a, b._a), Vector256.Min(a._b, b._b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers256<T> MaxNative(Registers256<T> a, Registers256<T> b) =>
        new(Vector256.MaxNative(a._a, b._a), Vector256.MaxNative(a._b, b._b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers256<T> MinNative(Registers256<T> a, Registers256<T> b) =>
        new(Vector256.MinNative(a._a, b._a), Vector256.MinNative(a._b, b._b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers256<T> Sqrt(Registers256<T> a) => new(Vector256.Sqrt(a._a), Vector256.Sqrt(a._b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers256<T> Abs(Registers256<T> a) => new(Vector256.Abs(a._a), Vector256.Abs(a._b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers256<T> Truncate(Registers256<T> a) =>
        typeof(T) == typeof(double)
            ? new(
                Vector256.Truncate(a._a.AsDouble()).As<double, T>(),
                Vector256.Truncate(a._b.AsDouble()).As<double, T>())
            : new(
                Vector256.Truncate(a._a.AsSingle()).As<float, T>(),
                Vector256.Truncate(a._b.AsSingle()).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum(Registers256<T> a)
    {
        Vector256<T> half = a._a + a._b;
        return Registers128<T>.Sum(half.GetLower() + half.GetUpper());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Largest(Registers256<T> a)
    {
        Vector256<T> half = Vector256.Max(a._a, a._b);
        return Registers128<T>.Largest(Vector128.Max(half.GetLower(), half.GetUpper()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers256<T> LessThan(Registers256<T> a, Registers256<T> b) =>
        new(Vector256.LessThan(a._a, b._a), Vector256.LessThan(a._b, b._b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers256<T> GreaterThanOrEqual(Registers256<T> a, Registers256<T> b) =>
        new(Vector256.GreaterThanOrEqual(a._a, b._a), Vector256.GreaterThanOrEqual(a._b, b._b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers256<T> EqualTo(Registers256<T> a, Registers256<T> b) =>
        new(Vector256.Equals(a._a, b._a), Vector256.Equals(a._b, b._b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers256<T> Choose(Registers256<T> mask, Registers256<T> a, Registers256<T> b) =>
        new(Vector256.ConditionalSelect(mask._a, a._a, b._a), Vector256.ConditionalSelect(mask._b, a._b, b._b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Below(Registers256<T> a, Registers256<T> b) =>
        Vector256.LessThan(a._a, b._a).ExtractMostSignificantBits()
            | (Vector256.LessThan(a._b, b._b).ExtractMostSignificantBits() << Vector256<T>.Count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Equal(Registers256<T> a, Registers256<T> b) =>
        Vector256.Equals(a._a, b._a).ExtractMostSignificantBits()
            | (Vector256.Equals(a._b, b._b).ExtractMostSignificantBits() << Vector256<T>.Count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers256<T> Keep(uint lanes, Registers256<T> a) =>
        new(Mask(lanes) & a._a, Mask(lanes >> Vector256<T>.Count) & a._b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers256<T> Only(int lane, Registers256<T> a) =>
        new(MaskOf(lane) & a._a, MaskOf(lane - Vector256<T>.Count) & a._b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers256<T> Select(uint lanes, Registers256<T> a, Registers256<T> b) =>
        new(
            Vector256.ConditionalSelect(Mask(lanes), a._a, b._a),
            Vector256.ConditionalSelect(Mask(lanes >> Vector256<T>.Count), a._b, b._b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers256<T> AddIntegers(Registers256<T> a, Registers256<T> b) =>
        typeof(T) == typeof(double)
            ? new((a._a.AsInt64() + b._a.AsInt64()).As<long, T>(), (a._b.AsInt64() + b._b.AsInt64()).As<long, T>())
            : new((a._a.AsInt32() + b._a.AsInt32()).As<int, T>(), (a._b.AsInt32() + b._b.AsInt32()).As<int, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers256<T> SubtractIntegers(Registers256<T> a, Registers256<T> b) =>
        typeof(T) == typeof(double)
            ? new((a._a.AsInt64() - b._a.AsInt64()).As<long, T>(), (a._b.AsInt64() - b._b.AsInt64()).As<long, T>())
            : new((a._a.AsInt32() - b._a.AsInt32()).As<int, T>(), (a._b.AsInt32() - b._b.AsInt32()).As<int, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers256<T> MaxIntegers(Registers256<T> a, Registers256<T> b) =>
        typeof(T) == typeof(double)
            ? new(
                Vector256.Max(a._a.AsInt64(), b._a.AsInt64()).As<long, T>(),
                Vector256.Max(a._b.AsInt64(), b._b.AsInt64()).As<long, T>())
            : new(
                Vector256.Max(a._a.AsInt32(), b._a.AsInt32()).As<int, T>(),
                Vector256.Max(a._b.AsInt32(), b._b.AsInt32()).As<int, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers256<T> ShiftLeft(Registers256<T> a, int bits) =>
        typeof(T) == typeof(double)
            ? new(
                Vector256.ShiftLeft(a._a.AsInt64(), bits).As<long, T>(),
                Vector256.ShiftLeft(a._b.AsInt64(), bits).As<long, T>())
            : new(
                Vector256.ShiftLeft(a._a.AsInt32(), bits).As<int, T>(),
                Vector256.ShiftLeft(a._b.AsInt32(), bits).As<int, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers256<T> ShiftRight(Registers256<T> a, int bits) =>
        typeof(T) == typeof(double)
            ? new(
                Vector256.ShiftRightLogical(a._a.AsInt64(), bits).As<long, T>(),
                Vector256.ShiftRightLogical(a._b.AsInt64(), bits).As<long, T>())
            : new(
                Vector256.ShiftRightLogical(a._a.AsInt32(), bits).As<int, T>(),
                Vector256.ShiftRightLogical(a._b.AsInt32(), bits).As<int, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers256<T> ExclusiveOr(Registers256<T> a, int mask) =>
        new(ExclusiveOr(a._a, mask), ExclusiveOr(a._b, mask));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Registers256<T> Digit(Registers256<T> a, int position) =>
        new(Digit(a._a, position), Digit(a._b, position));

    // The lanes of a register whose bit is set.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<T> Mask(uint lanes)
    {
        if (typeof(T) == typeof(double))
        {
            Vector256<ulong> wide = Vector256.Create(1ul, 1ul << 1, 1ul << 2, 1ul << 3);
            return Vector256.Equals(Vector256.Create((ulong)lanes) & wide, wide).As<ulong, T>();
        }

        Vector256<uint> bits = Vector256.Create(1u, 1u << 1, 1u << 2, 1u << 3, 1u << 4, 1u << 5, 1u << 6, 1u << 7);
        return Vector256.Equals(Vector256.Create(lanes) & bits, bits).As<uint, T>();
    }

    // One lane of a register; none if it has no such lane.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<T> MaskOf(int lane) => typeof(T) == typeof(double)
        ? Vector256.Equals(Vector256<long>.Indices, Vector256.Create((long)lane)).As<long, T>()
        : Vector256.Equals(Vector256<int>.Indices, Vector256.Create(lane)).As<int, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<T> ExclusiveOr(Vector256<T> a, int mask)
    {
        if (typeof(T) == typeof(double))
        {
            Vector256<long> wide = Vector256.ConvertToInt64Native(a.AsDouble());
            return Vector256.ConvertToDouble(wide ^ Vector256.Create((long)mask)).As<double, T>();
        }

        Vector256<int> integers = Vector256.ConvertToInt32Native(a.AsSingle());
        return Vector256.ConvertToSingle(integers ^ Vector256.Create(mask)).As<float, T>();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<T> Digit(Vector256<T> a, int position)
    {
        if (typeof(T) == typeof(double))
        {
            Vector256<long> wide = Vector256.ConvertToInt64Native(a.AsDouble()) >> position;
            return Vector256.ConvertToDouble(wide & Vector256<long>.One).As<double, T>();
        }

        Vector256<int> integers = Vector256.ConvertToInt32Native(a.AsSingle()) >> position;
        return Vector256.ConvertToSingle(integers & Vector256<int>.One).As<float, T>();
    }
}
