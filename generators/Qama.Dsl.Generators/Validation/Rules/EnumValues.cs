using System;
using System.Collections.Generic;
using Qama.Generators.Model;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Validation.Rules;

/// <summary>A number cast to an enum of the DSL must be one of its values.</summary>
internal static class EnumValues
{
    private static readonly (string Attribute, string Argument, Type Type)[] _checks =
    [
        (WellKnownNames.QuboAttention, "Preset", typeof(Preset)),
        (WellKnownNames.Coupling, "Similarity", typeof(Similarity)),
        (WellKnownNames.Coupling, "Form", typeof(CouplingForm)),
        (WellKnownNames.Coupling, "Features", typeof(FeaturePrecision)),
        (WellKnownNames.LearnedCoupling, "Form", typeof(LearnedCouplingForm)),
        (WellKnownNames.Select, "Per", typeof(SelectionScope)),
        (WellKnownNames.Field, "Importance", typeof(Importance)),
        (WellKnownNames.Field, "Scale", typeof(TermScale)),
        (WellKnownNames.HeadExclusion, "Scale", typeof(TermScale)),
        (WellKnownNames.Coupling, "Normalize", typeof(Normalization)),
        (WellKnownNames.Field, "Normalize", typeof(Normalization)),
        (WellKnownNames.HeadExclusion, "On", typeof(ExclusionTarget)),
        (WellKnownNames.Sparsity, "Slack", typeof(SlackKind)),
        (WellKnownNames.LongRange, "Form", typeof(LongRangeForm)),
        (WellKnownNames.LongRange, "Decay", typeof(Decay)),
        (WellKnownNames.Mask, "Pattern", typeof(MaskPattern)),
        (WellKnownNames.Readout, "Kind", typeof(ReadoutKind)),
        (WellKnownNames.Readout, "Normalize", typeof(Normalization)),
        (WellKnownNames.Readout, "TemperatureFrom", typeof(TemperatureSource)),
        (WellKnownNames.Gradient, "Kind", typeof(GradientKind)),
        (WellKnownNames.Gradient, "Noise", typeof(PerturbationNoise)),
        (WellKnownNames.Target, "Device", typeof(Device)),
    ];

    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        foreach ((string name, string argument, Type type) in _checks)
        {
            foreach (DeclaredAttribute attribute in declaration.FindAll(name))
            {
                if (attribute.Find(argument) is { IsBroken: false } given && !Enum.IsDefined(type, (int)given.Value))
                {
                    yield return Descriptors.UndefinedEnumValue.At(attribute, argument, Text.Number(given.Value), type.Name);
                }
            }
        }
    }
}
