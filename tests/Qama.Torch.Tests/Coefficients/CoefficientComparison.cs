using Qama.Layers;
using Qama.Torch.Tensors;
using static TorchSharp.torch;

namespace Qama.Torch.Tests.Coefficients;

/// <summary>Compares the native kernels with the emitted operations of torch.</summary>
internal static class CoefficientComparison
{
    /// <summary>Fails unless values and gradients agree where the loss depends on them. Where a native gradient is
    /// undefined, because an infinite value met a derivative of 0 in a product of matrices, the other one has to be a
    /// number.</summary>
    /// <param name="layer">The native layer.</param>
    /// <param name="model">Its operations of torch.</param>
    /// <param name="points">A batch.</param>
    /// <param name="type">What torch computes in.</param>
    /// <param name="tolerance">Of values, relative to the largest one.</param>
    /// <param name="gradientTolerance">Of gradients, likewise.</param>
    public static void AssertSame(
        QuboAttentionLayer<double> layer, ITensorModel model, CoefficientPoint[] points, ScalarType type, double tolerance, double gradientTolerance)
    {
        CoefficientResult[] expected = [.. points.Select(p => NativeCoefficients.Compute(layer, p))];
        CoefficientResult[] actual = TensorCoefficients.Compute(model, points, type);
        for (int b = 0; b < points.Length; b++)
        {
            Near(expected[b].Couplings, Symmetric(layer.Model, actual[b].Couplings), Counts(points[b].CouplingGradient), tolerance, "coupling");
            Near(expected[b].Fields, actual[b].Fields, Counts(points[b].FieldGradient), tolerance, "field");
        }

        // Of learnables it is the sum over the batch.
        double scale = expected.SelectMany(e => e.Gradients).SelectMany(g => g).Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max();
        for (int t = 0; t < expected[0].Gradients.Length; t++)
        {
            double[][] native = [.. expected.Select(e => e.Gradients[t])];
            double[][] tensors = t < 3 ? [.. actual.Select(a => a.Gradients[t])] : [actual[0].Gradients[t]];
            native = t < 3 ? native : [native.Aggregate((x, y) => [.. x.Zip(y, (p, q) => p + q)])];
            for (int b = 0; b < native.Length; b++)
            {
                Near(native[b], tensors[b], [.. native[b].Select(_ => true)], gradientTolerance, $"gradient {t} of sample {b}", scale, isGradient: true);
            }
        }
    }

    private static bool[] Counts(double[,,] gradient) => [.. gradient.Cast<double>().Select(g => g != 0)];

    private static bool[] Counts(double[,] gradient) => [.. gradient.Cast<double>().Select(g => g != 0)];

    private static double[] Symmetric(ModelDescriptor model, double[] similarities)
    {
        if (!model.HasSymmetricCouplings)
        {
            return similarities;
        }

        int n = model.Tokens;
        return [.. similarities.Select((x, at) => 0.5 * (x + similarities[(at / (n * n) * n * n) + (at % n * n) + (at / n % n)]))];
    }

    private static void Near(double[] expected, double[] actual, bool[] counts, double tolerance, string what, double scale = 0, bool isGradient = false)
    {
        Assert.Equal(expected.Length, actual.Length);
        scale = Math.Max(1e-3, Math.Max(scale, expected.Where((_, n) => counts[n]).Select(Math.Abs).DefaultIfEmpty(0).Max()));
        for (int n = 0; n < expected.Length; n++)
        {
            Assert.True(
                !counts[n] || Math.Abs(expected[n] - actual[n]) <= tolerance * scale || expected[n].Equals(actual[n])
                || (isGradient && !double.IsFinite(expected[n]) && double.IsFinite(actual[n])),
                $"{what} {n}: native {expected[n]:R}, tensors {actual[n]:R}");
        }
    }
}
