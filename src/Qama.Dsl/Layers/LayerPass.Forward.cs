using Qama.Numerics.Matrices;

namespace Qama.Layers;

// The forward pass of one sample.
internal unsafe partial class LayerPass<T>
{
    /// <summary>Query, key and value of a sample.</summary>
    private protected void Project(in SampleBuffers<T> buffers, int sample)
    {
        for (int role = 0; role < 3; role++)
        {
            (int tokens, int stride) = (_input.TokensOf((InputRole)role), _input.StrideOf((InputRole)role));
            Span<T> featureMajor = buffers.Scratch[..(_input.Width * stride)];
            if (role == 0 || !workspace.SharedInput)
            {
                Span<T> normalized = Normalised(role, sample);
                int present = role == 0 ? buffers.TokenCount : buffers.KeyCount;
                _input.Normalise(InputOf(role, sample), tokens, present, normalized, InverseOf(role, sample));
                Padding.Transpose<T>(normalized, _input.WidthStride, featureMajor, stride, tokens, _input.Width);
            }

            Span<T> projected = role switch { 0 => buffers.Query, 1 => buffers.Key, _ => buffers.Value };
            _input.Project((InputRole)role, featureMajor, workspace.FoldedWeights, workspace.FoldedShifts, projected);
        }
    }

    private void ComputeCoefficients(int sample, int worker)
    {
        SampleBuffers<T> buffers = Buffers(sample, worker, own: true);
        Project(buffers, sample);
        WriteCoefficients(buffers, worker);
        if (layer.NormalizesCoefficients)
        {
            if (workspace.FeatureNorm is { } features)
            {
                features.Measure(sample, buffers, worker);
            }
            else
            {
                workspace.CouplingNorm?.Measure(sample, buffers.Couplings, CouplingEntries(sample));
            }

            workspace.FieldNorm?.Measure(sample, buffers.Fields, FieldEntries(sample));
        }
        else
        {
            WriteProblem(sample, worker);
        }
    }

    private void NormaliseCoefficients(int sample, int worker)
    {
        if (workspace.FeatureNorm is null)
        {
            workspace.CouplingNorm?.Normalise(
                Slice(workspace.OwnCouplings, sample, workspace.CouplingsLength), CouplingEntries(sample),
                Slice(workspace.Couplings, sample, workspace.CouplingsLength));
        }

        workspace.FieldNorm?.Normalise(
            Slice(workspace.OwnFields, sample, workspace.FieldsLength), FieldEntries(sample),
            Slice(workspace.Fields, sample, workspace.FieldsLength));
        WriteProblem(sample, worker);
    }

    /// <summary>Couplings and fields of a sample, from query, key and value.</summary>
    private protected virtual void WriteCoefficients(in SampleBuffers<T> buffers, int worker) => layer.ComputeCoefficients(buffers);

    /// <summary>Writes what samplers see of a sample whose coefficients are final.</summary>
    /// <param name="sample">Index in the batch.</param>
    /// <param name="worker">Whose memory may be used.</param>
    private protected virtual void WriteProblem(int sample, int worker)
    {
        if (_model.CouplingFactor is not null)
        {
            WriteFeatures(sample);
            return;
        }

        ReadOnlySpan<T> couplings = Slice(workspace.Couplings, sample, workspace.CouplingsLength);
        Span<float> target = workspace.ProblemCouplings.AsSpan(sample * workspace.CouplingsLength, workspace.CouplingsLength);
        if (!_model.HasSymmetricCouplings)
        {
            int perHead = _model.Tokens * _stride;
            for (int h = 0; h < _model.HeadCount; h++)
            {
                PairMatrix.SymmetricPart(
                    couplings.Slice(h * perHead, perHead), _model.Tokens, _stride, _model.KeepsDiagonal,
                    target.Slice(h * perHead, perHead));
            }
        }
        else if (typeof(T) != typeof(float))
        {
            Narrow(couplings, target);
        }

        WriteFields(sample);
        workspace.Problems.UpdatePenaltyWeights(sample);
    }

    private void WriteFields(int sample)
    {
        if (_model.HasField && workspace.OwnsProblemFields)
        {
            int length = workspace.FieldsLength;
            Narrow(Slice(workspace.Fields, sample, length), workspace.ProblemFields.AsSpan(sample * length, length));
        }
    }

    /// <summary>Samplers see features themselves, where these are in single precision.</summary>
    private void WriteFeatures(int sample)
    {
        T[] features = _model.ComputesFeatures ? workspace.Features : workspace.Projected;
        int length = _model.ComputesFeatures ? workspace.FeaturesLength : workspace.ProjectedLength;
        for (int side = 0; side < 2 && typeof(T) != typeof(float); side++)
        {
            int index = (side * workspace.Capacity) + sample;
            Narrow(Slice(features, index, length), workspace.ProblemCouplings.AsSpan(index * length, length));
        }

        WriteFields(sample);
        workspace.Problems.UpdatePenaltyWeights(sample);
    }

    private void ComputeReadout(int sample, int worker)
    {
        SampleBuffers<T> buffers = Buffers(sample, worker, own: false);
        if (workspace.OutputNorm is { } norm)
        {
            Span<T> output = Slice(workspace.OwnOutput, sample, workspace.OutputLength);
            ReadOut(buffers, sample, worker, output);
            norm.Measure(sample, output, OutputEntries(sample));
        }
        else
        {
            ReadOut(buffers, sample, worker, Of(Output, sample));
        }
    }

    private void NormaliseOutput(int sample) => workspace.OutputNorm!.Normalise(
        Slice(workspace.OwnOutput, sample, workspace.OutputLength), OutputEntries(sample), Of(Output, sample));

    private ReadOnlySpan<T> InputOf(int role, int sample)
    {
        int length = _input.TokensOf((InputRole)role) * _input.Width;
        T* start = role switch { 0 => Query, 1 => Key, _ => Value };
        return new ReadOnlySpan<T>(start + (long)sample * length, length);
    }

    protected Span<T> Of(T* output, int sample) =>
        new(output + (long)sample * workspace.OutputLength, workspace.OutputLength);

    private static void Narrow(ReadOnlySpan<T> source, Span<float> destination)
    {
        for (int i = 0; i < source.Length; i++)
        {
            destination[i] = float.CreateTruncating(source[i]);
        }
    }
}
