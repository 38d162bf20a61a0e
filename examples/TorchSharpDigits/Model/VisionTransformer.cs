using Qama.Examples.Vision;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Qama.Examples.TorchSharpDigits;

/// <summary>A small vision transformer: patches of 4x4 pixels, learned positions, pre-norm blocks, the mean token, a linear
/// classifier. Only the attention inside its blocks is exchanged.</summary>
internal sealed class VisionTransformer : Module<Tensor, Tensor>
{
    private const int Patch = LabelledImages.Side / LabelledImages.PatchesPerSide;

    // Fields in the order of the model: RegisterComponents finds them by reflection.
    private readonly Conv2d _embedding = Conv2d(1, Attention.Width, Patch, stride: Patch);
    private readonly Parameter _positions = Parameter(0.02 * randn(LabelledImages.Shape.Tokens, Attention.Width));
    private readonly ModuleList<Block> _blocks;
    private readonly LayerNorm _norm = LayerNorm(Attention.Width);
    private readonly Linear _head = Linear(Attention.Width, LabelledImages.Classes);

    /// <param name="attention">The operator of each block, first block first.</param>
    public VisionTransformer(IEnumerable<Attention> attention)
        : base(nameof(VisionTransformer))
    {
        _blocks = ModuleList(attention.Select(a => new Block(a.Module)).ToArray());
        RegisterComponents();
    }

    /// <param name="input">Images, [batch, 1, 28, 28].</param>
    /// <returns>Logits, [batch, 10].</returns>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = _embedding.call(input).flatten(2).transpose(1, 2) + _positions;
        foreach (Block block in _blocks)
        {
            x = block.call(x);
        }

        return _head.call(_norm.call(x).mean([1])).MoveToOuterDisposeScope();
    }

    /// <summary>Groups for AdamW: matrices and filters decay; biases, scales of norms and positions do not.</summary>
    public AdamW.ParamGroup[] ParameterGroups(double rate, double weightDecay)
    {
        ILookup<bool, Parameter> parameters = named_parameters()
            .ToLookup(p => p.parameter.dim() >= 2 && p.name != nameof(_positions), p => p.parameter);
        return [new(parameters[true], rate, weight_decay: weightDecay), new(parameters[false], rate, weight_decay: 0)];
    }

    /// <summary>Attention and a feed-forward part, each behind a norm and beside a residual.</summary>
    private sealed class Block : Module<Tensor, Tensor>
    {
        private readonly LayerNorm _norm1 = LayerNorm(Attention.Width);
        private readonly Module<Tensor, Tensor> _attention;
        private readonly LayerNorm _norm2 = LayerNorm(Attention.Width);
        private readonly Sequential _feedForward =
            Sequential(Linear(Attention.Width, 2 * Attention.Width), GELU(), Linear(2 * Attention.Width, Attention.Width));

        public Block(Module<Tensor, Tensor> attention)
            : base(nameof(Block))
        {
            _attention = attention;
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor x = input + _attention.call(_norm1.call(input));
            return (x + _feedForward.call(_norm2.call(x))).MoveToOuterDisposeScope();
        }
    }
}
