using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Qama.Numerics.Vectors;

/// <summary>A register of AVX2.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly struct Register256<T> : IVector<Register256<T>, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Vector256<T> _v;

    /// <summary>Wraps the framework's vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Register256(Vector256<T> value) => _v = value;

    /// <summary>The framework's vector.</summary>
    public Vector256<T> Value => _v;

    /// <inheritdoc/>
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector256<T>.Count;
    }

    /// <inheritdoc/>
    public static Register256<T> Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => default;
    }

    /// <inheritdoc/>
    public static Register256<T> Indices
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector256<T>.Indices);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256<T> All(T value) => new(Vector256.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256<T> Load(ref T start, int offset) => new(Vector256.LoadUnsafe(ref start, (nuint)offset));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ref T start, int offset, Register256<T> value) => value._v.StoreUnsafe(ref start, (nuint)offset);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256<T> operator +(Register256<T> a, Register256<T> b) => new(a._v + b._v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256<T> operator -(Register256<T> a, Register256<T> b) => new(a._v - b._v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256<T> operator *(Register256<T> a, Register256<T> b) => new(a._v * b._v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256<T> operator /(Register256<T> a, Register256<T> b) => new(a._v / b._v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256<T> operator &(Register256<T> a, Register256<T> b) => new(a._v & b._v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256<T> operator |(Register256<T> a, Register256<T> b) => new(a._v | b._v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256<T> operator -(Register256<T> a) => new(-a._v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256<T> operator *(T a, Register256<T> b) => new(a * b._v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256<T> FusedMultiplyAdd(Register256<T> a, Register256<T> b, Register256<T> c) => new(Lanes.FusedMultiplyAdd(a._v, b._v, c._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256<T> Max(Register256<T> a, Register256<T> b) => new(Vector256.Max(a._v, b._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256<T> Min(Register256<T> a, Register256<T> b) => new(Vector256.Min(a._v, b._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256<T> Sqrt(Register256<T> a) => new(Vector256.Sqrt(a._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256<T> Abs(Register256<T> a) => new(Vector256.Abs(a._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256<T> Truncate(Register256<T> a) => typeof(T) == typeof(double)
        ? new(Vector256.Truncate(a._v.AsDouble()).As<double, T>())
        : new(Vector256.Truncate(a._v.AsSingle()).As<float, T>());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256<T> Sin(Register256<T> a) => VectorOperations<Register256<T>, T>.Sin(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256<T> Cos(Register256<T> a) => VectorOperations<Register256<T>, T>.Cos(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256<T> LessThan(Register256<T> a, Register256<T> b) => new(Vector256.LessThan(a._v, b._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256<T> GreaterThanOrEqual(Register256<T> a, Register256<T> b) => new(Vector256.GreaterThanOrEqual(a._v, b._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256<T> EqualTo(Register256<T> a, Register256<T> b) => new(Vector256.Equals(a._v, b._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256<T> Choose(Register256<T> mask, Register256<T> a, Register256<T> b) => new(Vector256.ConditionalSelect(mask._v, a._v, b._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256<T> AddIntegers(Register256<T> a, Register256<T> b) => typeof(T) == typeof(double)
        ? new((a._v.AsInt64() + b._v.AsInt64()).As<long, T>())
        : new((a._v.AsInt32() + b._v.AsInt32()).As<int, T>());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256<T> SubtractIntegers(Register256<T> a, Register256<T> b) => typeof(T) == typeof(double)
        ? new((a._v.AsInt64() - b._v.AsInt64()).As<long, T>())
        : new((a._v.AsInt32() - b._v.AsInt32()).As<int, T>());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256<T> ShiftLeft(Register256<T> a, int bits) => typeof(T) == typeof(double)
        ? new(Vector256.ShiftLeft(a._v.AsInt64(), bits).As<long, T>())
        : new(Vector256.ShiftLeft(a._v.AsInt32(), bits).As<int, T>());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256<T> ShiftRight(Register256<T> a, int bits) => typeof(T) == typeof(double)
        ? new(Vector256.ShiftRightLogical(a._v.AsInt64(), bits).As<long, T>())
        : new(Vector256.ShiftRightLogical(a._v.AsInt32(), bits).As<int, T>());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum(Register256<T> a) => Lanes.Sum(a._v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Largest(Register256<T> a) => Lanes.Max(a._v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256<T> Load(ReadOnlySpan<T> memory, int offset) => VectorOperations<Register256<T>, T>.Load(memory, offset);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Span<T> memory, int offset, Register256<T> value) => VectorOperations<Register256<T>, T>.Store(memory, offset, value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(Span<T> memory, int offset, Register256<T> value) => VectorOperations<Register256<T>, T>.Add(memory, offset, value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256<T> Keep(Register256<T> a, int count) => VectorOperations<Register256<T>, T>.Keep(a, count);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256<T> AtLeast(Register256<T> a, Register256<T> b) => VectorOperations<Register256<T>, T>.AtLeast(a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256<T> Greater(Register256<T> a, Register256<T> b) => VectorOperations<Register256<T>, T>.Greater(a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256<T> WhereNonZero(Register256<T> condition, Register256<T> a, Register256<T> b) => VectorOperations<Register256<T>, T>.WhereNonZero(condition, a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256<T> Exp(Register256<T> a) => VectorOperations<Register256<T>, T>.Exp(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256<T> Log(Register256<T> a) => VectorOperations<Register256<T>, T>.Log(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register256<T> Tanh(Register256<T> a) => VectorOperations<Register256<T>, T>.Tanh(a);
}
