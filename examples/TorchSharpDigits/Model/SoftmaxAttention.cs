using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Qama.Examples.TorchSharpDigits;

/// <summary>Multi-head attention as every transformer has it: the baseline.</summary>
internal sealed class SoftmaxAttention : Module<Tensor, Tensor>
{
    private readonly int _heads;
    private readonly Linear _projections;
    private readonly Linear _output;

    /// <param name="width">Numbers per token.</param>
    /// <param name="heads">Heads, of width / heads each.</param>
    public SoftmaxAttention(int width, int heads)
        : base(nameof(SoftmaxAttention))
    {
        _heads = heads;
        _projections = Linear(width, 3 * width);
        _output = Linear(width, width);
        RegisterComponents();
    }

    /// <param name="input">[batch, tokens, width].</param>
    /// <returns>[batch, tokens, width].</returns>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        (long batch, long tokens, long width) = (input.shape[0], input.shape[1], input.shape[2]);

        // [query, key or value; batch, head, token, width of a head]
        Tensor parts = _projections.call(input).view(batch, tokens, 3, _heads, width / _heads).permute(2, 0, 3, 1, 4);
        Tensor mixed = functional.scaled_dot_product_attention(parts[0], parts[1], parts[2]);
        return _output.call(mixed.transpose(1, 2).reshape(batch, tokens, width)).MoveToOuterDisposeScope();
    }
}
