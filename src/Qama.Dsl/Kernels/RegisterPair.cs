using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Qama.Kernels;

/// <summary>Two registers of AVX2 as one of 512 bits: what sums over lanes need to come out alike everywhere.</summary>
[method: MethodImpl(MethodImplOptions.AggressiveInlining)]
internal readonly struct RegisterPair<T>(Vector256<T> a, Vector256<T> b) : IRegister<RegisterPair<T>, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Vector256<T> _a = a;
    private readonly Vector256<T> _b = b;

    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 2 * Vector256<T>.Count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RegisterPair<T> Create(T value) => new(Vector256.Create(value), Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RegisterPair<T> Load(ref T start, int offset) => new(
        Vector256.LoadUnsafe(ref start, (nuint)offset),
        Vector256.LoadUnsafe(ref start, (nuint)(offset + Vector256<T>.Count)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ref T start, int offset)
    {
        _a.StoreUnsafe(ref start, (nuint)offset);
        _b.StoreUnsafe(ref start, (nuint)(offset + Vector256<T>.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RegisterPair<T> operator +(RegisterPair<T> a, RegisterPair<T> b) => new(a._a + b._a, a._b + b._b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RegisterPair<T> operator -(RegisterPair<T> a, RegisterPair<T> b) => new(a._a - b._a, a._b - b._b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RegisterPair<T> operator *(RegisterPair<T> a, RegisterPair<T> b) => new(a._a * b._a, a._b * b._b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RegisterPair<T> FusedMultiplyAdd(RegisterPair<T> a, RegisterPair<T> b, RegisterPair<T> c) => new(
        Lanes.FusedMultiplyAdd(a._a, b._a, c._a), Lanes.FusedMultiplyAdd(a._b, b._b, c._b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Sum() => Lanes.Sum(_a + _b);
}
