using Qama.Layers.Gradients;
using Qama.Layers.Readouts;
using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;

namespace Qama.Layers.Scopes;

// Gradients: of what is read out with selections held, and through the solver.
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
            if (_model.ReadoutKind is ReadoutKind.SelectedAttention or ReadoutKind.MarginalAttention)
            {
                ReadValuesBack(buffers, sample, h, worker, outputGradient);
            }
            else
            {
                ReadEnergiesBack(buffers, sample, h, worker, outputGradient);
            }
        }

        AddStatistics(buffers, sample, worker);
    }

    private void ReadValuesBack(in SampleBuffers<T> buffers, int sample, int head, int worker, ReadOnlySpan<T> outputGradient)
    {
        // The memory of the gradient of J holds ȳ_i·v_j until all reads are through.
        Span<T> slopes = OfHead(buffers.CouplingsGradient, head)[..(buffers.TokenCount * _stride)];
        ReadOnlySpan<T> mean = MeanAttention(buffers, sample, head, worker);
        WriteAttentionGradient(buffers, head, worker, outputGradient, slopes);
        AddValueGradient(buffers, head, worker, mean);
        bool attends = _model.ReadoutKind == ReadoutKind.SelectedAttention;
        if (_model.ReadCount == 1 && attends)
        {
            QueryAttention.Backward(mean, slopes, FieldsOf(buffers.FieldsGradient, head), _stride);
            return;
        }

        // The mean is no longer needed: its memory takes the gradient of J.
        Span<T> gradient = attends ? _memory.Mean(worker)[..slopes.Length] : slopes;
        for (int read = 0; read < _model.ReadCount && _model.ReadCount > 1; read++)
        {
            ReadOnlySpan<T> attention = WriteAttention(buffers, sample, head, read, worker);
            for (int own = 0; own < _shape.Problems; own++)
            {
                (int first, int end) = QueriesOf(own, sample);
                if (first == end)
                {
                    break;
                }

                (int start, int length) = (first * _stride, (end - first) * _stride);
                _memory.Contributions(worker)[(own * _model.ReadCount) + read] +=
                    double.CreateTruncating(Rows.Dot(attention.Slice(start, length), slopes.Slice(start, length)));
            }

            if (attends)
            {
                AddAttentionGradient(attention, slopes, read == 0, worker, gradient, FieldsOf(buffers.FieldsGradient, head));
            }
        }

        if (attends)
        {
            gradient.CopyTo(slopes);
        }
        else
        {
            slopes.Clear();
        }
    }

    /// <summary>Adds one read's share of ∂L/∂z, from ∂L/∂a.</summary>
    private void AddAttentionGradient(
        ReadOnlySpan<T> attention, ReadOnlySpan<T> slopes, bool isFirst, int worker, Span<T> gradient, Span<T> fieldsGradient)
    {
        T share = T.One / T.CreateTruncating(_model.ReadCount);
        Span<T> own = _memory.Row(worker);
        if (isFirst)
        {
            gradient.Clear();
        }

        for (int start = 0; start < attention.Length; start += _stride)
        {
            slopes.Slice(start, _stride).CopyTo(own);
            QueryAttention.Backward(attention.Slice(start, _stride), own, default, _stride);
            Rows.AddScaled(share, own, gradient.Slice(start, _stride));
            if (!fieldsGradient.IsEmpty)
            {
                Rows.AddScaled(share, own, fieldsGradient);
            }
        }
    }

    /// <summary>ā_ij = ȳ_i·v_j; leaves ȳ in the worker's memory.</summary>
    private void WriteAttentionGradient(
        in SampleBuffers<T> buffers, int head, int worker, ReadOnlySpan<T> outputGradient, Span<T> attentionGradient)
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
            gradients, row, 1, ValuesOf(buffers.Value, head), _stride, attentionGradient, _stride,
            buffers.TokenCount, _model.HeadDim, _stride);
    }

    /// <summary>v̄_j += Σ_i a_ij ȳ_i, with the ȳ that <see cref="WriteAttentionGradient"/> left.</summary>
    private void AddValueGradient(in SampleBuffers<T> buffers, int head, int worker, ReadOnlySpan<T> attention)
    {
        int row = _memory.ValueStride;
        MatrixProduct.Multiply(
            _memory.TokenMajor(worker)[..(_shape.Queries * row)], 1, row, attention, _stride, ValuesOf(buffers.ValueGradient, head), _stride,
            _model.HeadDim, buffers.TokenCount, _stride, accumulate: true);
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

                if (Learned is not null)
                {
                    AddToPairs(
                        sample, own, head, UnitsOf(sample, own, head, read, worker), worker, -(share * sum * EnergyCouplingWeight));
                }

                if (_model.ReadCount > 1)
                {
                    _memory.Contributions(worker)[(own * _model.ReadCount) + read] += contribution;
                }
            }
        }
    }

    private void AddStatistics(in SampleBuffers<T> buffers, int sample, int worker)
    {
        GradientEstimator<T> estimator = _workspace.Estimator;
        Span<T> weights = buffers.Selection[.._workspace.ProblemFieldsLength];
        int reads = _model.ReadCount > 1 ? _model.ReadCount : 0;
        for (int own = 0; own < _shape.Problems; own++)
        {
            (int first, int end) = CandidatesOf(own, sample);
            Span<double> contributions = _memory.Contributions(worker).Slice(own * reads, reads);
            BoltzmannCovariance.Centre(contributions);
            for (int k = 0; k < estimator.StatisticCount && first < end; k++)
            {
                double factor = estimator.ReadStatistic((sample * _shape.Problems) + own, k, contributions, weights);
                for (int h = 0; h < _model.HeadCount && factor != 0; h++)
                {
                    AddStatistic(
                        buffers, sample, own, h, weights.Slice(h * _problemStride, end - first), worker, T.CreateTruncating(factor));
                }
            }
        }
    }

    /// <summary>Adds factor · T(s) to the gradients of a problem's coefficients, T(s) what −E is differentiated by: w_J s_j / |block| for
    /// J[i,j] of each query that asks, w_f s_j for f_j, and w_J s_j s_k for the learned coupling of two keys.</summary>
    private void AddStatistic(
        in SampleBuffers<T> buffers, int sample, int problem, int head, ReadOnlySpan<T> units, int worker, T factor)
    {
        Span<T> selected = _memory.Selected(worker);
        (int first, int end) = AskingOf(problem, sample);
        WriteSelected(sample, problem, units, selected);
        for (int i = first; i < end; i++)
        {
            Rows.AddScaled(
                factor * T.CreateTruncating(_model.CouplingWeight / (end - first)), selected,
                OfHead(buffers.CouplingsGradient, head).Slice(i * _stride, _stride));
        }

        if (_model.HasField)
        {
            Rows.AddScaled(factor * T.CreateTruncating(_model.FieldWeight), selected, FieldsOf(buffers.FieldsGradient, head));
        }

        if (Learned is not null)
        {
            AddToPairs(sample, problem, head, units, worker, factor * T.CreateTruncating(_model.CouplingWeight));
        }
    }

    /// <summary>Adds factor · s_u s_v for all ordered pairs of units, and factor · s_u for the pairs inside a unit.</summary>
    private void AddToPairs(int sample, int problem, int head, ReadOnlySpan<T> units, int worker, T factor)
    {
        int first = CandidatesOf(problem, sample).First;
        int stride = Padding.Stride(_shape.Units);
        Span<T> gradient = _memory.PairGradient(worker).Slice(head * _shape.Units * stride, _shape.Units * stride);
        for (int u = 0; u < units.Length; u++)
        {
            if (units[u] != T.Zero)
            {
                Span<T> row = gradient.Slice((first + u) * stride, stride);
                Rows.AddScaled(factor * units[u], units, row[first..]);
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
