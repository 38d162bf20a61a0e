using System.Numerics;
using System.Runtime.CompilerServices;

namespace Qama.Numerics.Vectors;

/// <summary>
/// Elementary functions of floats. The framework's own fuse multiplications and additions only where the processor can, so
/// their last bits depend on it; these are made of operations that are rounded alike everywhere.
/// </summary>
/// <remarks>Polynomials: Cephes (S. Moshier, https://www.netlib.org/cephes/), single precision.</remarks>
internal static class SingleFunctions<TVector, T>
    where TVector : struct, IVector<TVector, T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const float LogTwo = 0.693147182464599609375f;
    private const float LogTwoRest = -1.904654323148236e-9f;
    private const float InverseLogTwo = 1.44269504f;

    // 1.5·2²³ and 2²³: the first rounds to an integer, the second makes a number of an integer in the low bits.
    private const float Rounder = 12582912;
    private const float Unit = 8388608;

    /// <summary>eˣ = 2ⁿ eʳ with n = round(x / ln 2), |r| ≤ ln 2 / 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Exp(TVector x)
    {
        // Beyond these the result is ∞ or 0; comparisons leave NaN as it is.
        TVector highest = All(89f), lowest = All(-104f);
        x = TVector.Choose(GreaterThan(x, highest), highest, x);
        x = TVector.Choose(TVector.LessThan(x, lowest), lowest, x);

        TVector rounder = All(Rounder);
        TVector n = TVector.FusedMultiplyAdd(x, All(InverseLogTwo), rounder) - rounder;
        TVector r = TVector.FusedMultiplyAdd(n, All(-LogTwo), x);
        r = TVector.FusedMultiplyAdd(n, All(-LogTwoRest), r);

        TVector p = All(1.9875691500e-4f);
        p = TVector.FusedMultiplyAdd(p, r, All(1.3981999507e-3f));
        p = TVector.FusedMultiplyAdd(p, r, All(8.3334519073e-3f));
        p = TVector.FusedMultiplyAdd(p, r, All(4.1665795894e-2f));
        p = TVector.FusedMultiplyAdd(p, r, All(1.6666665459e-1f));
        p = TVector.FusedMultiplyAdd(p, r, All(5.0000001201e-1f));
        p = TVector.FusedMultiplyAdd(p, r * r, r) + All(1);

        // In two factors: n reaches from −150 to 128, a float's exponent only from −126 to 127.
        TVector half = TVector.FusedMultiplyAdd(n, All(0.5f), rounder) - rounder;
        return p * PowerOfTwo(half) * PowerOfTwo(n - half);
    }

    /// <summary>ln x = e ln 2 + ln m with m in [√½, √2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Log(TVector x)
    {
        (TVector e, TVector f) = Split(x);
        (TVector square, TVector cube) = LogParts(f);
        TVector low = TVector.FusedMultiplyAdd(e, All(LogTwoRest), cube);
        TVector log = f + TVector.FusedMultiplyAdd(square, All(-0.5f), low);
        return OfPositive(x, TVector.FusedMultiplyAdd(e, All(LogTwo), log));
    }

    /// <summary>tanh x: a polynomial of x near 0, where 1 − 2 / (e²ˣ + 1) would cancel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Tanh(TVector x)
    {
        TVector a = TVector.Abs(x);
        TVector square = a * a;
        TVector p = All(-5.70498872745e-3f);
        p = TVector.FusedMultiplyAdd(p, square, All(2.06390887954e-2f));
        p = TVector.FusedMultiplyAdd(p, square, All(-5.37397155531e-2f));
        p = TVector.FusedMultiplyAdd(p, square, All(1.33314422036e-1f));
        p = TVector.FusedMultiplyAdd(p, square, All(-3.33332819422e-1f));
        TVector near = TVector.FusedMultiplyAdd(p * square, a, a);
        TVector far = All(1) - (All(2f) / (Exp(a + a) + All(1)));
        TVector size = TVector.Choose(TVector.LessThan(a, All(0.625f)), near, far);
        return size | (x & All(-0f));
    }

    /// <summary>2ⁿ for an integer n from −126 to 127.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector PowerOfTwo(TVector n) => TVector.ShiftLeft(n + All(Unit + 127), 23);

    /// <summary>e and f = m − 1 of x = 2ᵉ m, for finite x above 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (TVector Exponent, TVector Fraction) Split(TVector x)
    {
        // Subnormal numbers are made normal by 2²³.
        TVector isSmall = TVector.LessThan(x, All(1.17549435e-38f));
        x = TVector.Choose(isSmall, x * All(Unit), x);
        TVector root = All(0.70710677f);
        TVector biased = TVector.AddIntegers(TVector.SubtractIntegers(x, root), All(1));
        TVector mantissa = TVector.AddIntegers(biased & All(BitConverter.UInt32BitsToSingle((1u << 23) - 1)), root);
        TVector exponent = TVector.ShiftRight(biased, 23) | All(Unit);
        TVector e = exponent - TVector.Choose(isSmall, All(Unit + 150), All(Unit + 127));
        return (e, mantissa - All(1));
    }

    /// <summary>f² and f³ P(f), where ln(1 + f) = f − f²/2 + f³ P(f).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (TVector Square, TVector Cube) LogParts(TVector f)
    {
        TVector p = All(7.0376836292e-2f);
        p = TVector.FusedMultiplyAdd(p, f, All(-1.1514610310e-1f));
        p = TVector.FusedMultiplyAdd(p, f, All(1.1676998740e-1f));
        p = TVector.FusedMultiplyAdd(p, f, All(-1.2420140846e-1f));
        p = TVector.FusedMultiplyAdd(p, f, All(1.4249322787e-1f));
        p = TVector.FusedMultiplyAdd(p, f, All(-1.6668057665e-1f));
        p = TVector.FusedMultiplyAdd(p, f, All(2.0000714765e-1f));
        p = TVector.FusedMultiplyAdd(p, f, All(-2.4999993993e-1f));
        p = TVector.FusedMultiplyAdd(p, f, All(3.3333331174e-1f));
        TVector square = f * f;
        return (square, square * f * p);
    }

    /// <summary>A logarithm where x is positive and finite; elsewhere −∞ of 0, ∞ of ∞, NaN of the rest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector OfPositive(TVector x, TVector log)
    {
        TVector zero = TVector.Zero, infinity = All(float.PositiveInfinity);
        TVector isUsual = GreaterThan(x, zero) & TVector.LessThan(x, infinity);
        TVector ofZero = TVector.Choose(
            TVector.EqualTo(x, zero), -infinity, All(float.NaN));
        return TVector.Choose(
            isUsual, log, TVector.Choose(TVector.EqualTo(x, infinity), infinity, ofZero));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector All(float value) => TVector.All(Unsafe.BitCast<float, T>(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector GreaterThan(TVector a, TVector b) => TVector.LessThan(b, a);
}
