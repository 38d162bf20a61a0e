using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Qama.Numerics.Vectors;

/// <summary>Loops over whole rows of numbers, in the machine's registers; results do not depend on them.</summary>
/// <remarks>For the runtime and for generated code.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Rows
{
    /// <summary>Σ x in a fixed order.</summary>
    /// <exception cref="InvalidOperationException">The environment variable QAMA_VECTOR names no registers.</exception>
    internal static T Sum<T>(ReadOnlySpan<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var action = new SumAction<T>(x);
        VectorPath.Run<T, SumAction<T>>(ref action);
        return action.Result;
    }

    /// <summary>Σ x y in a fixed order.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="y"/> is shorter than <paramref name="x"/>.</exception>
    /// <exception cref="InvalidOperationException">The environment variable QAMA_VECTOR names no registers.</exception>
    public static T Dot<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var action = new DotAction<T>(x, y[..x.Length]);
        VectorPath.Run<T, DotAction<T>>(ref action);
        return action.Result;
    }

    /// <summary>y ← y + a·x, element by element.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="y"/> is shorter than <paramref name="x"/>.</exception>
    /// <exception cref="InvalidOperationException">The environment variable QAMA_VECTOR names no registers.</exception>
    public static void AddScaled<T>(T a, ReadOnlySpan<T> x, Span<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var action = new AddScaledAction<T>(a, x, y[..x.Length]);
        VectorPath.Run<T, AddScaledAction<T>>(ref action);
    }

    /// <summary>result ← a·x, element by element.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="result"/> is shorter than <paramref name="x"/>.</exception>
    /// <exception cref="InvalidOperationException">The environment variable QAMA_VECTOR names no registers.</exception>
    public static void Scale<T>(T a, ReadOnlySpan<T> x, Span<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var action = new ScaleAction<T>(a, x, result[..x.Length]);
        VectorPath.Run<T, ScaleAction<T>>(ref action);
    }

    /// <summary>result ← a·x, element by element; returns the largest size |a·x|.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="result"/> is shorter than <paramref name="x"/>.</exception>
    /// <exception cref="InvalidOperationException">The environment variable QAMA_VECTOR names no registers.</exception>
    internal static T ScaleAndMeasure<T>(T a, ReadOnlySpan<T> x, Span<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var action = new ScaleAndMeasureAction<T>(a, x, result[..x.Length]);
        VectorPath.Run<T, ScaleAndMeasureAction<T>>(ref action);
        return action.Result;
    }

    /// <summary>result ← x·y, element by element.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A row is shorter than <paramref name="x"/>.</exception>
    /// <exception cref="InvalidOperationException">The environment variable QAMA_VECTOR names no registers.</exception>
    public static void Multiply<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var action = new MultiplyAction<T>(x, y[..x.Length], result[..x.Length]);
        VectorPath.Run<T, MultiplyAction<T>>(ref action);
    }

    /// <summary>result ← x·y + z, element by element.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A row is shorter than <paramref name="x"/>.</exception>
    /// <exception cref="InvalidOperationException">The environment variable QAMA_VECTOR names no registers.</exception>
    public static void MultiplyAdd<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, ReadOnlySpan<T> z, Span<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var action = new MultiplyAddAction<T>(x, y[..x.Length], z[..x.Length], result[..x.Length]);
        VectorPath.Run<T, MultiplyAddAction<T>>(ref action);
    }

    /// <summary>result ← (x − shift)·y, element by element.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A row is shorter than <paramref name="x"/>.</exception>
    /// <exception cref="InvalidOperationException">The environment variable QAMA_VECTOR names no registers.</exception>
    internal static void ShiftAndMultiply<T>(ReadOnlySpan<T> x, T shift, ReadOnlySpan<T> y, Span<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var action = new ShiftAndMultiplyAction<T>(x, shift, y[..x.Length], result[..x.Length]);
        VectorPath.Run<T, ShiftAndMultiplyAction<T>>(ref action);
    }

    private ref struct SumAction<T>(ReadOnlySpan<T> x) : IVectorAction<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly ReadOnlySpan<T> _x = x;

        public T Result { get; private set; }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<TVector>()
            where TVector : struct, IVector<TVector, T> =>
            Result = RowLoops<TVector, T>.Sum(_x);
    }

    private ref struct DotAction<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y) : IVectorAction<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly ReadOnlySpan<T> _x = x;
        private readonly ReadOnlySpan<T> _y = y;

        public T Result { get; private set; }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<TVector>()
            where TVector : struct, IVector<TVector, T> =>
            Result = RowLoops<TVector, T>.Dot(_x, _y);
    }

    private ref struct AddScaledAction<T>(T a, ReadOnlySpan<T> x, Span<T> y) : IVectorAction<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly T _a = a;
        private readonly ReadOnlySpan<T> _x = x;
        private readonly Span<T> _y = y;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Run<TVector>()
            where TVector : struct, IVector<TVector, T> =>
            RowLoops<TVector, T>.AddScaled(_a, _x, _y);
    }

    private ref struct ScaleAction<T>(T a, ReadOnlySpan<T> x, Span<T> result) : IVectorAction<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly T _a = a;
        private readonly ReadOnlySpan<T> _x = x;
        private readonly Span<T> _result = result;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Run<TVector>()
            where TVector : struct, IVector<TVector, T> =>
            RowLoops<TVector, T>.Scale(_a, _x, _result);
    }

    private ref struct ScaleAndMeasureAction<T>(T a, ReadOnlySpan<T> x, Span<T> result) : IVectorAction<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly T _a = a;
        private readonly ReadOnlySpan<T> _x = x;
        private readonly Span<T> _result = result;

        public T Result { get; private set; }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<TVector>()
            where TVector : struct, IVector<TVector, T> =>
            Result = RowLoops<TVector, T>.ScaleAndMeasure(_a, _x, _result);
    }

    private ref struct MultiplyAction<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> result) : IVectorAction<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly ReadOnlySpan<T> _x = x;
        private readonly ReadOnlySpan<T> _y = y;
        private readonly Span<T> _result = result;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Run<TVector>()
            where TVector : struct, IVector<TVector, T> =>
            RowLoops<TVector, T>.Multiply(_x, _y, _result);
    }

    private ref struct MultiplyAddAction<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, ReadOnlySpan<T> z, Span<T> result) : IVectorAction<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly ReadOnlySpan<T> _x = x;
        private readonly ReadOnlySpan<T> _y = y;
        private readonly ReadOnlySpan<T> _z = z;
        private readonly Span<T> _result = result;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Run<TVector>()
            where TVector : struct, IVector<TVector, T> =>
            RowLoops<TVector, T>.MultiplyAdd(_x, _y, _z, _result);
    }

    private ref struct ShiftAndMultiplyAction<T>(ReadOnlySpan<T> x, T shift, ReadOnlySpan<T> y, Span<T> result) : IVectorAction<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly ReadOnlySpan<T> _x = x;
        private readonly T _shift = shift;
        private readonly ReadOnlySpan<T> _y = y;
        private readonly Span<T> _result = result;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Run<TVector>()
            where TVector : struct, IVector<TVector, T> =>
            RowLoops<TVector, T>.ShiftAndMultiply(_x, _shift, _y, _result);
    }
}
