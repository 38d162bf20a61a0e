using System;
using System.Collections.Generic;
using System.Linq;
using Qama.Generators.Energy;
using Qama.Generators.Model;
using Qama.Generators.Model.Terms;

namespace Qama.Generators.Validation.Rules;

/// <summary>Terms written as methods: what cannot be expressed, and what has no effect.</summary>
internal static class UserTerms
{
    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        for (int t = 0; t < declaration.Terms.Count; t++)
        {
            DeclaredTerm term = declaration.Terms[t];
            foreach (TermProblem problem in term.Problems)
            {
                yield return Of(problem.Kind).At(Locator.OfTerm(t, problem.Place), term.Name, problem.Text);
            }

            foreach (Finding finding in CheckWeight(term, t).Concat(CheckLearnables(term, t)))
            {
                yield return finding;
            }

            if (term.IsSound)
            {
                foreach (Finding finding in CheckParameters(declaration, specification, term, t))
                {
                    yield return finding;
                }
            }
        }
    }

    private static Microsoft.CodeAnalysis.DiagnosticDescriptor Of(TermProblemKind kind) => kind switch
    {
        TermProblemKind.Method => Descriptors.TermMethod,
        TermProblemKind.Parameter => Descriptors.TermParameter,
        TermProblemKind.Statement => Descriptors.TermStatement,
        TermProblemKind.Expression => Descriptors.TermExpression,
        TermProblemKind.Call => Descriptors.TermCall,
        TermProblemKind.Recursion => Descriptors.TermRecursion,
        TermProblemKind.Type => Descriptors.TermType,
        TermProblemKind.MutableState => Descriptors.TermState,
        TermProblemKind.Name => Descriptors.TermName,
        TermProblemKind.GeneratedName => Descriptors.GeneratedName,
        TermProblemKind.Size => Descriptors.TermSize,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No diagnostic."),
    };

    private static IEnumerable<Finding> CheckWeight(DeclaredTerm term, int index)
    {
        if (term.Attribute.Known("Weight", term.Weight) is not { } weight)
        {
            yield break;
        }

        var locator = new Locator(term.Attribute.Ordinal, "Weight", Term: index);
        if (double.IsNaN(weight) && term.Kind is TermKind.Pair or TermKind.Token)
        {
            yield return Descriptors.WeightMissing.At(locator, term.Attribute.Name);
        }
        else if (!(weight >= Limits.SmallestWeight && weight <= Limits.LargestWeight))
        {
            yield return Descriptors.WeightNotPositive.At(
                locator, term.Attribute.Name, Text.Number(weight), Text.Number(Limits.SmallestWeight),
                Text.Number(Limits.LargestWeight));
        }
    }

    /// <summary>Learnables are parameters of the layer, by the names of method and parameter with a capital.</summary>
    private static IEnumerable<Finding> CheckLearnables(DeclaredTerm term, int index) => term.Parameters
        .Where(p => p.IsLearnable).GroupBy(p => ModelTerms.NameOf(term, p)).SelectMany(g => g.Skip(1))
        .Select(p => Descriptors.LearnableName.At(Locator.OfTerm(index, p.Place), term.Name, ModelTerms.NameOf(term, p)));

    private static IEnumerable<Finding> CheckParameters(
        ModelDeclaration declaration, ModelSpecification specification, DeclaredTerm term, int index)
    {
        bool derives = term.Kind is not (TermKind.Pair or TermKind.Token) && term.Parameters.Any(p => p.IsLearnable)
            && declaration.HasGeometry(specification);
        HashSet<int> idle = derives ? WithoutGradient(specification, term) : [];
        for (int p = 0; p < term.Parameters.Count; p++)
        {
            TermParameter parameter = term.Parameters[p];
            Locator place = Locator.OfTerm(index, parameter.Place);
            if (!term.Uses(p))
            {
                yield return (parameter.IsLearnable ? Descriptors.IdleLearnable : Descriptors.UnusedParameter).At(place, parameter.Name, term.Name);
            }
            else if (parameter.IsLearnable && term.Kind is TermKind.Pair or TermKind.Token)
            {
                yield return Descriptors.LearnableInPenalty.At(place, parameter.Name, term.Name);
            }
            else if (idle.Contains(p))
            {
                yield return Descriptors.IdleLearnable.At(place, parameter.Name, term.Name);
            }
        }
    }

    /// <summary>The learnable parameters whose gradient is always 0.</summary>
    private static HashSet<int> WithoutGradient(ModelSpecification specification, DeclaredTerm term)
    {
        // A dimension of 2 stands for all: whether a parameter matters does not depend on it.
        var pool = new ExpressionPool(2);
        Expression[] inputs = ModelTerms.Inputs(specification, term, pool);
        int[] learnables = [.. Enumerable.Range(0, inputs.Length).Where(i => term.Inputs[i].Source == TermSource.Learnable)];
        IReadOnlyList<Expression> gradients = Differentiation.Gradient(
            [(term.Code.Build(pool, inputs), pool.One)], [.. learnables.Select(i => inputs[i])]);
        return [.. learnables.Where((_, n) => gradients[n].IsConstant(0)).Select(i => term.Inputs[i].Parameter)];
    }
}
