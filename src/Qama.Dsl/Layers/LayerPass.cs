using System.Numerics;
using Qama.Numerics;
using Qama.Numerics.Matrices;
using Qama.Numerics.Norms;
using Qama.Sampling;

namespace Qama.Layers;

/// <summary>The stages of a forward and backward pass that run over the samples of a batch in parallel: of layers whose samples are one
/// problem each. Other scopes of selections have passes of their own that share the input stage.</summary>
/// <remarks>The caller's spans are pinned while a stage runs; pointers carry them to the workers.</remarks>
internal unsafe partial class LayerPass<T>(QuboAttentionLayer<T> layer, LayerWorkspace<T> workspace) : ParallelJob
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ModelDescriptor _model = layer.Model;
    private readonly InputStage<T> _input = layer.InputStage;
    private readonly int _stride = Padding.Stride(layer.Model.KeyTokens);

    /// <summary>Rows of U that one work item of <see cref="Stage.ParameterProducts"/> owns. Every item reads the inputs of the
    /// whole batch, so there are as few as keep all threads busy.</summary>
    private readonly int _rowsPerItem = layer.Model.OutputDim >= 256 ? 64 : 16;

    private Stage _stage;

    private enum Stage
    {
        Coefficients,
        Normalisation,
        Readout,
        OutputNormalisation,
        OutputGradientSums,
        Slopes,
        ReadoutGradients,
        CoefficientGradients,
        LearnedCouplingGradients,
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

    private int BlocksPerRole => (_model.OutputDim + _rowsPerItem - 1) / _rowsPerItem;

    /// <summary>Projections, couplings and fields, and the problems made of them.</summary>
    /// <exception cref="NotFiniteNumberException">Statistics of the batch would spoil the running ones.</exception>
    public virtual void RunCoefficients()
    {
        Run(Stage.Coefficients, workspace.Count);
        if (layer.NormalizesCoefficients)
        {
            workspace.CouplingNorm?.Combine(workspace.Count, workspace.Mode);
            workspace.FieldNorm?.Combine(workspace.Count, workspace.Mode);
            Require(workspace.CouplingNorm, nameof(workspace.CouplingNorm));
            Require(workspace.FieldNorm, nameof(workspace.FieldNorm));
            workspace.FeatureNorm?.WriteScales(workspace.CouplingScales, workspace.CouplingShifts);
            Run(Stage.Normalisation, workspace.Count);
        }
    }

    /// <summary>Tells the problems how many there are, and of how many tokens.</summary>
    public virtual void PrepareProblems()
    {
        workspace.Problems.SetCount(workspace.Count);
        workspace.TokenCounts.AsSpan(0, workspace.Count).CopyTo(workspace.Problems.TokenCounts);
    }

    /// <summary>Selections of the batch's problems.</summary>
    /// <exception cref="NotFiniteNumberException">A coupling or a field is NaN or infinite.</exception>
    public virtual ValueTask SampleAsync(ISampler sampler, CancellationToken cancellationToken = default) =>
        workspace.Estimator.SolveAsync(sampler, cancellationToken);

    /// <summary>What replays this pass's selections; a copy.</summary>
    public virtual ISampler KeepSelections() => new FixedSampler(workspace.Samples);

    /// <summary>The output, from the samples found.</summary>
    /// <exception cref="NotFiniteNumberException">Statistics of the batch would spoil the running ones.</exception>
    public virtual void RunReadout()
    {
        Run(Stage.Readout, workspace.Count);
        if (workspace.OutputNorm is { } norm)
        {
            norm.Combine(workspace.Count, workspace.Mode);
            Require(norm, nameof(workspace.OutputNorm));
            Run(Stage.OutputNormalisation, workspace.Count);
        }
    }

    /// <summary>Gradients of everything but the input stage's parameters.</summary>
    public virtual void RunGradients()
    {
        if (workspace.OutputNorm is { } norm)
        {
            Run(Stage.OutputGradientSums, workspace.Count);
            norm.CombineGradients(workspace.Count);
        }

        if (AddsUpAtOnce)
        {
            RunAndAddUp(Stage.ReadoutGradients);
        }
        else
        {
            Run(Stage.ReadoutGradients, workspace.Count);
        }

        if (layer.NormalizesCoefficients)
        {
            CouplingGradientNorm?.CombineGradients(workspace.Count);
            workspace.FieldNorm?.CombineGradients(workspace.Count);
            Run(Stage.CoefficientGradients, workspace.Count);
            if (Learned is not null && !AddsUpAtOnce)
            {
                AddUpCouplingGradients(0, workspace.Count);
            }
        }
    }

    public void RunParameterProducts() => Run(Stage.ParameterProducts, 3 * BlocksPerRole);

    /// <inheritdoc/>
    public override void Execute(int index, int worker)
    {
        switch (_stage)
        {
            case Stage.Coefficients:
                ComputeCoefficients(index, worker);
                break;
            case Stage.Normalisation:
                NormaliseCoefficients(index, worker);
                break;
            case Stage.Readout:
                ComputeReadout(index, worker);
                break;
            case Stage.OutputNormalisation:
                NormaliseOutput(index);
                break;
            case Stage.OutputGradientSums:
                MeasureOutputGradient(index);
                break;
            case Stage.Slopes:
                ComputeSlopes(Buffers(index, worker, own: false), index, worker, OwnOutputGradient(index, worker));
                break;
            case Stage.ReadoutGradients when AddsUpAtOnce:
                ComputeReadoutGradients(_first + index, index);
                break;
            case Stage.ReadoutGradients:
                ComputeReadoutGradients(index, worker);
                break;
            case Stage.CoefficientGradients:
                ComputeCoefficientGradients(index, worker);
                break;
            case Stage.LearnedCouplingGradients:
                AddUpRow(index);
                break;
            default:
                AccumulateParameterProducts(index);
                break;
        }
    }

    private void Require(HeadNormPass<T>? norm, string name)
    {
        if (norm?.Obstacle() is { } obstacle)
        {
            throw new NotFiniteNumberException(
                $"{_model.Name}, {name}: {obstacle}. Its running statistics are unchanged.");
        }
    }

    private void Run(Stage stage, int count)
    {
        _stage = stage;
        WorkerPool.Shared.Run(this, count, workspace.Threads);
    }

    // Where samples are fewer than threads, a sample has the memory of several: workers are no more than samples.
    private int PartsOfHeads => _model.DividesHeads
        ? Math.Clamp(workspace.Threads / Math.Max(1, workspace.Count), 1, _model.HeadCount) : 1;

    /// <param name="sample">Index in the batch.</param>
    /// <param name="worker">Whose memory is used.</param>
    /// <param name="own">Whether couplings and fields are those before normalisation.</param>
    protected SampleBuffers<T> Buffers(int sample, int worker, bool own)
    {
        int gradients = layer.NormalizesCoefficients ? sample : worker;
        int capacity = workspace.Capacity, parts = PartsOfHeads;
        (int projected, int features, bool computed) = (workspace.ProjectedLength, workspace.FeaturesLength, _model.ComputesFeatures);
        (int queries, int keys) = (_model.OutputDim * Padding.Stride(_model.Tokens), _model.OutputDim * _stride);
        return new SampleBuffers<T>
        {
            Query = Slice(workspace.Projected, sample, projected)[..queries],
            Key = Slice(workspace.Projected, capacity + sample, projected)[..keys],
            Value = Slice(workspace.Projected, 2 * capacity + sample, projected)[..keys],
            RowFeatures = computed ? Slice(workspace.Features, sample, features) : Slice(workspace.Projected, sample, projected),
            ColumnFeatures = computed
                ? Slice(workspace.Features, capacity + sample, features) : Slice(workspace.Projected, capacity + sample, projected),
            RowFeaturesGradient = computed
                ? Slice(workspace.FeaturesGradient, 2 * gradients, features) : Slice(workspace.ProjectedGradient, sample, projected),
            ColumnFeaturesGradient = computed
                ? Slice(workspace.FeaturesGradient, (2 * gradients) + 1, features)
                : Slice(workspace.ProjectedGradient, capacity + sample, projected),
            CouplingScales = workspace.CouplingScales,
            CouplingShifts = workspace.CouplingShifts,
            LearnedCouplings = workspace.LearnedCouplings,
            PairGradientSums = workspace.FeatureNorm is null
                ? [] : workspace.PairGradientSums.AsSpan(2 * _model.HeadCount * sample, 2 * _model.HeadCount),
            Couplings = Slice(own ? workspace.OwnCouplings : workspace.Couplings, sample, workspace.CouplingsLength),
            Fields = _model.HasField ? Slice(own ? workspace.OwnFields : workspace.Fields, sample, workspace.FieldsLength) : [],
            Selection = Slice(workspace.Selection, sample, workspace.FieldsLength),
            LocalEnergies = Slice(workspace.LocalEnergies, sample, workspace.FieldsLength),
            QueryGradient = Slice(workspace.ProjectedGradient, sample, projected)[..queries],
            KeyGradient = Slice(workspace.ProjectedGradient, capacity + sample, projected)[..keys],
            ValueGradient = Slice(workspace.ProjectedGradient, 2 * capacity + sample, projected)[..keys],
            CouplingsGradient = Slice(workspace.CouplingsGradient, gradients, workspace.CouplingsLength),
            FieldsGradient = Slice(workspace.FieldsGradient, gradients, workspace.FieldsLength),
            LearnablesGradient = Slice(workspace.LearnablesGradient, sample, workspace.LearnablesLength),
            Scratch = Slice(workspace.Scratch, worker, parts * workspace.ScratchLength),
            Parts = parts,
            TokenCount = workspace.TokenCounts[sample],
            KeyCount = workspace.KeyCounts[sample],
        };
    }

    private Span<T> Normalised(int role, int sample) =>
        Slice(workspace.Normalised, (workspace.SharedInput ? 0 : role * workspace.Capacity) + sample, workspace.NormalisedLength);

    private Span<T> InverseOf(int role, int sample) => Slice(
        workspace.Inverse, (workspace.SharedInput ? 0 : role * workspace.Capacity) + sample, Math.Max(_model.Tokens, _model.KeyTokens));

    private HeadEntries<T> CouplingEntries(int sample) => new()
    {
        HeadPitch = _model.Tokens * _stride, RowPitch = _stride, Rows = workspace.TokenCounts[sample],
        Length = workspace.KeyCounts[sample], Included = workspace.Pairs, OwnRows = _model.Tokens,
    };

    private HeadEntries<T> FieldEntries(int sample) => new()
    {
        HeadPitch = _stride, RowPitch = _stride, Rows = 1, Length = workspace.KeyCounts[sample], OwnRows = 1,
    };

    private HeadEntries<T> OutputEntries(int sample) => new()
    {
        HeadPitch = _model.HeadDim, RowPitch = _model.OutputDim, Rows = workspace.TokenCounts[sample], Length = _model.HeadDim,
        OwnRows = 0,
    };

    private protected static Span<T> Slice(T[] memory, int index, int length) => memory.AsSpan(index * length, length);
}
