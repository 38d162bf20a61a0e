using System.Numerics;
using Qama.Kernels;

namespace Qama.Model;

/// <summary>The stages of a forward and backward pass that run over the samples of a batch in parallel.</summary>
/// <remarks>The caller's spans are pinned while a stage runs; pointers carry them to the workers.</remarks>
internal sealed unsafe class LayerPass<T>(QuboAttentionLayer<T> layer, LayerWorkspace<T> workspace) : ParallelJob
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Rows of U that one work item of <see cref="Stage.ParameterProducts"/> owns.</summary>
    private const int RowsPerItem = 16;

    private readonly ModelDescriptor _model = layer.Model;
    private readonly InputStage<T> _input = layer.InputStage;
    private readonly int _stride = Padding.Stride(layer.Model.Tokens);
    private Stage _stage;

    private enum Stage
    {
        Coefficients,
        Readout,
        Gradients,
        ParameterProducts,
    }

    /// <summary>Inputs of the three roles, [batch, tokens, width]; equal where shared.</summary>
    public T* Query { get; set; }

    public T* Key { get; set; }

    public T* Value { get; set; }

    /// <summary>Output, [batch, tokens, out].</summary>
    public T* Output { get; set; }

    /// <summary>∂L/∂output.</summary>
    public T* OutputGradient { get; set; }

    /// <summary>∂L/∂input of the three roles; null where not wanted.</summary>
    public T* QueryGradient { get; set; }

    public T* KeyGradient { get; set; }

    public T* ValueGradient { get; set; }

    private int BlocksPerRole => (_model.OutputDim + RowsPerItem - 1) / RowsPerItem;

    public void RunCoefficients() => Run(Stage.Coefficients, workspace.Count);

    public void RunReadout() => Run(Stage.Readout, workspace.Count);

    public void RunGradients() => Run(Stage.Gradients, workspace.Count);

    public void RunParameterProducts() => Run(Stage.ParameterProducts, 3 * BlocksPerRole);

    /// <inheritdoc/>
    public override void Execute(int index, int worker)
    {
        switch (_stage)
        {
            case Stage.Coefficients:
                ComputeCoefficients(index, worker);
                break;
            case Stage.Readout:
                ComputeReadout(index, worker);
                break;
            case Stage.Gradients:
                ComputeGradients(index, worker);
                break;
            default:
                AccumulateParameterProducts(index);
                break;
        }
    }

    private void Run(Stage stage, int count)
    {
        _stage = stage;
        WorkerPool.Shared.Run(this, count, workspace.Threads);
    }

    private void ComputeCoefficients(int sample, int worker)
    {
        SampleBuffers<T> buffers = Buffers(sample, worker);
        Span<T> featureMajor = buffers.Scratch[..(_input.Width * _stride)];
        int tokens = buffers.TokenCount;
        for (int role = 0; role < 3; role++)
        {
            if (role == 0 || !workspace.SharedInput)
            {
                Span<T> normalized = Normalised(role, sample);
                _input.Normalise(InputOf(role, sample), tokens, normalized, InverseOf(role, sample));
                Padding.Transpose<T>(normalized, _input.WidthStride, featureMajor, _stride, _model.Tokens, _input.Width);
            }

            Span<T> projected = role switch { 0 => buffers.Query, 1 => buffers.Key, _ => buffers.Value };
            _input.Project((InputRole)role, featureMajor, workspace.FoldedWeights, workspace.FoldedShifts, projected);
        }

        layer.ComputeCoefficientsCore(buffers);
        if (typeof(T) != typeof(float))
        {
            Narrow(buffers.Couplings, workspace.ProblemCouplings.AsSpan(sample * workspace.CouplingsLength));
            Narrow(buffers.Fields, workspace.ProblemFields.AsSpan(_model.HasField ? sample * workspace.FieldsLength : 0));
        }
    }

    private void ComputeReadout(int sample, int worker)
    {
        SampleBuffers<T> buffers = Buffers(sample, worker);
        WriteSelectionWeights(workspace.Samples.State(sample), buffers.Selection);
        layer.ComputeReadoutCore(buffers, new Span<T>(Output + (long)sample * _model.Tokens * _model.OutputDim, _model.Tokens * _model.OutputDim));
    }

    private void ComputeGradients(int sample, int worker)
    {
        SampleBuffers<T> buffers = Buffers(sample, worker);
        int outputLength = _model.Tokens * _model.OutputDim;
        buffers.LearnablesGradient.Clear();
        layer.BackwardReadoutCore(buffers, new ReadOnlySpan<T>(OutputGradient + (long)sample * outputLength, outputLength));
        layer.BackwardCoefficientsCore(buffers);
        BackwardToInputs(buffers, sample);
    }

    private void BackwardToInputs(in SampleBuffers<T> buffers, int sample)
    {
        if (QueryGradient is null)
        {
            return;
        }

        int length = _input.Width * _stride;
        Span<T> gradient = buffers.Scratch[..length];
        Span<T> row = buffers.Scratch.Slice(length, _input.Width);
        gradient.Clear();
        for (int role = 0; role < 3; role++)
        {
            ReadOnlySpan<T> projected = role switch { 0 => buffers.QueryGradient, 1 => buffers.KeyGradient, _ => buffers.ValueGradient };
            _input.BackwardToNormalised((InputRole)role, projected, workspace.FoldedWeights, gradient);
            if (workspace.SharedInput && role < 2)
            {
                continue;
            }

            T* target = workspace.SharedInput || role == 0 ? QueryGradient : role == 1 ? KeyGradient : ValueGradient;
            int inputLength = _model.Tokens * _input.Width;
            _input.BackwardToInput(
                gradient, Normalised(role, sample), InverseOf(role, sample), buffers.TokenCount, row,
                new Span<T>(target + (long)sample * inputLength, inputLength));
            gradient.Clear();
        }
    }

    /// <summary>One block of rows of one role's U, over all samples in order: the sum's order does not depend on threads.</summary>
    private void AccumulateParameterProducts(int item)
    {
        int role = item / BlocksPerRole;
        int firstRow = item % BlocksPerRole * RowsPerItem;
        int rows = Math.Min(RowsPerItem, _model.OutputDim - firstRow);
        int perRole = workspace.Products.Length / 3;
        Span<T> products = workspace.Products.AsSpan(role * perRole, perRole);
        Span<T> sums = workspace.Sums.AsSpan(role * _model.OutputDim, _model.OutputDim);
        for (int sample = 0; sample < workspace.Count; sample++)
        {
            _input.AccumulateProducts(
                firstRow, rows, Slice(workspace.ProjectedGradient, role * workspace.Capacity + sample, workspace.ProjectedLength),
                Normalised(role, sample), products, sums);
        }
    }

    private SampleBuffers<T> Buffers(int sample, int worker)
    {
        int capacity = workspace.Capacity;
        int projected = workspace.ProjectedLength;
        return new SampleBuffers<T>
        {
            Query = Slice(workspace.Projected, sample, projected),
            Key = Slice(workspace.Projected, capacity + sample, projected),
            Value = Slice(workspace.Projected, 2 * capacity + sample, projected),
            Couplings = Slice(workspace.Couplings, sample, workspace.CouplingsLength),
            Fields = _model.HasField ? Slice(workspace.Fields, sample, workspace.FieldsLength) : [],
            Selection = Slice(workspace.Selection, sample, workspace.FieldsLength),
            LocalEnergies = Slice(workspace.LocalEnergies, sample, workspace.FieldsLength),
            QueryGradient = Slice(workspace.ProjectedGradient, sample, projected),
            KeyGradient = Slice(workspace.ProjectedGradient, capacity + sample, projected),
            ValueGradient = Slice(workspace.ProjectedGradient, 2 * capacity + sample, projected),
            CouplingsGradient = Slice(workspace.CouplingsGradient, worker, workspace.CouplingsLength),
            FieldsGradient = Slice(workspace.FieldsGradient, worker, workspace.FieldsLength),
            LearnablesGradient = Slice(workspace.LearnablesGradient, sample, workspace.LearnablesLength),
            Scratch = Slice(workspace.Scratch, worker, workspace.ScratchLength),
            TokenCount = workspace.TokenCounts[sample],
        };
    }

    private void WriteSelectionWeights(ReadOnlySpan<byte> state, Span<T> weights)
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

    private ReadOnlySpan<T> InputOf(int role, int sample)
    {
        int length = _model.Tokens * _input.Width;
        T* start = role switch { 0 => Query, 1 => Key, _ => Value };
        return new ReadOnlySpan<T>(start + (long)sample * length, length);
    }

    private Span<T> Normalised(int role, int sample) =>
        Slice(workspace.Normalised, (workspace.SharedInput ? 0 : role * workspace.Capacity) + sample, workspace.NormalisedLength);

    private Span<T> InverseOf(int role, int sample) =>
        Slice(workspace.Inverse, (workspace.SharedInput ? 0 : role * workspace.Capacity) + sample, _model.Tokens);

    private static Span<T> Slice(T[] memory, int index, int length) => memory.AsSpan(index * length, length);

    private static void Narrow(ReadOnlySpan<T> source, Span<float> destination)
    {
        for (int i = 0; i < source.Length; i++)
        {
            destination[i] = float.CreateTruncating(source[i]);
        }
    }
}
