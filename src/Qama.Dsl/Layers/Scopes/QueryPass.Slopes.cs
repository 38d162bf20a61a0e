using Qama.Layers.Readouts;
using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;

namespace Qama.Layers.Scopes;

// ∂L/∂s of every unit of every problem: all queries of a block and all keys of a unit have a part in it.
internal sealed partial class QueryPass<T>
{
    private protected override void ComputeSlopes(in SampleBuffers<T> buffers, int sample, int worker, ReadOnlySpan<T> outputGradient)
    {
        bool attends = _model.ReadoutKind == ReadoutKind.SelectedAttention;
        for (int h = 0; h < _model.HeadCount; h++)
        {
            if (attends)
            {
                WriteAttentionGradient(buffers, h, worker, outputGradient, OfHead(buffers.CouplingsGradient, h));
            }

            for (int read = 0; read < _model.ReadCount; read++)
            {
                if (attends)
                {
                    WriteWeights(sample, h, read, worker);
                }

                for (int own = 0; own < _shape.Problems; own++)
                {
                    (int first, int end) = CandidatesOf(own, sample);
                    Span<T> slope = _workspace.Estimator.Slope((sample * _shape.Problems) + own, read).Slice(h * _problemStride, _problemStride);
                    slope.Clear();
                    if (attends)
                    {
                        AddAttentionSlopes(buffers, sample, own, h, read, worker, slope[..(end - first)]);
                    }
                    else
                    {
                        AddEnergySlopes(buffers, sample, own, h, read, worker, outputGradient, slope[..(end - first)]);
                    }
                }
            }
        }
    }

    private void AddAttentionSlopes(
        in SampleBuffers<T> buffers, int sample, int problem, int head, int read, int worker, Span<T> slope)
    {
        ReadOnlySpan<T> units = UnitsOf(sample, problem, head, read, worker), fields = FieldsOf(buffers.Fields, head);
        Span<T> powers = _memory.Selected(worker);
        (int first, int end) = QueriesOf(problem, sample);
        for (int i = first; i < end; i++)
        {
            ReadOnlySpan<T> scores = OfHead(buffers.Couplings, head).Slice(i * _stride, _stride);
            ReadOnlySpan<T> gradient = OfHead(buffers.CouplingsGradient, head).Slice(i * _stride, _stride);
            ReadOnlySpan<T> weights = _memory.Weights(worker).Slice(i * _stride, _stride);
            if (QueryAttention.WritePowers(scores, fields, weights, gradient, powers, out T total, out T mean))
            {
                AddChanges(sample, problem, powers, gradient, units, total, mean, slope);
            }
            else
            {
                AddJumps(sample, problem, scores, fields, gradient, slope);
            }
        }
    }

    /// <summary>Of a query that reads keys: the change from a unit's weight s to 1 by that of s, Σ_j e_j (ā_j − mean)/(Z + (1 − s) Σ_j e_j) over
    /// the unit's keys j.</summary>
    private void AddChanges(
        int sample, int problem, ReadOnlySpan<T> powers, ReadOnlySpan<T> gradient, ReadOnlySpan<T> units, T total, T mean, Span<T> slope)
    {
        int firstUnit = CandidatesOf(problem, sample).First;
        for (int u = 0; u < slope.Length; u++)
        {
            (int first, int end) = PresentKeysOf(firstUnit + u, sample);
            (T own, T sum) = (T.Zero, T.Zero);
            for (int j = first; j < end; j++)
            {
                own += powers[j];
                sum += powers[j] * (gradient[j] - mean);
            }

            slope[u] += sum / (total + ((T.One - units[u]) * own));
        }
    }

    /// <summary>Of a query that reads nothing: what each unit alone would make of its output.</summary>
    private void AddJumps(
        int sample, int problem, ReadOnlySpan<T> scores, ReadOnlySpan<T> fields, ReadOnlySpan<T> gradient, Span<T> slope)
    {
        int firstUnit = CandidatesOf(problem, sample).First;
        for (int u = 0; u < slope.Length; u++)
        {
            (int first, int end) = PresentKeysOf(firstUnit + u, sample);
            (T top, T total, T sum) = (T.NegativeInfinity, T.Zero, T.Zero);
            for (int j = first; j < end; j++)
            {
                top = T.Max(top, Exponent(scores, fields, j));
            }

            for (int j = first; j < end; j++)
            {
                T share = T.Exp(Exponent(scores, fields, j) - top);
                total += share;
                sum += share * gradient[j];
            }

            slope[u] += sum / total;
        }

        static T Exponent(ReadOnlySpan<T> scores, ReadOnlySpan<T> fields, int j) => fields.IsEmpty ? scores[j] : scores[j] + fields[j];
    }

    private void AddEnergySlopes(
        in SampleBuffers<T> buffers, int sample, int problem, int head, int read, int worker, ReadOnlySpan<T> outputGradient, Span<T> slope)
    {
        Span<T> ofKeys = _memory.Selected(worker);
        ofKeys.Clear();
        T sum = T.Zero;
        (int first, int end) = QueriesOf(problem, sample);
        for (int i = first; i < end; i++)
        {
            T own = Rows.Dot<T>(
                outputGradient.Slice(((i * _model.HeadCount) + head) * _model.HeadDim, _model.HeadDim), _generator!.Value);
            Rows.AddScaled(-(own * EnergyCouplingWeight), OfHead(buffers.Couplings, head).Slice(i * _stride, _stride), ofKeys);
            sum += own;
        }

        if (_model.HasField)
        {
            Rows.AddScaled(-(sum * EnergyFieldWeight), FieldsOf(buffers.Fields, head), ofKeys);
        }

        AddByUnit(sample, problem, ofKeys, slope);
        if (_model.LearnedCoupling is not null)
        {
            AddPairSlopes(CandidatesOf(problem, sample).First, head, UnitsOf(sample, problem, head, read, worker), sum, slope);
        }
    }

    /// <summary>Of −Σ over ordered pairs of different units of L s s', and of −L s inside a unit.</summary>
    private void AddPairSlopes(int first, int head, ReadOnlySpan<T> units, T energyGradient, Span<T> slope)
    {
        int stride = Padding.Stride(_shape.Units);
        T two = T.One + T.One, factor = EnergyCouplingWeight * energyGradient;
        for (int u = 0; u < units.Length; u++)
        {
            ReadOnlySpan<T> row = _table.LearnedOf(head).Slice((first + u) * stride, stride);
            T inside = row[first + u], others = Rows.Dot(units, row[first..]) - (inside * units[u]);
            slope[u] -= factor * ((two * others) + inside);
        }
    }

    private void AddByUnit(int sample, int problem, ReadOnlySpan<T> ofKeys, Span<T> slope)
    {
        int firstUnit = CandidatesOf(problem, sample).First;
        for (int u = 0; u < slope.Length; u++)
        {
            (int first, int end) = PresentKeysOf(firstUnit + u, sample);
            for (int j = first; j < end; j++)
            {
                slope[u] += ofKeys[j];
            }
        }
    }
}
