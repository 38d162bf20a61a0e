using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Qama.Numerics.Vectors;

/// <summary>A register that every processor has, or the framework imitates.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly struct Register128<T> : IVector<Register128<T>, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Vector128<T> _v;

    /// <summary>Wraps the framework's vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Register128(Vector128<T> value) => _v = value;

    /// <summary>The framework's vector.</summary>
    public Vector128<T> Value => _v;

    /// <inheritdoc/>
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector128<T>.Count;
    }

    /// <inheritdoc/>
    public static Register128<T> Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => default;
    }

    /// <inheritdoc/>
    public static Register128<T> Indices
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector128<T>.Indices);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128<T> All(T value) => new(Vector128.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128<T> Load(ref T start, int offset) => new(Vector128.LoadUnsafe(ref start, (nuint)offset));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ref T start, int offset, Register128<T> value) => value._v.StoreUnsafe(ref start, (nuint)offset);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128<T> operator +(Register128<T> a, Register128<T> b) => new(a._v + b._v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128<T> operator -(Register128<T> a, Register128<T> b) => new(a._v - b._v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128<T> operator *(Register128<T> a, Register128<T> b) => new(a._v * b._v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128<T> operator /(Register128<T> a, Register128<T> b) => new(a._v / b._v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128<T> operator &(Register128<T> a, Register128<T> b) => new(a._v & b._v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128<T> operator |(Register128<T> a, Register128<T> b) => new(a._v | b._v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128<T> operator -(Register128<T> a) => new(-a._v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128<T> operator *(T a, Register128<T> b) => new(a * b._v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128<T> FusedMultiplyAdd(Register128<T> a, Register128<T> b, Register128<T> c) => new(Lanes.FusedMultiplyAdd(a._v, b._v, c._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128<T> Max(Register128<T> a, Register128<T> b) => new(Vector128.Max(a._v, b._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128<T> Min(Register128<T> a, Register128<T> b) => new(Vector128.Min(a._v, b._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128<T> Sqrt(Register128<T> a) => new(Vector128.Sqrt(a._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128<T> Abs(Register128<T> a) => new(Vector128.Abs(a._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128<T> Truncate(Register128<T> a) => typeof(T) == typeof(double)
        ? new(Vector128.Truncate(a._v.AsDouble()).As<double, T>())
        : new(Vector128.Truncate(a._v.AsSingle()).As<float, T>());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128<T> Sin(Register128<T> a) => VectorOperations<Register128<T>, T>.Sin(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128<T> Cos(Register128<T> a) => VectorOperations<Register128<T>, T>.Cos(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128<T> LessThan(Register128<T> a, Register128<T> b) => new(Vector128.LessThan(a._v, b._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128<T> GreaterThanOrEqual(Register128<T> a, Register128<T> b) => new(Vector128.GreaterThanOrEqual(a._v, b._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128<T> EqualTo(Register128<T> a, Register128<T> b) => new(Vector128.Equals(a._v, b._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128<T> Choose(Register128<T> mask, Register128<T> a, Register128<T> b) => new(Vector128.ConditionalSelect(mask._v, a._v, b._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128<T> AddIntegers(Register128<T> a, Register128<T> b) => typeof(T) == typeof(double)
        ? new((a._v.AsInt64() + b._v.AsInt64()).As<long, T>())
        : new((a._v.AsInt32() + b._v.AsInt32()).As<int, T>());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128<T> SubtractIntegers(Register128<T> a, Register128<T> b) => typeof(T) == typeof(double)
        ? new((a._v.AsInt64() - b._v.AsInt64()).As<long, T>())
        : new((a._v.AsInt32() - b._v.AsInt32()).As<int, T>());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128<T> ShiftLeft(Register128<T> a, int bits) => typeof(T) == typeof(double)
        ? new(Vector128.ShiftLeft(a._v.AsInt64(), bits).As<long, T>())
        : new(Vector128.ShiftLeft(a._v.AsInt32(), bits).As<int, T>());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128<T> ShiftRight(Register128<T> a, int bits) => typeof(T) == typeof(double)
        ? new(Vector128.ShiftRightLogical(a._v.AsInt64(), bits).As<long, T>())
        : new(Vector128.ShiftRightLogical(a._v.AsInt32(), bits).As<int, T>());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum(Register128<T> a) => Lanes.Sum(a._v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Largest(Register128<T> a) => Lanes.Max(a._v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128<T> Load(ReadOnlySpan<T> memory, int offset) => VectorOperations<Register128<T>, T>.Load(memory, offset);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Span<T> memory, int offset, Register128<T> value) => VectorOperations<Register128<T>, T>.Store(memory, offset, value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(Span<T> memory, int offset, Register128<T> value) => VectorOperations<Register128<T>, T>.Add(memory, offset, value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128<T> Keep(Register128<T> a, int count) => VectorOperations<Register128<T>, T>.Keep(a, count);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128<T> AtLeast(Register128<T> a, Register128<T> b) => VectorOperations<Register128<T>, T>.AtLeast(a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128<T> Greater(Register128<T> a, Register128<T> b) => VectorOperations<Register128<T>, T>.Greater(a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128<T> WhereNonZero(Register128<T> condition, Register128<T> a, Register128<T> b) => VectorOperations<Register128<T>, T>.WhereNonZero(condition, a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128<T> Exp(Register128<T> a) => VectorOperations<Register128<T>, T>.Exp(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128<T> Log(Register128<T> a) => VectorOperations<Register128<T>, T>.Log(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register128<T> Tanh(Register128<T> a) => VectorOperations<Register128<T>, T>.Tanh(a);
}
