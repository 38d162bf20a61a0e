using System.Numerics;
using Qama.Layers;
using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;
using Qama.Training.Modules;

namespace Qama.Training.Layers;

/// <summary>y = x Wᵀ + b for every token: a dense layer. Weights start as PyTorch's linear default does.</summary>
/// <typeparam name="T">float; double for verification.</typeparam>
public sealed class Linear<T> : SampleModule<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Rows of ∂W that one work item owns: what padding is a multiple of.</summary>
    private const int RowsPerPart = 16;

    private const int TokensPerBlock = 256;

    private static readonly T[] _one = [T.One];
    private readonly Parameter<T> _weight;
    private readonly Parameter<T>? _bias;
    private readonly int _in;
    private readonly int _out;
    private readonly int _inStride;
    private readonly int _outStride;
    private readonly T[] _padded;
    private readonly T[] _transposed;
    private readonly T[] _paddedBias;
    private readonly T[] _products;
    private readonly T[] _sums;

    /// <summary>Creates the layer.</summary>
    /// <param name="input">Shape of an input sample.</param>
    /// <param name="outputs">Width of the output.</param>
    /// <param name="seed">Seed of the initial values.</param>
    /// <param name="bias">Whether there is a bias b.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public Linear(TokenShape input, int outputs, long seed, bool bias = true)
        : base(input, input with { Width = outputs })
    {
        _in = input.Width;
        _out = outputs;
        _inStride = Padding.Stride(_in);
        _outStride = Padding.Stride(_out);
        _weight = new Parameter<T>("Weight", outputs, input.Width);
        _bias = bias ? new Parameter<T>("Bias", outputs) : null;
        _padded = new T[_out * _inStride];
        _products = new T[_out * _inStride];
        _sums = new T[_outStride];
        _transposed = new T[_in * _outStride];
        _paddedBias = new T[_outStride];
        Initialization.Uniform(_weight, _in, seed);
        if (_bias is not null)
        {
            Initialization.Uniform(_bias, _in, seed);
        }

        Parameters = NamedParameter<T>.Of(_weight, _bias);
    }

    /// <summary>W, [outputs, inputs].</summary>
    public Parameter<T> Weight => _weight;

    /// <summary>b, [outputs]; null without.</summary>
    public Parameter<T>? Bias => _bias;

    /// <inheritdoc/>
    protected override int GradientParts => (_out + RowsPerPart - 1) / RowsPerPart;

    /// <inheritdoc/>
    protected override void BeginForward()
    {
        Padding.Copy<T>(_weight.Value, _in, _padded, _inStride, _out, _in);
        Padding.Transpose<T>(_weight.Value, _in, _transposed, _outStride, _out, _in);
        _bias?.Value.CopyTo(_paddedBias);
    }

    /// <inheritdoc/>
    protected override void ForwardSample(int sample, ReadOnlySpan<T> input, Span<T> output, Span<T> scratch)
    {
        for (int t = 0; t < InputShape.Tokens; t++)
        {
            _paddedBias.CopyTo(output[(t * _outStride)..]);
        }

        MatrixProduct.Multiply(
            input, _inStride, 1, _transposed, _outStride, output, _outStride, InputShape.Tokens, _in, _outStride, accumulate: true);
    }

    /// <inheritdoc/>
    protected override void BackwardSample(
        int sample, ReadOnlySpan<T> input, ReadOnlySpan<T> outputGradient, Span<T> inputGradient, Span<T> scratch)
    {
        if (!inputGradient.IsEmpty)
        {
            MatrixProduct.Multiply(
                outputGradient, _outStride, 1, _padded, _inStride, inputGradient, _inStride, InputShape.Tokens, _out, _inStride);
        }
    }

    /// <inheritdoc/>
    protected override void AddParameterGradients(int part, Activations<T> input, Activations<T> outputGradient)
    {
        // ∂W = Gᵀ X, block after block of tokens: both blocks stay in a near cache while all rows read them.
        int first = part * RowsPerPart;
        int rows = Math.Min(RowsPerPart, _out - first);
        int tokens = Count * InputShape.Tokens;
        Span<T> products = _products.AsSpan(first * _inStride, rows * _inStride);
        Span<T> sums = _sums.AsSpan(first, RowsPerPart);
        products.Clear();
        sums.Clear();
        for (int start = 0; start < tokens; start += TokensPerBlock)
        {
            int count = Math.Min(TokensPerBlock, tokens - start);
            ReadOnlySpan<T> gradient = outputGradient.Values.AsSpan(start * _outStride + first);
            MatrixProduct.Multiply(
                gradient, 1, _outStride, input.Values.AsSpan(start * _inStride), _inStride, products, _inStride, rows, count, _inStride,
                accumulate: true);
            if (_bias is not null)
            {
                MatrixProduct.Multiply(_one, 0, 0, gradient, _outStride, sums, RowsPerPart, 1, count, RowsPerPart, accumulate: true);
            }
        }

        for (int o = 0; o < rows; o++)
        {
            Rows.AddScaled(T.One, products.Slice(o * _inStride, _in), _weight.Gradient.Slice((first + o) * _in, _in));
        }

        if (_bias is not null)
        {
            Rows.AddScaled<T>(T.One, sums[..rows], _bias.Gradient.Slice(first, rows));
        }
    }
}
