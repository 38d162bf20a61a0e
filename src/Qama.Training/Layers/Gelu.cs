using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Qama.Training;

/// <summary>
/// The Gaussian error linear unit in its tanh form, y = ½x (1 + tanh(√(2/π)(x + 0.044715 x³))) (Hendrycks, Gimpel,
/// arXiv 1606.08415; PyTorch's <c>GELU(approximate="tanh")</c>).
/// </summary>
/// <typeparam name="T">float; double for verification.</typeparam>
/// <param name="shape">Shape of a sample.</param>
public sealed class Gelu<T>(TokenShape shape) : SampleModule<T>(shape, shape)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private static readonly T _scale = T.CreateTruncating(Math.Sqrt(2 / Math.PI));
    private static readonly T _cubic = T.CreateTruncating(0.044715);

    /// <inheritdoc/>
    protected override void ForwardSample(int sample, ReadOnlySpan<T> input, Span<T> output, Span<T> scratch)
    {
        ReadOnlySpan<Vector512<T>> x = MemoryMarshal.Cast<T, Vector512<T>>(input);
        Span<Vector512<T>> y = MemoryMarshal.Cast<T, Vector512<T>>(output);
        Vector512<T> half = Vector512.Create(T.CreateTruncating(0.5));
        for (int i = 0; i < x.Length; i++)
        {
            y[i] = half * x[i] * (Vector512<T>.One + VectorFunctions.Tanh(Argument(x[i])));
        }
    }

    /// <inheritdoc/>
    protected override void BackwardSample(
        int sample, ReadOnlySpan<T> input, ReadOnlySpan<T> outputGradient, Span<T> inputGradient, Span<T> scratch)
    {
        ReadOnlySpan<Vector512<T>> x = MemoryMarshal.Cast<T, Vector512<T>>(input);
        ReadOnlySpan<Vector512<T>> g = MemoryMarshal.Cast<T, Vector512<T>>(outputGradient);
        Span<Vector512<T>> result = MemoryMarshal.Cast<T, Vector512<T>>(inputGradient);
        Vector512<T> half = Vector512.Create(T.CreateTruncating(0.5));
        Vector512<T> slope = Vector512.Create(_scale);
        Vector512<T> cubicSlope = Vector512.Create(T.CreateTruncating(3) * _cubic * _scale);
        for (int i = 0; i < result.Length; i++)
        {
            Vector512<T> tanh = VectorFunctions.Tanh(Argument(x[i]));
            Vector512<T> inner = slope + cubicSlope * x[i] * x[i];
            Vector512<T> derivative = half * (Vector512<T>.One + tanh)
                + half * x[i] * (Vector512<T>.One - tanh * tanh) * inner;
            result[i] = g[i] * derivative;
        }
    }

    private static Vector512<T> Argument(Vector512<T> x) =>
        Vector512.Create(_scale) * (x + Vector512.Create(_cubic) * x * x * x);
}
