using System.Collections.Generic;
using Qama.Generators.Model;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Validation.Rules;

/// <summary>A hard bound on every head's sum S as it was written: Low ≤ S ≤ High.</summary>
internal sealed record HardBound(DeclaredAttribute Attribute, SparsityPart Part, double Low, double High)
{
    public string Argument => Part.Bound.ToString();

    public string Description => Argument + " = " + Text.Number(Part.Count);

    public bool IsWithin(HardBound other) => Low >= other.Low && High <= other.High;

    /// <summary>The hard bounds in source order; none where a number is not known yet or out of range.</summary>
    public static IReadOnlyList<HardBound> Of(ModelDeclaration declaration, ModelSpecification specification)
    {
        var bounds = new List<HardBound>();
        if (!declaration.HasSizes(specification))
        {
            return bounds;
        }

        foreach (SparsityPart part in specification.Sparsity)
        {
            if (part.IsHard && part.Count >= 0 && part.Count <= specification.Tokens
                && declaration.Of(part.Origin) is { } attribute)
            {
                bounds.Add(new HardBound(
                    attribute, part, part.Bound == ConstraintKind.AtMost ? 0 : part.Count,
                    part.Bound == ConstraintKind.AtLeast ? specification.Tokens : part.Count));
            }
        }

        return bounds;
    }

    /// <summary>Offers to remove the bound: its argument, or the attribute where it gives no other.</summary>
    public Finding OrRemoved(Finding finding)
    {
        int given = 0;
        foreach (string argument in SparsityBounds.Arguments)
        {
            given += Attribute.Find(argument) is null ? 0 : 1;
        }

        return given > 1 ? finding.OrRemove(Attribute, Argument) : finding.OrRemove(Attribute);
    }
}
