using Qama.Layers.Readouts;
using Qama.Numerics.Vectors;
using Qama.Problems;

namespace Qama.Layers;

// Outputs that are the mean over several reads.
internal unsafe partial class LayerPass<T>
{
    /// <summary>The output of one sample, before its norm.</summary>
    private protected virtual void ReadOut(in SampleBuffers<T> buffers, int sample, int worker, Span<T> output)
    {
        if (workspace.Reads is not { } memory)
        {
            Select(sample, 0, buffers.Selection);
            layer.ComputeReadout(buffers, output);
            return;
        }

        T share = T.One / T.CreateTruncating(_model.ReadCount);
        Span<T> own = memory.Output(worker);
        output.Clear();
        for (int read = 0; read < _model.ReadCount; read++)
        {
            Select(sample, read, buffers.Selection);
            layer.ComputeReadout(buffers, own);
            Rows.AddScaled(share, own, output);
        }
    }

    /// <summary>Gradients of couplings, fields and what the readout uses itself, from the output's.</summary>
    private protected virtual void ReadBack(in SampleBuffers<T> buffers, int sample, int worker, ReadOnlySpan<T> outputGradient)
    {
        if (workspace.Reads is not { } memory)
        {
            Select(sample, 0, buffers.Selection);
            layer.BackwardReadout(buffers, outputGradient);
            AddStatistics(buffers, sample, []);
            return;
        }

        Span<T> share = memory.OutputGradient(worker);
        share.Clear();
        Rows.AddScaled(T.One / T.CreateTruncating(_model.ReadCount), outputGradient, share);
        Span<double> contributions = memory.Contributions(worker);
        SampleBuffers<T> one = buffers with
        {
            CouplingsGradient = memory.CouplingsGradient(worker),
            FieldsGradient = memory.FieldsGradient(worker),
        };
        buffers.CouplingsGradient.Clear();
        buffers.FieldsGradient.Clear();
        for (int read = 0; read < _model.ReadCount; read++)
        {
            // The readout is computed again: cheaper than memory for the output and the local energies of every read.
            Select(sample, read, buffers.Selection);
            layer.ComputeReadout(one, memory.Output(worker));
            contributions[read] = double.CreateTruncating(Rows.Dot<T>(memory.Output(worker), outputGradient));
            layer.BackwardReadout(one, share);
            Rows.AddScaled(T.One, one.CouplingsGradient, buffers.CouplingsGradient);
            Rows.AddScaled(T.One, one.FieldsGradient, buffers.FieldsGradient);
        }

        BoltzmannCovariance.Centre(contributions);
        AddStatistics(buffers, sample, contributions);
    }

    private void AddStatistics(in SampleBuffers<T> buffers, int sample, ReadOnlySpan<double> contributions)
    {
        if (workspace.StatisticsGradient.Length > 0)
        {
            SolverGradient(buffers, sample).Clear();
        }

        for (int k = 0; k < workspace.Estimator.StatisticCount; k++)
        {
            double factor = workspace.Estimator.ReadStatistic(sample, k, contributions, buffers.Selection);
            if (factor != 0)
            {
                AddStatistic(buffers, sample, factor);
            }
        }
    }

    // factor · T(s) of the weights in the selection buffer.
    private void AddStatistic(in SampleBuffers<T> buffers, int sample, double factor)
    {
        int perHead = _model.Tokens * _stride;
        T coupling = T.CreateTruncating(factor * _model.CouplingWeight);
        for (int h = 0; h < _model.HeadCount && _model.CouplingFactor is not null; h++)
        {
            ReadOnlySpan<T> selection = buffers.Selection.Slice(h * _stride, _stride);
            FeatureGradient.Add(
                buffers, h, _model.CouplingRank, new TokenNeighbours(_model.CouplingWindow, _model.CouplingBlock), coupling, selection,
                selection, buffers.Scratch);
        }

        for (int h = 0; h < _model.HeadCount && _model.CouplingFactor is null; h++)
        {
            BoltzmannCovariance.AddToCouplings(
                coupling, buffers.Selection.Slice(h * _stride, _stride), workspace.Pairs, _model.KeepsDiagonal,
                SolverGradient(buffers, sample).Slice(h * perHead, perHead));
        }

        if (_model.HasField)
        {
            Rows.AddScaled(T.CreateTruncating(factor * _model.FieldWeight), buffers.Selection, buffers.FieldsGradient);
        }
    }

    private void Select(int sample, int read, Span<T> weights) => ReadWeights(workspace.Samples.State(sample, read), weights);

    /// <summary>Selection weights of a state, [heads, stride].</summary>
    public void ReadWeights(ReadOnlySpan<byte> state, Span<T> weights)
    {
        int bits = _model.SelectionBits;
        T unit = T.One / T.CreateTruncating((1 << bits) - 1);
        weights.Clear();
        for (int h = 0; h < _model.HeadCount; h++)
        {
            for (int i = 0; i < _model.Tokens; i++)
            {
                int level = 0;
                ReadOnlySpan<byte> word = state.Slice((h * _model.Tokens + i) * bits, bits);
                for (int b = 0; b < bits; b++)
                {
                    level |= word[b] << b;
                }

                weights[h * _stride + i] = T.CreateTruncating(level) * unit;
            }
        }
    }
}
