using System.Numerics;
using System.Runtime.CompilerServices;
using Qama.Numerics.Matrices;
using Qama.Numerics;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Layers.Scopes;

/// <summary>
/// The passes of a layer whose selections are causal: block after block, one call of the sampler for the same block of all samples.
/// Readout and gradients repeat the recursion from the selections found, and compute pairs again rather than keep them: memory grows with
/// the tokens, not with their pairs.
/// </summary>
internal sealed class CausalPass<T> : LayerPass<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly QuboAttentionLayer<T> _layer;
    private readonly LayerWorkspace<T> _workspace;
    private readonly ModelDescriptor _model;
    private readonly CausalShape _shape;
    private readonly CausalBlock<T>[] _blocks; // of workers
    private readonly KeptTokens<T>[] _replayed; // of workers
    private readonly KeptTokens<T>[] _kept; // of samples
    private readonly byte[] _states; // [samples, problems, variables]
    private Stage _stage;
    private int _block;

    public CausalPass(QuboAttentionLayer<T> layer, LayerWorkspace<T> workspace)
        : base(layer, workspace)
    {
        (_layer, _workspace, _model) = (layer, workspace, layer.Model);
        _shape = new CausalShape(_model);
        _blocks = [.. Enumerable.Range(0, workspace.Threads).Select(_ => new CausalBlock<T>(layer))];
        _replayed = [.. Enumerable.Range(0, workspace.Threads).Select(_ => new KeptTokens<T>(_model, _shape))];
        _kept = [.. Enumerable.Range(0, workspace.Capacity).Select(_ => new KeptTokens<T>(_model, _shape))];
        _states = new byte[checked(workspace.Capacity * _model.ProblemCount * _model.VariableCount)];
        workspace.Problems.HeadTokenCounts = _shape.Kept > 0 ? new int[workspace.Capacity * _model.HeadCount] : null;
    }

    private enum Stage
    {
        None,
        Features,
        Problem,
        Selection,
        Readout,
        Gradients,
    }

    /// <summary>Memory of the coefficients of one block of every sample.</summary>
    public static (float[] Couplings, float[] Fields) AllocateProblems(ModelDescriptor model, int capacity)
    {
        int rows = checked(capacity * model.HeadCount * Padding.Stride(model.Problem.Tokens));
        return (new float[checked(rows * model.Problem.Tokens)], new float[rows]);
    }

    /// <summary>Bytes of its memory.</summary>
    public static long BytesOf(ModelDescriptor model, long kernelScratch, long batch, long threads)
    {
        var shape = new CausalShape(model);
        return (threads * (((CausalBlock<T>.LengthOf(model, kernelScratch, shape) * Unsafe.SizeOf<T>()))
            + (3L * shape.Tile * sizeof(int))))
            + ((threads + batch) * KeptTokens<T>.BytesOf(model, shape))
            + (batch * (((long)model.ProblemCount * model.VariableCount) + (shape.Kept > 0 ? sizeof(int) * model.HeadCount : 0)))
            + (sizeof(float) * batch * model.HeadCount * shape.ProblemStride * (shape.Candidates + 1L));
    }

    /// <inheritdoc/>
    public override void RunCoefficients() => Run(Stage.Features);

    /// <inheritdoc/>
    public override ValueTask SampleAsync(ISampler sampler, CancellationToken cancellationToken = default)
    {
        Array.Clear(_states);
        int problems = _shape.ProblemsOf(Largest(_workspace.TokenCounts.AsSpan(0, _workspace.Count)));
        for (_block = 0; _block < problems; _block++)
        {
            ValueTask sampling = SampleBlockAsync(sampler, cancellationToken);
            if (!sampling.IsCompletedSuccessfully)
            {
                return FinishAsync(sampling, problems, sampler, cancellationToken);
            }

            Run(Stage.Selection);
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public override ISampler KeepSelections() =>
        new BlockSelections((byte[])_states.Clone(), _model.ProblemCount, KeyOf(_workspace.Key, 0).Seed);

    /// <inheritdoc/>
    public override void RunReadout() => Run(Stage.Readout);

    /// <inheritdoc/>
    public override void RunGradients() => Run(Stage.Gradients);

    /// <inheritdoc/>
    public override void Execute(int index, int worker)
    {
        switch (_stage)
        {
            case Stage.Features:
                ComputeFeatures(index, worker);
                break;
            case Stage.Problem:
                WriteBlock(index, worker);
                break;
            case Stage.Selection:
                TakeSelection(index);
                break;
            case Stage.Readout:
                Read(index, worker);
                break;
            case Stage.Gradients:
                Differentiate(index, worker);
                break;
            default:
                base.Execute(index, worker);
                break;
        }
    }

    /// <summary>The key of a block's problems: that of the batch, with a seed of the block's own.</summary>
    public static SamplingKey KeyOf(SamplingKey key, long block) =>
        key with { Seed = (long)(RandomStream.Mix((ulong)key.Seed) + (ulong)block) };

    private static int Largest(ReadOnlySpan<int> counts)
    {
        int largest = 0;
        foreach (int count in counts)
        {
            largest = Math.Max(largest, count);
        }

        return largest;
    }

    private void Run(Stage stage)
    {
        _stage = stage;
        WorkerPool.Shared.Run(this, _workspace.Count, _workspace.Threads);
        _stage = Stage.None;
    }

    private ValueTask SampleBlockAsync(ISampler sampler, CancellationToken cancellationToken)
    {
        Run(Stage.Problem);
        return LayerSampling.RunAsync(_workspace, sampler, _workspace.Samples, KeyOf(_workspace.Key, _block), cancellationToken);
    }

    private async ValueTask FinishAsync(ValueTask sampling, int problems, ISampler sampler, CancellationToken cancellationToken)
    {
        await sampling.ConfigureAwait(false);
        Run(Stage.Selection);
        for (_block++; _block < problems; _block++)
        {
            await SampleBlockAsync(sampler, cancellationToken).ConfigureAwait(false);
            Run(Stage.Selection);
        }
    }

    private void ComputeFeatures(int sample, int worker)
    {
        SampleBuffers<T> buffers = Buffers(sample, worker, own: true);
        Project(buffers, sample);
        _blocks[worker].ComputeFields(FeaturesOf(buffers), new OwnTokens(0, 0, buffers.TokenCount));
        _kept[sample].Clear();
    }

    private TokenFeatures<T> FeaturesOf(in SampleBuffers<T> buffers) => new()
    {
        Query = buffers.Query, Key = buffers.Key, Value = buffers.Value, Fields = buffers.Fields, Stride = _layer.InputStage.StrideOf(InputRole.Query),
    };

    private bool HasProblem(int sample) => _block < _shape.ProblemsOf(_workspace.TokenCounts[sample]);

    private Span<byte> StateOf(int sample, int block) => _states.AsSpan(
        ((sample * _model.ProblemCount) + block) * _model.VariableCount, _model.VariableCount);

    private void WriteBlock(int sample, int worker)
    {
        AttentionProblemBatch problems = _workspace.Problems;
        int couplings = _workspace.ProblemCouplings.Length / _workspace.Capacity, fields = _workspace.ProblemFields.Length / _workspace.Capacity;
        Span<float> ofPairs = _workspace.ProblemCouplings.AsSpan(sample * couplings, couplings);
        Span<float> ofTokens = _workspace.ProblemFields.AsSpan(sample * fields, fields);
        KeptTokens<T> kept = _kept[sample];
        if (!HasProblem(sample))
        {
            problems.TokenCounts[sample] = 0;
            ofPairs.Clear();
            ofTokens.Clear();
            kept.Clear();
        }
        else
        {
            problems.TokenCounts[sample] = _shape.Block + (_shape.Kept > 0 ? kept.LargestCount() : 0);
            _blocks[worker].WriteProblem(
                FeaturesOf(Buffers(sample, worker, own: true)), Own(_block, _shape.Block), kept, ofPairs, ofTokens);
        }

        for (int h = 0; h < _model.HeadCount && problems.HeadTokenCounts is not null; h++)
        {
            problems.HeadTokenCounts[(sample * _model.HeadCount) + h] = _shape.Block + kept.Counts[h];
        }

        problems.UpdatePenaltyWeights(sample);
    }

    private void TakeSelection(int sample)
    {
        if (HasProblem(sample))
        {
            _workspace.Samples.State(sample).CopyTo(StateOf(sample, _block));
            _kept[sample].Take(Own(_block, _shape.Block), StateOf(sample, _block));
        }
    }

    private OwnTokens Own(int block, int count) => new(block * _shape.Block, block * _shape.Block, count);

    private unsafe void Read(int sample, int worker)
    {
        SampleBuffers<T> buffers = Buffers(sample, worker, own: true);
        TokenFeatures<T> tokens = FeaturesOf(buffers);
        KeptTokens<T> kept = _replayed[worker];
        kept.Clear();
        Span<T> output = Of(Output, sample);
        for (int first = 0, block = 0; first < buffers.TokenCount; first += _shape.Block, block++)
        {
            int count = Math.Min(_shape.Block, buffers.TokenCount - first);
            _blocks[worker].Read(
                tokens, Own(block, count), kept, 0, output.Slice(first * _model.OutputDim, count * _model.OutputDim));
            Replay(kept, sample, block);
        }

        output[(buffers.TokenCount * _model.OutputDim)..].Clear();
    }

    private void Replay(KeptTokens<T> kept, int sample, int block)
    {
        if (block < _shape.ProblemsOf(_workspace.TokenCounts[sample]))
        {
            kept.Take(Own(block, _shape.Block), StateOf(sample, block));
        }
    }

    private unsafe void Differentiate(int sample, int worker)
    {
        SampleBuffers<T> buffers = Buffers(sample, worker, own: true);
        buffers.LearnablesGradient.Clear();
        buffers.QueryGradient.Clear();
        buffers.KeyGradient.Clear();
        buffers.ValueGradient.Clear();
        buffers.FieldsGradient.Clear();
        TokenFeatures<T> tokens = FeaturesOf(buffers);
        var gradients = new TokenFeatures<T>
        {
            Query = buffers.QueryGradient, Key = buffers.KeyGradient, Value = buffers.ValueGradient, Fields = buffers.FieldsGradient,
            Stride = tokens.Stride,
        };
        KeptTokens<T> kept = _replayed[worker];
        kept.Clear();
        ReadOnlySpan<T> outputGradient = Of(OutputGradient, sample);
        for (int first = 0, block = 0; first < buffers.TokenCount; first += _shape.Block, block++)
        {
            int count = Math.Min(_shape.Block, buffers.TokenCount - first);
            _blocks[worker].Differentiate(
                tokens, gradients, Own(block, count), kept,
                outputGradient.Slice(first * _model.OutputDim, count * _model.OutputDim), buffers.LearnablesGradient);
            Replay(kept, sample, block);
        }

        _blocks[worker].DifferentiateFields(tokens, gradients, new OwnTokens(0, 0, buffers.TokenCount), buffers.LearnablesGradient);
        BackwardToInputs(buffers, sample);
    }
}
