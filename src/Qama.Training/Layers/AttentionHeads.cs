using System.Numerics;
using Qama.Numerics;
using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;
using Qama.Training.Modules;

namespace Qama.Training.Layers;

/// <summary>
/// Scaled dot-product attention of several heads, without parameters (Vaswani et al., arXiv 1706.03762):
/// [tokens, 3 · heads · dim] (queries, keys, values side by side) to [tokens, heads · dim],
/// y_i = Σ_j softmax_j(q_i·k_j / √dim) v_j.
/// </summary>
/// <typeparam name="T">float; double for verification.</typeparam>
/// <remarks>Memory grows with the tokens, not with their square: probabilities of 64 queries at a time are computed, and where there are
/// more than 64 computed again in the backward pass (Dao et al., arXiv 2205.14135). Heads of a sample are shared out among threads that have no sample of their own;
/// results do not depend on the number of threads.</remarks>
public sealed class AttentionHeads<T> : Module<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly int _heads;
    private readonly int _dim;
    private readonly int _tokens;
    private readonly int _tokenStride;
    private readonly T _scale;
    private T[] _largest = [];
    private T[] _inverse = [];
    private T[] _kept = [];
    private Activations<T>? _input;
    private Job? _job;

    /// <summary>Creates the heads.</summary>
    /// <param name="tokens">Tokens per sample.</param>
    /// <param name="heads">Number of heads.</param>
    /// <param name="dim">Width of a head.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    public AttentionHeads(int tokens, int heads, int dim)
        : base(new TokenShape(tokens, 3 * heads * dim), new TokenShape(tokens, heads * dim))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
        _heads = heads;
        _dim = dim;
        _tokens = tokens;
        _tokenStride = Padding.Stride(tokens);
        _scale = T.One / T.Sqrt(T.CreateTruncating(dim));
    }

    /// <inheritdoc/>
    public override string Description => $"{base.Description}, {_heads} heads";

    /// <summary>The probabilities of the last forward pass: how much query <paramref name="i"/> attends to token
    /// <paramref name="j"/>. Computed from that pass's input, which must still be there.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An index is out of range: samples are those of the last forward pass.</exception>
    public T Probability(int sample, int head, int i, int j)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sample);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(sample, Count);
        ArgumentOutOfRangeException.ThrowIfNegative(head);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(head, _heads);
        ArgumentOutOfRangeException.ThrowIfNegative(i);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(i, _tokens);
        ArgumentOutOfRangeException.ThrowIfNegative(j);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(j, _tokens);
        ReadOnlySpan<T> query = _input!.Row(sample, i).Slice(head * _dim, _dim);
        ReadOnlySpan<T> key = _input.Row(sample, j).Slice((_heads + head) * _dim, _dim);
        int statistic = (sample * _heads + head) * _tokenStride + i;
        return T.Exp((Rows.Dot(query, key) - _largest[statistic]) * _scale) * _inverse[statistic];
    }

    /// <inheritdoc/>
    protected override void AllocateCore()
    {
        int statistics = checked(Capacity * _heads * _tokenStride);
        (_largest, _inverse) = (new T[statistics], new T[statistics]);
        _kept = new T[checked(Capacity * _heads * SoftmaxStrips<T>.KeptLength(_tokens))];
        _job = new Job(this);
        _input = null;
    }

    /// <inheritdoc/>
    protected override void ForwardCore(Activations<T> input, Activations<T> output, BatchInfo batch)
    {
        _input = input;
        _job!.Run(input, output, null);
    }

    /// <inheritdoc/>
    protected override void BackwardCore(
        Activations<T> input, Activations<T> outputGradient, Activations<T>? inputGradient)
    {
        if (inputGradient is not null)
        {
            _job!.Run(input, outputGradient, inputGradient);
        }
    }

    // Whole samples while there are as many as threads, else heads of samples: rows of two heads may share a cache line.
    private sealed class Job : ParallelJob
    {
        private readonly AttentionHeads<T> _heads;
        private readonly SoftmaxStrips<T>[] _memory;
        private Activations<T>? _input;
        private Activations<T>? _output;
        private Activations<T>? _inputGradient;
        private int _headsPerItem;

        public Job(AttentionHeads<T> heads)
        {
            _heads = heads;
            _memory = new SoftmaxStrips<T>[heads.Threads];
            for (int w = 0; w < _memory.Length; w++)
            {
                _memory[w] = new(heads._tokens, heads._dim, heads._scale);
            }
        }

        public void Run(Activations<T> input, Activations<T> output, Activations<T>? inputGradient)
        {
            (_input, _output, _inputGradient) = (input, output, inputGradient);
            _headsPerItem = _heads.Count >= _heads.Threads ? _heads._heads : 1;
            WorkerPool.Shared.Run(this, _heads.Count * (_heads._heads / _headsPerItem), _heads.Threads);
        }

        public override void Execute(int index, int worker)
        {
            int items = _heads._heads / _headsPerItem, sample = index / items;
            int inner = _heads._heads * _heads._dim;
            Span<T> input = _input!.Sample(sample), output = _output!.Sample(sample);
            for (int k = 0; k < _headsPerItem; k++)
            {
                int head = index % items * _headsPerItem + k, feature = head * _heads._dim;
                int statistics = (sample * _heads._heads + head) * _heads._tokenStride;
                SoftmaxStrips<T> strips = _memory[worker];
                Span<T> largest = _heads._largest.AsSpan(statistics, _heads._tokenStride);
                Span<T> inverse = _heads._inverse.AsSpan(statistics, _heads._tokenStride);
                int keptLength = SoftmaxStrips<T>.KeptLength(_heads._tokens);
                Span<T> kept = _heads._kept.AsSpan((sample * _heads._heads + head) * keptLength, keptLength);
                strips.Load(input[feature..], input[(inner + feature)..], input[(2 * inner + feature)..], _input.Stride);
                if (_inputGradient is null)
                {
                    strips.Forward(largest, inverse, kept, output[feature..], _output.Stride);
                }
                else
                {
                    Span<T> gradient = _inputGradient.Sample(sample);
                    strips.Backward(
                        largest, inverse, kept, output[feature..], _output.Stride, gradient[feature..], gradient[(inner + feature)..],
                        gradient[(2 * inner + feature)..], _inputGradient.Stride);
                }
            }
        }
    }
}
