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

    /// <summary>The first version of the paper (arXiv 2504.11083, April 2025), for inputs that already are query, key and
    /// value: batch-normed Jensen-Shannon couplings (not symmetrised, diagonal kept and left out of the batch norm),
    /// batch-normed value-entropy field, head exclusion 2.0 x Pairs on bits, entropy-share readout, four bits per token.</summary>
    QamaV1 = 1,

    /// <summary>The second version of the paper (arXiv 2504.11083, October 2025): scaled dot product, value-projection
    /// field of weight 0.16 x Tokens, head exclusion 0.8 x MeanField, local-energy readout, one bit per token.</summary>
    QamaV2 = 2,

    /// <summary><see cref="QamaV2"/> in coefficients and outputs of a known scale: batch-normed couplings and fields of weight 1,
    /// head exclusion 0.25, and local energies that are batch-normed with a scale that starts at 0. Not published: found by
    /// experiment, see docs/mathematics.md ("Why the published operator is unstable") and docs/experiments.md.</summary>
    QamaV2Stable = 3,

    /// <summary>Boltzmann Attention (arXiv 2606.12478): every query has a selection of its own among the tokens up to itself
    /// (<see cref="SelectionScope.Query"/>, <see cref="MaskPattern.Causal"/>), with fields q·k / sqrt(HeadDim) and learned couplings between
    /// keys; the output is the values weighted by the selection's marginals (<see cref="ReadoutKind.MarginalAttention"/>).</summary>
    Boltzmann = 4,
}

/// <summary>The similarity of two tokens of a head, which rewards their joint selection: the definition of the coupling J[i,j].</summary>
public enum Similarity
{
    /// <summary>q·k / sqrt(HeadDim).</summary>
    ScaledDotProduct = 0,

    /// <summary>q·k / (‖q‖‖k‖ + ε), in [−1, 1], ε = 1e-6. Kept as features, q·k / √((‖q‖² + ε²)(‖k‖² + ε²)): at most ε/r² from it where
    /// norms are at least r.</summary>
    Cosine = 1,

    /// <summary>−‖q − k‖² / sqrt(HeadDim), at most 0.</summary>
    NegativeSquaredDistance = 2,

    /// <summary>Jensen-Shannon divergence in bits of softmax(q) and softmax(k), in [0, 1] up to its ε = 1e-6. A reward, as
    /// in arXiv 2504.11083 (first version).</summary>
    JensenShannon = 3,

    /// <summary>No similarity: J is the sum of the coupling terms that the class writes as methods.</summary>
    None = 4,
}

/// <summary>The form in which the couplings of a model are kept in memory. Energies and gradients are the same, but for where
/// <see cref="Similarity.Cosine"/> has its ε; annealing makes other moves.</summary>
public enum CouplingForm
{
    /// <summary>Factored where the model allows it and has 256 tokens or more, and four times as many as features, six times where couplings
    /// are batch-normalised; dense otherwise.</summary>
    Auto = 0,

    /// <summary>Written out: time and memory grow with the square of the tokens.</summary>
    Dense = 1,

    /// <summary>Features of tokens, never written out: time and memory grow with the tokens. For couplings that are a sum of products of
    /// what depends on one token alone; a diagnostic says what in a model is not.</summary>
    Factored = 2,
}

/// <summary>What annealing keeps of features of query and key, where couplings are kept as features.</summary>
public enum FeaturePrecision
{
    /// <summary>Single precision.</summary>
    Full = 0,

    /// <summary>A bfloat16 each, about half the memory, and where memory is what limits it about half the time. An annealing ends with a
    /// descent in single precision; energies, outputs and gradients are of single precision throughout. Only for plain bits that all interact: features stay in single
    /// precision beside weights of several bits, bounds on sums, hard exclusion, a long-range penalty, a window or blocks.</summary>
    BFloat16 = 1,
}

/// <summary>The importance of a token, which rewards its selection: the definition of the field f[i].</summary>
public enum Importance
{
    /// <summary>No field.</summary>
    None = 0,

    /// <summary>mean over dimensions of v·g, with g a learned vector of length HeadDim (<c>EnergyToValue</c>).</summary>
    ValueProjection = 1,

    /// <summary>Entropy in bits of the value vector read as a distribution: Σ −u log2 u, u = clamp(v / (Σv + ε), ε, 1),
    /// ε = 1e-6 (arXiv 2504.11083, first version).</summary>
    ValueEntropy = 2,

    /// <summary>‖v‖, the Euclidean length of the value vector.</summary>
    ValueNorm = 3,
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

/// <summary>The function that makes the layer's output from the sampled selection.</summary>
public enum ReadoutKind
{
    /// <summary>ε[h,i] = −(Σ_j J[h,i,j] s_i s_j + f[h,i] s_i), times the learned vector g (arXiv 2504.11083).</summary>
    LocalEnergy = 0,

    /// <summary>−ε[h,i] times the share u log2 u of each dimension in the token's entropy, batch-normed per head; needs
    /// <see cref="Importance.ValueEntropy"/> (arXiv 2504.11083, first version).</summary>
    EntropyShare = 1,

    /// <summary>Softmax attention over the tokens that the head selected.</summary>
    SelectedAttention = 2,

    /// <summary>Mean of <see cref="LocalEnergy"/>, or of <see cref="Terms"/> where the class has such, over the reads of a chain at a fixed
    /// temperature.</summary>
    Expectation = 3,

    /// <summary>Σ_j ⟨s_j⟩ v_j, values weighted by the mean of the selection over the reads of a chain at a fixed temperature: the marginals of
    /// the Boltzmann distribution (arXiv 2606.12478). With one selection for all queries of a head every token reads the same.</summary>
    MarginalAttention = 4,

    /// <summary>The sum of the class's own terms, methods with [ReadoutTerm].</summary>
    Terms = 5,
}

/// <summary>The way in which the loss reaches couplings and fields through the selection, which is discrete. The path through the readout
/// with the selection held is always part of the gradient; formulas: docs/mathematics.md, "Gradients through the solver".</summary>
public enum GradientKind
{
    /// <summary>The selection is a constant (arXiv 2504.11083).</summary>
    Energy = 0,

    /// <summary>The Boltzmann distribution that reads are drawn from: β w_J Cov(G, s_i s_j) for J[i,j], estimated from the reads. For every
    /// readout, which then is the mean over its reads at its temperature.</summary>
    Covariance = 1,

    /// <summary>The solver's backward is minus the identity on the costs ∂E/∂s, their gradient's mean taken out where a head's sum is bound
    /// exactly (Sahoo et al., arXiv 2205.15213). No further solve.</summary>
    Identity = 2,

    /// <summary>One more solve, of the problem whose fields are shifted against the loss: the difference of both solutions over Lambda
    /// (Vlastelica et al., arXiv 1912.02175).</summary>
    Blackbox = 3,

    /// <summary>The output is the mean over solves with noise on the fields; the gradient has one more solve for each, with the same noise
    /// and fields shifted against the loss (Berthet et al., arXiv 2002.08676; Niepert, Minervini and Franceschi, arXiv 2106.01798).</summary>
    Perturbed = 4,

    /// <summary>Equilibrium propagation: from the selection, the free phase, two short runs in problems nudged with and against the loss;
    /// their difference over 2 Beta (arXiv 2305.18321, 2510.12934).</summary>
    Nudged = 5,
}

/// <summary>The distribution of the noise on the fields of <see cref="GradientKind.Perturbed"/>, in units of Sigma.</summary>
public enum PerturbationNoise
{
    /// <summary>Standard normal.</summary>
    Gaussian = 0,

    /// <summary>Standard Gumbel: −ln(−ln u).</summary>
    Gumbel = 1,

    /// <summary>The sum of gamma variables that makes the sum of k of them a Gumbel variable, k the number of tokens that a bound lets a head
    /// select; k = 1 without a bound (arXiv 2106.01798, with 10 variables).</summary>
    SumOfGamma = 2,
}

/// <summary>The source of the temperature of reads that are drawn at one, of which the gradient makes use.</summary>
public enum TemperatureSource
{
    /// <summary>The declaration: samplers must draw at that temperature.</summary>
    Declared = 0,

    /// <summary>The reads of each pass: for samplers and machines that draw at a temperature of their own.</summary>
    Estimated = 1,
}

/// <summary>The normalisation of a coefficient before it enters the energy.</summary>
public enum Normalization
{
    /// <summary>Not at all.</summary>
    None = 0,

    /// <summary>Batch normalisation per head: eps 1e-5, momentum 0.1, learned scale and shift.</summary>
    Batch = 1,
}

/// <summary>What head exclusion multiplies.</summary>
public enum ExclusionTarget
{
    /// <summary>Selection weights: s[a,i] s[b,i].</summary>
    Weights = 0,

    /// <summary>Bits of equal rank: Σ_b x[a,i,b] x[a',i,b], as in arXiv 2504.11083 (first version).</summary>
    Bits = 1,
}

/// <summary>The kind of a hard constraint.</summary>
public enum ConstraintKind
{
    /// <summary>Every head's selection weights sum to at most the bound.</summary>
    AtMost = 0,

    /// <summary>Every head's selection weights sum to at least the bound.</summary>
    AtLeast = 1,

    /// <summary>Every head's selection weights sum to the bound.</summary>
    Exactly = 2,

    /// <summary>No token is selected by two heads.</summary>
    ExclusiveTokens = 3,

    /// <summary>No bit of a token is set by two heads.</summary>
    ExclusiveBits = 4,
}

/// <summary>The quadratic penalty that stands for an inequality.</summary>
public enum SlackKind
{
    /// <summary>Binary slack variables that exactly cover the constraint's range. Hard.</summary>
    Binary = 0,

    /// <summary>No slack variables: w (−0.96 g + 0.037 g²), g the amount by which the constraint holds. Soft, nothing is
    /// proved about it (Montañez-Barrera et al., arXiv 2211.13914).</summary>
    Unbalanced = 1,
}

/// <summary>The pairs of tokens that a long-range term penalises or rewards.</summary>
public enum LongRangeForm
{
    /// <summary>Pairs nearer than MinDistance pay.</summary>
    PenaliseNear = 0,

    /// <summary>Pairs at MinDistance or farther are rewarded.</summary>
    RewardFar = 1,
}

/// <summary>The dependence of a long-range term on the distance d, with D the largest distance and ℓ = MinDistance.</summary>
public enum Decay
{
    /// <summary>1.</summary>
    Constant = 0,

    /// <summary>1 − d/D for near pairs, d/D for far ones.</summary>
    Linear = 1,

    /// <summary>e^(−d/ℓ) for near pairs, 1 − e^(−d/ℓ) for far ones.</summary>
    Exponential = 2,
}

/// <summary>The pairs of different tokens that interact. The selection's energy is symmetric, so these are unordered pairs;
/// they are taken out after J is symmetrised.</summary>
public enum MaskPattern
{
    /// <summary>All of them.</summary>
    All = 0,

    /// <summary>All of them; the softmax of <see cref="ReadoutKind.SelectedAttention"/> takes j ≤ i only. The selection itself
    /// is optimised jointly and still sees the future.</summary>
    Causal = 1,

    /// <summary>Pairs at distance d(i, j) ≤ Size: |i − j|, or the Chebyshev distance on a grid.</summary>
    Window = 2,

    /// <summary>Pairs in the same block of Size tokens consecutive in token order (row by row on a grid):
    /// floor(i / Size) = floor(j / Size). The last block may be shorter.</summary>
    Block = 3,
}

/// <summary>The queries that a selection is made for.</summary>
public enum SelectionScope
{
    /// <summary>All of them: a head selects one subset of the tokens, and every query reads it (arXiv 2504.11083).</summary>
    Head = 0,

    /// <summary>One query, or a block of consecutive queries: each has a problem of its own over the keys it may see.</summary>
    Query = 1,

    /// <summary>Later ones: tokens come in blocks, and the selection among a block's tokens is made once, given those before it; queries
    /// read selected tokens of earlier blocks and, of their own, those up to themselves. Nothing a query reads depends on a later
    /// token.</summary>
    Causal = 2,
}

/// <summary>The numbers that a learned coupling consists of.</summary>
public enum LearnedCouplingForm
{
    /// <summary>L[i,j] of every ordered pair, [N, N].</summary>
    Static = 0,

    /// <summary>L[i,j] = l[d(i,j)] of every distance d = 0 … D, D the largest: |i − j|, or the Chebyshev distance on a grid.</summary>
    Relative = 1,
}

/// <summary>The machine a declaration must fit.</summary>
public enum Device
{
    /// <summary>550 spins, signed 8-bit couplings, fields by an auxiliary spin.</summary>
    Cpqc550 = 0,

    /// <summary>1,000 spins, signed 8-bit couplings, fields by an auxiliary spin.</summary>
    Cpqc1000 = 1,

    /// <summary>Any other machine, described by Spins and Bits.</summary>
    Custom = 2,
}
