using System.Collections.Generic;
using System.Linq;
using Qama.Generators.Declarations;
using Qama.Generators.Validation.Rules;

namespace Qama.Generators.Validation;

/// <summary>Checks declarations. Pure: the analyzer reports what it finds, the generator only asks whether to emit.</summary>
internal static class Validator
{
    private static readonly Rule[] _shape =
    [
        ClassKind.Check,
        ReservedNames.Check,
        MissingHeads.Check,
        SizeRanges.Check,
        HeadDivision.Check,
        EnumValues.Check,
        TermScales.Check,
    ];

    private static readonly Rule[] _constraints =
    [
        Weights.Check,
        SingleHeadExclusion.Check,
    ];

    private static readonly Rule[] _emission =
    [
        ArraySizes.Check,
    ];

    private static readonly Rule[] _all = [.. _shape, .. _constraints, .. _emission];

    /// <summary>Everything there is to say about a model's declaration, the class's own problems first.</summary>
    public static IReadOnlyList<Finding> Check(ModelDeclaration declaration, ModelSpecification specification) =>
        declaration.Find(WellKnownNames.QuboAttention) is null
            ? [.. MissingModelAttribute.Check(declaration, specification)]
            : [.. _all.SelectMany(rule => rule(declaration, specification))];

    /// <summary>Whether code can be generated: everything compiles and no finding is an error.</summary>
    public static bool CanEmit(ModelDeclaration declaration, ModelSpecification specification) =>
        !declaration.IsBroken && !Check(declaration, specification).Any(Descriptors.IsError);
}
