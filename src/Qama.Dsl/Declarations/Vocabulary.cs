// The enums of the DSL. This file is compiled twice: into the runtime, where declarations use it, and into the
// generator, which must read the same numbers out of attributes without loading the runtime assembly.
#if QAMA_GENERATOR
namespace Qama.Generators.Vocabulary;
#else
namespace Qama;
#endif

/// <summary>A published operator that a declaration starts from; attributes beside it replace its parts.</summary>
public enum Preset
{
    /// <summary>No preset: LayerNorm on the inputs, bias-free projections, scaled dot product of weight 1, no field,
    /// no penalty, local-energy readout.</summary>
    None = 0,

    /// <summary>The second version of the paper (arXiv 2504.11083, October 2025): scaled dot product, value-projection
    /// field of weight 0.16 x Tokens, head exclusion 0.8 x MeanField, local-energy readout, one bit per token.</summary>
    QamaV2 = 2,
}

/// <summary>How much two tokens of a head reward each other's selection: the definition of the coupling J[i,j].</summary>
public enum Similarity
{
    /// <summary>q·k / sqrt(HeadDim).</summary>
    ScaledDotProduct = 0,
}

/// <summary>How much a token's own selection is rewarded: the definition of the field f[i].</summary>
public enum Importance
{
    /// <summary>No field.</summary>
    None = 0,

    /// <summary>mean over dimensions of v·g, with g a learned vector of length HeadDim (<c>EnergyToValue</c>).</summary>
    ValueProjection = 1,
}

/// <summary>What a term's weight is multiplied by, so that one number suits every size.</summary>
public enum TermScale
{
    /// <summary>Nothing: the weight is used as written.</summary>
    None = 0,

    /// <summary>The number of tokens N. For fields.</summary>
    Tokens = 1,

    /// <summary>sqrt(2/π) N / (H − 1), the mean-field balance between couplings and head exclusion. For head exclusion;
    /// nothing is excluded when H = 1.</summary>
    MeanField = 2,

    /// <summary>2 / (H (H − 1)), the mean over pairs of heads. For head exclusion.</summary>
    Pairs = 3,
}

/// <summary>How the layer's output is made from the sampled selection.</summary>
public enum ReadoutKind
{
    /// <summary>ε[h,i] = −(Σ_j J[h,i,j] s_i s_j + f[h,i] s_i), times the learned vector g (arXiv 2504.11083).</summary>
    LocalEnergy = 0,
}
