using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Qama.Generators.Energy;

namespace Qama.Generators.Declarations;

/// <summary>Statements: locals, assignments to variables, <c>if</c>, <c>for</c> over constants, and <c>return</c>.</summary>
internal sealed partial class TermBodyReader
{
    /// <summary>What a list of statements comes to.</summary>
    /// <param name="Returns">Whether it ends with a return on every path.</param>
    /// <param name="Result">What it returns; null where it does not, or where a problem was found.</param>
    private readonly record struct Outcome(bool Returns, TermValue? Result);

    /// <summary>What is still to be read.</summary>
    /// <param name="Statements">A list of statements.</param>
    /// <param name="Next">The next one of them.</param>
    /// <param name="Outer">What follows the list.</param>
    /// <param name="Loop">The loop whose body and increments the list is, asked again at its end.</param>
    private sealed record Rest(ImmutableArray<IOperation> Statements, int Next, Rest? Outer, IForLoopOperation? Loop = null);

    private Outcome ReadStatements(Rest? rest)
    {
        while (rest is not null)
        {
            if (rest.Next == rest.Statements.Length)
            {
                // What is wrong with one turn is wrong with all.
                rest = rest.Loop is { } again && _problems.Count == 0 ? ReadLoop(again, rest.Outer) : rest.Outer;
                continue;
            }

            IOperation statement = rest.Statements[rest.Next];
            rest = rest with { Next = rest.Next + 1 };
            switch (statement)
            {
                case IReturnOperation { ReturnedValue: { } value }:
                    return new Outcome(true, ReadValue(value));
                case IBlockOperation block:
                    rest = new Rest(block.Operations, 0, rest);
                    break;
                case IConditionalOperation branch when Returns(branch.WhenTrue) || Returns(branch.WhenFalse):
                    return ReadBranches(branch, rest);
                case IConditionalOperation branch:
                    ReadBranch(branch);
                    break;
                case IForLoopOperation loop:
                    foreach (IOperation before in loop.Before)
                    {
                        ReadStatement(before);
                    }

                    rest = ReadLoop(loop, rest);
                    break;
                case ILabeledOperation { Operation: null } or IEmptyOperation:
                    break;
                default:
                    ReadStatement(statement);
                    break;
            }
        }

        return default;
    }

    private static bool Returns(IOperation? statement) =>
        statement is IReturnOperation || (statement is not null && statement.Descendants().Any(o => o is IReturnOperation));

    /// <summary>A loop's next turn, written out, or what follows it.</summary>
    private Rest? ReadLoop(IForLoopOperation loop, Rest? rest)
    {
        TermValue? condition = loop.Condition is null ? null : ReadValue(loop.Condition);
        double? known = condition is { Type: TermType.Condition } c ? ConstantOf(c) : null;
        if (known is null || _steps.Count > MostSteps)
        {
            // Its own problem was reported where it is not the loop that is wrong.
            if (_problems.Count == 0 && !IsBroken)
            {
                Fail(TermProblemKind.Statement, loop, Excerpt(loop));
            }

            return rest;
        }

        return known == 0 ? rest : new Rest([loop.Body, .. loop.AtLoopBottom], 0, rest, loop);
    }

    /// <summary>An <c>if</c> that may return: what follows belongs to either side.</summary>
    private Outcome ReadBranches(IConditionalOperation branch, Rest rest)
    {
        TermValue? condition = ReadValue(branch.Condition);
        Dictionary<ISymbol, TermValue> before = _locals;
        _locals = new Dictionary<ISymbol, TermValue>(before, SymbolEqualityComparer.Default);
        Outcome whenTrue = ReadStatements(new Rest([branch.WhenTrue], 0, rest));
        _locals = new Dictionary<ISymbol, TermValue>(before, SymbolEqualityComparer.Default);
        Outcome whenFalse = ReadStatements(branch.WhenFalse is { } other ? new Rest([other], 0, rest) : rest);
        return new Outcome(
            whenTrue.Returns && whenFalse.Returns,
            condition is { } c && whenTrue.Result is { } a && whenFalse.Result is { } b ? Select(c, a, b, _places.Add(branch)) : null);
    }

    /// <summary>An <c>if</c> that only assigns: variables that its sides leave different are selected.</summary>
    private void ReadBranch(IConditionalOperation branch)
    {
        TermValue? condition = ReadValue(branch.Condition);
        Dictionary<ISymbol, TermValue> before = _locals;
        Dictionary<ISymbol, TermValue> afterTrue = Side(branch.WhenTrue), afterFalse = Side(branch.WhenFalse);
        int place = _places.Add(branch);
        _locals = before;
        foreach (ISymbol variable in afterTrue.Keys.Where(afterFalse.ContainsKey).ToList())
        {
            TermValue a = afterTrue[variable], b = afterFalse[variable];
            if (a == b)
            {
                _locals[variable] = a;
            }
            else if (condition is { } c)
            {
                _locals[variable] = Select(c, a, b, place);
            }
        }

        Dictionary<ISymbol, TermValue> Side(IOperation? statement)
        {
            _locals = new Dictionary<ISymbol, TermValue>(before, SymbolEqualityComparer.Default);
            if (statement is not null)
            {
                ReadStatements(new Rest([statement], 0, null));
            }

            return _locals;
        }
    }

    private TermValue Select(TermValue condition, TermValue a, TermValue b, int place) => Add(
        TermOperation.Select, a.Type == TermType.Vector ? a.Type : b.Type, _steps[b.Step].Type, false, place, condition, a, b);

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
            case IExpressionStatementOperation { Operation: ISimpleAssignmentOperation { IsRef: false } assignment }
                when VariableOf(assignment.Target) is { } target:
                Assign(target, ReadValue(assignment.Value));
                break;
            case IExpressionStatementOperation { Operation: ICompoundAssignmentOperation assignment }
                when VariableOf(assignment.Target) is { } target:
                Assign(target, ReadCompound(assignment));
                break;
            case IExpressionStatementOperation { Operation: IIncrementOrDecrementOperation { OperatorMethod: null } step }
                when VariableOf(step.Target) is { } target:
                Assign(target, ReadStep(step));
                break;
            case IExpressionStatementOperation { Operation: IDeconstructionAssignmentOperation assignment }
                when AssignParts(assignment.Target, assignment.Value):
                break;
            case IInvalidOperation:
                IsBroken = true;
                break;
            default:
                Fail(TermProblemKind.Statement, statement, Excerpt(statement));
                break;
        }
    }

    /// <summary>A local or a parameter; a term has its own copy of either.</summary>
    private static ISymbol? VariableOf(IOperation target) => target switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IDeclarationExpressionOperation declaration => VariableOf(declaration.Expression),
        _ => null,
    };

    /// <summary>x += y and the like: computed in the type of y, which C# has made the wider one, and converted back.</summary>
    private TermValue? ReadCompound(ICompoundAssignmentOperation assignment)
    {
        NumberType type = TermTypes.NumberOf(assignment.Target.Type), wider = TermTypes.NumberOf(assignment.Value.Type);
        TermValue? target = ReadValue(assignment.Target);
        bool isShort = target is { Type: TermType.Whole } && type != wider;
        TermValue? result = ReadBinary(
            assignment, assignment.OperatorKind, assignment.OperatorMethod, assignment.IsChecked,
            isShort ? Convert(target!.Value, wider, false, _places.Add(assignment)) : target, assignment.Value);
        return isShort && result is { } value ? Convert(value, type, assignment.IsChecked, _places.Add(assignment)) : result;
    }

    /// <summary>x++ and x--.</summary>
    private TermValue? ReadStep(IIncrementOrDecrementOperation step)
    {
        if (ReadValue(step.Target) is not { } value)
        {
            return null;
        }

        // What is shorter than int is an int in between.
        int place = _places.Add(step);
        NumberType type = TermTypes.NumberOf(step.Target.Type), wider = type.IsWhole() && type != NumberType.Int64 ? NumberType.Int32 : type;
        TermValue result = Add(
            step.Kind == OperationKind.Increment ? TermOperation.Add : TermOperation.Subtract, KindOf(wider), wider, step.IsChecked, place,
            type == wider ? value : Convert(value, wider, false, place), Constant(1, wider, place));
        return type == wider ? result : Convert(result, type, step.IsChecked, place);
    }

    /// <summary>(x, y) = (a, b): all values are read before one is assigned. False where the sides are no lists of such parts.</summary>
    private bool AssignParts(IOperation target, IOperation value)
    {
        IOperation list = target is IDeclarationExpressionOperation declaration ? declaration.Expression : target;
        IOperation values = value is IConversionOperation conversion ? conversion.Operand : value;
        if (list is not ITupleOperation { Elements: var targets } || values is not ITupleOperation { Elements: var parts }
            || targets.Length != parts.Length || targets.Any(t => VariableOf(t) is null))
        {
            return false;
        }

        List<TermValue?> read = [.. parts.Select(ReadValue)];
        for (int i = 0; i < read.Count; i++)
        {
            Assign(VariableOf(targets[i])!, read[i]);
        }

        return true;
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
