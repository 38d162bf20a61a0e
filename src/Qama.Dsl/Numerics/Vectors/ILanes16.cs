namespace Qama.Numerics.Vectors;

/// <summary>
/// 16 floats that are computed with side by side: one, two or four registers. Kernels are compiled once per
/// implementation; each lane sees the same operations in the same order, so that all give the same bits.
/// </summary>
/// <remarks>The framework's <c>Vector512</c> works without AVX-512 too, but ten times slower than two halves do.</remarks>
internal unsafe interface ILanes16<TSelf>
    where TSelf : struct, ILanes16<TSelf>
{
    /// <summary>Number of lanes.</summary>
    const int Count = 16;

    /// <summary>The number in every lane.</summary>
    static abstract TSelf Create(float value);

    /// <summary>Reads 16 numbers.</summary>
    static abstract TSelf Load(float* memory);

    /// <summary>Writes 16 numbers.</summary>
    void Store(float* memory);

    /// <summary>a + b.</summary>
    static abstract TSelf operator +(TSelf a, TSelf b);

    /// <summary>a − b.</summary>
    static abstract TSelf operator -(TSelf a, TSelf b);

    /// <summary>a · b.</summary>
    static abstract TSelf operator *(TSelf a, TSelf b);

    /// <summary>a · b.</summary>
    static abstract TSelf operator *(float a, TSelf b);

    /// <summary>a·b + c, rounded once.</summary>
    static abstract TSelf FusedMultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>The smaller one; no NaN, no signed zeros.</summary>
    static abstract TSelf Min(TSelf a, TSelf b);

    /// <summary>The larger one; no NaN.</summary>
    static abstract TSelf Max(TSelf a, TSelf b);

    /// <summary>The size.</summary>
    static abstract TSelf Abs(TSelf a);

    /// <summary>A bit per lane: whether a &lt; b.</summary>
    static abstract uint Below(TSelf a, TSelf b);

    /// <summary>A bit per lane: whether a = b.</summary>
    static abstract uint Equal(TSelf a, TSelf b);

    /// <summary>The lanes whose bit is set, 0 in the others.</summary>
    static abstract TSelf Keep(uint lanes, TSelf a);

    /// <summary>One lane, 0 in the others.</summary>
    static abstract TSelf Only(int lane, TSelf a);

    /// <summary>Lanes of a where the bit is set, of b elsewhere.</summary>
    static abstract TSelf Select(uint lanes, TSelf a, TSelf b);

    /// <summary>For lanes that are small non-negative integers: the exclusive or with another.</summary>
    static abstract TSelf ExclusiveOr(TSelf a, int mask);

    /// <summary>For lanes that are small non-negative integers: one of their binary digits.</summary>
    static abstract TSelf Digit(TSelf a, int position);

    /// <summary>The sum of all lanes: halves are added until one number is left.</summary>
    float Sum();
}
