using System.Collections.Generic;
using System.Linq;
using Qama.Generators.Model;

namespace Qama.Generators.Validation.Rules;

/// <summary>Bounds on the same sum must leave room for it, and each should add something.</summary>
internal static class SparsityConflicts
{
    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        IReadOnlyList<HardBound> bounds = HardBound.Of(declaration, specification);
        bool contradictory = false;
        for (int i = 0; i < bounds.Count; i++)
        {
            // Intervals that meet two by two have a point in common.
            HardBound bound = bounds[i];
            if (bounds.Take(i).FirstOrDefault(b => b.Low > bound.High || bound.Low > b.High) is { } other)
            {
                contradictory = true;
                yield return Descriptors.SparsityContradiction.At(
                    bound.Attribute, bound.Argument, bound.Description, other.Description);
            }
        }

        for (int i = 0; i < bounds.Count && !contradictory; i++)
        {
            // Of two that say the same the later one is redundant. A bound that never binds has a message of its own.
            HardBound bound = bounds[i];
            if (!IdleBounds.NeverBinds(bound, specification)
                && bounds.Where((b, j) => j != i && b.IsWithin(bound) && (j < i || !bound.IsWithin(b))).FirstOrDefault() is { } stronger)
            {
                yield return bound.OrRemoved(Descriptors.RedundantSparsity.At(
                    bound.Attribute, bound.Argument, bound.Description, stronger.Description));
            }
        }
    }
}
