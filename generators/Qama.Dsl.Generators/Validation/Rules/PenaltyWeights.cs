using System.Collections.Generic;
using System.Linq;
using Qama.Generators.Contract;
using Qama.Generators.Energy;
using Qama.Generators.Model;
using Qama.Generators.Model.Terms;

namespace Qama.Generators.Validation.Rules;

/// <summary>Compares the weights of hard constraints with what is proved to suffice.</summary>
internal static class PenaltyWeights
{
    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        foreach (ModelConstraint constraint in ModelConstraints.Of(specification))
        {
            if (declaration.Of(constraint.Origin) is { } attribute
                && Check(attribute, constraint, specification) is { } finding)
            {
                yield return finding;
            }
        }
    }

    private static Finding? Check(DeclaredAttribute attribute, ModelConstraint constraint, ModelSpecification specification)
    {
        string what = Describe(constraint, specification);
        if (constraint.Proved is not { } bound)
        {
            return double.IsNaN(constraint.Declared)
                ? Descriptors.WeightComputed.At(new Locator(attribute.Ordinal), what, Unbounded(specification))
                : Descriptors.WeightUnproved.At(attribute, "Weight", what, Unbounded(specification))
                    .OrRemove(attribute, "Weight");
        }

        if (double.IsNaN(constraint.Declared) || constraint.Declared > bound)
        {
            return null;
        }

        // As it is written: without the scale.
        double factor = constraint.Constraint.IsExclusion
            ? Penalty.ExclusionFactor(specification.Exclusion!.Scale, specification.HeadCount, specification.Tokens)
            : 1;
        string sufficient = Text.RoundedUp(PenaltyMargin.Above(bound) / factor);
        return Descriptors.WeightTooSmall.At(
                attribute, "Weight", Text.Number(attribute.Number("Weight", double.NaN)), what, sufficient)
            .OrSet(attribute, "Weight", sufficient)
            .OrRemove(attribute, "Weight");
    }

    public static string Describe(ModelConstraint constraint, ModelSpecification specification) => constraint.Index < 0
        ? "Hard = true"
        : specification.Sparsity[constraint.Index].Bound + " = " + Text.Number(specification.Sparsity[constraint.Index].Count);

    /// <summary>Which coefficients have no bound.</summary>
    private static string Unbounded(ModelSpecification model)
    {
        var names = new List<string>();
        if (!ModelBounds.Coupling(model).IsBounded)
        {
            names.Add("couplings" + Terms(model, TermKind.Coupling));
        }

        if (!ModelBounds.Field(model).IsBounded)
        {
            names.Add("fields" + Terms(model, TermKind.Field));
        }

        return names.Count == 0 ? "couplings" : string.Join(" and ", names.Distinct());
    }

    /// <summary>The user terms without bounds, in brackets.</summary>
    private static string Terms(ModelSpecification model, TermKind kind)
    {
        string[] unbounded =
        [
            .. model.TermsOf(kind).Where(t => !CoefficientBounds.Of(
                    ModelTerms.Build(model, t, new ExpressionPool(model.HeadDim)), positions: ModelTerms.PositionsOf(model).Ranges()).IsBounded)
                .Select(t => t.Name),
        ];
        return unbounded.Length == 0 ? "" : " (" + string.Join(", ", unbounded) + ")";
    }
}
