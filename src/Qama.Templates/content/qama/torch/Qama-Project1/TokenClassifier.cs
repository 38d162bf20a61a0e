using Qama.Sampling;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace QamaProjectNamespace;

/// <summary>Attention, the mean of the tokens, and a linear classifier: a module of torch like any other.</summary>
public sealed class TokenClassifier : Module<Tensor, Tensor>
{
    private readonly TokenAttention.TorchModule _attention;
    private readonly Linear _head;

    /// <summary>Makes a model with new parameters.</summary>
    public TokenClassifier(long seed)
        : base(nameof(TokenClassifier))
    {
        _attention = new(seed, new SimulatedAnnealingSampler { Sweeps = 30 });    // finds the selections
        _head = Linear(TokenAttention.EmbeddingDim, MarkedTokens.Classes);
        RegisterComponents();
    }

    /// <summary>From tokens, [batch, tokens, width], to logits, [batch, classes].</summary>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        return _head.call(_attention.call(input).mean([1])).MoveToOuterDisposeScope();
    }
}
