using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Qama.Kernels;

/// <content>The same functions of 8 doubles.</content>
/// <remarks>Logarithm: fdlibm (Sun Microsystems, https://www.netlib.org/fdlibm/e_log.c); tanh: Cephes, double
/// precision; exponential: the Taylor polynomial of degree 13, off by less than 5e-18.</remarks>
internal static partial class LaneFunctions
{
    private const double LongLogTwo = 0.693147180559945309417232;
    private const double LongLogTwoRest = 2.319046813846299558e-17;
    private const double LongInverseLogTwo = 1.44269504088896340736;
    private const double LongInverseLogTwoRest = 2.0355273740931033e-17;

    // 1.5·2⁵² and 2⁵²: the first rounds to an integer, the second makes a number of an integer in the low bits.
    private const double LongRounder = 6755399441055744;
    private const double LongUnit = 4503599627370496;

    /// <summary>eˣ = 2ⁿ eʳ with n = round(x / ln 2), |r| ≤ ln 2 / 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Exp(Vector512<double> x)
    {
        Vector512<double> highest = Vector512.Create(710.0), lowest = Vector512.Create(-746.0);
        x = Vector512.ConditionalSelect(Vector512.GreaterThan(x, highest), highest, x);
        x = Vector512.ConditionalSelect(Vector512.LessThan(x, lowest), lowest, x);

        Vector512<double> rounder = Vector512.Create(LongRounder);
        Vector512<double> n = Vector512.FusedMultiplyAdd(x, Vector512.Create(LongInverseLogTwo), rounder) - rounder;
        Vector512<double> r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-LongLogTwo), x);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-LongLogTwoRest), r);

        Vector512<double> p = Vector512.Create(1 / 6227020800.0);
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1 / 479001600.0));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1 / 39916800.0));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1 / 3628800.0));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1 / 362880.0));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1 / 40320.0));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1 / 5040.0));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1 / 720.0));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1 / 120.0));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1 / 24.0));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1 / 6.0));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(0.5));
        p = Vector512.FusedMultiplyAdd(p, r * r, r) + Vector512<double>.One;

        // AVX2 cannot shift the sign of 64-bit integers: halve n as a number.
        Vector512<double> half = Vector512.FusedMultiplyAdd(n, Vector512.Create(0.5), rounder) - rounder;
        return p * PowerOfTwo(half) * PowerOfTwo(n - half);
    }

    /// <summary>ln x = e ln 2 + ln m with m in [√½, √2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Log(Vector512<double> x)
    {
        (Vector512<double> e, Vector512<double> f) = Split(x);
        Vector512<double> low = Vector512.FusedMultiplyAdd(e, Vector512.Create(LongLogTwoRest), LogRest(f));
        return OfPositive(x, Vector512.FusedMultiplyAdd(e, Vector512.Create(LongLogTwo), f + low));
    }

    /// <summary>log₂ x = e + ln m / ln 2 with m in [√½, √2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Log2(Vector512<double> x)
    {
        (Vector512<double> e, Vector512<double> f) = Split(x);
        Vector512<double> inverse = Vector512.Create(LongInverseLogTwo);
        Vector512<double> low = Vector512.FusedMultiplyAdd(f, Vector512.Create(LongInverseLogTwoRest), LogRest(f) * inverse);
        return OfPositive(x, e + Vector512.FusedMultiplyAdd(f, inverse, low));
    }

    /// <summary>tanh x: a rational function of x near 0, where 1 − 2 / (e²ˣ + 1) would cancel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Tanh(Vector512<double> x)
    {
        Vector512<double> a = Vector512.Abs(x);
        Vector512<double> square = a * a;
        Vector512<double> p = Vector512.Create(-9.64399179425052238628e-1);
        p = Vector512.FusedMultiplyAdd(p, square, Vector512.Create(-9.92877231001918586564e1));
        p = Vector512.FusedMultiplyAdd(p, square, Vector512.Create(-1.61468768441708447952e3));
        Vector512<double> q = square + Vector512.Create(1.12811678491632931402e2);
        q = Vector512.FusedMultiplyAdd(q, square, Vector512.Create(2.23548839060100448583e3));
        q = Vector512.FusedMultiplyAdd(q, square, Vector512.Create(4.84406305325125486048e3));
        Vector512<double> near = Vector512.FusedMultiplyAdd(square * (p / q), a, a);
        Vector512<double> far = Vector512<double>.One - (Vector512.Create(2.0) / (Exp(a + a) + Vector512<double>.One));
        Vector512<double> size = Vector512.ConditionalSelect(Vector512.LessThan(a, Vector512.Create(0.625)), near, far);
        return size | (x & Vector512.Create(-0.0));
    }

    /// <summary>2ⁿ for an integer n from −1022 to 1023.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> PowerOfTwo(Vector512<double> n) =>
        Vector512.ShiftLeft((n + Vector512.Create(LongUnit + 1023)).AsInt64(), 52).AsDouble();

    /// <summary>e and f = m − 1 of x = 2ᵉ m, for finite x above 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<double> Exponent, Vector512<double> Fraction) Split(Vector512<double> x)
    {
        // Subnormal numbers are made normal by 2⁵².
        Vector512<double> isSmall = Vector512.LessThan(x, Vector512.Create(2.2250738585072014e-308));
        x = Vector512.ConditionalSelect(isSmall, x * Vector512.Create(LongUnit), x);
        Vector512<ulong> root = Vector512.Create(BitConverter.DoubleToUInt64Bits(0.70710678118654757));
        Vector512<ulong> biased = x.AsUInt64() - root + Vector512.Create(1023ul << 52);
        Vector512<ulong> mantissa = (biased & Vector512.Create((1ul << 52) - 1)) + root;
        Vector512<ulong> exponent = Vector512.ShiftRightLogical(biased, 52) | Vector512.Create(LongUnit).AsUInt64();
        Vector512<double> e = exponent.AsDouble() - Vector512.ConditionalSelect(
            isSmall, Vector512.Create(LongUnit + 1075), Vector512.Create(LongUnit + 1023));
        return (e, mantissa.AsDouble() - Vector512<double>.One);
    }

    /// <summary>ln(1 + f) − f.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> LogRest(Vector512<double> f)
    {
        Vector512<double> s = f / (f + Vector512.Create(2.0));
        Vector512<double> z = s * s;
        Vector512<double> p = Vector512.Create(1.479819860511658591e-1);
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(1.531383769920937332e-1));
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(1.818357216161805012e-1));
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(2.222219843214978396e-1));
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(2.857142874366239149e-1));
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(3.999999999940941908e-1));
        p = Vector512.FusedMultiplyAdd(p, z, Vector512.Create(6.666666666666735130e-1));
        Vector512<double> half = f * f * Vector512.Create(0.5);
        return Vector512.FusedMultiplyAdd(s, Vector512.FusedMultiplyAdd(p, z, half), -half);
    }

    /// <summary>A logarithm where x is positive and finite; elsewhere −∞ of 0, ∞ of ∞, NaN of the rest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> OfPositive(Vector512<double> x, Vector512<double> log)
    {
        Vector512<double> zero = Vector512<double>.Zero, infinity = Vector512.Create(double.PositiveInfinity);
        Vector512<double> isUsual = Vector512.GreaterThan(x, zero) & Vector512.LessThan(x, infinity);
        Vector512<double> ofZero = Vector512.ConditionalSelect(
            Vector512.Equals(x, zero), -infinity, Vector512.Create(double.NaN));
        return Vector512.ConditionalSelect(
            isUsual, log, Vector512.ConditionalSelect(Vector512.Equals(x, infinity), infinity, ofZero));
    }
}
