using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Qama.Numerics.Vectors;

/// <summary>What a condition of a term computes with C#'s own functions and types, lane by lane.</summary>
/// <remarks>For generated code.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class LaneByLane
{
    /// <summary>A function of the numbers in one lane of several vectors.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="lane">One number of each vector.</param>
    public delegate T LaneFunction<T>(ReadOnlySpan<T> lane);

    /// <summary>A function of every lane.</summary>
    /// <typeparam name="TVector">The vectors.</typeparam>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="function">The function.</param>
    /// <param name="a">Its argument.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static TVector Each<TVector, T>(Func<T, T> function, TVector a)
        where TVector : struct, IVector<TVector, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> x = stackalloc T[TVector.Count];
        TVector.Store(x, 0, a);
        for (int lane = 0; lane < x.Length; lane++)
        {
            x[lane] = function(x[lane]);
        }

        return TVector.Load(x, 0);
    }

    /// <inheritdoc cref="Each{TVector, T}(Func{T, T}, TVector)"/>
    /// <param name="function">The function.</param>
    /// <param name="a">Its first argument.</param>
    /// <param name="b">Its second argument.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static TVector Each<TVector, T>(Func<T, T, T> function, TVector a, TVector b)
        where TVector : struct, IVector<TVector, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> x = stackalloc T[TVector.Count], y = stackalloc T[TVector.Count];
        TVector.Store(x, 0, a);
        TVector.Store(y, 0, b);
        for (int lane = 0; lane < x.Length; lane++)
        {
            x[lane] = function(x[lane], y[lane]);
        }

        return TVector.Load(x, 0);
    }

    /// <inheritdoc cref="Each{TVector, T}(Func{T, T}, TVector)"/>
    /// <param name="function">The function of one number of each vector, in their order.</param>
    /// <param name="arguments">Its arguments.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static TVector Each<TVector, T>(LaneFunction<T> function, ReadOnlySpan<TVector> arguments)
        where TVector : struct, IVector<TVector, T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Span<T> all = stackalloc T[TVector.Count * arguments.Length], lane = stackalloc T[arguments.Length];
        for (int i = 0; i < arguments.Length; i++)
        {
            TVector.Store(all, i * TVector.Count, arguments[i]);
        }

        Span<T> result = stackalloc T[TVector.Count];
        for (int n = 0; n < result.Length; n++)
        {
            for (int i = 0; i < lane.Length; i++)
            {
                lane[i] = all[(i * TVector.Count) + n];
            }

            result[n] = function(lane);
        }

        return TVector.Load(result, 0);
    }

    /// <summary>a / b rounded towards 0; 0 where C# throws: lanes of tokens that are absent are computed too.</summary>
    /// <param name="a">The dividend.</param>
    /// <param name="b">The divisor.</param>
    public static long Quotient(long a, long b) => b == 0 ? 0 : b == -1 ? unchecked(-a) : a / b;

    /// <summary>a − b (a / b), with the sign of a; 0 where C# throws.</summary>
    /// <inheritdoc cref="Quotient"/>
    public static long Remainder(long a, long b) => b is 0 or -1 ? 0 : a % b;

    /// <summary>|a|; a itself where C# throws because there is no such number.</summary>
    /// <param name="a">The number.</param>
    public static long Magnitude(long a) => unchecked(a < 0 ? -a : a);

    /// <summary>a kept between two bounds; the upper one where C# throws because they are in the wrong order.</summary>
    /// <param name="a">The number.</param>
    /// <param name="lowest">The lower bound.</param>
    /// <param name="highest">The upper bound.</param>
    public static long Clamp(long a, long lowest, long highest) => Math.Min(Math.Max(a, lowest), highest);

    /// <inheritdoc cref="Clamp(long, long, long)"/>
    public static double Clamp(double a, double lowest, double highest) => a > highest ? highest : a < lowest ? lowest : a;
}
