using System;
using System.Collections.Generic;
using System.Linq;
using Qama.Generators.Model;
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
            if (declaration.Find(name) is not { } attribute || attribute.Find("Scale") is not { IsBroken: false } given)
            {
                continue;
            }

            var scale = (TermScale)(int)given.Value;
            if (Enum.IsDefined(typeof(TermScale), scale) && !allowed.Contains(scale))
            {
                yield return Descriptors.ScaleNotApplicable.At(
                    attribute, "Scale", scale.ToString(), name, Text.Alternatives(allowed.Select(a => a.ToString())));
            }
        }
    }
}
