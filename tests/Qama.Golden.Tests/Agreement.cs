namespace Qama.Golden.Tests;

/// <summary>Comparison of tensors by ‖Δ‖∞ / ‖reference‖∞.</summary>
internal static class Agreement
{
#if QAMA_DOUBLE
    public const double Values = 1e-9;
    public const double Gradients = 1e-9;
#else
    public const double Values = 1e-5;
    public const double Gradients = 1e-4;
#endif

    public static void Check(string what, IReadOnlyList<double> reference, IEnumerable<Number> actual, double tolerance)
    {
        double[] values = [.. actual.Select(v => (double)v)];
        Assert.Equal(reference.Count, values.Length);
        double scale = reference.Max(Math.Abs);
        double error = reference.Zip(values, (r, v) => Math.Abs(r - v)).Max();
        Assert.True(
            error <= tolerance * scale || (scale == 0 && error == 0),
            $"{what}: relative error {error / scale:E2} exceeds {tolerance:E0}.");
    }
}
