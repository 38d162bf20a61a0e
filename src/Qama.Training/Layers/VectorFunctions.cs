using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Qama.Kernels;

namespace Qama.Training;

/// <summary>The framework's functions of vectors, which it offers per type and register only.</summary>
/// <typeparam name="TVector">A register.</typeparam>
/// <typeparam name="T">float or double.</typeparam>
internal static class VectorFunctions<TVector, T>
    where TVector : struct, IVector<TVector, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>eˣ in every lane, the same bits in every register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Exp(TVector x)
    {
        if (typeof(TVector) == typeof(Register512<T>))
        {
            Vector512<T> v = Unsafe.BitCast<TVector, Vector512<T>>(x);
            return Unsafe.BitCast<Vector512<T>, TVector>(typeof(T) == typeof(double)
                ? Vector512.Exp(v.AsDouble()).As<double, T>()
                : Vector512.Exp(v.AsSingle()).As<float, T>());
        }

        if (typeof(TVector) == typeof(Register256<T>))
        {
            Vector256<T> v = Unsafe.BitCast<TVector, Vector256<T>>(x);
            return Unsafe.BitCast<Vector256<T>, TVector>(typeof(T) == typeof(double)
                ? Vector256.Exp(v.AsDouble()).As<double, T>()
                : Vector256.Exp(v.AsSingle()).As<float, T>());
        }

        if (typeof(TVector) == typeof(Register128<T>))
        {
            Vector128<T> v = Unsafe.BitCast<TVector, Vector128<T>>(x);
            return Unsafe.BitCast<Vector128<T>, TVector>(typeof(T) == typeof(double)
                ? Vector128.Exp(v.AsDouble()).As<double, T>()
                : Vector128.Exp(v.AsSingle()).As<float, T>());
        }

        throw new NotSupportedException("Layers work on single registers.");
    }

    /// <summary>tanh x = 1 − 2/(e²ˣ + 1) in every lane; ±1 where e²ˣ overflows or vanishes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Tanh(TVector x)
    {
        TVector two = TVector.All(T.CreateTruncating(2));
        TVector one = TVector.All(T.One);
        return one - two / (Exp(two * x) + one);
    }
}
