using System;
using System.Collections.Generic;
using System.Linq;
using Qama.Generators.Energy;
using Qama.Generators.Model;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Validation.Rules;

/// <summary>A long-range term speaks about some pair of tokens.</summary>
internal static class LongRangeTerm
{
    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        if (declaration.Find(WellKnownNames.LongRange) is not { } attribute)
        {
            yield break;
        }

        if (attribute.Known("MinDistance", double.NaN) is { } distance && !(distance >= 1))
        {
            yield return Descriptors.MinDistanceOutOfRange.At(
                attribute, "MinDistance", double.IsNaN(distance) ? "not given" : Text.Number(distance));
        }
        else if (declaration.HasGeometry(specification) && specification.LongRange is { Weight: > 0 } part
            && Enum.IsDefined(typeof(LongRangeForm), part.Form) && Enum.IsDefined(typeof(Decay), part.Decay)
            && Kernel(specification) is var kernel)
        {
            bool near = part.Form == LongRangeForm.PenaliseNear;
            string largest = Text.Number(kernel.Length);
            if (kernel.All(k => k == 0))
            {
                yield return Descriptors.EmptyLongRange.At(
                        attribute, "MinDistance", near ? "nearer than" : "at least", Text.Number(part.MinDistance), largest)
                    .OrRemove(attribute);
            }
            else if (kernel.All(k => k == kernel[0]) && (kernel.Length > 1 || part.MinDistance > kernel.Length))
            {
                yield return Descriptors.UniformLongRange.At(
                        attribute, "MinDistance", near ? "every pair pays" : "every pair is rewarded", largest)
                    .OrRemove(attribute);
            }
        }
    }

    /// <summary>The term's weight at every distance that two interacting tokens can have, from 1 on.</summary>
    private static double[] Kernel(ModelSpecification specification)
    {
        ScalarFunction kernel = new(
            ModelPenalties.LongRange(specification, new ExpressionPool(1)).PairCoefficient, [Symbol.Distance]);
        return [.. Enumerable.Range(1, specification.Geometry.LargestInteractingDistance).Select(d => kernel.Evaluate(d))];
    }
}
