using System.Numerics;
using Qama.Numerics;
using Qama.Numerics.Matrices;
using Qama.Numerics.Norms;
using Qama.Numerics.Vectors;

namespace Qama.Layers;

/// <summary>
/// What happens to query, key and value inputs before the energy: LayerNorm, then a linear projection, either optional.
/// </summary>
/// <remarks>
/// The affine part of the norm is folded into the projection: W(γ∘x̂ + β) + b = (W∘γ) x̂ + (Wβ + b), so one normalised
/// input serves all three roles when they share it. The gradients of γ, β and W all follow from U = Σ q̄ x̂ᵀ and r = Σ q̄
/// (q̄ the gradient of the projected input, sums over samples and tokens):
/// ∂W = U∘γ + r βᵀ, ∂γ = columns of (W∘U), ∂β = Wᵀ r, ∂b = r.
/// </remarks>
internal sealed class InputStage<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private static readonly string[] _roleNames = ["Query", "Key", "Value"];
    private const long NormWork = 2 * InnerParts.PerNumber; // per number of a token: two passes

    private readonly ModelDescriptor _model;
    private int? _tokens; // where not the model's
    private readonly Parameter<T>?[] _scale = new Parameter<T>?[3];
    private readonly Parameter<T>?[] _shift = new Parameter<T>?[3];
    private readonly Parameter<T>?[] _weight = new Parameter<T>?[3];
    private readonly Parameter<T>?[] _bias = new Parameter<T>?[3];

    public InputStage(ModelDescriptor model)
    {
        _model = model;
        Width = model.EmbeddingDim;
        OutputDim = model.OutputDim;
        WidthStride = Padding.SpreadStride(Width);
        for (int role = 0; role < 3; role++)
        {
            if (model.HasLayerNorm)
            {
                _scale[role] = new Parameter<T>(_roleNames[role] + "Norm.Weight", Width);
                _shift[role] = new Parameter<T>(_roleNames[role] + "Norm.Bias", Width);
                _scale[role]!.Value.Fill(T.One);
            }

            if (model.HasProjection)
            {
                _weight[role] = new Parameter<T>(_roleNames[role] + "Projection", OutputDim, Width);
                if (model.HasProjectionBias)
                {
                    _bias[role] = new Parameter<T>(_roleNames[role] + "Projection.Bias", OutputDim);
                }
            }
        }
    }

    /// <summary>Width E of an input token.</summary>
    public int Width { get; }

    /// <summary>Width H·D of a projected token.</summary>
    public int OutputDim { get; }

    /// <summary>Padded row length of token-major normalised inputs.</summary>
    public int WidthStride { get; }

    /// <summary>The longest padded row of feature-major buffers.</summary>
    public int LargestStride => Padding.Stride(Math.Max(TokensOf(InputRole.Query), TokensOf(InputRole.Key)));

    /// <summary>Scratch elements a worker needs: a feature-major copy of an input and a token-major one.</summary>
    public int ScratchLength => checked(Width * LargestStride + Math.Max(TokensOf(InputRole.Query), TokensOf(InputRole.Key)) * WidthStride);

    /// <summary>Tokens of a role's input: keys and values may be others than queries.</summary>
    public int TokensOf(InputRole role) => _tokens ?? (role == InputRole.Query ? _model.Tokens : _model.KeyTokens);

    /// <summary>Padded row length of a role's feature-major buffers.</summary>
    public int StrideOf(InputRole role) => Padding.Stride(TokensOf(role));

    /// <summary>A stage with these parameters for inputs of another length.</summary>
    public InputStage<T> ForTokens(int tokens)
    {
        var stage = (InputStage<T>)MemberwiseClone();
        stage._tokens = tokens;
        return stage;
    }

    /// <summary>The parameters: norms of query, key, value; then projections; then biases.</summary>
    public IEnumerable<Parameter<T>> Parameters =>
        _scale.Zip(_shift).SelectMany(p => new[] { p.First, p.Second }).Concat(_weight).Concat(_bias).OfType<Parameter<T>>();

    /// <summary>PyTorch's linear default: uniform in ±1/√(inputs), weights and biases alike.</summary>
    public void Initialise(Func<Parameter<T>, RandomStream> stream)
    {
        double bound = 1 / Math.Sqrt(Width);
        foreach (Parameter<T> parameter in _weight.Concat(_bias).OfType<Parameter<T>>())
        {
            RandomStream random = stream(parameter);
            foreach (ref T value in parameter.Value)
            {
                value = T.CreateTruncating((2 * random.NextDouble() - 1) * bound);
            }
        }
    }

    /// <summary>Folds the norm's affine part into the projections, once per batch.</summary>
    /// <param name="weights">Receives [3, out, in]; unused without projection.</param>
    /// <param name="shifts">Receives [3, out].</param>
    public void Fold(Span<T> weights, Span<T> shifts)
    {
        for (int role = 0; role < 3 && _model.HasProjection; role++)
        {
            ReadOnlySpan<T> weight = _weight[role]!.Value;
            Span<T> folded = weights.Slice(role * weight.Length, weight.Length);
            Span<T> shift = shifts.Slice(role * OutputDim, OutputDim);
            shift.Clear();
            _bias[role]?.Value.CopyTo(shift);
            if (_scale[role] is not { } scale)
            {
                weight.CopyTo(folded);
                continue;
            }

            for (int o = 0; o < OutputDim; o++)
            {
                ReadOnlySpan<T> row = weight.Slice(o * Width, Width);
                Rows.Multiply(row, scale.Value, folded.Slice(o * Width, Width));
                shift[o] += Rows.Dot<T>(row, _shift[role]!.Value);
            }
        }
    }

    /// <summary>The folded weights of all roles, transposed: what a gradient's way back reads row by row.</summary>
    /// <param name="weights">[3, out, in].</param>
    /// <param name="turned">Receives [3, in, out].</param>
    public void Turn(ReadOnlySpan<T> weights, Span<T> turned)
    {
        int length = OutputDim * Width;
        for (int start = 0; start < weights.Length; start += length)
        {
            Padding.Transpose(weights.Slice(start, length), Width, turned.Slice(start, length), OutputDim, OutputDim, Width);
        }
    }

    /// <summary>Normalises (or copies) one sample's input, token-major, padded; padded tokens become zero.</summary>
    public void Normalise(ReadOnlySpan<T> input, int tokens, int tokenCount, Span<T> normalized, Span<T> inverse)
    {
        long work = NormWork * tokens * Width;
        int part = InnerParts.Rows(tokens, work, tile: 1);
        var body = new NormaliseBody(this, input, tokens, tokenCount, normalized, inverse, part);
        InnerLoop<NormaliseBody>.Run(ref body, InnerParts.Count(tokens, part), work);
    }

    private void NormaliseToken(int t, ReadOnlySpan<T> input, int tokenCount, Span<T> normalized, Span<T> inverse)
    {
        Span<T> row = normalized.Slice(t * WidthStride, WidthStride);
        ReadOnlySpan<T> x = input.Slice(t * Width, Width);
        if (t >= tokenCount)
        {
            row.Clear();
            inverse[t] = T.Zero;
        }
        else if (_model.HasLayerNorm)
        {
            inverse[t] = LayerNorm.Forward(x, row);
        }
        else
        {
            x.CopyTo(row);
            row[Width..].Clear();
        }
    }

    /// <summary>Projects one normalised input for one role.</summary>
    /// <param name="role">Query, key or value.</param>
    /// <param name="featureMajor">The normalised input, [width, token stride].</param>
    /// <param name="weights">Folded weights of all roles.</param>
    /// <param name="shifts">Folded shifts of all roles.</param>
    /// <param name="projected">Receives [out, token stride].</param>
    public void Project(
        InputRole role, ReadOnlySpan<T> featureMajor, ReadOnlySpan<T> weights, ReadOnlySpan<T> shifts, Span<T> projected)
    {
        int stride = StrideOf(role);
        if (!_model.HasProjection)
        {
            for (int c = 0; c < Width; c++)
            {
                T scale = _scale[(int)role] is { } s ? s.Value[c] : T.One;
                T shift = _shift[(int)role] is { } b ? b.Value[c] : T.Zero;
                ScaleAndShift(featureMajor.Slice(c * stride, stride), scale, shift, projected.Slice(c * stride, stride));
            }

            return;
        }

        ReadOnlySpan<T> weight = weights.Slice((int)role * OutputDim * Width, OutputDim * Width);
        ReadOnlySpan<T> rowShift = shifts.Slice((int)role * OutputDim, OutputDim);
        for (int o = 0; o < OutputDim; o++)
        {
            projected.Slice(o * stride, stride).Fill(rowShift[o]);
        }

        MatrixProduct.Multiply(
            weight, Width, 1, featureMajor, stride, projected, stride, OutputDim, Width, stride, accumulate: true);
    }

    /// <summary>Adds one role's share of ∂L/∂x̂, feature-major.</summary>
    /// <param name="role">Query, key or value.</param>
    /// <param name="projectedGradient">Gradient of the projected input, [out, token stride].</param>
    /// <param name="turned">Folded weights of all roles, transposed.</param>
    /// <param name="featureMajorGradient">∂L/∂x̂, [width, token stride].</param>
    public void BackwardToNormalised(
        InputRole role, ReadOnlySpan<T> projectedGradient, ReadOnlySpan<T> turned, Span<T> featureMajorGradient)
    {
        int stride = StrideOf(role);
        if (_model.HasProjection)
        {
            MatrixProduct.Multiply(
                turned.Slice((int)role * OutputDim * Width, OutputDim * Width), OutputDim, 1,
                projectedGradient, stride, featureMajorGradient, stride,
                Width, OutputDim, stride, accumulate: true);
            return;
        }

        for (int c = 0; c < Width; c++)
        {
            T scale = _scale[(int)role] is { } s ? s.Value[c] : T.One;
            Rows.AddScaled(
                scale, projectedGradient.Slice(c * stride, stride), featureMajorGradient.Slice(c * stride, stride));
        }
    }

    /// <summary>Takes ∂L/∂x̂ (feature-major) back through the norm to the input (token-major, unpadded).</summary>
    public void BackwardToInput(
        InputRole role, ReadOnlySpan<T> featureMajorGradient, ReadOnlySpan<T> normalized, ReadOnlySpan<T> inverse, int tokenCount,
        Span<T> scratch, Span<T> inputGradient)
    {
        Padding.Transpose(featureMajorGradient, StrideOf(role), scratch, WidthStride, Width, tokenCount);
        long work = NormWork * tokenCount * Width;
        int part = InnerParts.Rows(tokenCount, work, tile: 1);
        var body = new BackwardBody(this, scratch, normalized, inverse, tokenCount, inputGradient, part);
        InnerLoop<BackwardBody>.Run(ref body, InnerParts.Count(tokenCount, part), work);
        inputGradient[(tokenCount * Width)..].Clear();
    }

    /// <summary>Adds one sample's q̄ x̂ᵀ and q̄ summed over tokens, for a block of rows, to U and r.</summary>
    public void AccumulateProducts(
        InputRole role, int firstRow, int rows, ReadOnlySpan<T> projectedGradient, ReadOnlySpan<T> normalized, Span<T> products,
        Span<T> sums)
    {
        (int tokens, int stride) = (TokensOf(role), StrideOf(role));
        ReadOnlySpan<T> gradient = projectedGradient.Slice(firstRow * stride, rows * stride);
        if (_model.HasProjection)
        {
            MatrixProduct.Multiply(
                gradient, stride, 1, normalized, WidthStride,
                products.Slice(firstRow * WidthStride, rows * WidthStride), WidthStride,
                rows, tokens, WidthStride, accumulate: true);
        }

        for (int o = 0; o < rows; o++)
        {
            ReadOnlySpan<T> row = gradient.Slice(o * stride, tokens);
            sums[firstRow + o] += Rows.Sum(row);
            for (int t = 0; t < tokens && !_model.HasProjection; t++)
            {
                products[firstRow + o] = T.FusedMultiplyAdd(
                    row[t], normalized[(t * WidthStride) + firstRow + o], products[firstRow + o]);
            }
        }
    }

    /// <summary>Turns U and r of one role into parameter gradients, added to the parameters.</summary>
    public void FinishGradients(InputRole role, ReadOnlySpan<T> products, ReadOnlySpan<T> sums)
    {
        Parameter<T>? scale = _scale[(int)role];
        Parameter<T>? shift = _shift[(int)role];
        if (_weight[(int)role] is not { } weight)
        {
            for (int c = 0; c < Width && scale is not null; c++)
            {
                scale.Gradient[c] += products[c];
                shift!.Gradient[c] += sums[c];
            }

            return;
        }

        for (int o = 0; o < OutputDim; o++)
        {
            ReadOnlySpan<T> u = products.Slice(o * WidthStride, Width);
            ReadOnlySpan<T> w = weight.Value.Slice(o * Width, Width);
            Span<T> gradient = weight.Gradient.Slice(o * Width, Width);
            if (_bias[(int)role] is { } bias)
            {
                bias.Gradient[o] += sums[o];
            }

            if (scale is null)
            {
                Rows.AddScaled(T.One, u, gradient);
                continue;
            }

            Rows.MultiplyAdd(u, scale.Value, gradient, gradient);
            Rows.AddScaled(sums[o], shift!.Value, gradient);
            Rows.MultiplyAdd(w, u, scale.Gradient, scale.Gradient);
            Rows.AddScaled(sums[o], w, shift.Gradient);
        }
    }

    private void BackwardToken(
        int t, ReadOnlySpan<T> gradient, ReadOnlySpan<T> normalized, ReadOnlySpan<T> inverse, Span<T> inputGradient)
    {
        ReadOnlySpan<T> row = gradient.Slice(t * WidthStride, Width);
        Span<T> result = inputGradient.Slice(t * Width, Width);
        if (_model.HasLayerNorm)
        {
            LayerNorm.Backward(normalized.Slice(t * WidthStride, WidthStride), inverse[t], row, result);
        }
        else
        {
            row.CopyTo(result);
        }
    }

    private static void ScaleAndShift(ReadOnlySpan<T> source, T scale, T shift, Span<T> destination)
    {
        for (int t = 0; t < source.Length; t++)
        {
            destination[t] = T.FusedMultiplyAdd(source[t], scale, shift);
        }
    }

    private readonly ref struct NormaliseBody(
        InputStage<T> stage, ReadOnlySpan<T> input, int tokens, int tokenCount, Span<T> normalized, Span<T> inverse, int part)
        : IInnerBody
    {
        private readonly ReadOnlySpan<T> _input = input;
        private readonly Span<T> _normalized = normalized;
        private readonly Span<T> _inverse = inverse;

        public void Run(int index)
        {
            for (int t = index * part; t < Math.Min((index + 1) * part, tokens); t++)
            {
                stage.NormaliseToken(t, _input, tokenCount, _normalized, _inverse);
            }
        }
    }

    private readonly ref struct BackwardBody(
        InputStage<T> stage, ReadOnlySpan<T> gradient, ReadOnlySpan<T> normalized, ReadOnlySpan<T> inverse, int tokenCount,
        Span<T> inputGradient, int part) : IInnerBody
    {
        private readonly ReadOnlySpan<T> _gradient = gradient;
        private readonly ReadOnlySpan<T> _normalized = normalized;
        private readonly ReadOnlySpan<T> _inverse = inverse;
        private readonly Span<T> _inputGradient = inputGradient;

        public void Run(int index)
        {
            for (int t = index * part; t < Math.Min((index + 1) * part, tokenCount); t++)
            {
                stage.BackwardToken(t, _gradient, _normalized, _inverse, _inputGradient);
            }
        }
    }
}
