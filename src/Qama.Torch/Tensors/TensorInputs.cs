using System.ComponentModel;
using static TorchSharp.torch;

namespace Qama.Torch.Tensors;

/// <summary>What the coefficients of a model are computed from, in shapes that broadcast: [batch, heads, token i, token
/// j], and a last dimension for what has one number per dimension of the head.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class TensorInputs
{
    private readonly Func<int, Tensor> _learnable;
    private readonly Func<Array, int, bool, Tensor> _table;

    private readonly Func<Tensor>? _learnedCoupling;

    internal TensorInputs(
        Tensor query, Tensor key, Tensor value, Func<int, Tensor> learnable, Func<Array, int, bool, Tensor> table,
        Func<Tensor>? learnedCoupling = null)
    {
        _learnedCoupling = learnedCoupling;
        OwnQuery = query.unsqueeze(2);
        Query = query.unsqueeze(3);
        Key = key.unsqueeze(2);
        Value = value.unsqueeze(2);
        _learnable = learnable;
        _table = table;
    }

    /// <summary>q of token i, [batch, heads, N, 1, D].</summary>
    public Tensor Query { get; }

    /// <summary>k of token j, [batch, heads, 1, N, D].</summary>
    public Tensor Key { get; }

    /// <summary>v of the token, which is j, [batch, heads, 1, N, D].</summary>
    public Tensor Value { get; }

    /// <summary>The learned couplings L, [1, heads or 1, N, N]; asked for by models that have them.</summary>
    /// <exception cref="InvalidOperationException">The model has none.</exception>
    public Tensor LearnedCoupling => (_learnedCoupling ?? throw new InvalidOperationException(
        "Expected a model with learned couplings."))();

    /// <summary>q of the token of a readout, which is j, [batch, heads, 1, N, D].</summary>
    public Tensor OwnQuery { get; }

    /// <summary>s of the token of a readout, [batch, heads, reads, N]; null outside of readouts.</summary>
    public Tensor? Selected { get; internal set; }

    /// <summary>ε of the token of a readout, likewise.</summary>
    public Tensor? Energies { get; internal set; }

    /// <summary>A learnable number, [1, heads or 1, 1, 1], or vector, [1, heads or 1, 1, 1, D].</summary>
    /// <param name="index">Index among the model's learnables.</param>
    public Tensor Learnable(int index) => _learnable(index);

    /// <summary>A table of positions as a tensor of the inputs' type and device, made once.</summary>
    /// <param name="values">The table, rows padded as <see cref="Qama.Problems.PositionTable"/> makes them.</param>
    /// <param name="heads">Tables that differ: the model's heads, or 1.</param>
    /// <param name="ofPairs">Whether it is of pairs: [1, heads or 1, N, N], else of the token j: [1, heads or 1, 1,
    /// N].</param>
    public Tensor Table(Array values, int heads, bool ofPairs) => _table(values, heads, ofPairs);
}
