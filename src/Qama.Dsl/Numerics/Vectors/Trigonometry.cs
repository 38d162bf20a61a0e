using System.Numerics;
using System.Runtime.CompilerServices;

namespace Qama.Numerics.Vectors;

/// <summary>
/// Sine and cosine. The framework's own take another path for the whole vector where one lane is large, so a lane's last bits
/// depend on its neighbours and with them on the register; here every lane goes its own way.
/// </summary>
/// <remarks>Polynomials: Cephes, single precision, and fdlibm (https://www.netlib.org/fdlibm/k_sin.c, k_cos.c). Arguments are
/// brought into ±π/4 by three parts of π/2 (Cody, Waite, 1980); from 2²⁰ on the framework's scalar functions are called.</remarks>
internal static class Trigonometry<TVector, T>
    where TVector : struct, IVector<TVector, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int Limit = 1 << 20;

    // The integer 1 in the bits of a float or a double.
    private static T OneInBits => typeof(T) == typeof(double)
        ? Unsafe.BitCast<ulong, T>(1)
        : Unsafe.BitCast<uint, T>(1);

    private static int Width => Unsafe.SizeOf<T>() * 8;

    // 1.5·2⁵² or 1.5·2²³: adding it rounds to an integer, which is left in the low bits.
    private static TVector Rounder => All(6755399441055744, 12582912);

    public static TVector Sin(TVector x)
    {
        TVector size = TVector.Abs(x);
        TVector sign = TVector.All(T.One) | (x & TVector.All(T.NegativeZero));
        TVector sine = sign * OfUsual(size, TVector.Zero);
        return IsUsual(size) ? sine : Patched(x, sine, T.Sin);
    }

    public static TVector Cos(TVector x)
    {
        TVector size = TVector.Abs(x);
        TVector cosine = OfUsual(size, TVector.All(OneInBits));
        return IsUsual(size) ? cosine : Patched(x, cosine, T.Cos);
    }

    private static bool IsUsual(TVector size) => TVector.Largest(size) < T.CreateTruncating(Limit);

    /// <summary>sin(x + q π/2) for 0 ≤ x below the limit and an integer q; any number elsewhere.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector OfUsual(TVector x, TVector quadrants)
    {
        TVector counted = TVector.FusedMultiplyAdd(x, All(0.6366197723675814, 0.63661975f), Rounder);
        TVector n = counted - Rounder;
        TVector r = TVector.FusedMultiplyAdd(n, All(-1.5707963267948966, -1.5707963705062866f), x);
        r = TVector.FusedMultiplyAdd(n, All(-6.123233995736766e-17, 4.371138828673793e-8f), r);
        r = TVector.FusedMultiplyAdd(n, All(1.4973849048591698e-33, 1.7151245100058819e-15f), r);

        TVector quadrant = TVector.AddIntegers(counted, quadrants);
        TVector square = r * r;
        TVector value = TVector.Choose(
            HasBit(quadrant, 0), CosineNearZero(square), TVector.FusedMultiplyAdd(r * square, SineFactor(square), r));
        return TVector.Choose(HasBit(quadrant, 1), -value, value);
    }

    /// <summary>(sin r − r) / r³ for |r| ≤ π/4.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector SineFactor(TVector square)
    {
        if (typeof(T) == typeof(double))
        {
            TVector p = Double(1.58969099521155010221e-10);
            p = TVector.FusedMultiplyAdd(p, square, Double(-2.50507602534068634195e-8));
            p = TVector.FusedMultiplyAdd(p, square, Double(2.75573137070700676789e-6));
            p = TVector.FusedMultiplyAdd(p, square, Double(-1.98412698298579493134e-4));
            p = TVector.FusedMultiplyAdd(p, square, Double(8.33333333332248946124e-3));
            return TVector.FusedMultiplyAdd(p, square, Double(-1.66666666666666324348e-1));
        }

        TVector q = TVector.FusedMultiplyAdd(Single(-1.9515295891e-4f), square, Single(8.3321608736e-3f));
        return TVector.FusedMultiplyAdd(q, square, Single(-1.6666654611e-1f));
    }

    /// <summary>cos r for |r| ≤ π/4.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector CosineNearZero(TVector square)
    {
        TVector p;
        if (typeof(T) == typeof(double))
        {
            p = Double(-1.13596475577881948265e-11);
            p = TVector.FusedMultiplyAdd(p, square, Double(2.08757232129817482790e-9));
            p = TVector.FusedMultiplyAdd(p, square, Double(-2.75573143513906633035e-7));
            p = TVector.FusedMultiplyAdd(p, square, Double(2.48015872894767294178e-5));
            p = TVector.FusedMultiplyAdd(p, square, Double(-1.38888888888741095749e-3));
            p = TVector.FusedMultiplyAdd(p, square, Double(4.16666666666666019037e-2));
        }
        else
        {
            p = TVector.FusedMultiplyAdd(Single(2.443315711809948e-5f), square, Single(-1.388731625493765e-3f));
            p = TVector.FusedMultiplyAdd(p, square, Single(4.166664568298827e-2f));
        }

        TVector rest = TVector.FusedMultiplyAdd(square, All(-0.5, -0.5f), TVector.All(T.One));
        return TVector.FusedMultiplyAdd(square * square, p, rest);
    }

    /// <summary>Results with those of large and of no numbers replaced.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TVector Patched(TVector x, TVector results, Func<T, T> function)
    {
        Span<T> arguments = stackalloc T[TVector.Count], values = stackalloc T[TVector.Count];
        TVector.Store(arguments, 0, x);
        TVector.Store(values, 0, results);
        for (int l = 0; l < values.Length; l++)
        {
            if (!(T.Abs(arguments[l]) < T.CreateTruncating(Limit)))
            {
                values[l] = function(arguments[l]);
            }
        }

        return TVector.Load(values, 0);
    }

    /// <summary>The mask of lanes whose integer has a bit set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector HasBit(TVector integer, int bit) => TVector.LessThan(
        (TVector.ShiftLeft(integer, Width - 1 - bit) & TVector.All(T.NegativeZero)) | TVector.All(T.One), TVector.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector All(double d, float s) => typeof(T) == typeof(double) ? Double(d) : Single(s);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Double(double value) => TVector.All(Unsafe.BitCast<double, T>(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Single(float value) => TVector.All(Unsafe.BitCast<float, T>(value));
}
