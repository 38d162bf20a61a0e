using Qama.Examples.Digits;
using Qama.Sampling;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Qama.Examples.TorchSharpDigits;

/// <summary>A vision transformer of one block around the emitted module; everything else is TorchSharp's.</summary>
internal sealed class DigitClassifier : Module<Tensor, Tensor>
{
    private const int Width = DigitAttention.EmbeddingDim;

    // Fields in the order of the model: RegisterComponents finds them by reflection.
    private readonly Linear _embedding = Linear(16, Width);
    private readonly Parameter _position = Parameter(randn(1, DigitAttention.Tokens, Width) * 0.02);
    private readonly DigitAttention.TorchModule _attention = new(seed: 1, new SimulatedAnnealingSampler { Sweeps = 30 });
    private readonly Module<Tensor, Tensor> _feedForward =
        Sequential(LayerNorm(Width), Linear(Width, 2 * Width), GELU(), Linear(2 * Width, Width));
    private readonly LayerNorm _norm = LayerNorm(Width);
    private readonly Linear _head = Linear(Width, DigitImages.Classes);

    public DigitClassifier()
        : base(nameof(DigitClassifier)) => RegisterComponents();

    /// <param name="input">Patches, [batch, 16, 16].</param>
    /// <returns>Logits, [batch, 10].</returns>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = _embedding.call(input) + _position;
        x = x + _attention.call(x);
        x = x + _feedForward.call(x);
        x = _norm.call(x).mean([1]);
        return _head.call(x).MoveToOuterDisposeScope();
    }
}
