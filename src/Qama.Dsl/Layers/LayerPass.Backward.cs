using Qama.Numerics.Vectors;

namespace Qama.Layers;

// The backward pass: of one sample, and of one block of the projections' rows.
internal unsafe partial class LayerPass<T>
{
    /// <summary>The batch norm that gradients of J pass; none where there is none but the readout's, of the similarity itself.</summary>
    private HeadNormPass<T>? CouplingGradientNorm =>
        _model.ReadsSimilarity && workspace.FeatureNorm is null && workspace.StatisticsGradient.Length == 0 ? null : workspace.CouplingNorm;

    private void MeasureOutputGradient(int sample) => workspace.OutputNorm!.MeasureGradient(
        sample, Of(OutputGradient, sample), Slice(workspace.OwnOutput, sample, workspace.OutputLength), OutputEntries(sample));

    private void ComputeReadoutGradients(int sample, int worker)
    {
        SampleBuffers<T> buffers = Buffers(sample, worker, own: false);
        buffers.LearnablesGradient.Clear();
        buffers.QueryGradient.Clear();
        buffers.KeyGradient.Clear();
        buffers.ValueGradient.Clear();
        buffers.PairGradientSums.Clear();
        if (_model.ComputesFeatures)
        {
            buffers.RowFeaturesGradient.Clear();
            buffers.ColumnFeaturesGradient.Clear();
        }

        ReadBack(buffers, sample, worker, OwnOutputGradient(sample, worker));
        if (layer.NormalizesCoefficients)
        {
            if (workspace.FeatureNorm is { } features)
            {
                features.MeasureGradient(sample, buffers.PairGradientSums);
            }
            else
            {
                CouplingGradientNorm?.MeasureGradient(
                    sample, SolverGradient(buffers, sample), Slice(workspace.OwnCouplings, sample, workspace.CouplingsLength),
                    CouplingEntries(sample));
            }

            workspace.FieldNorm?.MeasureGradient(
                sample, buffers.FieldsGradient, Slice(workspace.OwnFields, sample, workspace.FieldsLength), FieldEntries(sample));
        }
        else
        {
            ComputeCoefficientGradients(sample, worker);
        }
    }

    private void ComputeCoefficientGradients(int sample, int worker)
    {
        SampleBuffers<T> buffers = Buffers(sample, worker, own: true);
        if (workspace.FeatureNorm is { } features)
        {
            features.Backward(buffers, worker);
        }
        else
        {
            Span<T> gradient = SolverGradient(buffers, sample);
            CouplingGradientNorm?.Backward(gradient, buffers.Couplings, CouplingEntries(sample), gradient);
            if (workspace.StatisticsGradient.Length > 0)
            {
                Rows.AddScaled(T.One, gradient, buffers.CouplingsGradient);
            }
        }

        workspace.FieldNorm?.Backward(buffers.FieldsGradient, buffers.Fields, FieldEntries(sample), buffers.FieldsGradient);
        DifferentiateCoefficients(buffers, worker);
        BackwardToInputs(buffers, sample);
    }

    /// <summary>From the gradients of couplings and fields to those of query, key, value and learnables.</summary>
    private protected virtual void DifferentiateCoefficients(in SampleBuffers<T> buffers, int worker) => layer.BackwardCoefficients(buffers);

    private protected void BackwardToInputs(in SampleBuffers<T> buffers, int sample)
    {
        if (QueryGradient is null)
        {
            return;
        }

        buffers.Scratch[..(_input.Width * _input.LargestStride)].Clear();
        for (int role = 0; role < 3; role++)
        {
            (int tokens, int length) = (_input.TokensOf((InputRole)role), _input.Width * _input.StrideOf((InputRole)role));
            Span<T> gradient = buffers.Scratch[..length];
            Span<T> tokenMajor = buffers.Scratch.Slice(length, tokens * _input.WidthStride);
            ReadOnlySpan<T> projected = role switch { 0 => buffers.QueryGradient, 1 => buffers.KeyGradient, _ => buffers.ValueGradient };
            _input.BackwardToNormalised((InputRole)role, projected, workspace.TurnedWeights, gradient);
            if (workspace.SharedInput && role < 2)
            {
                continue;
            }

            T* target = workspace.SharedInput || role == 0 ? QueryGradient : role == 1 ? KeyGradient : ValueGradient;
            int inputLength = tokens * _input.Width;
            _input.BackwardToInput(
                (InputRole)role, gradient, Normalised(role, sample), InverseOf(role, sample),
                role == 0 ? buffers.TokenCount : buffers.KeyCount, tokenMajor,
                new Span<T>(target + (long)sample * inputLength, inputLength));
            buffers.Scratch[..(_input.Width * _input.LargestStride)].Clear();
        }
    }

    /// <summary>One block of rows of one role's U, over all samples in order: the sum's order does not depend on threads.</summary>
    private void AccumulateParameterProducts(int item)
    {
        int role = item / BlocksPerRole;
        int firstRow = item % BlocksPerRole * _rowsPerItem;
        int rows = Math.Min(_rowsPerItem, _model.OutputDim - firstRow);
        int perRole = workspace.Products.Length / 3;
        Span<T> products = workspace.Products.AsSpan(role * perRole, perRole);
        Span<T> sums = workspace.Sums.AsSpan(role * _model.OutputDim, _model.OutputDim);
        for (int sample = 0; sample < workspace.Count; sample++)
        {
            _input.AccumulateProducts(
                (InputRole)role, firstRow, rows, Slice(workspace.ProjectedGradient, role * workspace.Capacity + sample, workspace.ProjectedLength),
                Normalised(role, sample), products, sums);
        }
    }
}
