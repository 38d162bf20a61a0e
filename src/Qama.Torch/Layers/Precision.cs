using static TorchSharp.torch;

namespace Qama.Torch.Layers;

/// <summary>Which number types results are kept in.</summary>
internal static class Precision
{
    /// <summary>The type of long sums, of energies and of penalties: 16 bits have too few digits and too small a range for them.</summary>
    public static ScalarType OfSums(ScalarType type) => type is ScalarType.Float16 or ScalarType.BFloat16 ? ScalarType.Float32 : type;
}
