using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Qama.Numerics.Vectors;

/// <summary>64 bytes in a register of AVX-512.</summary>
/// <typeparam name="T">float or double.</typeparam>
[method: MethodImpl(MethodImplOptions.AggressiveInlining)]
internal readonly struct Register512<T>(Vector512<T> a)
    : IVector<Register512<T>, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Vector512<T> _a = a;

    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512<T>.Count;
    }

    public static Register512<T> Indices
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector512<T>.Indices);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> All(T value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> Load(ref T start, int offset) => new(Vector512.LoadUnsafe(ref start, (nuint)offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ref T start, int offset, Register512<T> value) =>
        value._a.StoreUnsafe(ref start, (nuint)offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Register512<T> Load(T* start) => new(Vector512.Load(start));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Store(T* start, Register512<T> value) => value._a.Store(start);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Register512<T> FusedMultiplyAdd(T* memory, Register512<T> b, Register512<T> c) =>
        typeof(T) == typeof(double)
            ? new(Vector512.FusedMultiplyAdd(b._a.AsDouble(), Vector512.Load((double*)memory), c._a.AsDouble()).As<double, T>())
            : new(Vector512.FusedMultiplyAdd(b._a.AsSingle(), Vector512.Load((float*)memory), c._a.AsSingle()).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> Widen(ref float start, int offset)
    {
        Vector256<float> own = Vector256.LoadUnsafe(ref start, (nuint)offset);
        return new((Avx512F.IsSupported
            ? Avx512F.ConvertToVector512Double(own)
            : Vector512.Create(Vector256.WidenLower(own), Vector256.WidenUpper(own))).As<double, T>());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Narrow(ref float start, int offset, Register512<T> value)
    {
        Vector512<double> own = value._a.As<T, double>();
        (Avx512F.IsSupported ? Avx512F.ConvertToVector256Single(own) : Vector256.Narrow(own.GetLower(), own.GetUpper()))
            .StoreUnsafe(ref start, (nuint)offset);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Register512<T> Repeat(T* start)
    {
        if (typeof(T) == typeof(float) && Avx512F.IsSupported)
        {
            return new(Avx512F.BroadcastVector128ToVector512((float*)start).As<float, T>());
        }

        Vector256<T> half = Vector256.Create(Vector128.Load(start), Vector128.Load(start));
        return new(Vector512.Create(half, half));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Transpose(ref Register512<T> a, ref Register512<T> b, ref Register512<T> c, ref Register512<T> d)
    {
        if (typeof(T) == typeof(float) && Avx512F.IsSupported)
        {
            Vector512<double> ab = Avx512F.UnpackLow(a._a.AsSingle(), b._a.AsSingle()).AsDouble();
            Vector512<double> cd = Avx512F.UnpackLow(c._a.AsSingle(), d._a.AsSingle()).AsDouble();
            Vector512<double> ab2 = Avx512F.UnpackHigh(a._a.AsSingle(), b._a.AsSingle()).AsDouble();
            Vector512<double> cd2 = Avx512F.UnpackHigh(c._a.AsSingle(), d._a.AsSingle()).AsDouble();
            a = new(Avx512F.UnpackLow(ab, cd).As<double, T>());
            b = new(Avx512F.UnpackHigh(ab, cd).As<double, T>());
            c = new(Avx512F.UnpackLow(ab2, cd2).As<double, T>());
            d = new(Avx512F.UnpackHigh(ab2, cd2).As<double, T>());
            return;
        }

        (Vector256<T> a0, Vector256<T> b0, Vector256<T> c0, Vector256<T> d0) =
            Registers256<T>.Transpose(a._a.GetLower(), b._a.GetLower(), c._a.GetLower(), d._a.GetLower());
        (Vector256<T> a1, Vector256<T> b1, Vector256<T> c1, Vector256<T> d1) =
            Registers256<T>.Transpose(a._a.GetUpper(), b._a.GetUpper(), c._a.GetUpper(), d._a.GetUpper());
        (a, b) = (new(Vector512.Create(a0, a1)), new(Vector512.Create(b0, b1)));
        (c, d) = (new(Vector512.Create(c0, c1)), new(Vector512.Create(d0, d1)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> SumFours(Register512<T> a, Register512<T> b, Register512<T> c, Register512<T> d)
    {
        if (typeof(T) == typeof(float) && Avx512F.IsSupported)
        {
            // Fewer shuffles than a transpose.
            Vector512<double> ab = (Avx512F.UnpackLow(a._a.AsSingle(), b._a.AsSingle())
                + Avx512F.UnpackHigh(a._a.AsSingle(), b._a.AsSingle())).AsDouble();
            Vector512<double> cd = (Avx512F.UnpackLow(c._a.AsSingle(), d._a.AsSingle())
                + Avx512F.UnpackHigh(c._a.AsSingle(), d._a.AsSingle())).AsDouble();
            return new((Avx512F.UnpackLow(ab, cd).AsSingle() + Avx512F.UnpackHigh(ab, cd).AsSingle()).As<float, T>());
        }

        Transpose(ref a, ref b, ref c, ref d);
        return a + c + (b + d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> operator +(Register512<T> a, Register512<T> b) => new(a._a + b._a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> operator -(Register512<T> a, Register512<T> b) => new(a._a - b._a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> operator -(Register512<T> a) => new(-a._a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> operator *(Register512<T> a, Register512<T> b) => new(a._a * b._a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> operator /(Register512<T> a, Register512<T> b) => new(a._a / b._a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> operator &(Register512<T> a, Register512<T> b) => new(a._a & b._a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> operator |(Register512<T> a, Register512<T> b) => new(a._a | b._a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> FusedMultiplyAdd(Register512<T> a, Register512<T> b, Register512<T> c)
    {
        if (typeof(T) == typeof(float))
        {
            return new(Vector512.FusedMultiplyAdd(a._a.AsSingle(), b._a.AsSingle(), c._a.AsSingle()).As<float, T>());
        }

        if (typeof(T) == typeof(double))
        {
            return new(Vector512.FusedMultiplyAdd(a._a.AsDouble(), b._a.AsDouble(), c._a.AsDouble()).As<double, T>());
        }

        throw new NotSupportedException("Kernels exist for float and double.");
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> Max(Register512<T> a, Register512<T> b) => new(Vector512.Max(a._a, b._a));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> Min(Register512<T> a, Register512<T> b) => new(Vector512.Min(a._a, b._a));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> MaxNative(Register512<T> a, Register512<T> b) =>
        new(Vector512.MaxNative(a._a, b._a));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> MinNative(Register512<T> a, Register512<T> b) =>
        new(Vector512.MinNative(a._a, b._a));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> Sqrt(Register512<T> a) => new(Vector512.Sqrt(a._a));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> Abs(Register512<T> a) => new(Vector512.Abs(a._a));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> Truncate(Register512<T> a) =>
        typeof(T) == typeof(double)
            ? new(Vector512.Truncate(a._a.AsDouble()).As<double, T>())
            : new(Vector512.Truncate(a._a.AsSingle()).As<float, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum(Register512<T> a)
    {
        Vector256<T> half = a._a.GetLower() + a._a.GetUpper();
        return Registers128<T>.Sum(half.GetLower() + half.GetUpper());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Largest(Register512<T> a)
    {
        Vector256<T> half = Vector256.Max(a._a.GetLower(), a._a.GetUpper());
        return Registers128<T>.Largest(Vector128.Max(half.GetLower(), half.GetUpper()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> LessThan(Register512<T> a, Register512<T> b) => new(Vector512.LessThan(a._a, b._a));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> GreaterThanOrEqual(Register512<T> a, Register512<T> b) =>
        new(Vector512.GreaterThanOrEqual(a._a, b._a));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> EqualTo(Register512<T> a, Register512<T> b) => new(Vector512.Equals(a._a, b._a));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> Choose(Register512<T> mask, Register512<T> a, Register512<T> b) =>
        new(Vector512.ConditionalSelect(mask._a, a._a, b._a));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Below(Register512<T> a, Register512<T> b) =>
        (uint)Vector512.LessThan(a._a, b._a).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Equal(Register512<T> a, Register512<T> b) =>
        (uint)Vector512.Equals(a._a, b._a).ExtractMostSignificantBits();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> Keep(uint lanes, Register512<T> a) => new(Mask(lanes) & a._a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> Only(int lane, Register512<T> a) => new(MaskOf(lane) & a._a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> Select(uint lanes, Register512<T> a, Register512<T> b) =>
        new(Vector512.ConditionalSelect(Mask(lanes), a._a, b._a));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> AddIntegers(Register512<T> a, Register512<T> b) =>
        typeof(T) == typeof(double)
            ? new((a._a.AsInt64() + b._a.AsInt64()).As<long, T>())
            : new((a._a.AsInt32() + b._a.AsInt32()).As<int, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> SubtractIntegers(Register512<T> a, Register512<T> b) =>
        typeof(T) == typeof(double)
            ? new((a._a.AsInt64() - b._a.AsInt64()).As<long, T>())
            : new((a._a.AsInt32() - b._a.AsInt32()).As<int, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> MaxIntegers(Register512<T> a, Register512<T> b) =>
        typeof(T) == typeof(double)
            ? new(Vector512.Max(a._a.AsInt64(), b._a.AsInt64()).As<long, T>())
            : new(Vector512.Max(a._a.AsInt32(), b._a.AsInt32()).As<int, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> ShiftLeft(Register512<T> a, int bits) =>
        typeof(T) == typeof(double)
            ? new(Vector512.ShiftLeft(a._a.AsInt64(), bits).As<long, T>())
            : new(Vector512.ShiftLeft(a._a.AsInt32(), bits).As<int, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> ShiftRight(Register512<T> a, int bits) =>
        typeof(T) == typeof(double)
            ? new(Vector512.ShiftRightLogical(a._a.AsInt64(), bits).As<long, T>())
            : new(Vector512.ShiftRightLogical(a._a.AsInt32(), bits).As<int, T>());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> ExclusiveOr(Register512<T> a, int mask) => new(ExclusiveOr(a._a, mask));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> Digit(Register512<T> a, int position) => new(Digit(a._a, position));

    // The lanes of a register whose bit is set.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Mask(uint lanes)
    {
        if (typeof(T) == typeof(double))
        {
            Vector512<ulong> wide = Vector512.Create(1ul, 1ul << 1, 1ul << 2, 1ul << 3, 1ul << 4, 1ul << 5, 1ul << 6, 1ul << 7);
            return Vector512.Equals(Vector512.Create((ulong)lanes) & wide, wide).As<ulong, T>();
        }

        Vector512<uint> bits = Vector512.Create(
            1u, 1u << 1, 1u << 2, 1u << 3, 1u << 4, 1u << 5, 1u << 6, 1u << 7,
            1u << 8, 1u << 9, 1u << 10, 1u << 11, 1u << 12, 1u << 13, 1u << 14, 1u << 15);
        return Vector512.Equals(Vector512.Create(lanes) & bits, bits).As<uint, T>();
    }

    // One lane of a register; none if it has no such lane.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> MaskOf(int lane) => typeof(T) == typeof(double)
        ? Vector512.Equals(Vector512<long>.Indices, Vector512.Create((long)lane)).As<long, T>()
        : Vector512.Equals(Vector512<int>.Indices, Vector512.Create(lane)).As<int, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> ExclusiveOr(Vector512<T> a, int mask)
    {
        if (typeof(T) == typeof(double))
        {
            Vector512<long> wide = Vector512.ConvertToInt64Native(a.AsDouble());
            return Vector512.ConvertToDouble(wide ^ Vector512.Create((long)mask)).As<double, T>();
        }

        Vector512<int> integers = Vector512.ConvertToInt32Native(a.AsSingle());
        return Vector512.ConvertToSingle(integers ^ Vector512.Create(mask)).As<float, T>();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Digit(Vector512<T> a, int position)
    {
        if (typeof(T) == typeof(double))
        {
            Vector512<long> wide = Vector512.ConvertToInt64Native(a.AsDouble()) >> position;
            return Vector512.ConvertToDouble(wide & Vector512<long>.One).As<double, T>();
        }

        Vector512<int> integers = Vector512.ConvertToInt32Native(a.AsSingle()) >> position;
        return Vector512.ConvertToSingle(integers & Vector512<int>.One).As<float, T>();
    }
}
