using System.Numerics;
using Qama.Training.Modules;

namespace Qama.Training.Layers;

/// <summary>
/// Linear attention of several heads, without parameters (Katharopoulos et al., arXiv 2006.16236):
/// [tokens, 3 · heads · dim] (queries, keys, values side by side) to [tokens, heads · dim],
/// y_i = Σ_j (φ(q_i)·φ(k_j)) v_j / (Σ_j φ(q_i)·φ(k_j) + 10⁻⁶) with φ(x) = elu(x) + 1, over all tokens j or over those up to i.
/// </summary>
/// <typeparam name="T">float; double for verification.</typeparam>
/// <remarks>Of a batch with token counts (<see cref="BatchInfo.TokenCounts"/>), absent tokens weigh nothing, and their outputs mean
/// nothing. Time and memory grow with the tokens, not with their square. Results do not depend on the number of
/// threads.</remarks>
public sealed class LinearAttentionHeads<T> : Module<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly int _heads;
    private readonly int _dim;
    private readonly bool _causal;
    private Job? _job;

    /// <summary>Creates the heads.</summary>
    /// <param name="tokens">Tokens per sample.</param>
    /// <param name="heads">Number of heads.</param>
    /// <param name="dim">Width of a head.</param>
    /// <param name="causal">Whether query i sees the tokens j ≤ i only.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    public LinearAttentionHeads(int tokens, int heads, int dim, bool causal = false)
        : base(new TokenShape(tokens, 3 * heads * dim), new TokenShape(tokens, heads * dim))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
        (_heads, _dim, _causal) = (heads, dim, causal);
    }

    /// <inheritdoc/>
    public override string Description => $"{base.Description}, {_heads} heads{(_causal ? ", causal" : "")}";

    /// <inheritdoc/>
    protected override void AllocateCore() => _job = new Job(this);

    /// <inheritdoc/>
    protected override void ForwardCore(Activations<T> input, Activations<T> output, BatchInfo batch) =>
        _job!.Run(Count, Threads, input, output, null);

    /// <inheritdoc/>
    protected override void BackwardCore(Activations<T> input, Activations<T> outputGradient, Activations<T>? inputGradient)
    {
        if (inputGradient is not null)
        {
            _job!.Run(Count, Threads, input, outputGradient, inputGradient);
        }
    }

    private sealed class Job(LinearAttentionHeads<T> heads) : HeadJob<T>(heads._heads)
    {
        private readonly int _inner = heads._heads * heads._dim;

        private readonly LinearHead<T>[] _memory =
            [.. Enumerable.Range(0, heads.Threads).Select(_ => new LinearHead<T>(heads.InputShape.Tokens, heads._dim, heads._causal))];

        protected override void Forward(int sample, int head, int worker, Activations<T> input, Activations<T> output)
        {
            LinearHead<T> memory = Load(sample, head, worker, input);
            memory.Forward(output.Sample(sample)[(head * heads._dim)..], output.Stride);
        }

        protected override void Backward(
            int sample, int head, int worker, Activations<T> input, Activations<T> outputGradient, Activations<T> inputGradient)
        {
            LinearHead<T> memory = Load(sample, head, worker, input);
            Span<T> gradient = inputGradient.Sample(sample);
            int feature = head * heads._dim;
            memory.Backward(
                outputGradient.Sample(sample)[feature..], outputGradient.Stride, gradient[feature..], gradient[(_inner + feature)..],
                gradient[(2 * _inner + feature)..], inputGradient.Stride);
        }

        private LinearHead<T> Load(int sample, int head, int worker, Activations<T> input)
        {
            int feature = head * heads._dim;
            Span<T> rows = input.Sample(sample);
            _memory[worker].Load(rows[feature..], rows[(_inner + feature)..], rows[(2 * _inner + feature)..], input.Stride,
                heads.TokensOf(sample));
            return _memory[worker];
        }
    }
}
