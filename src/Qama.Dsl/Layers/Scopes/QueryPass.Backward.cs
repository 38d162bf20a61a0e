using Qama.Layers.Readouts;
using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;

namespace Qama.Layers.Scopes;

// Gradients: of what is read out with selections held, and through the distribution that reads were drawn from.
internal sealed partial class QueryPass<T>
{
    private protected override bool AddsUpAtOnce => Learned is not null;

    private protected override void ReadBack(in SampleBuffers<T> buffers, int sample, int worker, ReadOnlySpan<T> outputGradient)
    {
        buffers.CouplingsGradient.Clear();
        buffers.FieldsGradient.Clear();
        _memory.PairGradient(worker).Clear();
        _memory.Contributions(worker).Clear();
        for (int h = 0; h < _model.HeadCount; h++)
        {
            switch (_model.ReadoutKind)
            {
                case ReadoutKind.SelectedAttention:
                    AttendBack(buffers, sample, h, worker, outputGradient);
                    break;
                case ReadoutKind.MarginalAttention:
                    ReadMarginalsBack(buffers, sample, h, worker, outputGradient);
                    break;
                default:
                    ReadEnergiesBack(buffers, sample, h, worker, outputGradient);
                    break;
            }
        }

        if (_workspace.ReadTemperature is double temperature)
        {
            AddCovariances(buffers, sample, worker, 1 / temperature);
        }
    }

    private void AttendBack(in SampleBuffers<T> buffers, int sample, int head, int worker, ReadOnlySpan<T> outputGradient)
    {
        Span<T> attention = _memory.Weights(worker);
        WriteWeights(sample, head, 0, worker);
        Attend(buffers, head, attention);
        Span<T> gradient = OfHead(buffers.CouplingsGradient, head);
        AddValueGradient(buffers, head, worker, attention, outputGradient, gradient);
        int length = buffers.TokenCount * _stride;
        QueryAttention.Backward<T>(attention[..length], gradient[..length], FieldsOf(buffers.FieldsGradient, head), _stride);
    }

    /// <summary>v̄_j += Σ_i a_ij ȳ_i, and ā_ij = ȳ_i·v_j.</summary>
    private void AddValueGradient(
        in SampleBuffers<T> buffers, int head, int worker, ReadOnlySpan<T> attention, ReadOnlySpan<T> outputGradient,
        Span<T> attentionGradient)
    {
        int row = _memory.ValueStride;
        Span<T> gradients = _memory.TokenMajor(worker)[..(_shape.Queries * row)];
        for (int i = 0; i < buffers.TokenCount; i++)
        {
            Span<T> own = gradients.Slice(i * row, row);
            outputGradient.Slice(((i * _model.HeadCount) + head) * _model.HeadDim, _model.HeadDim).CopyTo(own);
            own[_model.HeadDim..].Clear();
        }

        MatrixProduct.Multiply(
            gradients, 1, row, attention, _stride, ValuesOf(buffers.ValueGradient, head), _stride,
            _model.HeadDim, buffers.TokenCount, _stride, accumulate: true);
        MatrixProduct.Multiply(
            gradients, row, 1, ValuesOf(buffers.Value, head), _stride, attentionGradient, _stride,
            buffers.TokenCount, _model.HeadDim, _stride);
    }

    private void ReadMarginalsBack(in SampleBuffers<T> buffers, int sample, int head, int worker, ReadOnlySpan<T> outputGradient)
    {
        // The memory of the gradient of J holds ȳ_i·v_j until all reads are through.
        Span<T> slopes = OfHead(buffers.CouplingsGradient, head);
        WriteMeanWeights(sample, head, worker);
        AddValueGradient(buffers, head, worker, _memory.Mean(worker), outputGradient, slopes);
        for (int read = 0; read < _model.ReadCount; read++)
        {
            WriteWeights(sample, head, read, worker);
            for (int own = 0; own < _shape.Problems; own++)
            {
                (int first, int end) = QueriesOf(own, sample);
                (int start, int length) = (first * _stride, (end - first) * _stride);
                _memory.Contributions(worker)[(own * _model.ReadCount) + read] +=
                    double.CreateTruncating(Rows.Dot<T>(_memory.Weights(worker).Slice(start, length), slopes.Slice(start, length)));
            }
        }

        slopes.Clear();
    }

    private void ReadEnergiesBack(in SampleBuffers<T> buffers, int sample, int head, int worker, ReadOnlySpan<T> outputGradient)
    {
        ReadOnlySpan<T> generator = _generator!.Value;
        Span<T> generatorGradient = buffers.LearnablesGradient.Slice(_generatorAt, _model.HeadDim);
        T share = T.One / T.CreateTruncating(_model.ReadCount);
        for (int read = 0; read < _model.ReadCount; read++)
        {
            WriteWeights(sample, head, read, worker);
            for (int own = 0; own < _shape.Problems; own++)
            {
                (int first, int end) = QueriesOf(own, sample);
                (T pairs, T sum, double contribution) = (PairEnergy(sample, own, head, read, worker), T.Zero, 0.0);
                for (int i = first; i < end; i++)
                {
                    ReadOnlySpan<T> weights = _memory.Weights(worker).Slice(i * _stride, _stride);
                    ReadOnlySpan<T> gradient = outputGradient.Slice(((i * _model.HeadCount) + head) * _model.HeadDim, _model.HeadDim);
                    T energy = pairs + KeyEnergy(buffers, head, i, weights);
                    T slope = Rows.Dot(gradient, generator);
                    Rows.AddScaled(share * energy, gradient, generatorGradient);
                    Rows.AddScaled(
                        -(share * slope * EnergyCouplingWeight), weights, OfHead(buffers.CouplingsGradient, head).Slice(i * _stride, _stride));
                    if (_model.HasField)
                    {
                        Rows.AddScaled(-(share * slope * EnergyFieldWeight), weights, FieldsOf(buffers.FieldsGradient, head));
                    }

                    sum += slope;
                    contribution += double.CreateTruncating(energy * slope);
                }

                AddToPairs(sample, own, head, read, worker, -(share * sum * EnergyCouplingWeight));
                if (_model.ReadCount > 1)
                {
                    _memory.Contributions(worker)[(own * _model.ReadCount) + read] += contribution;
                }
            }
        }
    }

    private void AddCovariances(in SampleBuffers<T> buffers, int sample, int worker, double inverseTemperature)
    {
        for (int own = 0; own < _shape.Problems; own++)
        {
            Span<double> factors = _memory.Contributions(worker).Slice(own * _model.ReadCount, _model.ReadCount);
            BoltzmannCovariance.Centre(factors);
            for (int read = 0; read < factors.Length; read++)
            {
                for (int h = 0; h < _model.HeadCount; h++)
                {
                    AddStatistics(buffers, sample, own, h, read, worker, T.CreateTruncating(factors[read] * inverseTemperature));
                }
            }
        }
    }

    /// <summary>Adds factor · T(s) to the gradients of a problem's coefficients, T(s) what −E is differentiated by: w_J s_j / |block| for
    /// J[i,j] of each query that asks, w_f s_j for f_j, and w_J s_j s_k for the learned coupling of two keys.</summary>
    private void AddStatistics(in SampleBuffers<T> buffers, int sample, int problem, int head, int read, int worker, T factor)
    {
        Span<T> selected = _memory.Selected(worker);
        (int first, int end) = AskingOf(problem, sample);
        WriteSelected(sample, problem, head, read, selected);
        for (int i = first; i < end; i++)
        {
            Rows.AddScaled(
                factor * T.CreateTruncating(_model.CouplingWeight / (end - first)), selected,
                OfHead(buffers.CouplingsGradient, head).Slice(i * _stride, _stride));
        }

        if (_model.HasField && first < end)
        {
            Rows.AddScaled(factor * T.CreateTruncating(_model.FieldWeight), selected, FieldsOf(buffers.FieldsGradient, head));
        }

        AddToPairs(sample, problem, head, read, worker, factor * T.CreateTruncating(_model.CouplingWeight));
    }

    /// <summary>Adds factor · s_u s_v for all ordered pairs of units, and factor · s_u for the pairs inside a unit.</summary>
    private void AddToPairs(int sample, int problem, int head, int read, int worker, T factor)
    {
        if (Learned is null)
        {
            return;
        }

        (int first, int end) = CandidatesOf(problem, sample);
        Span<T> units = _memory.Row(worker)[..(end - first)];
        ReadUnits(sample, problem, head, read, units);
        int stride = Padding.Stride(_shape.Units);
        Span<T> gradient = _memory.PairGradient(worker).Slice(head * _shape.Units * stride, _shape.Units * stride);
        for (int u = 0; u < units.Length; u++)
        {
            if (units[u] != T.Zero)
            {
                Span<T> row = gradient.Slice((first + u) * stride, stride);
                Rows.AddScaled<T>(factor * units[u], units, row[first..]);
                row[first + u] += factor * units[u] * (T.One - units[u]);
            }
        }
    }

    private protected override void AddUpRow(int memory, int row, Span<T> sum)
    {
        int stride = Padding.Stride(_shape.Units), key = row % _shape.Keys, unit = key / _shape.Unit;
        ReadOnlySpan<T> units = _memory.PairGradient(memory).Slice(((row / _shape.Keys * _shape.Units) + unit) * stride, stride);
        for (int k = 0; k < _shape.Keys; k++)
        {
            sum[k] += k == key ? T.Zero : units[k / _shape.Unit];
        }
    }
}
