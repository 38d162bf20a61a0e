using System.Collections.Generic;
using Qama.Generators.Energy;
using Qama.Generators.Model;
using Qama.Generators.Model.Terms;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Validation.Rules;

/// <summary>
/// Logarithms, roots and quotients that are undefined: whatever the inputs are, by interval arithmetic; or at some positions, by
/// trying them all where that is quick.
/// </summary>
internal static class TermDomains
{
    /// <summary>Nodes that are computed for one model; then only the intervals are asked. Under a second.</summary>
    private const long MostWork = 1 << 27;

    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        if (!declaration.HasGeometry(specification))
        {
            yield break;
        }

        long work = MostWork;
        for (int t = 0; t < declaration.Terms.Count; t++)
        {
            if (declaration.Terms[t].IsSound && Check(specification, declaration.Terms[t], t, ref work) is { } finding)
            {
                yield return finding;
            }
        }
    }

    private static Finding? Check(ModelSpecification model, DeclaredTerm term, int index, ref long work)
    {
        var pool = new ExpressionPool(model.HeadDim);
        Expression[] steps = term.Code.BuildSteps(pool, ModelTerms.Inputs(model, term, pool));
        Positions positions = ModelTerms.PositionsOf(model);
        bool self = term.Kind == TermKind.Coupling && (model.Readout == ReadoutKind.SelectedAttention || model.Coupling.KeepDiagonal);
        var intervals = new Intervals(positions.Ranges(self));
        HashSet<Expression> used = [.. Walk.Nodes([steps[steps.Length - 1]])];

        // What the largest positional parts are made of may be undefined where a branch is not taken.
        HashSet<Expression> tables = [.. Positions.PartsOf(steps[steps.Length - 1])];
        for (int s = 0; s < steps.Length; s++)
        {
            TermStep step = term.Code.Steps[s];
            if (!used.Contains(steps[s]))
            {
                continue;
            }

            if (tables.Remove(steps[s]) && UndefinedAt(steps[s], model, term.Kind, self, ref work) is { } at)
            {
                return Descriptors.TermUndefined.At(Locator.OfTerm(index, step.Place), term.Name, at);
            }

            if (Operand(step, steps) is { } operand && Undefined(step.Operation, operand, intervals.Of(operand)) is { } reason)
            {
                return Descriptors.TermUndefined.At(Locator.OfTerm(index, step.Place), term.Name, reason);
            }
        }

        return null;
    }

    /// <summary>What a step needs to be in its domain.</summary>
    private static Expression? Operand(TermStep step, Expression[] steps) => step.Operation switch
    {
        TermOperation.Log or TermOperation.Log2 or TermOperation.Log10 or TermOperation.Sqrt => steps[step.Operands[0]],
        TermOperation.Divide or TermOperation.WholeQuotient or TermOperation.WholeRemainder => steps[step.Operands[1]],
        _ => null,
    };

    private static string? Undefined(TermOperation operation, Expression operand, Interval range) => operation switch
    {
        _ when range.IsEmpty => null,
        TermOperation.Sqrt when range.High < 0 => $"the root of a negative number, where {MathNotation.Write(operand)} is in {range}",
        TermOperation.Log or TermOperation.Log2 or TermOperation.Log10 when range.High <= 0 =>
            $"the logarithm of a number that is not positive, where {MathNotation.Write(operand)} is in {range}",
        TermOperation.Divide or TermOperation.WholeQuotient or TermOperation.WholeRemainder when range is { Low: 0, High: 0 } =>
            $"a quotient by {MathNotation.Write(operand)}, which is always 0",
        _ => null,
    };

    /// <summary>Positions at which a function of them is no finite number, or has no value.</summary>
    private static string? UndefinedAt(
        Expression value, ModelSpecification model, TermKind kind, bool self, ref long work)
    {
        Positions positions = ModelTerms.PositionsOf(model);
        bool pair = kind is TermKind.Coupling or TermKind.Pair;
        int tokens = model.Tokens, heads = value.DependsOnHead ? model.HeadCount : 1;
        var function = new ScalarFunction(value, pair ? Positions.PairSymbols : Positions.TokenSymbols);
        long count = (long)heads * tokens * (pair ? tokens : 1);
        if (!PenaltyTable.IsComputed(count, function) || count * function.Length > work)
        {
            return null;
        }

        work -= count * function.Length;
        value.Pool.Budget.CheckTime();

        for (int h = 0; h < heads; h++)
        {
            for (int i = 0; i < tokens; i++)
            {
                if (!pair)
                {
                    if (!IsFinite(positions.AtToken(function, i, h)))
                    {
                        return $"{What()} at token {i}" + OfHead(h);
                    }

                    continue;
                }

                for (int j = kind == TermKind.Pair ? i + 1 : 0; j < tokens; j++)
                {
                    if ((i != j || self) && !IsFinite(positions.AtPair(function, i, j, h)))
                    {
                        return $"{What()} at tokens {i} and {j}" + OfHead(h);
                    }
                }
            }
        }

        return null;

        string What() => function.Throws ? "it throws an exception" : "not a finite number";

        string OfHead(int head) => heads > 1 ? $" of head {head}" : "";

        // Tables are of floats.
        static bool IsFinite(double x) => !double.IsNaN(x) && !float.IsInfinity((float)x);
    }
}
