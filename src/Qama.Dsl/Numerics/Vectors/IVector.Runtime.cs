using System.Runtime.CompilerServices;

namespace Qama.Numerics.Vectors;

/// <content>
/// What the runtime's own kernels need besides. A condition is a mask, all bits of a lane set or none, or a number with a bit per
/// lane, the lowest for lane 0. Implementations are written out, not made of each other: an annealer's moves use nearly all that the
/// JIT is willing to inline.
/// </content>
public partial interface IVector<TSelf, T>
{
    /// <summary>0, 1, 2 and so on.</summary>
    internal static abstract TSelf Indices { get; }

    /// <summary>Reads numbers, the first of them <paramref name="offset"/> behind <paramref name="start"/>; unchecked.</summary>
    internal static abstract TSelf Load(ref T start, int offset);

    /// <summary>Writes numbers, the first of them <paramref name="offset"/> behind <paramref name="start"/>; unchecked.</summary>
    internal static abstract void Store(ref T start, int offset, TSelf value);

    /// <summary>Reads numbers; unchecked.</summary>
    internal static abstract unsafe TSelf Load(T* start);

    /// <summary>Writes numbers; unchecked.</summary>
    internal static abstract unsafe void Store(T* start, TSelf value);

    /// <summary>memory·b + c, rounded once; unchecked.</summary>
    /// <remarks>In one instruction, which the JIT makes of a load and a product only if it sees both at once.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static virtual unsafe TSelf FusedMultiplyAdd(T* memory, TSelf b, TSelf c) =>
        TSelf.FusedMultiplyAdd(TSelf.Load(memory), b, c);

    /// <summary>For vectors of doubles: reads numbers of single precision; unchecked.</summary>
    internal static abstract TSelf Widen(ref float start, int offset);

    /// <summary>For vectors of doubles: writes them rounded to single precision; unchecked.</summary>
    internal static abstract void Narrow(ref float start, int offset, TSelf value);

    /// <summary>Reads 16 bytes of numbers, repeated to fill the vector; unchecked.</summary>
    internal static abstract unsafe TSelf Repeat(T* start);

    /// <summary>Four vectors of floats as 4 x 4 tiles, one in each 16 bytes: rows become columns.</summary>
    /// <exception cref="NotSupportedException">Numbers are doubles.</exception>
    internal static abstract void Transpose(ref TSelf a, ref TSelf b, ref TSelf c, ref TSelf d);

    /// <summary>Sums of four floats each: number 4t + g is (s₀ + s₂) + (s₁ + s₃) of numbers 4t to 4t + 3 of vector g.</summary>
    /// <exception cref="NotSupportedException">Numbers are doubles.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static virtual TSelf SumFours(TSelf a, TSelf b, TSelf c, TSelf d)
    {
        TSelf.Transpose(ref a, ref b, ref c, ref d);
        return a + c + (b + d);
    }

    /// <summary>The larger one, in one instruction; no NaN.</summary>
    internal static abstract TSelf MaxNative(TSelf a, TSelf b);

    /// <summary>The smaller one, in one instruction; no NaN, no signed zeros.</summary>
    internal static abstract TSelf MinNative(TSelf a, TSelf b);

    /// <summary>The largest lane; NaN if any is.</summary>
    internal static abstract T Largest(TSelf a);

    /// <summary>The mask of a &lt; b.</summary>
    internal static abstract TSelf LessThan(TSelf a, TSelf b);

    /// <summary>The mask of a ≥ b.</summary>
    internal static abstract TSelf GreaterThanOrEqual(TSelf a, TSelf b);

    /// <summary>The mask of a = b.</summary>
    internal static abstract TSelf EqualTo(TSelf a, TSelf b);

    /// <summary>a where the mask is set, else b.</summary>
    internal static abstract TSelf Choose(TSelf mask, TSelf a, TSelf b);

    /// <summary>A bit per lane: whether a &lt; b.</summary>
    internal static abstract uint Below(TSelf a, TSelf b);

    /// <summary>A bit per lane: whether a = b.</summary>
    internal static abstract uint Equal(TSelf a, TSelf b);

    /// <summary>The lanes whose bit is set, 0 in the others.</summary>
    internal static abstract TSelf Keep(uint lanes, TSelf a);

    /// <summary>One lane, 0 in the others; all 0 if there is no such lane.</summary>
    internal static abstract TSelf Only(int lane, TSelf a);

    /// <summary>Lanes of a where the bit is set, of b elsewhere.</summary>
    internal static abstract TSelf Select(uint lanes, TSelf a, TSelf b);

    /// <summary>The sum of lanes taken as integers.</summary>
    internal static abstract TSelf AddIntegers(TSelf a, TSelf b);

    /// <summary>The difference of lanes taken as integers.</summary>
    internal static abstract TSelf SubtractIntegers(TSelf a, TSelf b);

    /// <summary>The larger of lanes taken as integers.</summary>
    internal static abstract TSelf MaxIntegers(TSelf a, TSelf b);

    /// <summary>Lanes taken as integers, shifted to the left.</summary>
    internal static abstract TSelf ShiftLeft(TSelf a, int bits);

    /// <summary>Lanes taken as integers without sign, shifted to the right.</summary>
    internal static abstract TSelf ShiftRight(TSelf a, int bits);

    /// <summary>For lanes that are small non-negative integers: the exclusive or with another.</summary>
    internal static abstract TSelf ExclusiveOr(TSelf a, int mask);

    /// <summary>For lanes that are small non-negative integers: one of their binary digits.</summary>
    internal static abstract TSelf Digit(TSelf a, int position);
}
