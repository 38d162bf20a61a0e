using System;
using System.Collections.Generic;
using System.Linq;
using Qama.Generators.Declarations;
using Qama.Generators.Energy;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Validation.Rules;

/// <summary>
/// Logarithms, roots and quotients that are undefined: whatever the inputs are, by interval arithmetic; or at some positions, by
/// trying them all.
/// </summary>
internal static class TermDomains
{
    /// <summary>Of more positions than this only the intervals are asked.</summary>
    private const long MostPositions = 1 << 20;

    public static IEnumerable<Finding> Check(ModelDeclaration declaration, ModelSpecification specification)
    {
        if (!declaration.HasGeometry(specification))
        {
            yield break;
        }

        for (int t = 0; t < declaration.Terms.Count; t++)
        {
            if (declaration.Terms[t].IsSound && Check(specification, declaration.Terms[t], t) is { } finding)
            {
                yield return finding;
            }
        }
    }

    private static Finding? Check(ModelSpecification model, DeclaredTerm term, int index)
    {
        var pool = new ExpressionPool(model.HeadDim);
        Expression[] steps = term.Code.BuildSteps(pool, ModelTerms.Inputs(model, term, pool));
        Positions positions = ModelTerms.PositionsOf(model);
        bool self = term.Kind == TermKind.Coupling && (model.Readout == ReadoutKind.SelectedAttention || model.Coupling.KeepDiagonal);
        var intervals = new Intervals(positions.Ranges(self));
        HashSet<Expression> used = [.. Differentiation.Reachable([steps[steps.Length - 1]])];
        HashSet<Expression> tables = Tables(steps[steps.Length - 1]);
        for (int s = 0; s < steps.Length; s++)
        {
            TermStep step = term.Code.Steps[s];
            if (!used.Contains(steps[s]))
            {
                continue;
            }

            if (tables.Contains(steps[s]) && UndefinedAt(steps[s], model, term.Kind, self) is { } at)
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

    /// <summary>The largest parts that depend on positions alone. What they are made of may be undefined where a branch is not
    /// taken.</summary>
    private static HashSet<Expression> Tables(Expression value)
    {
        var tables = new HashSet<Expression>();
        Visit(value);
        return tables;

        void Visit(Expression node)
        {
            if (node.IsPositional && node.Operation != Operation.Constant)
            {
                tables.Add(node);
                return;
            }

            foreach (Expression operand in node.Operands)
            {
                Visit(operand);
            }
        }
    }

    /// <summary>What a step needs to be in its domain.</summary>
    private static Expression? Operand(TermStep step, Expression[] steps) => step.Operation switch
    {
        TermOperation.Log or TermOperation.Log2 or TermOperation.Log10 or TermOperation.Sqrt => steps[step.Operands[0]],
        TermOperation.Divide or TermOperation.WholeQuotient or TermOperation.WholeRemainder => steps[step.Operands[1]],
        _ => null,
    };

    private static string? Undefined(TermOperation operation, Expression operand, Interval range)
    {
        if (range.IsEmpty)
        {
            return null;
        }

        string values = $"{MathNotation.Write(operand)} is in {range}";
        return operation switch
        {
            TermOperation.Sqrt when range.High < 0 => $"the root of a negative number, where {values}",
            TermOperation.Log or TermOperation.Log2 or TermOperation.Log10 when range.High <= 0 =>
                $"the logarithm of a number that is not positive, where {values}",
            TermOperation.Divide or TermOperation.WholeQuotient or TermOperation.WholeRemainder when range is { Low: 0, High: 0 } =>
                $"a quotient by {MathNotation.Write(operand)}, which is always 0",
            _ => null,
        };
    }

    /// <summary>Positions at which a function of them is no finite number, or has no value.</summary>
    private static string? UndefinedAt(Expression value, ModelSpecification model, TermKind kind, bool self)
    {
        Positions positions = ModelTerms.PositionsOf(model);
        bool pair = kind is TermKind.Coupling or TermKind.Pair;
        int tokens = model.Tokens, heads = value.DependsOnHead ? model.HeadCount : 1;
        if ((long)heads * tokens * (pair ? tokens : 1) > MostPositions)
        {
            return null;
        }

        var function = new ScalarFunction(value, pair ? Positions.PairSymbols : Positions.TokenSymbols);
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
