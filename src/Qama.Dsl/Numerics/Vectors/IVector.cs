using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Qama.Numerics.Vectors;

/// <summary>
/// 64 bytes of numbers that are computed with side by side, 16 floats or 8 doubles, in one register or in several.
/// Kernels, generated ones too, are compiled once per implementation and <see cref="VectorPath"/> chooses the machine's; lanes see
/// the same operations in the same order everywhere, so results do not depend on it.
/// </summary>
/// <typeparam name="TSelf">The implementation.</typeparam>
/// <typeparam name="T">float or double.</typeparam>
/// <remarks>For generated code; implemented by the runtime alone. The framework's <c>Vector512</c> works without AVX-512 too, but
/// several times slower than narrower registers do. An ulp is the spacing of numbers at the exact result; bounds hold
/// everywhere.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public partial interface IVector<TSelf, T>
    where TSelf : struct, IVector<TSelf, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Number of lanes.</summary>
    static abstract int Count { get; }

    /// <summary>0 in every lane.</summary>
    static virtual TSelf Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => default;
    }

    /// <summary>The number in every lane.</summary>
    static abstract TSelf All(T value);

    /// <summary>Reads the numbers at an offset of a memory.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The memory ends before the vector does.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TSelf Load(ReadOnlySpan<T> memory, int offset) =>
        TSelf.Load(ref MemoryMarshal.GetReference(memory.Slice(offset, TSelf.Count)), 0);

    /// <summary>Writes the numbers at an offset of a memory.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The memory ends before the vector does.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual void Store(Span<T> memory, int offset, TSelf value) =>
        TSelf.Store(ref MemoryMarshal.GetReference(memory.Slice(offset, TSelf.Count)), 0, value);

    /// <summary>Adds to the numbers at an offset of a memory.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The memory ends before the vector does.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual void Add(Span<T> memory, int offset, TSelf value)
    {
        ref T start = ref MemoryMarshal.GetReference(memory.Slice(offset, TSelf.Count));
        TSelf.Store(ref start, 0, TSelf.Load(ref start, 0) + value);
    }

    /// <summary>a + b.</summary>
    static abstract TSelf operator +(TSelf a, TSelf b);

    /// <summary>a − b.</summary>
    static abstract TSelf operator -(TSelf a, TSelf b);

    /// <summary>−a.</summary>
    static abstract TSelf operator -(TSelf a);

    /// <summary>a · b.</summary>
    static abstract TSelf operator *(TSelf a, TSelf b);

    /// <summary>a · b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TSelf operator *(T a, TSelf b) => TSelf.All(a) * b;

    /// <summary>a / b.</summary>
    static abstract TSelf operator /(TSelf a, TSelf b);

    /// <summary>Bits set in both.</summary>
    static abstract TSelf operator &(TSelf a, TSelf b);

    /// <summary>Bits set in either.</summary>
    static abstract TSelf operator |(TSelf a, TSelf b);

    /// <summary>a·b + c, rounded once.</summary>
    static abstract TSelf FusedMultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>The larger one; NaN if either is.</summary>
    static abstract TSelf Max(TSelf a, TSelf b);

    /// <summary>The smaller one; NaN if either is.</summary>
    static abstract TSelf Min(TSelf a, TSelf b);

    /// <summary>The square root.</summary>
    static abstract TSelf Sqrt(TSelf a);

    /// <summary>The size.</summary>
    static abstract TSelf Abs(TSelf a);

    /// <summary>The whole number next to it towards 0.</summary>
    static abstract TSelf Truncate(TSelf a);

    /// <summary>The sum of all lanes: halves are added until one number is left.</summary>
    static abstract T Sum(TSelf a);

    /// <summary>The lanes below <paramref name="count"/>; 0, whatever stood there, in the others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TSelf Keep(TSelf a, int count) => count >= TSelf.Count
        ? a
        : TSelf.Choose(TSelf.LessThan(TSelf.Indices, TSelf.All(T.CreateTruncating(count))), a, TSelf.Zero);

    /// <summary>1 where a ≥ b, else 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TSelf AtLeast(TSelf a, TSelf b) => TSelf.GreaterThanOrEqual(a, b) & TSelf.All(T.One);

    /// <summary>1 where a &gt; b, else 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TSelf Greater(TSelf a, TSelf b) => TSelf.LessThan(b, a) & TSelf.All(T.One);

    /// <summary>a where the condition, 1 or 0, is not 0, else b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TSelf WhereNonZero(TSelf condition, TSelf a, TSelf b) =>
        TSelf.Choose(TSelf.EqualTo(condition, TSelf.Zero), b, a);

    // Functions are calls: inlined into a kernel they would use up what the JIT is willing to inline there.

    /// <summary>e to the power of each lane, within 1.1 ulp (float) or 1.5 ulp (double): 0 for −∞, 1 for 0, ∞ above the largest
    /// number; results below the smallest normal number are rounded, not flushed to 0.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    static virtual TSelf Exp(TSelf a) =>
        typeof(T) == typeof(double) ? DoubleFunctions<TSelf, T>.Exp(a) : SingleFunctions<TSelf, T>.Exp(a);

    /// <summary>The natural logarithm of each lane, within 1 ulp (float) or 1.5 ulp (double): −∞ for 0, NaN below 0.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    static virtual TSelf Log(TSelf a) =>
        typeof(T) == typeof(double) ? DoubleFunctions<TSelf, T>.Log(a) : SingleFunctions<TSelf, T>.Log(a);

    /// <summary>The hyperbolic tangent of each lane, within 1.4 ulp (float) or 2 ulp (double); odd to the last bit.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    static virtual TSelf Tanh(TSelf a) =>
        typeof(T) == typeof(double) ? DoubleFunctions<TSelf, T>.Tanh(a) : SingleFunctions<TSelf, T>.Tanh(a);

    /// <summary>The sine of each lane, in radians, within 1.6 ulp (float) or 1.5 ulp (double); NaN for ±∞. From 2²⁰ on it is the
    /// framework's scalar function, whose last bits depend on the platform.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    static virtual TSelf Sin(TSelf a) => Trigonometry<TSelf, T>.Sin(a);

    /// <summary>The cosine of each lane, in radians, within 1.6 ulp (float) or 1.5 ulp (double); NaN for ±∞. From 2²⁰ on it is the
    /// framework's scalar function, whose last bits depend on the platform.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    static virtual TSelf Cos(TSelf a) => Trigonometry<TSelf, T>.Cos(a);
}
