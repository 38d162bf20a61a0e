using System.Collections.Generic;
using System.Linq;
using Qama.Generators.Declarations;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Validation.Rules;

/// <summary>Each scale is defined for one kind of term.</summary>
internal static class TermScales
{
    private static readonly (string Attribute, TermScale[] Allowed)[] _checks =
    [
        (WellKnownNames.Field, [TermScale.None, TermScale.Tokens]),
        (WellKnownNames.HeadExclusion, [TermScale.None, TermScale.MeanField, TermScale.Pairs]),
    ];

    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        foreach ((string name, TermScale[] allowed) in _checks)
        {
            if (declaration.Find(name) is { } attribute && attribute.Find("Scale") is { IsBroken: false } given
                && System.Enum.IsDefined(typeof(TermScale), (int)given.Value) && !allowed.Contains((TermScale)(int)given.Value))
            {
                yield return Descriptors.ScaleNotApplicable.At(
                    attribute, "Scale", ((TermScale)(int)given.Value).ToString(), name, Text.Alternatives(allowed.Select(a => a.ToString())));
            }
        }
    }
}
