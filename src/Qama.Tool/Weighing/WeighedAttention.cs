using Qama.Layers;
using Qama.Problems;

namespace Qama.Tool.Weighing;

/// <summary>A declared model's problem with weights of its own, as samplers take one.</summary>
/// <typeparam name="TModel">The declared class, or that of its problems.</typeparam>
/// <typeparam name="TEnergy">Its energy.</typeparam>
internal sealed class WeighedAttention<TModel, TEnergy>
    : IDeclaredAttention<WeighedAttention<TModel, TEnergy>, WeighedEnergy<TEnergy>>
    where TModel : IQuboAttention<TModel>
    where TEnergy : struct, IDeclaredEnergy
{
    /// <inheritdoc/>
    public static ModelDescriptor Descriptor { get; } = TModel.Descriptor.Problem with
    {
        HasCoupling = true,
        HasField = true,
        HasSymmetricCouplings = true,
        KeepsDiagonal = true,
        NormalizesCouplings = false,
        CouplingFactor = null,
        CouplingWeight = 1,
        FieldWeight = 1,
        Terms = [],
    };
}
