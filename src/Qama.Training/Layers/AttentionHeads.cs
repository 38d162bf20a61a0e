using System.Numerics;
using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;
using Qama.Training.Modules;

namespace Qama.Training.Layers;

/// <summary>
/// Scaled dot-product attention of several heads, without parameters (Vaswani et al., arXiv 1706.03762):
/// [tokens, 3 · heads · dim] (queries, keys, values side by side) to [tokens, heads · dim],
/// y_i = Σ_j softmax_j(q_i·k_j / √dim) v_j, over all tokens j or over those that query i may see.
/// </summary>
/// <typeparam name="T">float; double for verification.</typeparam>
/// <remarks>Of a batch with token counts (<see cref="BatchInfo.TokenCounts"/>), no query sees absent tokens, and their outputs are
/// 0. Memory grows with the tokens, not with their square: probabilities of 64 queries at a time are computed, and
/// where there are more than 64 computed again in the backward pass (Dao et al., arXiv 2205.14135). Of keys that none of the
/// 64 queries sees nothing is computed, so time grows with tokens times window. Heads of a sample are shared out among
/// threads that have no sample of their own; results do not depend on the number of threads.</remarks>
public sealed class AttentionHeads<T> : Module<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly int _heads;
    private readonly int _dim;
    private readonly int _tokens;
    private readonly int _tokenStride;
    private readonly T _scale;
    private readonly KeyView _view;
    private T[] _largest = [];
    private T[] _inverse = [];
    private T[] _kept = [];
    private Activations<T>? _input;
    private Job? _job;

    /// <summary>Creates the heads.</summary>
    /// <param name="tokens">Tokens per sample.</param>
    /// <param name="heads">Number of heads.</param>
    /// <param name="dim">Width of a head.</param>
    /// <param name="causal">Whether query i sees the tokens j ≤ i only.</param>
    /// <param name="window">Query i sees tokens with |i − j| &lt; window only: causal, the last <paramref name="window"/>
    /// ones, itself included. 0 for no window.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1, or the window below 0.</exception>
    public AttentionHeads(int tokens, int heads, int dim, bool causal = false, int window = 0)
        : base(new TokenShape(tokens, 3 * heads * dim), new TokenShape(tokens, heads * dim))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(window);
        _view = new KeyView(causal, window);
        _heads = heads;
        _dim = dim;
        _tokens = tokens;
        _tokenStride = Padding.Stride(tokens);
        _scale = T.One / T.Sqrt(T.CreateTruncating(dim));
    }

    /// <summary>Number of heads.</summary>
    public int HeadCount => _heads;

    /// <inheritdoc/>
    public override string Description =>
        $"{base.Description}, {_heads} heads{(_view.Causal ? ", causal" : "")}{(_view.Window > 0 ? $", window {_view.Window}" : "")}";

    /// <summary>The probabilities of the last forward pass: how much query <paramref name="i"/> attends to token
    /// <paramref name="j"/>. Computed from that pass's input, which must still be there; the smallest
    /// ones, which the pass took for 0, as they are.</summary>
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
        if (!_view.Sees(i, j) || Math.Max(i, j) >= TokensOf(sample))
        {
            return T.Zero;
        }

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
        _job!.Run(Count, Threads, input, output, null);
    }

    /// <inheritdoc/>
    protected override void BackwardCore(
        Activations<T> input, Activations<T> outputGradient, Activations<T>? inputGradient)
    {
        if (inputGradient is not null)
        {
            _job!.Run(Count, Threads, input, outputGradient, inputGradient);
        }
    }

    private sealed class Job : HeadJob<T>
    {
        private readonly AttentionHeads<T> _heads;
        private readonly SoftmaxStrips<T>[] _memory;
        private readonly int _inner;

        public Job(AttentionHeads<T> heads)
            : base(heads._heads)
        {
            _heads = heads;
            _inner = heads._heads * heads._dim;
            _memory = new SoftmaxStrips<T>[heads.Threads];
            for (int w = 0; w < _memory.Length; w++)
            {
                _memory[w] = new(heads._tokens, heads._dim, heads._scale, heads._view);
            }
        }

        protected override void Forward(int sample, int head, int worker, Activations<T> input, Activations<T> output)
        {
            (SoftmaxStrips<T> strips, int feature, int of) = Load(sample, head, worker, input);
            strips.Forward(Row(_heads._largest, of), Row(_heads._inverse, of), Kept(of), output.Sample(sample)[feature..], output.Stride);
        }

        protected override void Backward(
            int sample, int head, int worker, Activations<T> input, Activations<T> outputGradient, Activations<T> inputGradient)
        {
            (SoftmaxStrips<T> strips, int feature, int of) = Load(sample, head, worker, input);
            Span<T> gradient = inputGradient.Sample(sample);
            strips.Backward(
                Row(_heads._largest, of), Row(_heads._inverse, of), Kept(of), outputGradient.Sample(sample)[feature..],
                outputGradient.Stride, gradient[feature..], gradient[(_inner + feature)..], gradient[(2 * _inner + feature)..],
                inputGradient.Stride);
        }

        private (SoftmaxStrips<T> Strips, int Feature, int Of) Load(int sample, int head, int worker, Activations<T> input)
        {
            int feature = head * _heads._dim;
            Span<T> rows = input.Sample(sample);
            _memory[worker].Load(rows[feature..], rows[(_inner + feature)..], rows[(2 * _inner + feature)..], input.Stride,
                _heads.TokensOf(sample));
            return (_memory[worker], feature, sample * _heads._heads + head);
        }

        private Span<T> Row(T[] statistics, int of) => statistics.AsSpan(of * _heads._tokenStride, _heads._tokenStride);

        private Span<T> Kept(int of)
        {
            int length = SoftmaxStrips<T>.KeptLength(_heads._tokens);
            return _heads._kept.AsSpan(of * length, length);
        }
    }
}
