using System.Collections.Generic;
using Microsoft.CodeAnalysis;
using Qama.Generators.Model;

namespace Qama.Generators.Validation.Rules;

/// <summary>Sizes must be given and within limits.</summary>
internal static class SizeRanges
{
    private static readonly
        (string Attribute, string Argument, int Largest, bool Required, DiagnosticDescriptor Descriptor)[] _checks =
    [
        (WellKnownNames.QuboAttention, "Tokens", Limits.Tokens, true, Descriptors.TokensOutOfRange),
        (WellKnownNames.QuboAttention, "EmbeddingDim", Limits.EmbeddingDim, true, Descriptors.EmbeddingDimOutOfRange),
        (WellKnownNames.Heads, "Count", Limits.Heads, true, Descriptors.HeadCountOutOfRange),
        (WellKnownNames.Heads, "HeadDim", Limits.EmbeddingDim, false, Descriptors.HeadDimOutOfRange),
        (WellKnownNames.Grid, "Rows", Limits.Tokens, true, Descriptors.GridOutOfRange),
        (WellKnownNames.Grid, "Columns", Limits.Tokens, true, Descriptors.GridOutOfRange),
        (WellKnownNames.SoftSelection, "Bits", Limits.Bits, false, Descriptors.BitsOutOfRange),
    ];

    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        foreach ((string name, string argument, int largest, bool required, DiagnosticDescriptor descriptor) in _checks)
        {
            if (declaration.Find(name) is not { } attribute || (!required && attribute.Find(argument) is null))
            {
                continue;
            }

            // A missing argument is NaN and in no range.
            int limit = descriptor == Descriptors.TokensOutOfRange ? Limits.TokensOf(specification) : largest;
            if (attribute.Known(argument, double.NaN) is { } value && !(value >= 1 && value <= limit))
            {
                yield return descriptor.At(
                    attribute, argument, double.IsNaN(value) ? "not given" : Text.Number(value), Text.Number(limit));
            }
        }
    }
}
