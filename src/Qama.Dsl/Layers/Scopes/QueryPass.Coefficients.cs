using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;

namespace Qama.Layers.Scopes;

// Couplings of queries with keys that are a sequence of their own: kernels have rows of queries as long as rows of keys, so that many
// queries are taken some at a time.
internal sealed partial class QueryPass<T>
{
    private protected override void WriteCoefficients(in SampleBuffers<T> buffers, int worker)
    {
        if (!_model.HasOwnKeys)
        {
            base.WriteCoefficients(buffers, worker);
            return;
        }

        for (int h = 0; h < _model.HeadCount; h++)
        {
            SampleBuffers<T> own = OfKeys(buffers, h);
            _layer.ComputeCoefficients(own with { Fields = FieldsOf(buffers.Fields, h) });
            for (int first = 0; first < buffers.TokenCount; first += _stride)
            {
                int count = Math.Min(_stride, buffers.TokenCount - first);
                Span<T> queries = _memory.Queries(worker);
                Take(buffers.Query, h, first, count, queries);
                _layer.ComputeCoefficients(own with
                {
                    Query = queries,
                    RowCount = count,
                    Couplings = OfHead(buffers.Couplings, h).Slice(first * _stride, count * _stride),
                });
            }

            // Padding of keys is not written by every kernel.
            OfHead(buffers.Couplings, h)[(buffers.TokenCount * _stride)..].Clear();
        }
    }

    private protected override void DifferentiateCoefficients(in SampleBuffers<T> buffers, int worker)
    {
        if (!_model.HasOwnKeys)
        {
            base.DifferentiateCoefficients(buffers, worker);
            return;
        }

        for (int h = 0; h < _model.HeadCount; h++)
        {
            SampleBuffers<T> own = OfKeys(buffers, h);
            _layer.BackwardCoefficients(own with { FieldsGradient = FieldsOf(buffers.FieldsGradient, h) });
            for (int first = 0; first < buffers.TokenCount; first += _stride)
            {
                int count = Math.Min(_stride, buffers.TokenCount - first);
                Span<T> queries = _memory.Queries(worker), gradient = _memory.QueriesGradient(worker);
                Take(buffers.Query, h, first, count, queries);
                gradient.Clear();
                _layer.BackwardCoefficients(own with
                {
                    Query = queries,
                    QueryGradient = gradient,
                    RowCount = count,
                    CouplingsGradient = OfHead(buffers.CouplingsGradient, h).Slice(first * _stride, count * _stride),
                });
                int stride = Padding.Stride(_shape.Queries);
                for (int d = 0; d < _model.HeadDim; d++)
                {
                    Rows.AddScaled<T>(
                        T.One, gradient.Slice(d * _stride, count),
                        buffers.QueryGradient.Slice((((h * _model.HeadDim) + d) * stride) + first, count));
                }
            }
        }
    }

    /// <summary>One head's keys and values; no couplings and no fields.</summary>
    private SampleBuffers<T> OfKeys(in SampleBuffers<T> buffers, int head) => buffers with
    {
        Head = head,
        TokenCount = buffers.KeyCount,
        Key = ValuesOf(buffers.Key, head),
        Value = ValuesOf(buffers.Value, head),
        KeyGradient = ValuesOf(buffers.KeyGradient, head),
        ValueGradient = ValuesOf(buffers.ValueGradient, head),
        Couplings = default,
        Fields = default,
        CouplingsGradient = default,
        FieldsGradient = default,
    };

    private void Take(ReadOnlySpan<T> query, int head, int first, int count, Span<T> queries)
    {
        int stride = Padding.Stride(_shape.Queries);
        for (int d = 0; d < _model.HeadDim; d++)
        {
            Span<T> row = queries.Slice(d * _stride, _stride);
            query.Slice((((head * _model.HeadDim) + d) * stride) + first, count).CopyTo(row);
            row[count..].Clear();
        }
    }
}
