using Microsoft.CodeAnalysis;

namespace Qama.Generators.Validation;

/// <content>What is said of selections that are causal, and of masks that make nothing causal.</content>
internal static partial class Descriptors
{
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
        "QAMA0125", "Head exclusion beside a memory",
        "Each head keeps tokens of its own in Memory, so that heads have no common tokens to exclude each other from",
        Constraints, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0125.md");

    public static readonly DiagnosticDescriptor MemoryOfParts = new(
        "QAMA0126", "A memory of parts of tokens",
        "Memory keeps whole tokens, but selection weights have {0} bits",
        Constraints, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0126.md");

    public static readonly DiagnosticDescriptor MemoryTooSmall = new(
        "QAMA0127", "A sparsity bound that a memory cannot keep",
        "{0} cannot hold: {1}",
        Constraints, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0127.md");

    private static readonly DiagnosticDescriptor[] _causalFindings =
    [
        BlockOutOfRange, MemoryOutOfRange, CausalReadout, CausalNormalization, CausalLearnedCoupling, MemoryWithExclusion, MemoryOfParts,
        MemoryTooSmall,
    ];
}
