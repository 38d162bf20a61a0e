using System.Numerics;
using Qama.Layers;
using Qama.Problems;
using Qama.Sampling;
using Qama.Torch.Sampling;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Qama.Torch;

/// <summary>
/// A declared layer that stands where <see cref="MultiheadAttention"/> does: the same arguments in the same order,
/// sequence first unless asked otherwise, an output projection. The base class of the generated
/// <c>M.TorchMultiheadAttention</c>.
/// </summary>
/// <typeparam name="TModel">The declared class.</typeparam>
/// <typeparam name="T">Element type of its native kernels.</typeparam>
/// <remarks>
/// What differs from softmax attention: a head selects tokens once for the whole sequence, not once per query, unless the
/// class declares <c>[Select]</c>. So query and key have the same tokens (but with <c>KeyTokens</c>), and the weights
/// that are returned are [batch, heads, tokens], the selection weight of every token. With a selection per query they are
/// [batch, heads, queries, keys], the weight with which a query reads a key; with causal ones there are none.
/// A sequence shorter than the declared Tokens is padded; a longer one is refused. Masks of pairs are declared (<c>[Mask]</c>), not passed. There is no dropout of weights. A token that
/// <c>key_padding_mask</c> leaves out is not selected and its own output is that of a token that attends to nothing:
/// the bias of the output projection.
/// </remarks>
public abstract class QuboMultiheadAttention<TModel, T>
    : nn.Module<Tensor, Tensor, Tensor, Tensor?, bool, Tensor?, Tuple<Tensor, Tensor?>>, IQuboAttentionModule
    where TModel : QuboAttentionLayer<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ModuleCore<TModel, T> _core;
    private readonly Linear? _projection;

    /// <summary>Creates the module with a layer's parameters.</summary>
    /// <param name="name">The module's name.</param>
    /// <param name="layer">The initial values, and the seed of sampling.</param>
    /// <param name="sampler">What finds selections; null for simulated annealing.</param>
    /// <param name="tensors">The model as operations of torch; null where it has no such form: with several problems of a
    /// sample.</param>
    /// <param name="batchFirst">Whether inputs and output are [batch, tokens, width]; else [tokens, batch,
    /// width].</param>
    /// <param name="outputProjection">Whether the heads' outputs are projected back to the input's width
    /// (<c>out_proj</c>); its initial values are torch's random ones. Otherwise the output is HeadCount·HeadDim
    /// wide.</param>
    /// <exception cref="ArgumentNullException">The name or the layer is null.</exception>
    protected QuboMultiheadAttention(
        string name, TModel layer, ISampler? sampler, TensorBackend? tensors, bool batchFirst, bool outputProjection)
        : base(name ?? throw new ArgumentNullException(nameof(name)))
    {
        BatchFirst = batchFirst;
        _core = new ModuleCore<TModel, T>(this, layer, sampler, tensors);
        if (outputProjection)
        {
            _projection = nn.Linear(
                layer.Model.OutputDim, layer.Model.EmbeddingDim, dtype: Kernels.HostTensors<T>.Type);
            register_module("out_proj", _projection);
        }
    }

    /// <summary>Whether inputs and output are [batch, tokens, width]; else [tokens, batch, width].</summary>
    public bool BatchFirst { get; }

    /// <inheritdoc/>
    /// <remarks>With <see cref="Backend.Auto"/>, a padding mask with a gap is computed by operations of torch on the
    /// CPU too: native kernels take padding at the end only.</remarks>
    public Backend Backend { get => _core.Backend; set => _core.Backend = value; }

    /// <inheritdoc/>
    public ISampler Sampler { get => _core.Sampler; set => _core.Sampler = value; }

    /// <inheritdoc/>
    public ITensorSampler? TensorSampler { get => _core.TensorSampler; set => _core.TensorSampler = value; }

    /// <inheritdoc/>
    public SamplingKey SamplingKey { get => _core.SamplingKey; set => _core.SamplingKey = value; }

    /// <inheritdoc/>
    public SampleSet? Samples => _core.Samples;

    /// <inheritdoc/>
    public Tensor? SelectedBits => _core.SelectedBits;

#pragma warning disable CA1707 // Torch's own names.
    /// <summary>Runs the module's hooks and <see cref="forward"/>, with torch's own default arguments.</summary>
    /// <param name="query">[tokens, batch, EmbeddingDim], or batch first.</param>
    /// <param name="key">As the query: the same tokens; in cross attention KeyTokens of its own.</param>
    /// <param name="value">As the key.</param>
    /// <param name="key_padding_mask">[batch, tokens of the key], booleans or bytes, true for tokens that are not there;
    /// null for none.</param>
    /// <param name="need_weights">Whether selection weights are returned.</param>
    /// <param name="attn_mask">Must be null: masks of pairs are declared.</param>
    /// <returns>The output, like the query (HeadCount·HeadDim wide without output projection), and the selection
    /// weights in 0..1, [batch, heads, tokens], [batch, heads, queries, keys] with a selection per query, or null: also
    /// where selections are causal.</returns>
    public new Tuple<Tensor, Tensor?> call(
        Tensor query, Tensor key, Tensor value, Tensor? key_padding_mask = null, bool need_weights = true,
        Tensor? attn_mask = null) =>
        base.call(query, key, value, key_padding_mask, need_weights, attn_mask);
#pragma warning restore CA1707

    /// <summary>The output and the selection weights; see <see cref="call"/>.</summary>
    /// <exception cref="ArgumentException">A shape, type or device does not fit, a mask of pairs was passed, or padding
    /// is not at the end and the backend is <see cref="Backend.Native"/>.</exception>
    /// <exception cref="ArgumentNullException">Query, key or value is null.</exception>
    /// <exception cref="NotFiniteNumberException">A NaN or an infinity: the message names module, input and
    /// sample.</exception>
    /// <exception cref="InvalidOperationException">A backward pass failed since the last call; the inner exception says
    /// why.</exception>
    public override Tuple<Tensor, Tensor?> forward(
        Tensor query, Tensor key, Tensor value, Tensor? key_padding_mask, bool need_weights, Tensor? attn_mask)
    {
        if (attn_mask is not null)
        {
            throw new ArgumentException(
                "Expected no mask of pairs: which pairs interact is part of the declaration, see [Mask].",
                nameof(attn_mask));
        }

        using DisposeScope scope = NewDisposeScope();
        var sequence = new SequenceShape(_core.Model, BatchFirst, query, key, value);
        CallOptions options = sequence.Options(key_padding_mask, Backend, _core.HasTensors);
        Tensor[] inputs = sequence.PadInputs();
        (Tensor output, Tensor? weights) = need_weights
            ? _core.RunWithWeights(training, inputs, options)
            : (_core.Run(training, inputs, options), null);
        output = sequence.Restore(_projection is null ? output : Project(_projection, output));
        weights = weights is null ? null : sequence.RestoreWeights(weights);
        return Tuple.Create(output.MoveToOuterDisposeScope(), weights?.MoveToOuterDisposeScope());
    }

    /// <summary>Starts from softmax attention that was trained: takes query, key and value projections and the output
    /// projection.</summary>
    /// <param name="state">A <c>state_dict</c> of torch's <see cref="MultiheadAttention"/>, of PyTorch's or
    /// TorchSharp's, without prefix: <c>in_proj_weight</c> (or <c>q_proj_weight</c>, <c>k_proj_weight</c>,
    /// <c>v_proj_weight</c>), <c>in_proj_bias</c>, <c>out_proj.weight</c>, <c>out_proj.bias</c>.</param>
    /// <returns>Names of the state's tensors that this model has no place for and that are not 0: projections without a
    /// bias are the usual case.</returns>
    /// <exception cref="ArgumentNullException">The state is null.</exception>
    /// <exception cref="ArgumentException">A tensor is missing, or its shape is not this model's: HeadCount·HeadDim
    /// must be the embedding's width, as it is in softmax attention. Nothing has changed.</exception>
    /// <remarks>The declared layer's own norms, learned vectors and weights stay as they are. The result computes
    /// something else than softmax attention did: it starts from projections that are known to find what belongs
    /// together, and needs training.</remarks>
    public IReadOnlyList<string> LoadMultiheadAttention(IReadOnlyDictionary<string, Tensor> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return SoftmaxState.Load(state, _core.Model, state_dict());
    }

    // In the projection's own type, and back.
    private static Tensor Project(Linear projection, Tensor output) =>
        projection.call(output.to(projection.weight!.dtype)).to(output.dtype);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _core.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>The model, its shape and what it computes with, in a line.</summary>
    public override string ToString() => _core.Describe();
}
