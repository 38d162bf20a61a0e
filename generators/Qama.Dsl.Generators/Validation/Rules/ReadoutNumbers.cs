using System.Collections.Generic;
using Qama.Generators.Model;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Validation.Rules;

/// <summary>A mean over reads needs reads to average, at a temperature.</summary>
internal static class ReadoutNumbers
{
    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        if (declaration.Find(WellKnownNames.Readout) is not { } readout
            || readout.Known("Kind", 0) is not ((double)ReadoutKind.Expectation or (double)ReadoutKind.MarginalAttention))
        {
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
}
