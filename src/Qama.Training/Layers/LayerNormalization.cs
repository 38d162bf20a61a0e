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
    protected override int GradientParts => 1;

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
        Span<T> weight = _weight.Gradient;
        Span<T> bias = _bias.Gradient;
        for (int token = 0; token < Count * InputShape.Tokens; token++)
        {
            ReadOnlySpan<T> gradient = outputGradient.Values.AsSpan(token * _stride, weight.Length);
            ReadOnlySpan<T> normalised = _normalised.AsSpan(token * _stride, weight.Length);
            Rows.MultiplyAdd<T>(gradient, normalised, weight, weight);
            Rows.AddScaled(T.One, gradient, bias);
        }
    }
}
