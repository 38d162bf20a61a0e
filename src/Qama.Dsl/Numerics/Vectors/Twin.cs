using System.Numerics;
using System.Runtime.CompilerServices;

namespace Qama.Numerics.Vectors;

/// <summary>Two registers, or pairs of registers, that stand for one of twice the width: what sums over lanes need to come out
/// alike everywhere.</summary>
/// <typeparam name="TRegister">The half.</typeparam>
/// <typeparam name="T">float or double.</typeparam>
public readonly struct Twin<TRegister, T> : IVector<Twin<TRegister, T>, T>
    where TRegister : struct, IVector<TRegister, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly TRegister _a;
    private readonly TRegister _b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Twin(TRegister a, TRegister b)
    {
        _a = a;
        _b = b;
    }

    /// <inheritdoc/>
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 2 * TRegister.Count;
    }

    /// <inheritdoc/>
    public static Twin<TRegister, T> Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(TRegister.Zero, TRegister.Zero);
    }

    /// <inheritdoc/>
    public static Twin<TRegister, T> Indices
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(TRegister.Indices, TRegister.Indices + TRegister.All(T.CreateTruncating(TRegister.Count)));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twin<TRegister, T> All(T value) => new(TRegister.All(value), TRegister.All(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twin<TRegister, T> Load(ref T start, int offset) => new(TRegister.Load(ref start, offset), TRegister.Load(ref start, offset + TRegister.Count));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ref T start, int offset, Twin<TRegister, T> value)
    {
        TRegister.Store(ref start, offset, value._a);
        TRegister.Store(ref start, offset + TRegister.Count, value._b);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twin<TRegister, T> operator +(Twin<TRegister, T> a, Twin<TRegister, T> b) => new(a._a + b._a, a._b + b._b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twin<TRegister, T> operator -(Twin<TRegister, T> a, Twin<TRegister, T> b) => new(a._a - b._a, a._b - b._b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twin<TRegister, T> operator *(Twin<TRegister, T> a, Twin<TRegister, T> b) => new(a._a * b._a, a._b * b._b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twin<TRegister, T> operator /(Twin<TRegister, T> a, Twin<TRegister, T> b) => new(a._a / b._a, a._b / b._b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twin<TRegister, T> operator &(Twin<TRegister, T> a, Twin<TRegister, T> b) => new(a._a & b._a, a._b & b._b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twin<TRegister, T> operator |(Twin<TRegister, T> a, Twin<TRegister, T> b) => new(a._a | b._a, a._b | b._b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twin<TRegister, T> operator -(Twin<TRegister, T> a) => new(-a._a, -a._b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twin<TRegister, T> operator *(T a, Twin<TRegister, T> b) => new(a * b._a, a * b._b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twin<TRegister, T> FusedMultiplyAdd(Twin<TRegister, T> a, Twin<TRegister, T> b, Twin<TRegister, T> c) => new(TRegister.FusedMultiplyAdd(a._a, b._a, c._a), TRegister.FusedMultiplyAdd(a._b, b._b, c._b));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twin<TRegister, T> Max(Twin<TRegister, T> a, Twin<TRegister, T> b) => new(TRegister.Max(a._a, b._a), TRegister.Max(a._b, b._b));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twin<TRegister, T> Min(Twin<TRegister, T> a, Twin<TRegister, T> b) => new(TRegister.Min(a._a, b._a), TRegister.Min(a._b, b._b));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twin<TRegister, T> Sqrt(Twin<TRegister, T> a) => new(TRegister.Sqrt(a._a), TRegister.Sqrt(a._b));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twin<TRegister, T> Abs(Twin<TRegister, T> a) => new(TRegister.Abs(a._a), TRegister.Abs(a._b));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twin<TRegister, T> Truncate(Twin<TRegister, T> a) => new(TRegister.Truncate(a._a), TRegister.Truncate(a._b));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twin<TRegister, T> Sin(Twin<TRegister, T> a) => new(TRegister.Sin(a._a), TRegister.Sin(a._b));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twin<TRegister, T> Cos(Twin<TRegister, T> a) => new(TRegister.Cos(a._a), TRegister.Cos(a._b));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twin<TRegister, T> LessThan(Twin<TRegister, T> a, Twin<TRegister, T> b) => new(TRegister.LessThan(a._a, b._a), TRegister.LessThan(a._b, b._b));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twin<TRegister, T> GreaterThanOrEqual(Twin<TRegister, T> a, Twin<TRegister, T> b) => new(TRegister.GreaterThanOrEqual(a._a, b._a), TRegister.GreaterThanOrEqual(a._b, b._b));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twin<TRegister, T> EqualTo(Twin<TRegister, T> a, Twin<TRegister, T> b) => new(TRegister.EqualTo(a._a, b._a), TRegister.EqualTo(a._b, b._b));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twin<TRegister, T> Choose(Twin<TRegister, T> mask, Twin<TRegister, T> a, Twin<TRegister, T> b) => new(
        TRegister.Choose(mask._a, a._a, b._a), TRegister.Choose(mask._b, a._b, b._b));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twin<TRegister, T> AddIntegers(Twin<TRegister, T> a, Twin<TRegister, T> b) => new(TRegister.AddIntegers(a._a, b._a), TRegister.AddIntegers(a._b, b._b));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twin<TRegister, T> SubtractIntegers(Twin<TRegister, T> a, Twin<TRegister, T> b) => new(TRegister.SubtractIntegers(a._a, b._a), TRegister.SubtractIntegers(a._b, b._b));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twin<TRegister, T> ShiftLeft(Twin<TRegister, T> a, int bits) => new(TRegister.ShiftLeft(a._a, bits), TRegister.ShiftLeft(a._b, bits));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twin<TRegister, T> ShiftRight(Twin<TRegister, T> a, int bits) => new(TRegister.ShiftRight(a._a, bits), TRegister.ShiftRight(a._b, bits));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sum(Twin<TRegister, T> a) => TRegister.Sum(a._a + a._b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Largest(Twin<TRegister, T> a) => TRegister.Largest(TRegister.Max(a._a, a._b));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twin<TRegister, T> Load(ReadOnlySpan<T> memory, int offset) => VectorOperations<Twin<TRegister, T>, T>.Load(memory, offset);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Span<T> memory, int offset, Twin<TRegister, T> value) => VectorOperations<Twin<TRegister, T>, T>.Store(memory, offset, value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(Span<T> memory, int offset, Twin<TRegister, T> value) => VectorOperations<Twin<TRegister, T>, T>.Add(memory, offset, value);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twin<TRegister, T> Keep(Twin<TRegister, T> a, int count) => VectorOperations<Twin<TRegister, T>, T>.Keep(a, count);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twin<TRegister, T> AtLeast(Twin<TRegister, T> a, Twin<TRegister, T> b) => VectorOperations<Twin<TRegister, T>, T>.AtLeast(a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twin<TRegister, T> Greater(Twin<TRegister, T> a, Twin<TRegister, T> b) => VectorOperations<Twin<TRegister, T>, T>.Greater(a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twin<TRegister, T> WhereNonZero(Twin<TRegister, T> condition, Twin<TRegister, T> a, Twin<TRegister, T> b) => VectorOperations<Twin<TRegister, T>, T>.WhereNonZero(condition, a, b);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twin<TRegister, T> Exp(Twin<TRegister, T> a) => VectorOperations<Twin<TRegister, T>, T>.Exp(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twin<TRegister, T> Log(Twin<TRegister, T> a) => VectorOperations<Twin<TRegister, T>, T>.Log(a);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Twin<TRegister, T> Tanh(Twin<TRegister, T> a) => VectorOperations<Twin<TRegister, T>, T>.Tanh(a);
}
