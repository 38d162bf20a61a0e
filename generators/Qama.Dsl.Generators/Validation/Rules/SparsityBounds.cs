using System;
using System.Collections.Generic;
using System.Linq;
using Qama.Generators.Model;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Validation.Rules;

/// <summary>A sparsity attribute gives a bound; a bound is a sum that the weights of a head can have.</summary>
internal static class SparsityBounds
{
    /// <summary>The arguments that give bounds.</summary>
    public static readonly string[] Arguments = [.. SparsityPart.Bounds.Select(b => b.ToString())];

    /// <summary>Whole numbers of steps, up to the rounding of 4.0 / 3.</summary>
    private const double Tolerance = 1e-9;

    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        foreach (DeclaredAttribute sparsity in declaration.FindAll(WellKnownNames.Sparsity))
        {
            if (!sparsity.IsUnbound && Arguments.All(a => sparsity.Find(a) is null))
            {
                yield return Descriptors.SparsityBoundMissing.At(sparsity);
            }

            foreach (string argument in Arguments)
            {
                if (sparsity.Find(argument) is { IsBroken: false } given && declaration.HasSizes(specification)
                    && Check(sparsity, argument, given.Value, specification) is { } finding)
                {
                    yield return finding;
                }
            }
        }
    }

    private static Finding? Check(DeclaredAttribute sparsity, string argument, double count, ModelSpecification specification)
    {
        int tokens = specification.Tokens;
        if (!(count >= 0 && count <= tokens))
        {
            return Descriptors.SparsityBoundOutOfRange.At(
                sparsity, argument, argument, Text.Number(tokens), Text.Number(count));
        }

        bool soft = argument != nameof(ConstraintKind.Exactly)
            && sparsity.Known("Slack", 0) is (double)SlackKind.Unbalanced;
        long stepsPerUnit = StepsPerUnit(specification.Selection.Bits);
        double steps = count * stepsPerUnit;
        if (soft || IsRepresentable(count, specification.Selection.Bits))
        {
            return null;
        }

        long below = (long)Math.Floor(steps);
        long nearest = (long)Math.Round(steps, MidpointRounding.AwayFromZero);
        Finding finding = Descriptors.SparsityBoundNotRepresentable.At(
            sparsity, argument, argument, Text.Number(count), Text.Fraction(1, stepsPerUnit),
            Text.Fraction(below, stepsPerUnit), Text.Fraction(below + 1, stepsPerUnit));
        return finding
            .OrSet(sparsity, argument, Text.Fraction(nearest, stepsPerUnit), "nearest")
            .OrSet(sparsity, argument, Text.Fraction(nearest == below ? below + 1 : below, stepsPerUnit), "other");
    }

    /// <summary>Whether weights of so many bits can sum to a count.</summary>
    public static bool IsRepresentable(double count, int bits)
    {
        double steps = count * StepsPerUnit(bits);
        return Math.Abs(steps - Math.Round(steps)) <= Tolerance * Math.Max(1, steps);
    }

    private static long StepsPerUnit(int bits) => (1L << bits) - 1;
}
