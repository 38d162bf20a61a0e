using Microsoft.CodeAnalysis;

namespace Qama.Generators.Reading;

/// <summary>Whether the user's project can have modules of TorchSharp.</summary>
internal static class TorchReader
{
    private const string Module = "Qama.Torch.QuboAttentionModule`2";

    /// <summary>Whether it references Qama.Torch.</summary>
    public static bool Read(Compilation compilation) => !compilation.GetTypesByMetadataName(Module).IsEmpty;
}
