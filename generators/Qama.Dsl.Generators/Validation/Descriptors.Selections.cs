using Microsoft.CodeAnalysis;

namespace Qama.Generators.Validation;

/// <content>What is said of the queries that selections are made for, of what is learned and read out besides, and of gradients.</content>
internal static partial class Descriptors
{
    public static readonly DiagnosticDescriptor GradientNumberOutOfRange = new(
        "QAMA0040", "A number of the gradient is out of range",
        "{0} is {1}, expected a number from {2} to {3}",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0040.md");

    public static readonly DiagnosticDescriptor CovarianceWithoutTemperature = new(
        "QAMA0041", "A covariance gradient without a temperature",
        "GradientKind.Covariance needs a Temperature of [Readout], at which reads are drawn",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0041.md");

    public static readonly DiagnosticDescriptor ExpectationOfOtherGradient = new(
        "QAMA0042", "An expectation with another gradient",
        "ReadoutKind.{1} has the gradient of its distribution, GradientKind.Covariance: {0} does not apply",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0042.md");

    public static readonly DiagnosticDescriptor NoiseWithoutBound = new(
        "QAMA0043", "Noise for a number of tokens that nothing bounds",
        "PerturbationNoise.SumOfGamma is made for a bound on the tokens that a head selects; without one it is that of one token",
        Shape, DiagnosticSeverity.Info, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0043.md");

    public static readonly DiagnosticDescriptor LearnedCouplingWithoutPairs = new(
        "QAMA0045", "A learned coupling without pairs",
        "The learned coupling of '{0}' has no effect: one token has no pairs",
        Shape, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0045.md");

    public static readonly DiagnosticDescriptor InitialNotFinite = new(
        "QAMA0046", "An initial value that is infinite",
        "The initial value of '{0}' must be finite, or NaN for random numbers, but is {1}",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0046.md");

    public static readonly DiagnosticDescriptor CausalGradient = new(
        "QAMA0044", "A gradient through the solver of causal selections",
        "GradientKind.{0} does not go with causal selections, whose later problems depend on earlier selections: only Energy does",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0044.md");

    public static readonly DiagnosticDescriptor ReadoutTermPerQuery = new(
        "QAMA0049", "A readout term beside selections per query",
        "The readout term '{0}' is of tokens and their own selection weights; queries with a selection of their own have none",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0049.md");

    public static readonly DiagnosticDescriptor ReadoutTermUnread = new(
        "QAMA0047", "A readout term that nothing reads",
        "The readout term '{0}' has no part in ReadoutKind.{1}: use ReadoutKind.Terms, or ReadoutKind.Expectation for a mean over reads",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0047.md");

    public static readonly DiagnosticDescriptor ReadoutWithoutTerms = new(
        "QAMA0048", "A readout of terms without terms",
        "ReadoutKind.Terms is the sum of the class's readout terms, and '{0}' has none: write a method with [ReadoutTerm]",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0048.md");

    public static readonly DiagnosticDescriptor KeysWithoutQueries = new(
        "QAMA0050", "Keys of their own without a selection per query",
        "KeyTokens = {0} needs [Select(Per = SelectionScope.Query)]: a selection per {1} is among the tokens themselves",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0050.md");

    public static readonly DiagnosticDescriptor QuerySizeOutOfRange = new(
        "QAMA0051", "A size of queries or keys is out of range",
        "{0} must be 1 to {1}, {2}, but is {3}",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0051.md");

    public static readonly DiagnosticDescriptor PositionsOfTwoSequences = new(
        "QAMA0052", "Positions of two sequences are compared",
        "{0} compares positions, but KeyTokens makes queries and keys two sequences",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0052.md");

    public static readonly DiagnosticDescriptor NothingForQueries = new(
        "QAMA0053", "Queries that have nothing to select",
        "Queries {0} to {1} share a selection, but see no whole unit of {2} in common that it could hold",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0053.md");

    public static readonly DiagnosticDescriptor ReadoutPerQuery = new(
        "QAMA0054", "A readout that has no meaning per query",
        "ReadoutKind.{0} divides a token's energy by its own field; a query's selection is of other tokens",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0054.md");

    public static readonly DiagnosticDescriptor StatisticsOfLaterTokens = new(
        "QAMA0055", "Batch statistics behind a causal mask",
        "[{0}] normalises by statistics of all tokens of a batch: behind MaskPattern.Causal earlier outputs would depend on later tokens",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0055.md");

    public static readonly DiagnosticDescriptor WindowOnGrid = new(
        "QAMA0056", "A window on a grid with a selection per query",
        "A window on a grid is no range of consecutive keys, which a query's selection is among",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0056.md");

    public static readonly DiagnosticDescriptor BoundOfFewCandidates = new(
        "QAMA0121", "A bound that some queries cannot meet",
        "{0} asks for {1}, but {2} of {3} problems have fewer candidates: they select what they can",
        Constraints, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0121.md");

    public static readonly DiagnosticDescriptor BlockOutOfRange = new(
        "QAMA0057", "A causal selection needs a Block",
        "Block must be 1 to {1}, but is {0}",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0057.md");

    public static readonly DiagnosticDescriptor MemoryOutOfRange = new(
        "QAMA0058", "Memory is out of range",
        "Memory must be 0 to {1}, but is {0}",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0058.md");

    public static readonly DiagnosticDescriptor CausalReadout = new(
        "QAMA0059", "A readout that causal selections do not have",
        "ReadoutKind.{0} does not go with causal selections: use SelectedAttention or LocalEnergy",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0059.md");

    public static readonly DiagnosticDescriptor CausalNormalization = new(
        "QAMA0060", "Batch normalisation of a causal layer",
        "{0} are batch-normalised: statistics over later tokens would change earlier outputs",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0060.md");

    public static readonly DiagnosticDescriptor CausalLearnedCoupling = new(
        "QAMA0061", "A learned coupling of a causal layer",
        "[LearnedCoupling] has numbers for the tokens of a whole sequence, which causal selections do not work on at once",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0061.md");

    public static readonly DiagnosticDescriptor CausalMask = new(
        "QAMA0120", "The selection behind a causal mask sees the future",
        "MaskPattern.Causal does not hide later tokens from the selection, which is made once for all queries: declare selections per query or causal ones",
        Constraints, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0120.md");

    public static readonly DiagnosticDescriptor MemoryWithExclusion = new(
        "QAMA0125", "Hard head exclusion beside a memory",
        "Heads exclude each other from a block's own tokens, not from those that each keeps in Memory: only a soft penalty does",
        Constraints, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0125.md");

    public static readonly DiagnosticDescriptor MemoryOfParts = new(
        "QAMA0126", "A memory of parts of tokens",
        "Memory keeps whole tokens, but selection weights have {0} bits",
        Constraints, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0126.md");

    public static readonly DiagnosticDescriptor MemoryTooSmall = new(
        "QAMA0127", "A sparsity bound that a memory cannot keep",
        "{0} cannot hold: {1}",
        Constraints, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0127.md");
}
