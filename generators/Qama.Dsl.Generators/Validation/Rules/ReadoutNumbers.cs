using System.Collections.Generic;
using Qama.Generators.Model;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Validation.Rules;

/// <summary>What is drawn at a temperature needs reads to average and the temperature; what is not, neither.</summary>
internal static class ReadoutNumbers
{
    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        if (declaration.Find(WellKnownNames.Readout) is not { } readout || readout.Known("Kind", 0) is null
            || declaration.Find(WellKnownNames.Gradient) is { } gradient && gradient.Known("Kind", 0) is null)
        {
            yield break;
        }

        if (!specification.HasTemperature)
        {
            foreach (Finding finding in Idle(readout, specification))
            {
                yield return finding;
            }

            yield break;
        }

        if (readout.Known("Reads", Limits.FewestReads) is { } reads and not (>= Limits.FewestReads and <= Limits.MostReads))
        {
            yield return Descriptors.ReadsOutOfRange.At(readout, "Reads", Text.Number(reads));
        }

        if (readout.Known("Temperature", 1) is { } temperature
            && !(temperature >= Limits.SmallestWeight && temperature <= Limits.LargestWeight))
        {
            yield return Descriptors.TemperatureOutOfRange.At(
                readout, "Temperature", Text.Number(temperature),
                Text.Number(Limits.SmallestWeight), Text.Number(Limits.LargestWeight));
        }
    }

    private static IEnumerable<Finding> Idle(DeclaredAttribute readout, ModelSpecification specification)
    {
        const string Drawn = "only ReadoutKind.Expectation and MarginalAttention, GradientKind.Covariance and Nudged draw at a temperature";
        (string Argument, string Reason)[] arguments =
        [
            ("Reads", specification.Gradient.Kind == GradientKind.Nudged ? "without a Temperature there is one read"
                : "only ReadoutKind.Expectation and MarginalAttention, GradientKind.Covariance and Nudged average reads"),
            ("Temperature", Drawn),
            ("TemperatureFrom", Drawn),
        ];
        foreach ((string argument, string reason) in arguments)
        {
            if (!readout.IsBroken && readout.Find(argument) is not null)
            {
                yield return Descriptors.ArgumentWithoutEffect.At(readout, argument, argument, reason).OrRemove(readout, argument);
            }
        }
    }
}
