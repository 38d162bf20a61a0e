using System.Numerics;
using Qama.Layers;
using Qama.Problems;
using Qama.Sampling;
using Qama.Torch.Sampling;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch;

/// <summary>
/// A declared layer as a module of TorchSharp with separate inputs for query, key and value: batch first, parameters
/// under the layer's own names. The base class of the generated <c>M.SeparateTorchModule</c>.
/// </summary>
/// <typeparam name="TModel">The declared class.</typeparam>
/// <typeparam name="T">Element type of its native kernels: float, or double where the model is emitted in
/// double.</typeparam>
/// <remarks>
/// Training and evaluation follow <c>train()</c> and <c>eval()</c>. The output has the type and device of <c>query</c>.
/// Selections are constants of the gradient (arXiv 2504.11083) unless the model declares another. A call with <see cref="Backend.Native"/> uses
/// tensors of type <typeparamref name="T"/> on the CPU in place and converts others. An exception that torch's backward
/// pass meets in native kernels would end the process: it is kept, the gradients of that pass are NaN, and the next
/// call throws it. The buffer whose name begins with <c>Declaration_</c> holds nothing: its name tells a state of this
/// operator from one of another operator with the same parameters.
/// </remarks>
public abstract class SeparateQuboAttentionModule<TModel, T>
    : nn.Module<Tensor, Tensor, Tensor, Tensor>, IQuboAttentionModule
    where TModel : QuboAttentionLayer<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ModuleCore<TModel, T> _core;

    /// <summary>Creates the module with a layer's parameters.</summary>
    /// <param name="name">The module's name.</param>
    /// <param name="layer">The initial values, and the seed of sampling.</param>
    /// <param name="sampler">What finds selections; null for simulated annealing.</param>
    /// <param name="tensors">The model as operations of torch; null where it has no such form: with several problems of a
    /// sample.</param>
    /// <exception cref="ArgumentNullException">The name or the layer is null.</exception>
    protected SeparateQuboAttentionModule(string name, TModel layer, ISampler? sampler, TensorBackend? tensors)
        : base(name ?? throw new ArgumentNullException(nameof(name)))
    {
        _core = new ModuleCore<TModel, T>(this, layer, sampler, tensors);
    }

    /// <inheritdoc/>
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

    /// <summary>Copies parameters and running statistics into a layer.</summary>
    /// <exception cref="ArgumentNullException">The layer is null.</exception>
    public void CopyTo(TModel layer) => _core.State.CopyTo(layer);

    /// <summary>Copies parameters and running statistics from a layer.</summary>
    /// <exception cref="ArgumentNullException">The layer is null.</exception>
    public void CopyFrom(TModel layer) => _core.State.CopyFrom(layer);

    /// <summary>Gives up the own parameters for those of another module (tied weights): optimisers see them once, and
    /// they move with <paramref name="owner"/>. Running statistics stay apart. A <c>state_dict</c> has them under both
    /// names.</summary>
    /// <param name="owner">A module of the same declaration. It must outlive this one.</param>
    /// <exception cref="ArgumentNullException">The owner is null.</exception>
    /// <exception cref="ArgumentException">The owner's parameters are this module's.</exception>
    public void TieParametersTo(SeparateQuboAttentionModule<TModel, T> owner)
    {
        ArgumentNullException.ThrowIfNull(owner);
        _core.State.TieTo(owner._core.State, _internal_params);
    }

    /// <summary>The layer's output, [batch, Tokens, HeadCount·HeadDim].</summary>
    /// <param name="query">[batch, Tokens, EmbeddingDim].</param>
    /// <param name="key">The keys' input: like the query; [batch, KeyTokens, EmbeddingDim] in cross attention.</param>
    /// <param name="value">The values' input, like the key.</param>
    /// <exception cref="ArgumentException">Another rank, width or number type, or devices differ.</exception>
    /// <exception cref="NotFiniteNumberException">A NaN or an infinity: the message names module, input and
    /// sample.</exception>
    /// <exception cref="InvalidOperationException">A backward pass failed since the last call; the inner exception says
    /// why.</exception>
    public override Tensor forward(Tensor query, Tensor key, Tensor value) =>
        _core.Run(training, [query, key, value], default);

    /// <summary>The layer's output for samples of different lengths, or from another sampler.</summary>
    /// <param name="query">[batch, Tokens, EmbeddingDim].</param>
    /// <param name="key">The keys' input: like the query; [batch, KeyTokens, EmbeddingDim] in cross attention.</param>
    /// <param name="value">The values' input, like the key.</param>
    /// <param name="lengths">Tokens present in each sample, integers, [batch]; null for all. Tokens beyond are padding:
    /// never selected, output 0, no gradient.</param>
    /// <param name="sampler">What finds this call's selections; null for <see cref="Sampler"/>.</param>
    /// <param name="keyLengths">Keys present in each sample, integers, [batch], in cross attention, where
    /// <paramref name="lengths"/> are of queries; null for all.</param>
    /// <exception cref="ArgumentException">Another rank, width or number type, a length out of range,
    /// <paramref name="keyLengths"/> of a model whose keys are its tokens, or devices differ.</exception>
    /// <exception cref="NotSupportedException">The backend is <see cref="Backend.Tensor"/> and the model has no such
    /// form.</exception>
    /// <exception cref="NotFiniteNumberException">A NaN or an infinity: the message names module, input and
    /// sample.</exception>
    /// <exception cref="InvalidOperationException">A backward pass failed since the last call; the inner exception says
    /// why.</exception>
    public Tensor forward(
        Tensor query, Tensor key, Tensor value, Tensor? lengths, ISampler? sampler = null, Tensor? keyLengths = null) =>
        _core.Run(
            training, [query, key, value],
            new CallOptions { Lengths = lengths, KeyLengths = keyLengths, Sampler = sampler });

    /// <inheritdoc/>
    public override Dictionary<string, Tensor> state_dict(
        Dictionary<string, Tensor>? destination = null, string? prefix = null) =>
        _core.State.AddTied(base.state_dict(destination, prefix), prefix);

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
