using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Qama.Generators.Validation;

/// <summary>
/// Every diagnostic: 00xx the shape of a declaration, 01xx constraints and weights, 02xx penalties, 03xx machines, 04xx user
/// terms, 05xx generated code. Each has a page under docs/diagnostics.
/// </summary>
internal static partial class Descriptors
{
    private const string Shape = "Qama.Shape";
    private const string Constraints = "Qama.Constraints";
    private const string Penalties = "Qama.Penalties";
    private const string Machine = "Qama.Machine";
    private const string Terms = "Qama.Terms";
    private const string Emission = "Qama.Emission";
    private const string Help = "https://github.com/qama-dsl/qama-dsl/blob/main/docs/diagnostics/";

    public static readonly DiagnosticDescriptor ClassNotPartial = new(
        "QAMA0001", "A declared model must be partial",
        "'{0}' must be partial, because the generator adds the layer to it",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0001.md");

    public static readonly DiagnosticDescriptor ContainerNotPartial = new(
        "QAMA0002", "The types around a declared model must be partial",
        "The types around '{0}' must be partial, because the generator adds the layer inside them",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0002.md");

    public static readonly DiagnosticDescriptor StaticClass = new(
        "QAMA0003", "A declared model cannot be static",
        "'{0}' cannot be static: a model is a layer of which objects are made",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0003.md");

    public static readonly DiagnosticDescriptor AbstractClass = new(
        "QAMA0004", "A declared model cannot be abstract",
        "'{0}' cannot be abstract: a model is a layer of which objects are made",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0004.md");

    public static readonly DiagnosticDescriptor GenericClass = new(
        "QAMA0005", "A declared model cannot be generic",
        "'{0}' and the types around it cannot have type parameters",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0005.md");

    public static readonly DiagnosticDescriptor FileLocalClass = new(
        "QAMA0006", "A declared model cannot be file-local",
        "'{0}' and the types around it cannot be file-local, because the generated part is another file",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0006.md");

    public static readonly DiagnosticDescriptor RecordClass = new(
        "QAMA0007", "A declared model cannot be a record",
        "'{0}' cannot be a record: a layer has parameters and identity, and is not compared by content",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0007.md");

    public static readonly DiagnosticDescriptor BaseClass = new(
        "QAMA0008", "A declared model cannot name a base class",
        "'{0}' cannot derive from '{1}', because the generator gives it the base class QuboAttentionLayer<T>",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0008.md");

    public static readonly DiagnosticDescriptor MissingHeads = new(
        "QAMA0009", "A declared model needs [Heads]",
        "'{0}' does not say how many heads it has: add [Heads(count)]",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0009.md");

    public static readonly DiagnosticDescriptor TokensOutOfRange = new(
        "QAMA0010", "Tokens is missing or out of range",
        "Tokens must be 1 to {1}, but is {0}",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0010.md");

    public static readonly DiagnosticDescriptor EmbeddingDimOutOfRange = new(
        "QAMA0011", "EmbeddingDim is missing or out of range",
        "EmbeddingDim must be 1 to 65536, but is {0}",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0011.md");

    public static readonly DiagnosticDescriptor HeadCountOutOfRange = new(
        "QAMA0012", "The number of heads is out of range",
        "The number of heads must be 1 to 1024, but is {0}",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0012.md");

    public static readonly DiagnosticDescriptor HeadDimOutOfRange = new(
        "QAMA0013", "HeadDim is out of range",
        "HeadDim must be 1 to 65536, but is {0}",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0013.md");

    public static readonly DiagnosticDescriptor HeadDivision = new(
        "QAMA0014", "EmbeddingDim does not divide among the heads",
        "EmbeddingDim {0} does not divide among {1} heads: change a number, or give HeadDim",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0014.md");

    public static readonly DiagnosticDescriptor UndefinedEnumValue = new(
        "QAMA0015", "Not a value of the enum",
        "{0} is not a value of {1}",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0015.md");

    public static readonly DiagnosticDescriptor ReservedName = new(
        "QAMA0016", "The name is taken by generated code",
        "The generated part of the class declares '{0}': choose another name",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0016.md");

    public static readonly DiagnosticDescriptor MissingModelAttribute = new(
        "QAMA0017", "A model's attribute on a class that is no model",
        "[{0}] has no effect: '{1}' has no [QuboAttention]",
        Shape, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0017.md");

    public static readonly DiagnosticDescriptor ScaleNotApplicable = new(
        "QAMA0018", "The scale does not apply to this term",
        "TermScale.{0} does not apply to [{1}]; expected {2}",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0018.md");

    public static readonly DiagnosticDescriptor PrimaryConstructor = new(
        "QAMA0019", "A declared model cannot have a primary constructor",
        "'{0}' cannot have a primary constructor, because the generated constructor could not call it",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0019.md");

    public static readonly DiagnosticDescriptor GeneratedName = new(
        "QAMA0032", "A name that the generated part takes",
        "In '{0}', '{1}' is a member that is generated from this very code: say whose '{1}' is meant, or use another name",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0032.md");

    public static readonly DiagnosticDescriptor LearnableName = new(
        "QAMA0033", "Two learnables of one name",
        "The term '{0}' has two learnables that are the layer's parameter '{1}'",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0033.md");

    public static readonly DiagnosticDescriptor OldLanguage = new(
        "QAMA0034", "C# is too old for a declared model",
        "'{0}' gets no layer: generated code needs C# 11 or later, and this project asks for {1}",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0034.md");

    public static readonly DiagnosticDescriptor HiddenName = new(
        "QAMA0035", "A name that generated code needs is hidden",
        "The code generated for '{0}' needs '{1}', which is a type of that name here: rename the type",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0035.md");

    public static readonly DiagnosticDescriptor CannotFactor = new(
        "QAMA0036", "Couplings that do not factor",
        "The couplings of '{0}' cannot be factored, because {1}",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0036.md");

    public static readonly DiagnosticDescriptor WrittenCouplings = new(
        "QAMA0037", "Couplings of many tokens that are written out",
        "'{0}' writes couplings out, {1} x {2}² of them, {3} MiB a sample, because {4}",
        Shape, DiagnosticSeverity.Info, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0037.md");

    public static readonly DiagnosticDescriptor WeightMissing = new(
        "QAMA0101", "The weight is missing",
        "[{0}] needs a Weight",
        Constraints, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0101.md");

    public static readonly DiagnosticDescriptor WeightNotPositive = new(
        "QAMA0102", "The weight is not a positive number",
        "The weight of [{0}] must be {2} to {3}, but is {1}",
        Constraints, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0102.md");

    public static readonly DiagnosticDescriptor SingleHeadExclusion = new(
        "QAMA0103", "Head exclusion with one head",
        "With one head there is no other to exclude: the penalty is empty",
        Constraints, DiagnosticSeverity.Info, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0103.md");

    public static readonly DiagnosticDescriptor TooLarge = new(
        "QAMA0501", "The model is too large",
        "'{0}' needs {1} numbers in one array for {2}; the longest array has {3}",
        Emission, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0501.md");

    public static readonly DiagnosticDescriptor GridMismatch = new(
        "QAMA0020", "The grid does not have a cell for every token",
        "A grid of {0} x {1} has {2} cells, but there are {3} tokens",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0020.md");

    public static readonly DiagnosticDescriptor GridOutOfRange = new(
        "QAMA0021", "The grid is out of range",
        "Rows and columns must be 1 to 16384, but are {0}",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0021.md");

    public static readonly DiagnosticDescriptor BitsOutOfRange = new(
        "QAMA0022", "Bits is out of range",
        "Bits must be 1 to 8, but is {0}",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0022.md");

    public static readonly DiagnosticDescriptor CurvatureOutOfRange = new(
        "QAMA0023", "Curvature is not a number of 0 or more",
        "Curvature must be 0 or {1} to {2}, but is {0}",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0023.md");

    public static readonly DiagnosticDescriptor MaskSizeOutOfRange = new(
        "QAMA0024", "The mask needs a Size",
        "MaskPattern.{0} needs a Size of 1 or more, but Size is {1}",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0024.md");

    public static readonly DiagnosticDescriptor TargetOutOfRange = new(
        "QAMA0025", "The machine's numbers are missing or out of range",
        "{0} of [Target] must be {1} to {2}, but is {3}",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0025.md");

    public static readonly DiagnosticDescriptor ReadsOutOfRange = new(
        "QAMA0026", "Reads is out of range",
        "Reads must be 2 to 65536, but is {0}",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0026.md");

    public static readonly DiagnosticDescriptor TemperatureOutOfRange = new(
        "QAMA0027", "The temperature is not a positive number",
        "The temperature must be {1} to {2}, but is {0}",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0027.md");

    public static readonly DiagnosticDescriptor ProjectedWidth = new(
        "QAMA0028", "Projected inputs have another width",
        "Projected inputs are query, key and value of all heads: EmbeddingDim {0} must be {1} x {2} = {3}",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0028.md");

    public static readonly DiagnosticDescriptor ArgumentWithoutEffect = new(
        "QAMA0029", "An argument without effect",
        "{0} has no effect: {1}",
        Shape, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0029.md");

    public static readonly DiagnosticDescriptor EntropyShareWithoutField = new(
        "QAMA0030", "The entropy-share readout needs a field",
        "ReadoutKind.EntropyShare divides by the field, but there is none: add [Field(Importance.ValueEntropy)]",
        Shape, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0030.md");

    public static readonly DiagnosticDescriptor EntropyShareOfOtherField = new(
        "QAMA0031", "The entropy-share readout divides by another field",
        "ReadoutKind.EntropyShare divides shares of the value's entropy by the field, which is Importance.{0}",
        Shape, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0031.md");

    public static readonly DiagnosticDescriptor SparsityBoundMissing = new(
        "QAMA0104", "The sparsity has no bound",
        "[Sparsity] needs AtMost, AtLeast or Exactly",
        Constraints, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0104.md");

    public static readonly DiagnosticDescriptor SparsityBoundOutOfRange = new(
        "QAMA0105", "A sparsity bound is out of range",
        "{0} must be 0 to {1}, the number of tokens, but is {2}",
        Constraints, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0105.md");

    public static readonly DiagnosticDescriptor SparsityBoundNotRepresentable = new(
        "QAMA0106", "A sparsity bound is not a sum of selection weights",
        "{0} = {1} is not a multiple of the weight step {2}: the nearest are {3} and {4}",
        Constraints, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0106.md");

    public static readonly DiagnosticDescriptor SparsityContradiction = new(
        "QAMA0107", "Sparsity bounds contradict each other",
        "{0} contradicts {1}",
        Constraints, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0107.md");

    public static readonly DiagnosticDescriptor RedundantSparsity = new(
        "QAMA0108", "A redundant sparsity bound",
        "{0} adds nothing beside {1}",
        Constraints, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0108.md");

    public static readonly DiagnosticDescriptor IdleSparsity = new(
        "QAMA0109", "A sparsity bound that always holds",
        "{0} holds for every selection and only costs slack spins",
        Constraints, DiagnosticSeverity.Info, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0109.md");

    public static readonly DiagnosticDescriptor NothingToSelect = new(
        "QAMA0110", "A sparsity bound leaves one selection only",
        "{0} leaves nothing to choose: every head selects {1}",
        Constraints, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0110.md");

    public static readonly DiagnosticDescriptor CrowdedHeads = new(
        "QAMA0111", "There are not enough tokens for heads that share none",
        "{0} heads with {1} need {2} tokens of their own, but there are {3}",
        Constraints, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0111.md");

    public static readonly DiagnosticDescriptor EmptyLongRange = new(
        "QAMA0113", "The long-range term is empty",
        "[LongRange] is empty: no interacting pair of tokens {0} {1} apart has a weight (the largest distance is {2})",
        Constraints, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0113.md");

    public static readonly DiagnosticDescriptor MinDistanceOutOfRange = new(
        "QAMA0114", "MinDistance is missing or out of range",
        "MinDistance must be 1 or more, but is {0}",
        Constraints, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0114.md");

    public static readonly DiagnosticDescriptor MaskWithoutPairs = new(
        "QAMA0115", "The mask leaves no pairs",
        "The mask takes out every pair of tokens: heads have neither couplings nor a long-range term",
        Constraints, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0115.md");

    public static readonly DiagnosticDescriptor IdleMask = new(
        "QAMA0116", "The mask takes no pair out",
        "The mask takes no pair of tokens out",
        Constraints, DiagnosticSeverity.Info, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0116.md");

    public static readonly DiagnosticDescriptor IdleBits = new(
        "QAMA0117", "Bits that only cost spins",
        "An optimum uses the weights 0 and 1 only: {0} bits cost spins and nothing else without Curvature, [Sparsity] or exclusion on bits",
        Constraints, DiagnosticSeverity.Info, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0117.md");

    public static readonly DiagnosticDescriptor ExclusionOnSingleBits = new(
        "QAMA0118", "Exclusion on bits of one bit",
        "Of one bit, weights and bits are the same",
        Constraints, DiagnosticSeverity.Info, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0118.md");

    public static readonly DiagnosticDescriptor UniformLongRange = new(
        "QAMA0119", "The long-range term is the same for every pair",
        "[LongRange] tells no pairs apart: {0} with the same weight, since the largest distance is {1}",
        Constraints, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0119.md");

    public static readonly DiagnosticDescriptor WeightTooSmall = new(
        "QAMA0201", "A penalty weight below the proved bound",
        "Weight = {0} is not proved to enforce {1}: use {2}, or leave Weight out",
        Penalties, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0201.md");

    public static readonly DiagnosticDescriptor WeightComputed = new(
        "QAMA0202", "A penalty weight is computed for each problem",
        "The weight of {0} is computed for each problem: nothing bounds the {1} at compile time",
        Penalties, DiagnosticSeverity.Info, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0202.md");

    public static readonly DiagnosticDescriptor WeightUnproved = new(
        "QAMA0203", "Nothing is proved about a penalty weight",
        "Nothing proves that the weight of {0} suffices: the {1} have no bound at compile time",
        Penalties, DiagnosticSeverity.Info, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0203.md");

    public static readonly DiagnosticDescriptor FightingPenalties = new(
        "QAMA0204", "Two penalties pull against each other",
        "{0} and {1} pull against each other: {2}",
        Penalties, DiagnosticSeverity.Info, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0204.md");

    public static readonly DiagnosticDescriptor TooManySpins = new(
        "QAMA0301", "The model has more spins than the machine",
        "{0}",
        Machine, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0301.md");

    public static readonly DiagnosticDescriptor RoundsToZero = new(
        "QAMA0302", "A term rounds to zero on the machine",
        "[{0}] rounds to zero on {1}-bit integers: its largest Ising coefficient is {2}, one step is {3} or more because of {4}",
        Machine, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0302.md");

    public static readonly DiagnosticDescriptor WeightsBelowStep = new(
        "QAMA0303", "Selection weights below one step of the machine",
        "The smallest selection weight {0} is below one step of {1}-bit integers",
        Machine, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0303.md");

    public static readonly DiagnosticDescriptor ComputedWeightDrowns = new(
        "QAMA0304", "A computed penalty weight can drown the couplings",
        "The weight computed for {0} can reach {1} times the largest coupling: on {2}-bit integers the couplings can then round to zero",
        Machine, DiagnosticSeverity.Info, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0304.md");

    public static readonly DiagnosticDescriptor TermMethod = new(
        "QAMA0401", "A method that cannot be a term",
        "The term '{0}' cannot be compiled: {1}",
        Terms, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0401.md");

    public static readonly DiagnosticDescriptor TermParameter = new(
        "QAMA0402", "A parameter that a term cannot have",
        "The parameter '{1}' of the term '{0}' stands for nothing a term of this kind has",
        Terms, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0402.md");

    public static readonly DiagnosticDescriptor TermStatement = new(
        "QAMA0403", "A statement that a term cannot have",
        "The term '{0}' cannot be compiled: the statement '{1}' has no counterpart in an energy",
        Terms, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0403.md");

    public static readonly DiagnosticDescriptor TermExpression = new(
        "QAMA0404", "An expression that a term cannot have",
        "The term '{0}' cannot be compiled: the expression '{1}' has no counterpart in an energy",
        Terms, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0404.md");

    public static readonly DiagnosticDescriptor TermCall = new(
        "QAMA0405", "A call that a term cannot make",
        "The term '{0}' cannot be compiled: nothing is known about '{1}'",
        Terms, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0405.md");

    public static readonly DiagnosticDescriptor TermRecursion = new(
        "QAMA0406", "A term that calls itself",
        "The term '{0}' cannot be compiled: '{1}' calls itself",
        Terms, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0406.md");

    public static readonly DiagnosticDescriptor TermType = new(
        "QAMA0407", "A type that a term cannot compute with",
        "The term '{0}' cannot be compiled: it cannot compute with the type '{1}'",
        Terms, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0407.md");

    public static readonly DiagnosticDescriptor TermState = new(
        "QAMA0408", "A term that reads what can change",
        "The term '{0}' cannot be compiled: '{1}' is neither a constant nor a static readonly number of the class",
        Terms, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0408.md");

    public static readonly DiagnosticDescriptor TermUndefined = new(
        "QAMA0409", "A term that is undefined",
        "The term '{0}' is undefined: {1}",
        Terms, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0409.md");

    public static readonly DiagnosticDescriptor TermName = new(
        "QAMA0410", "Two terms of one name",
        "There are two terms called '{0}': the name stands for its learnables and in the energy",
        Terms, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0410.md");

    public static readonly DiagnosticDescriptor IdleLearnable = new(
        "QAMA0411", "A learnable without effect",
        "The learnable '{0}' does not affect the term '{1}': its gradient is always 0",
        Terms, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0411.md");

    public static readonly DiagnosticDescriptor UnusedParameter = new(
        "QAMA0412", "A parameter without effect",
        "The parameter '{0}' does not affect the term '{1}'",
        Terms, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0412.md");

    public static readonly DiagnosticDescriptor LearnableInPenalty = new(
        "QAMA0413", "A learnable in a penalty",
        "The learnable '{0}' of the penalty '{1}' has no gradient, because the output does not depend on penalties: it keeps its initial value",
        Terms, DiagnosticSeverity.Warning, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0413.md");

    public static readonly DiagnosticDescriptor TermSize = new(
        "QAMA0414", "A term that is too large",
        "The term '{0}' is too large: it comes to {1}",
        Terms, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0414.md");

    public static readonly DiagnosticDescriptor LargeTables = new(
        "QAMA0502", "Large tables of pairs",
        "{0} static table(s) of {1} x {1} pairs take {2} MiB",
        Emission, DiagnosticSeverity.Info, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0502.md");

    public static readonly DiagnosticDescriptor NoDenseExport = new(
        "QAMA0503", "The model is too large for a dense QUBO",
        "'{0}' has {1} variables, and a dense QUBO has at most {2}: AssembleQubo throws",
        Emission, DiagnosticSeverity.Info, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0503.md");

    public static readonly DiagnosticDescriptor NoLayer = new(
        "QAMA0506", "The declaration needs generated code",
        "'{0}' has no layer: its declaration compiles only with what generators add, and they read it before they add anything",
        Emission, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0506.md");

    public static readonly DiagnosticDescriptor ModelFailed = new(
        "QAMA0505", "A model that could not be compiled",
        "'{0}' could not be compiled: {1}",
        Emission, DiagnosticSeverity.Error, isEnabledByDefault: true, helpLinkUri: Help + "QAMA0505.md");

    public static ImmutableArray<DiagnosticDescriptor> All => Every.Descriptors;

    public static DiagnosticDescriptor Of(Finding finding) => Every.ById[finding.Id];

    public static bool IsError(Finding finding) => Of(finding).DefaultSeverity == DiagnosticSeverity.Error;

    /// <summary>A class of its own: it is made when all parts of this one have been, in whatever order.</summary>
    private static class Every
    {
        public static readonly ImmutableArray<DiagnosticDescriptor> Descriptors =
        [
            ClassNotPartial, ContainerNotPartial, StaticClass, AbstractClass, GenericClass, FileLocalClass,
            RecordClass, BaseClass, MissingHeads, TokensOutOfRange, EmbeddingDimOutOfRange,
            HeadCountOutOfRange, HeadDimOutOfRange, HeadDivision, UndefinedEnumValue, ReservedName,
            MissingModelAttribute, ScaleNotApplicable, PrimaryConstructor, CannotFactor, WrittenCouplings,
            GradientNumberOutOfRange, CovarianceWithoutTemperature, ExpectationOfOtherGradient,
            NoiseWithoutBound, LearnedCouplingWithoutPairs, InitialNotFinite, CausalGradient,
            ReadoutTermPerQuery, ReadoutTermUnread, ReadoutWithoutTerms, KeysWithoutQueries,
            QuerySizeOutOfRange, PositionsOfTwoSequences, NothingForQueries, ReadoutPerQuery,
            StatisticsOfLaterTokens, WindowOnGrid, BoundOfFewCandidates, WeightMissing, WeightNotPositive,
            SingleHeadExclusion, TooLarge, GridMismatch, GridOutOfRange, BitsOutOfRange, CurvatureOutOfRange,
            MaskSizeOutOfRange, TargetOutOfRange, ReadsOutOfRange, TemperatureOutOfRange, ProjectedWidth,
            ArgumentWithoutEffect, EntropyShareWithoutField, EntropyShareOfOtherField, SparsityBoundMissing,
            SparsityBoundOutOfRange, SparsityBoundNotRepresentable, SparsityContradiction, RedundantSparsity,
            IdleSparsity, NothingToSelect, CrowdedHeads, CausalMask, BlockOutOfRange, MemoryOutOfRange,
            CausalReadout, CausalNormalization, CausalLearnedCoupling, MemoryWithExclusion, MemoryOfParts,
            MemoryTooSmall, EmptyLongRange, MinDistanceOutOfRange, MaskWithoutPairs, IdleMask, IdleBits,
            ExclusionOnSingleBits, WeightTooSmall, WeightComputed, WeightUnproved, FightingPenalties,
            TooManySpins, RoundsToZero, WeightsBelowStep, ComputedWeightDrowns, TermMethod, TermParameter,
            TermStatement, TermExpression, TermCall, TermRecursion, TermType, TermState, TermUndefined,
            TermName, IdleLearnable, UnusedParameter, LearnableInPenalty, TermSize, LargeTables, NoDenseExport,
            ModelFailed, GeneratedName, LearnableName, OldLanguage, HiddenName, UniformLongRange, NoLayer,
        ];

        public static readonly ImmutableDictionary<string, DiagnosticDescriptor> ById = Descriptors.ToImmutableDictionary(d => d.Id);
    }
}
