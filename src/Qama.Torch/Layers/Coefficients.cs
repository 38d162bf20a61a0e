using Qama.Layers;
using Qama.Torch.Tensors;
using static TorchSharp.torch;

namespace Qama.Torch.Layers;

/// <summary>Couplings and fields of a batch; null where a model has none.</summary>
/// <param name="Similarity">F as the model says it, [batch, heads, tokens, tokens]; only where the readout reads
/// it.</param>
/// <param name="OwnCouplings">J before normalisation, [batch, heads, tokens, tokens].</param>
/// <param name="OwnFields">f before normalisation, [batch, heads, tokens].</param>
/// <param name="Couplings">J.</param>
/// <param name="Fields">f.</param>
internal readonly record struct Coefficients(
    Tensor? Similarity, Tensor? OwnCouplings, Tensor? OwnFields, Tensor? Couplings, Tensor? Fields)
{
    /// <summary>Computes, symmetrises, masks and normalises.</summary>
    public static Coefficients Compute(
        ITensorModel model, ModelDescriptor descriptor, TensorInputs inputs, PresentTokens present,
        HeadNormTensors? couplingNorm, HeadNormTensors? fieldNorm)
    {
        long[] perPair = [present.Tokens.shape[0], descriptor.HeadCount, descriptor.Tokens, descriptor.Tokens];
        Tensor? similarity = model.Couplings(inputs)?.expand(perPair);
        if (similarity is null && (couplingNorm is not null || descriptor.ReadsSimilarity))
        {
            similarity = zeros(perPair, inputs.Query.dtype, inputs.Query.device);
        }

        // A readout of F has its gradient from F: J is for the sampler alone.
        Tensor? read = descriptor.ReadsSimilarity ? similarity?.detach() : similarity;
        Tensor? couplings = read is null ? null : Mask(read, descriptor, present);
        Tensor? fields = descriptor.HasField ? model.Fields(inputs)?.expand(perPair[..3]) : null;
        fields = fields is null || present.AreAll ? fields : fields.masked_fill(present.OfHead.bitwise_not(), 0);
        return new Coefficients(
            descriptor.ReadsSimilarity ? similarity : null,
            couplings,
            fields,
            couplings is null || couplingNorm is null ? couplings : couplingNorm.Apply(couplings, present.Pairs),
            fields is null || fieldNorm is null ? fields : fieldNorm.Apply(fields, present.OfHead));
    }

    /// <summary>J as samplers see it: symmetric, of a type that energies can be summed in, without gradients.</summary>
    public Tensor? CouplingsToSolve(ModelDescriptor descriptor)
    {
        if (Couplings?.detach() is not { } couplings)
        {
            return null;
        }

        couplings = couplings.to(Elements.TypeOfSums(couplings.dtype));
        return descriptor.HasSymmetricCouplings ? couplings : (couplings + couplings.transpose(2, 3)) * 0.5;
    }

    /// <summary>f as samplers see it.</summary>
    public Tensor? FieldsToSolve() =>
        Fields?.detach() is { } fields ? fields.to(Elements.TypeOfSums(fields.dtype)) : null;

    /// <summary>(F + Fᵀ)/2 with zero diagonal, or F with its own where it is not made symmetric; 0 for masked pairs and
    /// absent tokens.</summary>
    private static Tensor Mask(Tensor similarity, ModelDescriptor descriptor, PresentTokens present) =>
        descriptor.HasSymmetricCouplings
            ? ((similarity + similarity.transpose(2, 3)) * 0.5).masked_fill(present.Pairs.bitwise_not(), 0)
            : similarity.masked_fill(present.PairsAndSelf().bitwise_not(), 0);
}
