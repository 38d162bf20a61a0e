using Qama.Layers;
using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;

namespace Qama.Benchmarks.Steps;

/// <summary>The stages of a layer alone, over the samples of a batch: what products and couplings take of a pass.</summary>
internal sealed class LayerStages
{
    private readonly ModelDescriptor _model;
    private readonly IStages _layer;
    private readonly int _batch;
    private readonly int _stride;
    private readonly int _projected;
    private readonly float[] _weights;
    private readonly float[] _features;
    private readonly float[] _tokens;
    private readonly float[] _queries; // and keys and values: [3, batch, out, stride]
    private readonly float[] _gradients;
    private readonly float[] _featureGradient;
    private readonly float[] _products;
    private readonly float[] _couplings;
    private readonly float[] _couplingsGradient;
    private readonly float[] _fields;
    private readonly float[] _learnables;
    private readonly float[] _scratch;

    public LayerStages(ModelDescriptor model, IStages layer, int batch)
    {
        (_model, _layer, _batch, _stride) = (model, layer, batch, Padding.Stride(model.Tokens));
        _projected = model.OutputDim * _stride;
        var random = new Random(3);
        int width = model.EmbeddingDim;
        _weights = Numbers(3 * model.OutputDim * width);
        _features = Numbers(width * _stride);
        _tokens = Numbers(batch * model.Tokens * Padding.SpreadStride(width));
        _queries = Numbers(3 * batch * _projected);
        _gradients = Numbers(3 * batch * _projected);
        _featureGradient = new float[width * _stride];
        _products = new float[3 * model.OutputDim * Padding.SpreadStride(width)];
        _couplings = Numbers(batch * model.HeadCount * model.Tokens * _stride);
        _couplingsGradient = Numbers(model.HeadCount * model.Tokens * _stride);
        _fields = Numbers(batch * model.HeadCount * _stride);
        _learnables = new float[batch * model.Learnables.Sum(l => l.Length)];
        _scratch = new float[(8 * model.Tokens * _stride) + (8 * model.HeadDim * _stride) + (2 * width * _stride) + 4096];

        float[] Numbers(int length) => [.. Enumerable.Range(0, length).Select(_ => (random.NextSingle() - 0.5f) * 0.1f)];
    }

    /// <summary>Useful operations of <see cref="Project"/>.</summary>
    public double ProjectionOperations =>
        2.0 * 9 * _batch * _model.Tokens * _model.EmbeddingDim * _model.OutputDim; // forward, to the input, to the weights

    /// <summary>Useful operations of <see cref="Couple"/>.</summary>
    public double CouplingOperations =>
        2.0 * 3 * _batch * _model.HeadCount * _model.Tokens * _model.Tokens * _model.HeadDim;

    /// <summary>Every product of the input stage, forward and backward, in the layer's own layout.</summary>
    public void Project()
    {
        int width = _model.EmbeddingDim, outputs = _model.OutputDim, padded = Padding.SpreadStride(width);
        int block = outputs >= 256 ? 64 : 16;
        for (int s = 0; s < _batch; s++)
        {
            for (int role = 0; role < 3; role++)
            {
                ReadOnlySpan<float> weights = _weights.AsSpan(role * outputs * width, outputs * width);
                MatrixProduct.Multiply(
                    weights, width, 1, _features, _stride, Of(_queries, role, s), _stride, outputs, width, _stride);
                MatrixProduct.Multiply<float>(
                    weights, outputs, 1, Of(_gradients, role, s), _stride, _featureGradient, _stride, width, outputs, _stride);
            }
        }

        for (int role = 0; role < 3; role++)
        {
            for (int row = 0; row < outputs; row += block)
            {
                int rows = Math.Min(block, outputs - row);
                Span<float> products = _products.AsSpan(((role * outputs) + row) * padded, rows * padded);
                for (int s = 0; s < _batch; s++)
                {
                    MatrixProduct.Multiply(
                        Of(_gradients, role, s).Slice(row * _stride, rows * _stride), _stride, 1,
                        _tokens.AsSpan(s * _model.Tokens * padded), padded, products, padded, rows, _model.Tokens, padded);
                }
            }
        }
    }

    /// <summary>Couplings and fields, and back from their gradients, of every sample.</summary>
    public void Couple()
    {
        int couplings = _model.HeadCount * _model.Tokens * _stride, fields = _model.HeadCount * _stride;
        int learnables = _learnables.Length / _batch;
        for (int s = 0; s < _batch; s++)
        {
            var sample = new SampleBuffers<float>
            {
                Query = Of(_queries, 0, s),
                Key = Of(_queries, 1, s),
                Value = Of(_queries, 2, s),
                Couplings = _couplings.AsSpan(s * couplings, couplings),
                Fields = _fields.AsSpan(s * fields, fields),
                QueryGradient = Of(_gradients, 0, s),
                KeyGradient = Of(_gradients, 1, s),
                ValueGradient = Of(_gradients, 2, s),
                CouplingsGradient = _couplingsGradient,
                FieldsGradient = _couplingsGradient.AsSpan(0, fields),
                LearnablesGradient = _learnables.AsSpan(s * learnables, learnables),
                Scratch = _scratch,
                TokenCount = _model.Tokens,
            };
            var forward = new Stage(_layer, sample, backward: false);
            VectorPath.Run<float, Stage>(ref forward);
            Of(_gradients, 0, s).Clear(); // the pass adds to gradients; they must not grow for ever
            Of(_gradients, 1, s).Clear();
            var backward = new Stage(_layer, sample, backward: true);
            VectorPath.Run<float, Stage>(ref backward);
        }
    }

    private Span<float> Of(float[] memory, int role, int sample) =>
        memory.AsSpan(((role * _batch) + sample) * _projected, _projected);

    private readonly ref struct Stage(IStages layer, SampleBuffers<float> sample, bool backward) : IVectorAction<float>
    {
        private readonly IStages _layer = layer;
        private readonly SampleBuffers<float> _sample = sample;
        private readonly bool _backward = backward;

        public void Run<TVector>()
            where TVector : struct, IVector<TVector, float>
        {
            if (_backward)
            {
                _layer.RunBackward<TVector>(_sample);
            }
            else
            {
                _layer.RunForward<TVector>(_sample);
            }
        }
    }
}
