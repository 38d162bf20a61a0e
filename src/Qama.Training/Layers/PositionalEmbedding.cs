using System.Numerics;
using Qama.Layers;
using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;
using Qama.Training.Modules;

namespace Qama.Training.Layers;

/// <summary>Adds to every token a vector that tells its position.</summary>
/// <typeparam name="T">float; double for verification.</typeparam>
public sealed class PositionalEmbedding<T> : SampleModule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Parameter<T> _table;
    private readonly bool _learned;
    private readonly int _stride;

    private PositionalEmbedding(TokenShape shape, bool learned)
        : base(shape, shape)
    {
        _learned = learned;
        _stride = Padding.Stride(shape.Width);
        _table = new Parameter<T>("Position", shape.Tokens, shape.Width);
        Parameters = learned ? NamedParameter<T>.Of(_table) : [];
    }

    /// <inheritdoc/>
    protected override int GradientParts => _learned ? InputShape.Tokens : 0;

    /// <summary>A trainable table, normal with deviation 0.02 at first.</summary>
    /// <param name="shape">Shape of a sample.</param>
    /// <param name="seed">Seed of the initial values.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public static PositionalEmbedding<T> Learned(TokenShape shape, long seed)
    {
        var module = new PositionalEmbedding<T>(shape, learned: true);
        Initialization.Normal(module._table, 0.02, seed);
        return module;
    }

    /// <summary>Sines at even and cosines at odd places, wavelengths from 2π to 10,000·2π (Vaswani et al., arXiv 1706.03762,
    /// section 3.5); not trained.</summary>
    /// <param name="shape">Shape of a sample.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public static PositionalEmbedding<T> Sinusoidal(TokenShape shape)
    {
        var module = new PositionalEmbedding<T>(shape, learned: false);
        for (int t = 0; t < shape.Tokens; t++)
        {
            for (int c = 0; c < shape.Width; c++)
            {
                double angle = t / Math.Pow(10000, (c & ~1) / (double)shape.Width);
                module._table.Value[t * shape.Width + c] = T.CreateTruncating((c & 1) == 0 ? Math.Sin(angle) : Math.Cos(angle));
            }
        }

        return module;
    }

    /// <inheritdoc/>
    protected override void ForwardSample(int sample, ReadOnlySpan<T> input, Span<T> output, Span<T> scratch)
    {
        int width = InputShape.Width;
        input.CopyTo(output);
        for (int t = 0; t < InputShape.Tokens; t++)
        {
            Rows.AddScaled<T>(T.One, _table.Value.Slice(t * width, width), output[(t * _stride)..]);
        }
    }

    /// <inheritdoc/>
    protected override void BackwardSample(
        int sample, ReadOnlySpan<T> input, ReadOnlySpan<T> outputGradient, Span<T> inputGradient, Span<T> scratch)
    {
        if (!inputGradient.IsEmpty)
        {
            outputGradient.CopyTo(inputGradient);
        }
    }

    /// <inheritdoc/>
    protected override void AddParameterGradients(int part, Activations<T> input, Activations<T> outputGradient)
    {
        Span<T> target = _table.Gradient.Slice(part * InputShape.Width, InputShape.Width);
        for (int sample = 0; sample < Count; sample++)
        {
            Rows.AddScaled(T.One, outputGradient.Row(sample, part), target);
        }
    }
}
