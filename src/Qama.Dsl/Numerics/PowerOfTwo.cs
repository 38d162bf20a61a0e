namespace Qama.Numerics;

/// <summary>Powers of two as units: multiplying by one changes no digit, so that problems that differ by such a factor
/// are searched alike.</summary>
internal static class PowerOfTwo
{
    private const int LargestExponent = 1020; // so that twice the factor and one over it are finite
    private const int LargestSingleExponent = 127;

    /// <summary>The factor that brings a size into [1, 2); as near as there is one for sizes below 2⁻¹⁰²⁰, and 1 for 0
    /// and for what is not finite.</summary>
    public static double Inverse(double size) => Inverse(size, LargestExponent);

    /// <summary>The same among the numbers of single precision: exponents to ±127.</summary>
    public static float SingleInverse(double size) => (float)Inverse(size, LargestSingleExponent);

    private static double Inverse(double size, int most) =>
        size > 0 && double.IsFinite(size) ? Math.ScaleB(1, -Math.Clamp(Math.ILogB(size), -most, most)) : 1;
}

/// <summary>What single precision holds.</summary>
internal static class SinglePrecision
{
    private static readonly double _leastSquares = Math.ScaleB(1, -60);
    private static readonly double _mostSquares = Math.ScaleB(1, 100);

    /// <summary>Whether a sum of squares lost nothing that counts to numbers that are too small or too large: the sizes
    /// squared are in the middle of the range.</summary>
    public static bool Holds(double squares) => squares > _leastSquares && squares < _mostSquares;
}
