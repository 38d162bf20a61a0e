using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Qama.Kernels;

/// <summary>
/// Elementary functions of 16 floats. The framework's own fuse multiplications and additions only where the processor can, so
/// their last bits depend on it; these are made of operations that are rounded alike everywhere.
/// </summary>
/// <remarks>Polynomials: Cephes (S. Moshier, https://www.netlib.org/cephes/), single precision.</remarks>
internal static partial class LaneFunctions
{
    private const float LogTwo = 0.693147182464599609375f;
    private const float LogTwoRest = -1.904654323148236e-9f;
    private const float InverseLogTwo = 1.44269504f;
    private const float InverseLogTwoRest = 1.925963033500e-8f;

    // 1.5·2²³: adding it rounds to an integer and leaves that integer in the low bits.
    private const float Rounder = 12582912;

    /// <summary>eˣ = 2ⁿ eʳ with n = round(x / ln 2), |r| ≤ ln 2 / 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x)
    {
        // Beyond these the result is ∞ or 0; comparisons leave NaN as it is.
        Vector512<float> highest = Vector512.Create(89f), lowest = Vector512.Create(-104f);
        x = Vector512.ConditionalSelect(Vector512.GreaterThan(x, highest), highest, x);
        x = Vector512.ConditionalSelect(Vector512.LessThan(x, lowest), lowest, x);

        Vector512<float> rounder = Vector512.Create(Rounder);
        Vector512<float> shifted = Vector512.FusedMultiplyAdd(x, Vector512.Create(InverseLogTwo), rounder);
        Vector512<float> n = shifted - rounder;
        Vector512<float> r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-LogTwo), x);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-LogTwoRest), r);

        Vector512<float> p = Vector512.Create(1.9875691500e-4f);
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.3981999507e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(8.3334519073e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(4.1665795894e-2f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.6666665459e-1f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(5.0000001201e-1f));
        p = Vector512.FusedMultiplyAdd(p, r * r, r) + Vector512<float>.One;

        // In two factors: n reaches from −150 to 128, a float's exponent only from −126 to 127.
        Vector512<int> exponent = shifted.AsInt32() - rounder.AsInt32();
        Vector512<int> half = Vector512.ShiftRightArithmetic(exponent, 1);
        return p * PowerOfTwo(half) * PowerOfTwo(exponent - half);
    }

    /// <summary>ln x = e ln 2 + ln m with m in [√½, √2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Log(Vector512<float> x)
    {
        (Vector512<float> e, Vector512<float> f) = Split(x);
        (Vector512<float> square, Vector512<float> cube) = LogParts(f);
        Vector512<float> low = Vector512.FusedMultiplyAdd(e, Vector512.Create(LogTwoRest), cube);
        Vector512<float> log = f + Vector512.FusedMultiplyAdd(square, Vector512.Create(-0.5f), low);
        return OfPositive(x, Vector512.FusedMultiplyAdd(e, Vector512.Create(LogTwo), log));
    }

    /// <summary>log₂ x = e + ln m / ln 2 with m in [√½, √2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Log2(Vector512<float> x)
    {
        (Vector512<float> e, Vector512<float> f) = Split(x);
        (Vector512<float> square, Vector512<float> cube) = LogParts(f);
        Vector512<float> low = Vector512.FusedMultiplyAdd(square, Vector512.Create(-0.5f), cube);
        Vector512<float> inverse = Vector512.Create(InverseLogTwo);
        Vector512<float> log = Vector512.FusedMultiplyAdd(f, Vector512.Create(InverseLogTwoRest), low * inverse);
        return OfPositive(x, e + Vector512.FusedMultiplyAdd(f, inverse, log));
    }

    /// <summary>tanh x: a polynomial of x near 0, where 1 − 2 / (e²ˣ + 1) would cancel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Tanh(Vector512<float> x)
    {
        Vector512<float> a = Vector512.Abs(x);
        Vector512<float> square = a * a;
        Vector512<float> p = Vector512.Create(-5.70498872745e-3f);
        p = Vector512.FusedMultiplyAdd(p, square, Vector512.Create(2.06390887954e-2f));
        p = Vector512.FusedMultiplyAdd(p, square, Vector512.Create(-5.37397155531e-2f));
        p = Vector512.FusedMultiplyAdd(p, square, Vector512.Create(1.33314422036e-1f));
        p = Vector512.FusedMultiplyAdd(p, square, Vector512.Create(-3.33332819422e-1f));
        Vector512<float> near = Vector512.FusedMultiplyAdd(p * square, a, a);
        Vector512<float> far = Vector512<float>.One - (Vector512.Create(2f) / (Exp(a + a) + Vector512<float>.One));
        Vector512<float> size = Vector512.ConditionalSelect(Vector512.LessThan(a, Vector512.Create(0.625f)), near, far);
        return size | (x & Vector512.Create(-0f));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> PowerOfTwo(Vector512<int> exponent) =>
        Vector512.ShiftLeft(exponent + Vector512.Create(127), 23).AsSingle();

    /// <summary>e and f = m − 1 of x = 2ᵉ m, for finite x above 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<float> Exponent, Vector512<float> Fraction) Split(Vector512<float> x)
    {
        // Subnormal numbers are made normal by 2²³.
        Vector512<float> isSmall = Vector512.LessThan(x, Vector512.Create(1.17549435e-38f));
        x = Vector512.ConditionalSelect(isSmall, x * Vector512.Create(8388608f), x);
        Vector512<uint> root = Vector512.Create(BitConverter.SingleToUInt32Bits(0.70710677f));
        Vector512<uint> biased = x.AsUInt32() - root + Vector512.Create(127u << 23);
        Vector512<uint> exponent = Vector512.ShiftRightLogical(biased, 23);
        Vector512<uint> mantissa = (biased & Vector512.Create((1u << 23) - 1)) + root;
        Vector512<float> e = Vector512.ConvertToSingle(exponent.AsInt32())
            - Vector512.ConditionalSelect(isSmall, Vector512.Create(150f), Vector512.Create(127f));
        return (e, mantissa.AsSingle() - Vector512<float>.One);
    }

    /// <summary>f² and f³ P(f), where ln(1 + f) = f − f²/2 + f³ P(f).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<float> Square, Vector512<float> Cube) LogParts(Vector512<float> f)
    {
        Vector512<float> p = Vector512.Create(7.0376836292e-2f);
        p = Vector512.FusedMultiplyAdd(p, f, Vector512.Create(-1.1514610310e-1f));
        p = Vector512.FusedMultiplyAdd(p, f, Vector512.Create(1.1676998740e-1f));
        p = Vector512.FusedMultiplyAdd(p, f, Vector512.Create(-1.2420140846e-1f));
        p = Vector512.FusedMultiplyAdd(p, f, Vector512.Create(1.4249322787e-1f));
        p = Vector512.FusedMultiplyAdd(p, f, Vector512.Create(-1.6668057665e-1f));
        p = Vector512.FusedMultiplyAdd(p, f, Vector512.Create(2.0000714765e-1f));
        p = Vector512.FusedMultiplyAdd(p, f, Vector512.Create(-2.4999993993e-1f));
        p = Vector512.FusedMultiplyAdd(p, f, Vector512.Create(3.3333331174e-1f));
        Vector512<float> square = f * f;
        return (square, square * f * p);
    }

    /// <summary>A logarithm where x is positive and finite; elsewhere −∞ of 0, ∞ of ∞, NaN of the rest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> OfPositive(Vector512<float> x, Vector512<float> log)
    {
        Vector512<float> zero = Vector512<float>.Zero, infinity = Vector512.Create(float.PositiveInfinity);
        Vector512<float> isUsual = Vector512.GreaterThan(x, zero) & Vector512.LessThan(x, infinity);
        Vector512<float> ofZero = Vector512.ConditionalSelect(
            Vector512.Equals(x, zero), -infinity, Vector512.Create(float.NaN));
        return Vector512.ConditionalSelect(
            isUsual, log, Vector512.ConditionalSelect(Vector512.Equals(x, infinity), infinity, ofZero));
    }
}
