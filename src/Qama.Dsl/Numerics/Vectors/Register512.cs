using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Qama.Numerics.Vectors;

/// <summary>A register of AVX-512.</summary>
/// <typeparam name="T">float or double.</typeparam>
public readonly struct Register512<T> : IVector<Register512<T>, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Vector512<T> _v;

    /// <summary>Wraps the framework's vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Register512(Vector512<T> value) => _v = value;

    /// <summary>The framework's vector.</summary>
    public Vector512<T> Value => _v;

    /// <inheritdoc/>
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector512<T>.Count;
    }

    /// <inheritdoc/>
    public static Register512<T> Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => default;
    }

    /// <inheritdoc/>
    public static Register512<T> Indices
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(Vector512<T>.Indices);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> All(T value) => new(Vector512.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> Load(ref T start, int offset) => new(Vector512.LoadUnsafe(ref start, (nuint)offset));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ref T start, int offset, Register512<T> value) => value._v.StoreUnsafe(ref start, (nuint)offset);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> operator +(Register512<T> a, Register512<T> b) => new(a._v + b._v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> operator -(Register512<T> a, Register512<T> b) => new(a._v - b._v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> operator *(Register512<T> a, Register512<T> b) => new(a._v * b._v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> operator /(Register512<T> a, Register512<T> b) => new(a._v / b._v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> operator &(Register512<T> a, Register512<T> b) => new(a._v & b._v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> operator |(Register512<T> a, Register512<T> b) => new(a._v | b._v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> operator -(Register512<T> a) => new(-a._v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> operator *(T a, Register512<T> b) => new(a * b._v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> FusedMultiplyAdd(Register512<T> a, Register512<T> b, Register512<T> c) => new(Lanes.FusedMultiplyAdd(a._v, b._v, c._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> Max(Register512<T> a, Register512<T> b) => new(Vector512.Max(a._v, b._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> Min(Register512<T> a, Register512<T> b) => new(Vector512.Min(a._v, b._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> Sqrt(Register512<T> a) => new(Vector512.Sqrt(a._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> Abs(Register512<T> a) => new(Vector512.Abs(a._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> Truncate(Register512<T> a) => typeof(T) == typeof(double)
        ? new(Vector512.Truncate(a._v.AsDouble()).As<double, T>())
        : new(Vector512.Truncate(a._v.AsSingle()).As<float, T>());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> Sin(Register512<T> a) => VectorOperations<Register512<T>, T>.Sin(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> Cos(Register512<T> a) => VectorOperations<Register512<T>, T>.Cos(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> LessThan(Register512<T> a, Register512<T> b) => new(Vector512.LessThan(a._v, b._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> GreaterThanOrEqual(Register512<T> a, Register512<T> b) => new(Vector512.GreaterThanOrEqual(a._v, b._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> EqualTo(Register512<T> a, Register512<T> b) => new(Vector512.Equals(a._v, b._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> Choose(Register512<T> mask, Register512<T> a, Register512<T> b) => new(Vector512.ConditionalSelect(mask._v, a._v, b._v));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> AddIntegers(Register512<T> a, Register512<T> b) => typeof(T) == typeof(double)
        ? new((a._v.AsInt64() + b._v.AsInt64()).As<long, T>())
        : new((a._v.AsInt32() + b._v.AsInt32()).As<int, T>());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> SubtractIntegers(Register512<T> a, Register512<T> b) => typeof(T) == typeof(double)
        ? new((a._v.AsInt64() - b._v.AsInt64()).As<long, T>())
        : new((a._v.AsInt32() - b._v.AsInt32()).As<int, T>());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> ShiftLeft(Register512<T> a, int bits) => typeof(T) == typeof(double)
        ? new(Vector512.ShiftLeft(a._v.AsInt64(), bits).As<long, T>())
        : new(Vector512.ShiftLeft(a._v.AsInt32(), bits).As<int, T>());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> ShiftRight(Register512<T> a, int bits) => typeof(T) == typeof(double)
        ? new(Vector512.ShiftRightLogical(a._v.AsInt64(), bits).As<long, T>())
        : new(Vector512.ShiftRightLogical(a._v.AsInt32(), bits).As<int, T>());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum(Register512<T> a) => Lanes.Sum(a._v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Largest(Register512<T> a) => Lanes.Max(a._v);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> Load(ReadOnlySpan<T> memory, int offset) => VectorOperations<Register512<T>, T>.Load(memory, offset);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Span<T> memory, int offset, Register512<T> value) => VectorOperations<Register512<T>, T>.Store(memory, offset, value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(Span<T> memory, int offset, Register512<T> value) => VectorOperations<Register512<T>, T>.Add(memory, offset, value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> Keep(Register512<T> a, int count) => VectorOperations<Register512<T>, T>.Keep(a, count);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> AtLeast(Register512<T> a, Register512<T> b) => VectorOperations<Register512<T>, T>.AtLeast(a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> Greater(Register512<T> a, Register512<T> b) => VectorOperations<Register512<T>, T>.Greater(a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> WhereNonZero(Register512<T> condition, Register512<T> a, Register512<T> b) => VectorOperations<Register512<T>, T>.WhereNonZero(condition, a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> Exp(Register512<T> a) => VectorOperations<Register512<T>, T>.Exp(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> Log(Register512<T> a) => VectorOperations<Register512<T>, T>.Log(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Register512<T> Tanh(Register512<T> a) => VectorOperations<Register512<T>, T>.Tanh(a);
}
