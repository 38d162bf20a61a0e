using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Qama.Training;

/// <summary>Functions of vectors that the framework offers per type only.</summary>
internal static class VectorFunctions
{
    /// <summary>eˣ in every lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Exp<T>(Vector512<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(float))
        {
            return Vector512.Exp(x.AsSingle()).As<float, T>();
        }

        if (typeof(T) == typeof(double))
        {
            return Vector512.Exp(x.AsDouble()).As<double, T>();
        }

        throw new NotSupportedException("Layers exist for float and double.");
    }

    /// <summary>tanh x = 1 − 2/(e²ˣ + 1) in every lane; ±1 where e²ˣ overflows or vanishes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Tanh<T>(Vector512<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector512<T> two = Vector512.Create(T.CreateTruncating(2));
        return Vector512<T>.One - two / (Exp(two * x) + Vector512<T>.One);
    }
}
