using Qama.Layers.Readouts;
using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;

namespace Qama.Layers.Scopes;

// Outputs of selections. A query reads the keys that its selection holds with their weights, and with weight 1 those that it may see and
// no selection can hold: behind a causal mask of its own block and of an unfinished unit, behind a window what not all of its block see.
internal sealed partial class QueryPass<T>
{
    private protected override void ReadOut(in SampleBuffers<T> buffers, int sample, int worker, Span<T> output)
    {
        output.Clear();
        for (int h = 0; h < _model.HeadCount; h++)
        {
            switch (_model.ReadoutKind)
            {
                case ReadoutKind.SelectedAttention or ReadoutKind.MarginalAttention:
                    ReadValues(buffers, h, worker, MeanAttention(buffers, sample, h, worker), output);
                    break;
                default:
                    ReadEnergies(buffers, sample, h, worker, output);
                    break;
            }
        }
    }

    /// <summary>What values are multiplied by in the output of one read: attention, or where marginals are read the weights
    /// themselves, [queries, stride].</summary>
    private Span<T> WriteAttention(in SampleBuffers<T> buffers, int sample, int head, int read, int worker)
    {
        WriteWeights(sample, head, read, worker);
        Span<T> weights = _memory.Weights(worker)[..(buffers.TokenCount * _stride)];
        if (_model.ReadoutKind == ReadoutKind.SelectedAttention)
        {
            QueryAttention.Weights<T>(
                OfHead(buffers.Couplings, head)[..weights.Length], FieldsOf(buffers.Fields, head), weights, weights, _stride);
        }

        return weights;
    }

    /// <summary>The mean of <see cref="WriteAttention"/> over reads.</summary>
    private ReadOnlySpan<T> MeanAttention(in SampleBuffers<T> buffers, int sample, int head, int worker)
    {
        if (_model.ReadCount == 1)
        {
            return WriteAttention(buffers, sample, head, 0, worker);
        }

        Span<T> mean = _memory.Mean(worker)[..(buffers.TokenCount * _stride)];
        T share = T.One / T.CreateTruncating(_model.ReadCount);
        mean.Clear();
        for (int read = 0; read < _model.ReadCount; read++)
        {
            Rows.AddScaled<T>(share, WriteAttention(buffers, sample, head, read, worker), mean);
        }

        return mean;
    }

    /// <summary>y_i = Σ_j a_ij v_j.</summary>
    private void ReadValues(in SampleBuffers<T> buffers, int head, int worker, ReadOnlySpan<T> attention, Span<T> output)
    {
        int row = _memory.ValueStride;
        Span<T> results = _memory.TokenMajor(worker)[..(_shape.Queries * row)], values = _memory.TokenMajor(worker)[(_shape.Queries * row)..];
        Padding.Transpose<T>(ValuesOf(buffers.Value, head), _stride, values, row, _model.HeadDim, _shape.Keys);
        MatrixProduct.Multiply(
            attention, _stride, 1, values, row, results, row, buffers.TokenCount, _shape.Keys, row);
        for (int i = 0; i < buffers.TokenCount; i++)
        {
            results.Slice(i * row, _model.HeadDim).CopyTo(OutputOf(output, i, head));
        }
    }

    /// <summary>y_i = ε_i g, the mean over reads.</summary>
    private void ReadEnergies(in SampleBuffers<T> buffers, int sample, int head, int worker, Span<T> output)
    {
        ReadOnlySpan<T> generator = _generator!.Value;
        T share = T.One / T.CreateTruncating(_model.ReadCount);
        for (int read = 0; read < _model.ReadCount; read++)
        {
            WriteWeights(sample, head, read, worker);
            for (int own = 0; own < _shape.Problems; own++)
            {
                (int first, int end) = QueriesOf(own, sample);
                T pairs = PairEnergy(sample, own, head, read, worker);
                for (int i = first; i < end; i++)
                {
                    T energy = pairs + KeyEnergy(buffers, head, i, _memory.Weights(worker).Slice(i * _stride, _stride));
                    Rows.AddScaled(share * energy, generator, OutputOf(output, i, head));
                }
            }
        }
    }

    /// <summary>−Σ_j (J[i,j] + f_j) w_j, with the energy's weights where the readout carries them.</summary>
    private T KeyEnergy(in SampleBuffers<T> buffers, int head, int query, ReadOnlySpan<T> weights)
    {
        T reward = EnergyCouplingWeight * Rows.Dot(OfHead(buffers.Couplings, head).Slice(query * _stride, _stride), weights);
        return _model.HasField
            ? -(reward + (EnergyFieldWeight * Rows.Dot<T>(FieldsOf(buffers.Fields, head), weights)))
            : -reward;
    }

    /// <summary>−Σ over ordered pairs of different keys of the learned coupling times both weights.</summary>
    private T PairEnergy(int sample, int problem, int head, int read, int worker)
    {
        if (_model.LearnedCoupling is null)
        {
            return T.Zero;
        }

        int first = CandidatesOf(problem, sample).First;
        ReadOnlySpan<T> units = UnitsOf(sample, problem, head, read, worker);
        ReadOnlySpan<T> table = _table.LearnedOf(head);
        int stride = Padding.Stride(_shape.Units);
        T sum = T.Zero;
        for (int u = 0; u < units.Length; u++)
        {
            if (units[u] != T.Zero)
            {
                ReadOnlySpan<T> row = table.Slice((first + u) * stride, stride);
                T own = row[first + u];
                sum += units[u] * (Rows.Dot<T>(units, row[first..]) + (own * (T.One - units[u])));
            }
        }

        return -(EnergyCouplingWeight * sum);
    }

    /// <summary>Weights of all queries of one read, [queries, stride].</summary>
    private void WriteWeights(int sample, int head, int read, int worker)
    {
        Span<T> weights = _memory.Weights(worker), selected = _memory.Selected(worker);
        int present = _workspace.KeyCounts[sample];
        for (int own = 0; own < _shape.Problems; own++)
        {
            (int first, int end) = QueriesOf(own, sample);
            if (first == end)
            {
                continue;
            }

            WriteSelected(sample, own, UnitsOf(sample, own, head, read, worker), selected);
            (int firstKey, int endKey) = SelectableKeys(own);
            for (int i = first; i < end; i++)
            {
                Span<T> row = weights.Slice(i * _stride, _stride);
                selected.CopyTo(row);
                (int firstSeen, int endSeen) = _shape.KeysSeenBy(i);
                endSeen = Math.Min(endSeen, present);
                Fill(row, firstSeen, Math.Min(endSeen, firstKey));
                Fill(row, Math.Max(firstSeen, endKey), endSeen);
            }
        }

        static void Fill(Span<T> row, int first, int end)
        {
            if (first < end)
            {
                row[first..end].Fill(T.One);
            }
        }
    }

    /// <summary>Weights of a problem's candidates by key, [stride]: 0 for keys that it does not select among.</summary>
    private void WriteSelected(int sample, int problem, ReadOnlySpan<T> units, Span<T> selected)
    {
        int first = CandidatesOf(problem, sample).First;
        selected.Clear();
        if (_shape.Unit == 1)
        {
            units.CopyTo(selected[first..]);
            return;
        }

        for (int u = 0; u < units.Length; u++)
        {
            (int firstKey, int endKey) = PresentKeysOf(first + u, sample);
            selected[firstKey..endKey].Fill(units[u]);
        }
    }

    private (int First, int End) PresentKeysOf(int unit, int sample)
    {
        (int first, int end) = _shape.KeysOf(unit, unit + 1);
        return (first, Math.Min(end, _workspace.KeyCounts[sample]));
    }

    /// <summary>Selection weights of a problem's candidates, in the worker's row.</summary>
    private Span<T> UnitsOf(int sample, int problem, int head, int read, int worker)
    {
        (int first, int end) = CandidatesOf(problem, sample);
        Span<T> units = _memory.Row(worker)[..(end - first)];
        int bits = _model.SelectionBits;
        ReadOnlySpan<byte> state = _workspace.Samples.State((sample * _shape.Problems) + problem, read)
            .Slice(head * _candidates * bits, units.Length * bits);
        T step = T.One / T.CreateTruncating((1 << bits) - 1);
        for (int u = 0; u < units.Length; u++)
        {
            int level = 0;
            for (int b = 0; b < bits; b++)
            {
                level |= state[(u * bits) + b] << b;
            }

            units[u] = T.CreateTruncating(level) * step;
        }

        return units;
    }

    /// <summary>The keys of a problem's candidates, present or not.</summary>
    private (int First, int End) SelectableKeys(int problem)
    {
        (int first, int end) = _shape.UnitsOf(problem);
        return _shape.KeysOf(first, end);
    }

    private T EnergyCouplingWeight => _model.WeighsReadout ? T.CreateTruncating(_model.CouplingWeight) : T.One;

    private T EnergyFieldWeight => _model.WeighsReadout ? T.CreateTruncating(_model.FieldWeight) : T.One;

    private Span<T> OfHead(Span<T> pairs, int head) => pairs.Slice(head * _shape.Queries * _stride, _shape.Queries * _stride);

    private Span<T> FieldsOf(Span<T> fields, int head) => _model.HasField ? fields.Slice(head * _stride, _stride) : default;

    private Span<T> ValuesOf(Span<T> values, int head) => values.Slice(head * _model.HeadDim * _stride, _model.HeadDim * _stride);

    private Span<T> OutputOf(Span<T> output, int query, int head) =>
        output.Slice(((query * _model.HeadCount) + head) * _model.HeadDim, _model.HeadDim);
}
