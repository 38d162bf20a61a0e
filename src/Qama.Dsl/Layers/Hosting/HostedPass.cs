using System.ComponentModel;
using System.Numerics;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Layers.Hosting;

/// <summary>
/// One forward call of a <see cref="HostedLayer{T}"/> and the backward call that may follow. Fill parameters and buffers, run
/// forward, read buffers again; run backward, read gradients; release.
/// </summary>
/// <typeparam name="T">Element type of the layer.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class HostedPass<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly HostedLayer<T> _host;
    private readonly HostedMemory<T> _memory;
    private readonly int[] _tokenCounts;
    private readonly int[] _keyTokenCounts;
    private bool _shared;

    internal HostedPass(HostedLayer<T> host, HostedMemory<T> memory, int batch, LayerMode mode, ISampler sampler, bool isAgain)
    {
        _host = host;
        _memory = memory;
        _tokenCounts = new int[batch];
        _tokenCounts.AsSpan().Fill(host.Layer.Model.Tokens);
        _keyTokenCounts = new int[host.Layer.Model.HasOwnKeys ? batch : 0];
        _keyTokenCounts.AsSpan().Fill(host.Layer.Model.KeyTokens);
        Mode = mode;
        Sampler = sampler;
        IsAgain = isAgain;
    }

    /// <summary>Tokens present in each sample, [batch]; all of them unless set before forward.</summary>
    public Span<int> TokenCounts => _tokenCounts;

    /// <summary>Keys present in each sample, [batch], where keys are a sequence of their own (else empty); all of them unless set before
    /// forward.</summary>
    public Span<int> KeyTokenCounts => _keyTokenCounts;

    /// <summary>Keeps the memory from later passes until <see cref="Release"/>, unless one has taken it.</summary>
    /// <returns>Whether the pass has its memory.</returns>
    public bool TryHold() => _host.TryHold(_memory, this);

    /// <summary>Selections and energies of this pass, after forward.</summary>
    /// <exception cref="InvalidOperationException">The pass's memory serves a later pass by now.</exception>
    public SampleSet Samples => RequireMemory().Workspace.Samples;

    /// <summary>A sampler that replays this pass's selections, for <see cref="HostedLayer{T}.BeginAgain"/>; after forward.</summary>
    /// <exception cref="InvalidOperationException">The pass's memory serves a later pass by now.</exception>
    public ISampler KeepSelections() => RequireMemory().Workspace.Pass.KeepSelections();

    internal LayerMode Mode { get; }

    internal bool IsAgain { get; }

    internal ISampler Sampler { get; }

    /// <summary>What the pass selects, where it repeats another.</summary>
    internal ISampler? Selections { get; set; }

    /// <summary>What its random numbers depend on; known once forward has run, or where it repeats another.</summary>
    internal SamplingKey Key { get; set; }

    /// <summary>The value of a parameter of the layer, in its order; to be filled before forward.</summary>
    /// <param name="index">Index in <see cref="QuboAttentionLayer{T}.Parameters"/>.</param>
    /// <exception cref="InvalidOperationException">The pass's memory serves a later pass by now.</exception>
    public Span<T> Parameter(int index) => RequireMemory().Parameter(index);

    /// <summary>The value of a buffer of the layer, in its order; to be filled before forward, which may change it.</summary>
    /// <param name="index">Index in <see cref="QuboAttentionLayer{T}.Buffers"/>.</param>
    /// <exception cref="InvalidOperationException">The pass's memory serves a later pass by now.</exception>
    public Span<T> Buffer(int index) => RequireMemory().Buffer(index);

    /// <summary>The gradient of a parameter that the last backward call computed; of that call alone, not a sum.</summary>
    /// <param name="index">Index in <see cref="QuboAttentionLayer{T}.Parameters"/>.</param>
    /// <exception cref="InvalidOperationException">The pass's memory serves a later pass by now.</exception>
    public ReadOnlySpan<T> ParameterGradient(int index) => RequireMemory().Gradient(index);

    /// <summary>Runs the layer with one input for query, key and value.</summary>
    /// <param name="input">[batch, tokens, EmbeddingDim].</param>
    /// <param name="output">Receives [batch, tokens, HeadCount·HeadDim].</param>
    /// <exception cref="ArgumentException">A length or a token count does not match the model.</exception>
    public void Forward(ReadOnlySpan<T> input, Span<T> output)
    {
        _shared = true;
        _host.Forward(this, input, input, input, output, shared: true);
    }

    /// <summary>Runs the layer with separate inputs, each [batch, tokens, EmbeddingDim]; key and value [batch, KeyTokens, EmbeddingDim] where
    /// keys are a sequence of their own.</summary>
    /// <exception cref="ArgumentException">A length or a token count does not match the model.</exception>
    public void Forward(ReadOnlySpan<T> query, ReadOnlySpan<T> key, ReadOnlySpan<T> value, Span<T> output)
    {
        _shared = false;
        _host.Forward(this, query, key, value, output, shared: false);
    }

    /// <summary>Computes the gradients of the inputs and, for <see cref="ParameterGradient"/>, of the parameters.</summary>
    /// <param name="outputGradient">∂L/∂output, [batch, tokens, HeadCount·HeadDim].</param>
    /// <param name="query">Receives ∂L/∂query (∂L/∂input where it is shared); empty if not wanted.</param>
    /// <param name="key">Receives ∂L/∂key where inputs are separate, if <paramref name="query"/> does that of the query.</param>
    /// <param name="value">Receives ∂L/∂value where inputs are separate.</param>
    /// <exception cref="InvalidOperationException">The pass's memory serves a later pass by now: a second backward call
    /// must come before the next forward call.</exception>
    public void Backward(ReadOnlySpan<T> outputGradient, Span<T> query, Span<T> key = default, Span<T> value = default) =>
        _host.Backward(this, outputGradient, query, key, value, _shared);

    /// <summary>Lets later passes have the memory. Until one takes it, results stay and backward can run again.</summary>
    public void Release() => _host.Release(_memory);

    internal HostedMemory<T> RequireMemory() => ReferenceEquals(_memory.Holder, this)
        ? _memory
        : throw new InvalidOperationException(
            "The memory of this pass serves a later pass by now: a second backward call must come before the next forward call.");
}
