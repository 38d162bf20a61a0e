using System.Collections.Generic;
using System.Linq;
using Qama.Generators.Model;
using Qama.Generators.Reading;
using Qama.Generators.Validation.Rules;

namespace Qama.Generators.Validation;

/// <summary>Checks declarations. Pure: the analyzer reports what it finds, the generator only asks whether to emit.</summary>
internal static class Validator
{
    private static readonly Rule[] _shape =
    [
        ClassKind.Check,
        ReservedNames.Check,
        TakenNames.Check,
        MissingHeads.Check,
        SizeRanges.Check,
        HeadDivision.Check,
        GridShape.Check,
        MaskSize.Check,
        TargetNumbers.Check,
        ReadoutNumbers.Check,
        GradientNumbers.Check,
        ProjectedWidth.Check,
        EnumValues.Check,
        CouplingForms.Check,
        LearnedNumbers.Check,
        TermScales.Check,
        EntropyField.Check,
        GradientReadout.Check,
        ArgumentsWithoutEffect.Check,
        UserTerms.Check,
        TermDomains.Check,
        ReadoutTerms.Check,
        CausalSizes.Check,
        CausalParts.Check,
        QuerySelections.Check,
    ];

    private static readonly Rule[] _constraints =
    [
        Weights.Check,
        OfProblem(SingleHeadExclusion.Check),
        OfProblem(SparsityBounds.Check),
        OfProblem(SparsityConflicts.Check),
        OfProblem(IdleBounds.Check),
        OfProblem(CrowdedHeads.Check),
        CausalMask.Check,
        MemoryParts.Check,
        LongRangeTerm.Check,
        MaskedPairs.Check,
        OfProblem(IdleBits.Check),
    ];

    private static readonly Rule[] _declaration = [.. _shape, .. _constraints, ArraySizes.Check];

    /// <summary>What only makes sense of a model without errors: its penalties, its machine, its generated code.</summary>
    private static readonly Rule[] _model =
    [
        OfProblem(PenaltyWeights.Check),
        OfProblem(FightingPenalties.Check),
        OfProblem(SpinCount.Check),
        OfProblem(CoefficientWidth.Check),
        StaticSizes.Check,
        WrittenCouplings.Check,
    ];

    /// <summary>A rule about what samplers solve, where that has another shape than the layer.</summary>
    private static Rule OfProblem(Rule rule) => (declaration, specification) => rule(declaration, specification.Problem);

    /// <summary>Everything there is to say about a model's declaration, the class's own problems first.</summary>
    /// <param name="declaration">The model as written.</param>
    /// <param name="specification">The same with defaults filled in.</param>
    public static IReadOnlyList<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        if (ModelSize.Check(declaration, specification).FirstOrDefault() is { } failure)
        {
            return [failure];
        }

        if (declaration.Find(WellKnownNames.QuboAttention) is null)
        {
            return [.. MissingModelAttribute.Check(declaration, specification)];
        }

        if (declaration.IsRepeated)
        {
            return [];
        }

        List<Finding> findings = [.. _declaration.SelectMany(rule => rule(declaration, specification))];
        if (!declaration.IsBroken && !findings.Any(Descriptors.IsError))
        {
            findings.AddRange(_model.SelectMany(rule => rule(declaration, specification)));
        }

        return findings;
    }

    /// <summary>Whether code can be generated: everything compiles and no finding is an error.</summary>
    public static bool CanEmit(ModelDeclaration declaration, ModelSpecification specification) =>
        CanEmit(declaration, Check(declaration, specification));

    /// <summary>The same, for findings at hand.</summary>
    public static bool CanEmit(ModelDeclaration declaration, IReadOnlyList<Finding> findings) =>
        !declaration.IsBroken && !findings.Any(Descriptors.IsError);
}
