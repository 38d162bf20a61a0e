using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Qama.Generators.Energy;

namespace Qama.Generators.Declarations;

/// <summary>Statements: locals, assignments to them, <c>if</c> and <c>return</c>.</summary>
internal sealed partial class TermBodyReader
{
    /// <summary>What a list of statements comes to.</summary>
    /// <param name="Returns">Whether it ends with a return on every path.</param>
    /// <param name="Result">What it returns; null where it does not, or where a problem was found.</param>
    private readonly record struct Outcome(bool Returns, TermValue? Result);

    private Outcome ReadStatements(ImmutableArray<IOperation> statements, int first)
    {
        for (int i = first; i < statements.Length; i++)
        {
            switch (statements[i])
            {
                case IReturnOperation { ReturnedValue: { } value }:
                    return new Outcome(true, ReadValue(value));
                case IBlockOperation block:
                    Outcome inner = ReadStatements(block.Operations, 0);
                    if (inner.Returns)
                    {
                        return inner;
                    }

                    break;
                case IConditionalOperation branch:
                    Outcome outcome = ReadBranch(branch, statements, i + 1);
                    if (outcome.Returns)
                    {
                        return outcome;
                    }

                    break;
                case ILabeledOperation { Operation: null } or IEmptyOperation:
                    break;
                default:
                    ReadStatement(statements[i]);
                    break;
            }
        }

        return default;
    }

    /// <summary>An <c>if</c>: where one side returns, the rest of the statements belongs to the other.</summary>
    private Outcome ReadBranch(IConditionalOperation branch, ImmutableArray<IOperation> statements, int next)
    {
        TermValue? condition = ReadValue(branch.Condition);
        Dictionary<ISymbol, TermValue> before = _locals;
        _locals = new Dictionary<ISymbol, TermValue>(before, SymbolEqualityComparer.Default);
        Outcome whenTrue = ReadStatements([branch.WhenTrue], 0);
        Dictionary<ISymbol, TermValue> afterTrue = _locals;
        _locals = new Dictionary<ISymbol, TermValue>(before, SymbolEqualityComparer.Default);
        Outcome whenFalse = branch.WhenFalse is { } other ? ReadStatements([other], 0) : default;
        Dictionary<ISymbol, TermValue> afterFalse = _locals;
        int place = _places.Add(branch);
        if (whenTrue.Returns || whenFalse.Returns)
        {
            if (!whenTrue.Returns)
            {
                _locals = afterTrue;
                whenTrue = ReadStatements(statements, next);
            }
            else if (!whenFalse.Returns)
            {
                _locals = afterFalse;
                whenFalse = ReadStatements(statements, next);
            }

            return new Outcome(
                true, condition is { } c && whenTrue.Result is { } a && whenFalse.Result is { } b ? Select(c, a, b, place) : null);
        }

        // Locals that the two sides left different.
        _locals = before;
        foreach (ISymbol local in before.Keys.ToList())
        {
            TermValue a = afterTrue[local], b = afterFalse[local];
            if (a != b && condition is { } c)
            {
                _locals[local] = Select(c, a, b, place);
            }
        }

        return default;
    }

    private TermValue Select(TermValue condition, TermValue a, TermValue b, int place) =>
        Add(TermOperation.Select, a.Type == TermType.Vector ? a.Type : b.Type, place, condition, a, b);

    private void ReadStatement(IOperation statement)
    {
        switch (statement)
        {
            case IVariableDeclarationGroupOperation group:
                foreach (IVariableDeclaratorOperation declarator in group.Declarations.SelectMany(d => d.Declarators))
                {
                    if (declarator.GetVariableInitializer() is { } initializer)
                    {
                        Assign(declarator.Symbol, ReadValue(initializer.Value));
                    }
                }

                break;
            case IExpressionStatementOperation { Operation: ISimpleAssignmentOperation { Target: ILocalReferenceOperation target, IsRef: false } assignment }:
                Assign(target.Local, ReadValue(assignment.Value));
                break;
            case IExpressionStatementOperation { Operation: ISimpleAssignmentOperation { Target: IParameterReferenceOperation target, IsRef: false } assignment }:
                Assign(target.Parameter, ReadValue(assignment.Value));
                break;
            case IExpressionStatementOperation { Operation: ICompoundAssignmentOperation { Target: ILocalReferenceOperation target } assignment }:
                Assign(target.Local, ReadBinary(
                    assignment, assignment.OperatorKind, assignment.OperatorMethod, assignment.Target, assignment.Value));
                break;
            case IInvalidOperation:
                IsBroken = true;
                break;
            default:
                Fail(TermProblemKind.Statement, statement, Excerpt(statement));
                break;
        }
    }

    private void Assign(ISymbol variable, TermValue? value)
    {
        if (value is { } known)
        {
            _locals[variable] = known;
        }
        else
        {
            _locals.Remove(variable);
        }
    }
}
