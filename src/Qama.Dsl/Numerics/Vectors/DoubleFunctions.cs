using System.Numerics;
using System.Runtime.CompilerServices;

namespace Qama.Numerics.Vectors;

/// <summary>The functions of <see cref="SingleFunctions{TVector, T}"/> for doubles.</summary>
/// <remarks>Logarithm: fdlibm (Sun Microsystems, https://www.netlib.org/fdlibm/e_log.c); tanh: Cephes, double
/// precision; exponential: the Taylor polynomial of degree 13, off by less than 5e-18.</remarks>
internal static class DoubleFunctions<TVector, T>
    where TVector : struct, IVector<TVector, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const double LogTwo = 0.693147180559945309417232;
    private const double LogTwoRest = 2.319046813846299558e-17;
    private const double InverseLogTwo = 1.44269504088896340736;

    // 1.5·2⁵² and 2⁵²: the first rounds to an integer, the second makes a number of an integer in the low bits.
    private const double Rounder = 6755399441055744;
    private const double Unit = 4503599627370496;

    /// <summary>eˣ = 2ⁿ eʳ with n = round(x / ln 2), |r| ≤ ln 2 / 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Exp(TVector x)
    {
        TVector highest = All(710.0), lowest = All(-746.0);
        x = TVector.Choose(GreaterThan(x, highest), highest, x);
        x = TVector.Choose(TVector.LessThan(x, lowest), lowest, x);

        TVector rounder = All(Rounder);
        TVector n = TVector.FusedMultiplyAdd(x, All(InverseLogTwo), rounder) - rounder;
        TVector r = TVector.FusedMultiplyAdd(n, All(-LogTwo), x);
        r = TVector.FusedMultiplyAdd(n, All(-LogTwoRest), r);

        TVector p = All(1 / 6227020800.0);
        p = TVector.FusedMultiplyAdd(p, r, All(1 / 479001600.0));
        p = TVector.FusedMultiplyAdd(p, r, All(1 / 39916800.0));
        p = TVector.FusedMultiplyAdd(p, r, All(1 / 3628800.0));
        p = TVector.FusedMultiplyAdd(p, r, All(1 / 362880.0));
        p = TVector.FusedMultiplyAdd(p, r, All(1 / 40320.0));
        p = TVector.FusedMultiplyAdd(p, r, All(1 / 5040.0));
        p = TVector.FusedMultiplyAdd(p, r, All(1 / 720.0));
        p = TVector.FusedMultiplyAdd(p, r, All(1 / 120.0));
        p = TVector.FusedMultiplyAdd(p, r, All(1 / 24.0));
        p = TVector.FusedMultiplyAdd(p, r, All(1 / 6.0));
        p = TVector.FusedMultiplyAdd(p, r, All(0.5));
        p = TVector.FusedMultiplyAdd(p, r * r, r) + All(1);

        // AVX2 cannot shift the sign of 64-bit integers: halve n as a number.
        TVector half = TVector.FusedMultiplyAdd(n, All(0.5), rounder) - rounder;
        return p * PowerOfTwo(half) * PowerOfTwo(n - half);
    }

    /// <summary>ln x = e ln 2 + ln m with m in [√½, √2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Log(TVector x)
    {
        (TVector e, TVector f) = Split(x);
        TVector low = TVector.FusedMultiplyAdd(e, All(LogTwoRest), LogRest(f));
        return OfPositive(x, TVector.FusedMultiplyAdd(e, All(LogTwo), f + low));
    }

    /// <summary>tanh x: a rational function of x near 0, where 1 − 2 / (e²ˣ + 1) would cancel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Tanh(TVector x)
    {
        TVector a = TVector.Abs(x);
        TVector square = a * a;
        TVector p = All(-9.64399179425052238628e-1);
        p = TVector.FusedMultiplyAdd(p, square, All(-9.92877231001918586564e1));
        p = TVector.FusedMultiplyAdd(p, square, All(-1.61468768441708447952e3));
        TVector q = square + All(1.12811678491632931402e2);
        q = TVector.FusedMultiplyAdd(q, square, All(2.23548839060100448583e3));
        q = TVector.FusedMultiplyAdd(q, square, All(4.84406305325125486048e3));
        TVector near = TVector.FusedMultiplyAdd(square * (p / q), a, a);
        TVector far = All(1) - (All(2.0) / (Exp(a + a) + All(1)));
        TVector size = TVector.Choose(TVector.LessThan(a, All(0.625)), near, far);
        return size | (x & All(-0.0));
    }

    /// <summary>2ⁿ for an integer n from −1022 to 1023.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector PowerOfTwo(TVector n) =>
        TVector.ShiftLeft((n + All(Unit + 1023)), 52);

    /// <summary>e and f = m − 1 of x = 2ᵉ m, for finite x above 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (TVector Exponent, TVector Fraction) Split(TVector x)
    {
        // Subnormal numbers are made normal by 2⁵².
        TVector isSmall = TVector.LessThan(x, All(2.2250738585072014e-308));
        x = TVector.Choose(isSmall, x * All(Unit), x);
        TVector root = All(0.70710678118654757);
        TVector biased = TVector.AddIntegers(TVector.SubtractIntegers(x, root), All(1));
        TVector mantissa = TVector.AddIntegers(biased & All(BitConverter.UInt64BitsToDouble((1ul << 52) - 1)), root);
        TVector exponent = TVector.ShiftRight(biased, 52) | All(Unit);
        TVector e = exponent - TVector.Choose(
            isSmall, All(Unit + 1075), All(Unit + 1023));
        return (e, mantissa - All(1));
    }

    /// <summary>ln(1 + f) − f.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector LogRest(TVector f)
    {
        TVector s = f / (f + All(2.0));
        TVector z = s * s;
        TVector p = All(1.479819860511658591e-1);
        p = TVector.FusedMultiplyAdd(p, z, All(1.531383769920937332e-1));
        p = TVector.FusedMultiplyAdd(p, z, All(1.818357216161805012e-1));
        p = TVector.FusedMultiplyAdd(p, z, All(2.222219843214978396e-1));
        p = TVector.FusedMultiplyAdd(p, z, All(2.857142874366239149e-1));
        p = TVector.FusedMultiplyAdd(p, z, All(3.999999999940941908e-1));
        p = TVector.FusedMultiplyAdd(p, z, All(6.666666666666735130e-1));
        TVector half = f * f * All(0.5);
        return TVector.FusedMultiplyAdd(s, TVector.FusedMultiplyAdd(p, z, half), -half);
    }

    /// <summary>A logarithm where x is positive and finite; elsewhere −∞ of 0, ∞ of ∞, NaN of the rest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector OfPositive(TVector x, TVector log)
    {
        TVector zero = TVector.Zero, infinity = All(double.PositiveInfinity);
        TVector isUsual = GreaterThan(x, zero) & TVector.LessThan(x, infinity);
        TVector ofZero = TVector.Choose(
            TVector.EqualTo(x, zero), -infinity, All(double.NaN));
        return TVector.Choose(
            isUsual, log, TVector.Choose(TVector.EqualTo(x, infinity), infinity, ofZero));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector All(double value) => TVector.All(Unsafe.BitCast<double, T>(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector GreaterThan(TVector a, TVector b) => TVector.LessThan(b, a);
}
