using static TorchSharp.torch;

namespace Qama.Torch.Layers;

/// <summary>Small operations that several stages need.</summary>
internal static class Elements
{
    /// <summary>One number or the other. Neither an infinity nor NaN passes where it is not chosen, in value or
    /// gradient; and, unlike torch.where, it knows the shapes of tensors without data.</summary>
    /// <param name="condition">Booleans that broadcast to both.</param>
    /// <param name="ifTrue">Where the condition is true.</param>
    /// <param name="ifFalse">Where it is false.</param>
    public static Tensor Choose(Tensor condition, Tensor ifTrue, Tensor ifFalse) =>
        ifTrue.masked_fill(condition.bitwise_not(), 0) + ifFalse.masked_fill(condition, 0);

    /// <summary>The type of long sums, of energies and of penalties: 16 bits have too few digits and too small a range
    /// for them.</summary>
    public static ScalarType TypeOfSums(ScalarType type) =>
        type is ScalarType.Float16 or ScalarType.BFloat16 ? ScalarType.Float32 : type;
}
