using System.Numerics;

namespace Qama.Kernels;

/// <summary>A vector register of some width. Kernels are compiled once per implementation.</summary>
/// <remarks>The framework's <c>Vector512</c> works without AVX-512 too, but several times slower than narrower registers do.</remarks>
internal interface IRegister<TSelf, T>
    where TSelf : struct, IRegister<TSelf, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Number of lanes.</summary>
    static abstract int Count { get; }

    /// <summary>The number in every lane.</summary>
    static abstract TSelf Create(T value);

    /// <summary>Reads numbers, the first of them <paramref name="offset"/> behind <paramref name="start"/>.</summary>
    static abstract TSelf Load(ref T start, int offset);

    /// <summary>Writes the numbers, the first of them <paramref name="offset"/> behind <paramref name="start"/>.</summary>
    void Store(ref T start, int offset);

    /// <summary>a + b.</summary>
    static abstract TSelf operator +(TSelf a, TSelf b);

    /// <summary>a − b.</summary>
    static abstract TSelf operator -(TSelf a, TSelf b);

    /// <summary>a · b.</summary>
    static abstract TSelf operator *(TSelf a, TSelf b);

    /// <summary>a·b + c, rounded once.</summary>
    static abstract TSelf FusedMultiplyAdd(TSelf a, TSelf b, TSelf c);

    /// <summary>The sum of all lanes: halves are added until one number is left.</summary>
    T Sum();
}
