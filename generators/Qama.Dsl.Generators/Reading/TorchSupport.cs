using System.Linq;
using Microsoft.CodeAnalysis;

namespace Qama.Generators.Reading;

/// <summary>Whether the user's project can have modules of TorchSharp.</summary>
internal enum TorchSupport
{
    /// <summary>It does not reference TorchSharp.</summary>
    None,

    /// <summary>It references one without what the modules need.</summary>
    TooOld,

    /// <summary>It references 0.102.6 or later.</summary>
    Available,
}

/// <summary>Recognises TorchSharp by its types.</summary>
internal static class TorchReader
{
    /// <summary>The first version that emitted modules work with.</summary>
    public const string FirstVersion = "0.102.6";

    /// <summary>What the compilation references. Custom autograd functions came with 0.101.6; <c>grad</c> has been a property since
    /// 0.102.6.</summary>
    public static TorchSupport Read(Compilation compilation)
    {
        INamedTypeSymbol? tensor = Find(compilation, "TorchSharp.torch+Tensor");
        if (tensor is null)
        {
            return TorchSupport.None;
        }

        return Find(compilation, "TorchSharp.torch+autograd+SingleTensorFunction`1") is not null
            && tensor.GetMembers("grad").Any(m => m is IPropertySymbol)
                ? TorchSupport.Available
                : TorchSupport.TooOld;
    }

    /// <summary>Whether the compilation references the tensor backend.</summary>
    public static bool HasTensors(Compilation compilation) => Find(compilation, "Qama.Torch.Tensors.ITensorModel") is not null;

    /// <summary>A type by its name, even where two assemblies have it.</summary>
    private static INamedTypeSymbol? Find(Compilation compilation, string name) =>
        compilation.GetTypesByMetadataName(name).FirstOrDefault();
}
