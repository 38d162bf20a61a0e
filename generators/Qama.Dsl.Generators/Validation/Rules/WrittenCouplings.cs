using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Qama.Generators.Contract;
using Qama.Generators.Model;

namespace Qama.Generators.Validation.Rules;

/// <summary>Couplings of many tokens that are written out because of one thing in the declaration: it says what that costs.</summary>
internal static class WrittenCouplings
{
    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        if (FactoredCouplings.CostlyObstacleOf(specification) is { } obstacle)
        {
            double bytes = sizeof(float) * (double)specification.HeadCount * specification.Tokens * RowLayout.Stride(specification.Tokens);
            yield return Descriptors.WrittenCouplings.At(
                PlaceOf(obstacle, declaration), declaration.Type.Name, Text.Number(specification.HeadCount), Grouped(specification.Tokens),
                Grouped(bytes / (1 << 20)), obstacle.Reason);
        }
    }

    private static Locator PlaceOf(FactoringObstacle obstacle, ModelDeclaration declaration) => obstacle switch
    {
        { Term: { } term } => Locator.OfTerm(declaration.Terms.TakeWhile(t => t != term).Count(), Model.Terms.DeclaredTerm.NamePlace),
        { Origin.Kind: OriginKind.Attribute } => new Locator(obstacle.Origin.Ordinal, obstacle.Argument),
        { Origin.Kind: OriginKind.Preset } => new Locator(obstacle.Origin.Ordinal, "Preset"),
        _ => new Locator(declaration.Find(WellKnownNames.QuboAttention)!.Ordinal, "Tokens"),
    };

    // Two digits behind the point where there are few before it.
    private static string Grouped(double number) =>
        Math.Round(number, number < 10 ? 2 : 0).ToString("#,0.##", CultureInfo.InvariantCulture);
}
