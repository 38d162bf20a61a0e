using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Qama.Numerics.Vectors;

/// <summary>What every <see cref="IVector{TSelf, T}"/> does alike, made of the operations in which they differ.</summary>
internal static class VectorOperations<TVector, T>
    where TVector : struct, IVector<TVector, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Load(ReadOnlySpan<T> memory, int offset) =>
        TVector.Load(ref MemoryMarshal.GetReference(memory.Slice(offset, TVector.Count)), 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Span<T> memory, int offset, TVector value) =>
        TVector.Store(ref MemoryMarshal.GetReference(memory.Slice(offset, TVector.Count)), 0, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(Span<T> memory, int offset, TVector value)
    {
        ref T start = ref MemoryMarshal.GetReference(memory.Slice(offset, TVector.Count));
        TVector.Store(ref start, 0, TVector.Load(ref start, 0) + value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Keep(TVector a, int count) => count >= TVector.Count
        ? a
        : TVector.Choose(TVector.LessThan(TVector.Indices, TVector.All(T.CreateTruncating(count))), a, TVector.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector AtLeast(TVector a, TVector b) => TVector.GreaterThanOrEqual(a, b) & TVector.All(T.One);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Greater(TVector a, TVector b) => TVector.LessThan(b, a) & TVector.All(T.One);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector WhereNonZero(TVector condition, TVector a, TVector b) =>
        TVector.Choose(TVector.EqualTo(condition, TVector.Zero), b, a);

    // Functions are calls: inlined into a kernel they would use up what the JIT is willing to inline there.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static TVector Exp(TVector a) =>
        typeof(T) == typeof(double) ? DoubleFunctions<TVector, T>.Exp(a) : SingleFunctions<TVector, T>.Exp(a);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static TVector Log(TVector a) =>
        typeof(T) == typeof(double) ? DoubleFunctions<TVector, T>.Log(a) : SingleFunctions<TVector, T>.Log(a);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static TVector Log2(TVector a) =>
        typeof(T) == typeof(double) ? DoubleFunctions<TVector, T>.Log2(a) : SingleFunctions<TVector, T>.Log2(a);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static TVector Tanh(TVector a) =>
        typeof(T) == typeof(double) ? DoubleFunctions<TVector, T>.Tanh(a) : SingleFunctions<TVector, T>.Tanh(a);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static TVector Sin(TVector a) => Trigonometry<TVector, T>.Sin(a);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static TVector Cos(TVector a) => Trigonometry<TVector, T>.Cos(a);
}
