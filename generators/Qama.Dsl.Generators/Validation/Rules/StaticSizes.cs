using System.Collections.Generic;
using System.Linq;
using Qama.Generators.Model;
using Qama.Generators.Model.Terms;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Validation.Rules;

/// <summary>Tables of pairs grow with the square of the tokens, dense exports with that of the variables.</summary>
internal static class StaticSizes
{
    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        DeclaredAttribute root = declaration.Find(WellKnownNames.QuboAttention)!;
        long stride = (specification.Tokens + 15L) & ~15L;
        bool pairs = specification.LongRange is not null || specification.TermsOf(TermKind.Pair).Any();
        int tables = (pairs ? 1 : 0)
            + specification.TermsOf(TermKind.Coupling).Count(t => t.Parameters.Any(p => p.Kind == TermParameterKind.Pair))
            + (specification.Mask.Pattern is MaskPattern.Window or MaskPattern.Block ? 1 : 0);
        if (tables > 0 && specification.Select.Scope != Vocabulary.SelectionScope.Causal && specification.Tokens * stride > Limits.TableEntries && !FactoredCouplings.AreUsedBy(specification))
        {
            yield return Descriptors.LargeTables.At(
                root, "Tokens", Text.Number(tables), Text.Number(specification.Tokens),
                Text.Number(tables * specification.Tokens * stride * 4 / (1 << 20)));
        }

        long variables = specification.Spins.Variables + specification.Spins.SlackCount;
        if (variables > Limits.DenseVariables)
        {
            yield return Descriptors.NoDenseExport.At(
                root, "Tokens", declaration.Type.Name, Text.Number(variables), Text.Number(Limits.DenseVariables));
        }
    }
}
