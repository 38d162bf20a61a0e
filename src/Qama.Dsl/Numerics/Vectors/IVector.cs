using System.Numerics;

namespace Qama.Numerics.Vectors;

/// <summary>
/// A register, or several that stand for a wider one. Kernels, generated ones too, are compiled once per implementation and the
/// machine's is chosen once (<see cref="Lanes.RegisterBits"/>); lanes see the same operations in the same order everywhere.
/// </summary>
/// <typeparam name="TSelf">The implementation.</typeparam>
/// <typeparam name="T">float or double.</typeparam>
/// <remarks>The framework's <c>Vector512</c> works without AVX-512 too, but several times slower than narrower registers do.
/// Conditions are masks: all bits of a lane set or none.</remarks>
public interface IVector<TSelf, T>
    where TSelf : struct, IVector<TSelf, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Number of lanes.</summary>
    static abstract int Count { get; }

    /// <summary>0 in every lane.</summary>
    static abstract TSelf Zero { get; }

    /// <summary>0, 1, 2 and so on.</summary>
    static abstract TSelf Indices { get; }

    /// <summary>The number in every lane.</summary>
    static abstract TSelf All(T value);

    /// <summary>Reads numbers, the first of them <paramref name="offset"/> behind <paramref name="start"/>; unchecked.</summary>
    static abstract TSelf Load(ref T start, int offset);

    /// <summary>Writes numbers, the first of them <paramref name="offset"/> behind <paramref name="start"/>; unchecked.</summary>
    static abstract void Store(ref T start, int offset, TSelf value);

    /// <summary>a + b.</summary>
    static abstract TSelf operator +(TSelf a, TSelf b);

    /// <summary>a − b.</summary>
    static abstract TSelf operator -(TSelf a, TSelf b);

    /// <summary>−a.</summary>
    static abstract TSelf operator -(TSelf a);

    /// <summary>a · b.</summary>
    static abstract TSelf operator *(TSelf a, TSelf b);

    /// <summary>a · b.</summary>
    static abstract TSelf operator *(T a, TSelf b);

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

    /// <summary>The sine, in radians; see <see cref="Lanes.Sin"/>.</summary>
    static abstract TSelf Sin(TSelf a);

    /// <summary>The cosine, in radians; see <see cref="Lanes.Cos"/>.</summary>
    static abstract TSelf Cos(TSelf a);

    /// <summary>The mask of a &lt; b.</summary>
    static abstract TSelf LessThan(TSelf a, TSelf b);

    /// <summary>The mask of a ≥ b.</summary>
    static abstract TSelf GreaterThanOrEqual(TSelf a, TSelf b);

    /// <summary>The mask of a = b.</summary>
    static abstract TSelf EqualTo(TSelf a, TSelf b);

    /// <summary>a where the mask is set, else b.</summary>
    static abstract TSelf Choose(TSelf mask, TSelf a, TSelf b);

    /// <summary>The sum of lanes taken as integers.</summary>
    static abstract TSelf AddIntegers(TSelf a, TSelf b);

    /// <summary>The difference of lanes taken as integers.</summary>
    static abstract TSelf SubtractIntegers(TSelf a, TSelf b);

    /// <summary>Lanes taken as integers, shifted to the left.</summary>
    static abstract TSelf ShiftLeft(TSelf a, int bits);

    /// <summary>Lanes taken as integers without sign, shifted to the right.</summary>
    static abstract TSelf ShiftRight(TSelf a, int bits);

    /// <summary>The sum of all lanes: halves are added until one number is left.</summary>
    static abstract T Sum(TSelf a);

    /// <summary>The largest lane; NaN if any is.</summary>
    static abstract T Largest(TSelf a);

    /// <summary>Reads the numbers at an offset of a memory.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The memory ends before the vector does.</exception>
    static abstract TSelf Load(ReadOnlySpan<T> memory, int offset);

    /// <summary>Writes the numbers at an offset of a memory.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The memory ends before the vector does.</exception>
    static abstract void Store(Span<T> memory, int offset, TSelf value);

    /// <summary>Adds to the numbers at an offset of a memory.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The memory ends before the vector does.</exception>
    static abstract void Add(Span<T> memory, int offset, TSelf value);

    /// <summary>The lanes below <paramref name="count"/>; 0, whatever stood there, in the others.</summary>
    static abstract TSelf Keep(TSelf a, int count);

    /// <summary>1 where a ≥ b, else 0.</summary>
    static abstract TSelf AtLeast(TSelf a, TSelf b);

    /// <summary>1 where a &gt; b, else 0.</summary>
    static abstract TSelf Greater(TSelf a, TSelf b);

    /// <summary>a where the condition, 1 or 0, is not 0, else b.</summary>
    static abstract TSelf WhereNonZero(TSelf condition, TSelf a, TSelf b);

    /// <summary>e to the power of each lane; see <see cref="Lanes.Exp"/>.</summary>
    static abstract TSelf Exp(TSelf a);

    /// <summary>The natural logarithm; see <see cref="Lanes.Log"/>.</summary>
    static abstract TSelf Log(TSelf a);

    /// <summary>The hyperbolic tangent; see <see cref="Lanes.Tanh"/>.</summary>
    static abstract TSelf Tanh(TSelf a);
}
