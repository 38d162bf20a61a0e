using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace Qama.Generators.Validation;

/// <summary>
/// Every diagnostic: 00xx the shape of a declaration, 01xx constraints and weights, 02xx penalties, 03xx machines, 04xx user
/// terms, 05xx generated code. Each has a page under docs/diagnostics.
/// </summary>
internal static class Descriptors
{
    private const string Shape = "Qama.Shape";
    private const string Constraints = "Qama.Constraints";
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
        "Tokens must be 1 to 16384, but is {0}",
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

    public static readonly ImmutableArray<DiagnosticDescriptor> All =
    [
        ClassNotPartial, ContainerNotPartial, StaticClass, AbstractClass, GenericClass, FileLocalClass,
        RecordClass, BaseClass, MissingHeads, TokensOutOfRange, EmbeddingDimOutOfRange, HeadCountOutOfRange,
        HeadDimOutOfRange, HeadDivision, UndefinedEnumValue, ReservedName, MissingModelAttribute,
        ScaleNotApplicable, PrimaryConstructor, WeightMissing, WeightNotPositive, SingleHeadExclusion,
        TooLarge,
    ];

    private static readonly ImmutableDictionary<string, DiagnosticDescriptor> _byId = All.ToImmutableDictionary(d => d.Id);

    public static DiagnosticDescriptor Of(Finding finding) => _byId[finding.Id];

    public static bool IsError(Finding finding) => Of(finding).DefaultSeverity == DiagnosticSeverity.Error;
}
