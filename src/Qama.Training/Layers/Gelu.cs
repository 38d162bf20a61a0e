using System.Numerics;
using System.Runtime.CompilerServices;
using Qama.Numerics.Vectors;
using Qama.Training.Modules;

namespace Qama.Training.Layers;

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
        var action = new ForwardAction(input, output);
        VectorPath.Run<T, ForwardAction>(ref action);
    }

    /// <inheritdoc/>
    protected override void BackwardSample(
        int sample, ReadOnlySpan<T> input, ReadOnlySpan<T> outputGradient, Span<T> inputGradient, Span<T> scratch)
    {
        var action = new BackwardAction(input, outputGradient, inputGradient);
        VectorPath.Run<T, BackwardAction>(ref action);
    }

    /// <summary>The outputs, in given registers.</summary>
    internal static void Forward<TVector>(ReadOnlySpan<T> input, Span<T> output)
        where TVector : struct, IVector<TVector, T>
    {
        TVector half = TVector.All(T.CreateTruncating(0.5));
        TVector one = TVector.All(T.One);
        for (int i = 0; i < input.Length; i += TVector.Count)
        {
            TVector x = TVector.Load(input, i);
            TVector.Store(output, i, half * x * (one + Tanh(Argument(x))));
        }
    }

    /// <summary>The gradient of the inputs, in given registers.</summary>
    internal static void Backward<TVector>(ReadOnlySpan<T> input, ReadOnlySpan<T> outputGradient, Span<T> inputGradient)
        where TVector : struct, IVector<TVector, T>
    {
        TVector half = TVector.All(T.CreateTruncating(0.5));
        TVector one = TVector.All(T.One);
        TVector slope = TVector.All(_scale);
        TVector cubicSlope = TVector.All(T.CreateTruncating(3) * _cubic * _scale);
        for (int i = 0; i < inputGradient.Length; i += TVector.Count)
        {
            TVector x = TVector.Load(input, i);
            TVector tanh = Tanh(Argument(x));
            TVector inner = slope + cubicSlope * x * x;
            TVector derivative = half * (one + tanh) + half * x * (one - tanh * tanh) * inner;
            TVector.Store(inputGradient, i, TVector.Load(outputGradient, i) * derivative);
        }
    }

    private static TVector Argument<TVector>(TVector x)
        where TVector : struct, IVector<TVector, T> =>
        TVector.All(_scale) * (x + TVector.All(_cubic) * x * x * x);

    /// <summary>tanh x = 1 − 2/(e²ˣ + 1). It cancels near 0, where 1 is added to it: the kernels' own tanh, which does not, would
    /// give nothing for its longer way.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Tanh<TVector>(TVector x)
        where TVector : struct, IVector<TVector, T>
    {
        TVector two = TVector.All(T.CreateTruncating(2));
        TVector one = TVector.All(T.One);
        return one - two / (TVector.Exp(two * x) + one);
    }

    private readonly ref struct ForwardAction(ReadOnlySpan<T> input, Span<T> output) : IVectorAction<T>
    {
        private readonly ReadOnlySpan<T> _input = input;
        private readonly Span<T> _output = output;

        public void Run<TVector>()
            where TVector : struct, IVector<TVector, T> => Gelu<T>.Forward<TVector>(_input, _output);
    }

    private readonly ref struct BackwardAction(ReadOnlySpan<T> input, ReadOnlySpan<T> outputGradient, Span<T> inputGradient)
        : IVectorAction<T>
    {
        private readonly ReadOnlySpan<T> _input = input;
        private readonly ReadOnlySpan<T> _outputGradient = outputGradient;
        private readonly Span<T> _inputGradient = inputGradient;

        public void Run<TVector>()
            where TVector : struct, IVector<TVector, T> => Gelu<T>.Backward<TVector>(_input, _outputGradient, _inputGradient);
    }
}
