using System.Collections;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Qama.Generators.Energy;
using Qama.Generators.Model.Terms;

namespace Qama.Generators.Reading.Terms;

/// <summary>Statements: locals, assignments to variables, <c>if</c>, <c>for</c> over constants, and <c>return</c>.</summary>
internal sealed partial class TermBodyReader
{
    /// <summary>A way out of a method before its end.</summary>
    /// <param name="Condition">The condition.</param>
    /// <param name="When">Whether the way is taken where the condition holds, or where it does not.</param>
    /// <param name="Value">What is returned; null where a problem was found.</param>
    /// <param name="Place">Where the condition was written.</param>
    private sealed record Exit(TermValue? Condition, bool When, TermValue? Value, int Place);

    /// <summary>How statements leave their method. Code after a branch that may return is read once, as what happens
    /// otherwise.</summary>
    private sealed class Flow
    {
        /// <summary>The ways out so far; the first one whose condition holds is taken.</summary>
        public List<Exit> Exits { get; } = [];

        /// <summary>Whether all other ways have returned too.</summary>
        public bool HasEnded { get; set; }

        /// <summary>What the last of them returns; null where a problem was found.</summary>
        public TermValue? Result { get; set; }
    }

    private Flow _flow = new();

    private IEnumerator ReadStatements(ImmutableArray<IOperation> statements)
    {
        foreach (IOperation statement in statements)
        {
            if (_flow.HasEnded)
            {
                yield break;
            }

            yield return ReadStatement(statement);
        }
    }

    private IEnumerator? ReadStatement(IOperation statement)
    {
        if (!Count(statement))
        {
            return null;
        }

        switch (statement)
        {
            case IReturnOperation { ReturnedValue: { } value }:
                return ReadReturn(value);
            case IBlockOperation block:
                return ReadStatements(block.Operations);
            case IConditionalOperation branch:
                return ReadBranch(branch);
            case IForLoopOperation loop:
                return ReadLoop(loop);
            case ILabeledOperation { Operation: null } or IEmptyOperation:
                return null;
            case IVariableDeclarationGroupOperation group:
                return ReadDeclarations(group);
            case IExpressionStatementOperation { Operation: ISimpleAssignmentOperation { IsRef: false } assignment }
                when VariableOf(assignment.Target) is { } target:
                return ReadAssignment(target, ReadValue(assignment.Value));
            case IExpressionStatementOperation { Operation: ICompoundAssignmentOperation assignment }
                when VariableOf(assignment.Target) is { } target:
                return ReadAssignment(target, ReadCompound(assignment));
            case IExpressionStatementOperation { Operation: IIncrementOrDecrementOperation { OperatorMethod: null } step }
                when VariableOf(step.Target) is { } target:
                return ReadAssignment(target, ReadStep(step));
            case IExpressionStatementOperation { Operation: IDeconstructionAssignmentOperation assignment }
                when PartsOf(assignment) is { } parts:
                return AssignParts(parts);
            case IInvalidOperation:
                IsBroken = true;
                return null;
            default:
                Fail(TermProblemKind.Statement, statement, Excerpt(statement));
                return null;
        }
    }

    private IEnumerator ReadReturn(IOperation value)
    {
        yield return ReadValue(value);
        _flow.HasEnded = true;
        _flow.Result = _value;
    }

    /// <summary>A loop written out turn by turn.</summary>
    private IEnumerator ReadLoop(IForLoopOperation loop)
    {
        yield return ReadStatements(loop.Before);
        while (!_flow.HasEnded && Count(loop))
        {
            _value = null;
            if (loop.Condition is { } asked)
            {
                yield return ReadValue(asked);
            }

            double? known = _value is { Type: TermType.Condition } condition ? ConstantOf(condition) : null;
            if (known is null && _problems.Count == 0 && !IsBroken)
            {
                // Its own problem was reported where it is not the loop that is wrong.
                Fail(TermProblemKind.Statement, loop, Excerpt(loop));
            }

            if (known is null or 0)
            {
                yield break;
            }

            yield return ReadStatements([loop.Body, .. loop.AtLoopBottom]);

            // What is wrong with one turn is wrong with all.
            if (_problems.Count > 0)
            {
                yield break;
            }
        }
    }

    private IEnumerator ReadBranch(IConditionalOperation branch)
    {
        yield return ReadValue(branch.Condition);
        TermValue? condition = _value;
        Flow outside = _flow;
        Dictionary<ISymbol, TermValue> before = _locals;
        Flow whenTrue = new(), whenFalse = new();

        // Copies of many variables are work too.
        _read += before.Count / 8;
        (_flow, _locals) = (whenTrue, new Dictionary<ISymbol, TermValue>(before, SymbolEqualityComparer.Default));
        yield return ReadStatement(branch.WhenTrue);
        Dictionary<ISymbol, TermValue> afterTrue = _locals;
        (_flow, _locals) = (whenFalse, new Dictionary<ISymbol, TermValue>(before, SymbolEqualityComparer.Default));
        if (branch.WhenFalse is { } other)
        {
            yield return ReadStatement(other);
        }

        Dictionary<ISymbol, TermValue> afterFalse = _locals;
        _flow = outside;
        int place = _places.Add(branch);
        if (whenTrue.HasEnded && whenFalse.HasEnded)
        {
            _flow.HasEnded = true;
            _flow.Result = Select(condition, ResultOf(whenTrue), ResultOf(whenFalse), place);
        }
        else if (whenTrue.HasEnded)
        {
            _flow.Exits.Add(new Exit(condition, true, ResultOf(whenTrue), place));
            _flow.Exits.AddRange(whenFalse.Exits);
        }
        else if (whenFalse.HasEnded)
        {
            _flow.Exits.Add(new Exit(condition, false, ResultOf(whenFalse), place));
            _flow.Exits.AddRange(whenTrue.Exits);
            _locals = afterTrue;
        }
        else
        {
            AddExit(condition, true, whenTrue, place);
            AddExit(condition, false, whenFalse, place);
            _locals = before;
            Merge(condition, afterTrue, afterFalse, place);
        }
    }

    /// <summary>What a method returns; null where a problem was found, or a way does not return.</summary>
    private TermValue? ResultOf(Flow flow) => flow.HasEnded ? ResultOf(flow.Exits, flow.Result) : null;

    private TermValue? ResultOf(IReadOnlyList<Exit> exits, TermValue? last)
    {
        for (int i = exits.Count - 1; i >= 0; i--)
        {
            Exit exit = exits[i];
            last = exit.When
                ? Select(exit.Condition, exit.Value, last, exit.Place)
                : Select(exit.Condition, last, exit.Value, exit.Place);
        }

        return last;
    }

    /// <summary>The ways out of one side of a branch that goes on otherwise, as one way out.</summary>
    private void AddExit(TermValue? condition, bool when, Flow side, int place)
    {
        if (side.Exits.Count == 0)
        {
            return;
        }

        TermValue? any = Holds(side.Exits[0].Condition, side.Exits[0].When, side.Exits[0].Place);
        foreach (Exit exit in side.Exits.Skip(1))
        {
            any = Both(TermOperation.Or, any, Holds(exit.Condition, exit.When, exit.Place), place);
        }

        Exit last = side.Exits[side.Exits.Count - 1];
        TermValue? value = ResultOf(side.Exits.GetRange(0, side.Exits.Count - 1), last.Value);
        _flow.Exits.Add(new Exit(Both(TermOperation.And, Holds(condition, when, place), any, place), true, value, place));
    }

    private TermValue? Holds(TermValue? condition, bool when, int place) =>
        when || condition is not { } known ? condition : Add(TermOperation.Not, TermType.Condition, place, known);

    private TermValue? Both(TermOperation operation, TermValue? a, TermValue? b, int place) =>
        a is { } first && b is { } second ? Add(operation, TermType.Condition, place, first, second) : null;

    /// <summary>Variables that the sides of a branch leave different are selected.</summary>
    private void Merge(
        TermValue? condition, Dictionary<ISymbol, TermValue> afterTrue, Dictionary<ISymbol, TermValue> afterFalse, int place)
    {
        foreach (KeyValuePair<ISymbol, TermValue> variable in afterTrue)
        {
            if (afterFalse.TryGetValue(variable.Key, out TermValue other)
                && (variable.Value == other ? other : Select(condition, variable.Value, other, place)) is { } value)
            {
                _locals[variable.Key] = value;
            }
        }
    }

    private TermValue? Select(TermValue? condition, TermValue? a, TermValue? b, int place) =>
        condition is { } known && a is { } first && b is { } second ? Select(known, first, second, place) : null;

    private TermValue Select(TermValue condition, TermValue a, TermValue b, int place) => Add(
        TermOperation.Select, a.Type == TermType.Vector ? a.Type : b.Type, _steps[b.Step].Type, false, place, condition, a, b);

    private IEnumerator ReadDeclarations(IVariableDeclarationGroupOperation group)
    {
        foreach (IVariableDeclaratorOperation declarator in group.Declarations.SelectMany(d => d.Declarators))
        {
            if (declarator.GetVariableInitializer() is { } initializer)
            {
                yield return ReadAssignment(declarator.Symbol, ReadValue(initializer.Value));
            }
        }
    }

    private IEnumerator ReadAssignment(ISymbol target, IEnumerator? value)
    {
        if (value is not null)
        {
            yield return value;
        }

        Assign(target, _value);
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
    private IEnumerator ReadCompound(ICompoundAssignmentOperation assignment)
    {
        yield return ReadValue(assignment.Target);
        TermValue? target = _value;
        yield return ReadValue(assignment.Value);
        if (target is not { } a || _value is not { } b)
        {
            _value = null;
            yield break;
        }

        NumberType type = TermTypes.NumberOf(assignment.Target.Type), wider = TermTypes.NumberOf(assignment.Value.Type);
        bool isShort = a.Type == TermType.Whole && type != wider;
        _value = Binary(
            assignment, assignment.OperatorKind, assignment.OperatorMethod, assignment.IsChecked,
            isShort ? Convert(a, wider, false, _places.Add(assignment)) : a, b);
        if (isShort && _value is { } value)
        {
            _value = Convert(value, type, assignment.IsChecked, _places.Add(assignment));
        }
    }

    /// <summary>x++ and x--.</summary>
    private IEnumerator ReadStep(IIncrementOrDecrementOperation step)
    {
        yield return ReadValue(step.Target);
        if (_value is { } value)
        {
            // What is shorter than int is an int in between.
            int place = _places.Add(step);
            NumberType type = TermTypes.NumberOf(step.Target.Type), wider = type.IsWhole() && type != NumberType.Int64 ? NumberType.Int32 : type;
            TermValue result = Add(
                step.Kind == OperationKind.Increment ? TermOperation.Add : TermOperation.Subtract, KindOf(wider), wider, step.IsChecked, place,
                type == wider ? value : Convert(value, wider, false, place), Constant(1, wider, place));
            _value = type == wider ? result : Convert(result, type, step.IsChecked, place);
        }
    }

    /// <summary>(x, y) = (a, b) as pairs of parts; null where the sides are no lists of such parts.</summary>
    private static (ISymbol Target, IOperation Value)[]? PartsOf(IDeconstructionAssignmentOperation assignment)
    {
        IOperation list = assignment.Target is IDeclarationExpressionOperation declaration
            ? declaration.Expression
            : assignment.Target;
        IOperation values = assignment.Value is IConversionOperation conversion ? conversion.Operand : assignment.Value;
        return list is not ITupleOperation { Elements: var targets } || values is not ITupleOperation { Elements: var parts }
            || targets.Length != parts.Length || targets.Any(t => VariableOf(t) is null)
            ? null
            : [.. targets.Zip(parts, (target, part) => (VariableOf(target)!, part))];
    }

    /// <summary>All values are read before one is assigned.</summary>
    private IEnumerator AssignParts((ISymbol Target, IOperation Value)[] parts)
    {
        var values = new TermValue?[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            yield return ReadValue(parts[i].Value);
            values[i] = _value;
        }

        for (int i = 0; i < parts.Length; i++)
        {
            Assign(parts[i].Target, values[i]);
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
