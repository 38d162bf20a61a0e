using System.Numerics;
using Qama.Layers;
using Qama.Numerics.Matrices;
using Qama.Numerics.Norms;
using Qama.Numerics.Vectors;
using Qama.Training.Modules;

namespace Qama.Training.Layers;

/// <summary>y = γ ∘ x̂ + β, x̂ every token normalised over its width (Ba, Kiros, Hinton, arXiv 1607.06450).</summary>
/// <typeparam name="T">float; double for verification.</typeparam>
public sealed class LayerNormalization<T> : SampleModule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Columns of γ and β that one work item sums: a cache line, or two.</summary>
    private const int ColumnsPerPart = 16;

    private readonly Parameter<T> _weight;
    private readonly Parameter<T> _bias;
    private readonly int _stride;
    private T[] _normalised = [];
    private T[] _inverse = [];

    /// <summary>Creates the layer with γ = 1 and β = 0.</summary>
    /// <param name="shape">Shape of a sample.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public LayerNormalization(TokenShape shape)
        : base(shape, shape)
    {
        _stride = Padding.Stride(shape.Width);
        _weight = new Parameter<T>("Weight", shape.Width);
        _bias = new Parameter<T>("Bias", shape.Width);
        _weight.Value.Fill(T.One);
        Parameters = NamedParameter<T>.Of(_weight, _bias);
    }

    /// <inheritdoc/>
    protected override int GradientParts => _stride / ColumnsPerPart;

    /// <inheritdoc/>
    protected override int ScratchLength => _stride;

    /// <inheritdoc/>
    protected override void AllocateCore()
    {
        base.AllocateCore();
        _normalised = new T[checked(Capacity * InputShape.Tokens * _stride)];
        _inverse = new T[Capacity * InputShape.Tokens];
    }

    /// <inheritdoc/>
    protected override void ForwardSample(int sample, ReadOnlySpan<T> input, Span<T> output, Span<T> scratch)
    {
        int width = InputShape.Width;
        ReadOnlySpan<T> weight = _weight.Value;
        ReadOnlySpan<T> bias = _bias.Value;
        for (int t = 0; t < InputShape.Tokens; t++)
        {
            int token = sample * InputShape.Tokens + t;
            Span<T> normalised = _normalised.AsSpan(token * _stride, _stride);
            _inverse[token] = LayerNorm.Forward(input.Slice(t * _stride, width), normalised);
            Span<T> row = output.Slice(t * _stride, _stride);
            Rows.MultiplyAdd(weight, normalised, bias, row);
            row[width..].Clear();
        }
    }

    /// <inheritdoc/>
    protected override void BackwardSample(
        int sample, ReadOnlySpan<T> input, ReadOnlySpan<T> outputGradient, Span<T> inputGradient, Span<T> scratch)
    {
        if (inputGradient.IsEmpty)
        {
            return;
        }

        int width = InputShape.Width;
        ReadOnlySpan<T> weight = _weight.Value;
        Span<T> scaled = scratch[..width];
        for (int t = 0; t < InputShape.Tokens; t++)
        {
            ReadOnlySpan<T> gradient = outputGradient.Slice(t * _stride, width);
            Rows.Multiply(gradient, weight, scaled);
            int token = sample * InputShape.Tokens + t;
            Span<T> row = inputGradient.Slice(t * _stride, _stride);
            LayerNorm.Backward<T>(_normalised.AsSpan(token * _stride, _stride), _inverse[token], scaled, row[..width]);
            row[width..].Clear();
        }
    }

    /// <inheritdoc/>
    protected override void AddParameterGradients(int part, Activations<T> input, Activations<T> outputGradient)
    {
        int first = part * ColumnsPerPart, columns = Math.Min(ColumnsPerPart, InputShape.Width - first);
        Span<T> weight = stackalloc T[ColumnsPerPart], bias = stackalloc T[ColumnsPerPart];
        weight.Clear();
        bias.Clear();
        _weight.Gradient.Slice(first, columns).CopyTo(weight);
        _bias.Gradient.Slice(first, columns).CopyTo(bias);
        int length = Count * InputShape.Tokens * _stride;
        var action = new SumAction(
            outputGradient.Values.AsSpan(first, length - first), _normalised.AsSpan(first, length - first), _stride, weight, bias);
        VectorPath.Run<T, SumAction>(ref action);
        weight[..columns].CopyTo(_weight.Gradient[first..]);
        bias[..columns].CopyTo(_bias.Gradient[first..]);
    }

    // Adds Σ g x̂ and Σ g over tokens, in order, down some columns.
    private readonly ref struct SumAction(
        ReadOnlySpan<T> gradient, ReadOnlySpan<T> normalised, int stride, Span<T> weight, Span<T> bias) : IVectorAction<T>
    {
        private readonly ReadOnlySpan<T> _gradient = gradient;
        private readonly ReadOnlySpan<T> _normalised = normalised;
        private readonly int _stride = stride;
        private readonly Span<T> _weight = weight;
        private readonly Span<T> _bias = bias;

        public void Run<TVector>()
            where TVector : struct, IVector<TVector, T>
        {
            for (int c = 0; c < ColumnsPerPart; c += TVector.Count)
            {
                (TVector products, TVector sums) = (TVector.Load(_weight, c), TVector.Load(_bias, c));
                for (int i = c; i < _gradient.Length; i += _stride)
                {
                    TVector own = TVector.Load(_gradient, i);
                    products = TVector.FusedMultiplyAdd(own, TVector.Load(_normalised, i), products);
                    sums += own;
                }

                TVector.Store(_weight, c, products);
                TVector.Store(_bias, c, sums);
            }
        }
    }
}
