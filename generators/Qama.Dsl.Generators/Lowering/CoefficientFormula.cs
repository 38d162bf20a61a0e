using System.Collections.Generic;
using System.Linq;
using Qama.Generators.Energy;

namespace Qama.Generators.Lowering;

/// <summary>A coefficient for people: its definition, and its derivative by everything it depends on.</summary>
/// <param name="Name">J[h,i,j] or f[h,i].</param>
/// <param name="Formula">The definition as mathematics.</param>
/// <param name="Gradients">The derivatives as equations.</param>
internal sealed record CoefficientFormula(string Name, string Formula, EquatableArray<string> Gradients)
{
    /// <summary>Longer text is no longer read.</summary>
    private const int Longest = 300;

    public static IEnumerable<CoefficientFormula> Of(KernelPlan plan)
    {
        if (plan.Specification.HasCoupling)
        {
            yield return Describe("J[h,i,j]", plan.CouplingDefinition);
        }

        if (plan.HasField)
        {
            yield return Describe("f[h,i]", plan.FieldDefinition);
        }
    }

    private static CoefficientFormula Describe(string name, Expression definition)
    {
        ExpressionPool e = definition.Pool;
        Symbol[] inputs =
        [
            .. Walk.Nodes([definition]).Where(n => n.Symbol is { Role: not SymbolRole.Position })
                .Select(n => n.Symbol!),
        ];
        IReadOnlyList<Expression> gradients = Differentiation.Gradient([(definition, e.One)], [.. inputs.Select(e.Symbol)]);
        string letter = name.Substring(0, 1);
        return new CoefficientFormula(
            name, MathNotation.Write(definition),
            [.. inputs.Zip(gradients, (input, value) => Cut($"∂{letter}/∂{input.Name} = {MathNotation.Write(value)}"))]);
    }

    private static string Cut(string text) => text.Length <= Longest ? text : text.Substring(0, Longest) + " …";
}
