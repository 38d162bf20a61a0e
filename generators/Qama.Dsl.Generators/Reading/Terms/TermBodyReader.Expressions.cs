using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Qama.Generators.Energy;
using Qama.Generators.Model.Terms;

namespace Qama.Generators.Reading.Terms;

/// <summary>Expressions.</summary>
internal sealed partial class TermBodyReader
{
    /// <summary>The value of an expression; null where a problem was found.</summary>
    private IEnumerator? ReadValue(IOperation operation)
    {
        _value = null;
        while (operation is IParenthesizedOperation inner)
        {
            operation = inner.Operand;
        }

        if (!Count(operation))
        {
            return null;
        }

        if (operation.ConstantValue is { HasValue: true, Value: { } constant } && Number(constant) is { } number)
        {
            return Give(TermTypes.Of(operation.Type) == TermType.None ? Fail(TermProblemKind.Type, operation, TypeName(operation))
                : constant is long whole && Math.Abs((double)whole) >= ExpressionPool.LargestWhole ? LongConstant(whole, _places.Add(operation))
                : Constant(number, TermTypes.NumberOf(operation.Type), _places.Add(operation)));
        }

        return operation switch
        {
            IParameterReferenceOperation parameter => Give(ReadVariable(parameter, parameter.Parameter)),
            ILocalReferenceOperation { IsDeclaration: false } local => Give(ReadVariable(local, local.Local)),
            IFieldReferenceOperation field => ReadField(field),
            IPropertyReferenceOperation property => ReadProperty(property),
            IUnaryOperation unary => ReadUnary(unary),
            IBinaryOperation binary => ReadBinary(binary),
            IConversionOperation conversion => ReadConversion(conversion),
            IConditionalOperation { WhenFalse: { } whenFalse } choice => ReadChoice(choice, choice.Condition, choice.WhenTrue, whenFalse),
            IInvocationOperation invocation => ReadCall(invocation),
            IIsPatternOperation match => ReadMatch(match),
            ISwitchExpressionOperation choice => ReadSwitch(choice),
            IInvalidOperation => Give(Broken()),
            _ => Give(Fail(TermProblemKind.Expression, operation, Excerpt(operation))),
        };
    }

    private TermValue? Broken()
    {
        IsBroken = true;
        return null;
    }

    private static double? Number(object constant) => constant switch
    {
        bool b => b ? 1 : 0,
        float f => f,
        double d => d,
        byte or sbyte or short or ushort or int or long => System.Convert.ToDouble(constant, CultureInfo.InvariantCulture),
        _ => null,
    };

    /// <summary>A number that no double holds, of two halves.</summary>
    private TermValue LongConstant(long value, int place)
    {
        const long Half = 1L << 32;
        TermValue Whole(long part) => Constant(part, NumberType.Int64, place);
        TermValue Join(TermOperation operation, TermValue a, TermValue b) =>
            Add(operation, TermType.Whole, NumberType.Int64, false, place, a, b);
        return Join(TermOperation.Add, Join(TermOperation.Multiply, Whole(value >> 32), Whole(Half)), Whole(value & (Half - 1)));
    }

    private static string TypeName(IOperation operation) =>
        operation.Type?.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat) ?? "void";

    private TermValue? ReadVariable(IOperation reference, ISymbol variable)
    {
        if (_locals.TryGetValue(variable, out TermValue value))
        {
            return value;
        }

        // Its own problem was reported where it got its value.
        return _problems.Count > 0 || IsBroken ? null : Fail(TermProblemKind.Expression, reference, variable.Name);
    }

    private IEnumerator? ReadField(IFieldReferenceOperation reference)
    {
        IFieldSymbol field = reference.Field;
        if (!field.IsStatic || !field.IsReadOnly
            || !SymbolEqualityComparer.Default.Equals(field.ContainingType, _method.ContainingType)
            || TermTypes.Of(field.Type) is TermType.None or TermType.Pair or TermType.Token
            || _bodies.ValueOf(field) is not { } initial)
        {
            return Give(Fail(TermProblemKind.MutableState, reference, field.Name));
        }

        return _fields.TryGetValue(field, out TermValue? known) ? Give(known)
            : _calls.Contains(field) ? Give(Fail(TermProblemKind.Recursion, reference, field.Name))
            : ReadInitial(field, initial);
    }

    private IEnumerator ReadInitial(IFieldSymbol field, IOperation initial)
    {
        _calls.Add(field);
        _members.Add(field);
        yield return ReadValue(initial);
        _calls.Remove(field);
        _fields.Add(field, _value);
    }

    private IEnumerator ReadProperty(IPropertyReferenceOperation reference)
    {
        _value = null;
        if (reference.Instance is { } of && reference.Arguments.Length == 0)
        {
            yield return ReadValue(of);
        }

        if (_value is not { } instance)
        {
            _value = _problems.Count > 0 || IsBroken ? null : Fail(TermProblemKind.Expression, reference, Excerpt(reference));
            yield break;
        }

        int place = _places.Add(reference);
        TermSource? source = (instance.Type, reference.Property.Name) switch
        {
            (TermType.Pair, "I") => TermSource.First,
            (TermType.Pair, "J") => TermSource.Second,
            (TermType.Pair, "Distance") => TermSource.Distance,
            (TermType.Pair, "RowDifference") => TermSource.RowDifference,
            (TermType.Pair, "ColumnDifference") => TermSource.ColumnDifference,
            (TermType.Token, "Index") => TermSource.Index,
            (TermType.Token, "Row") => TermSource.GridRow,
            (TermType.Token, "Column") => TermSource.GridColumn,
            (TermType.Pair or TermType.Token, "Head") => TermSource.Head,
            _ => null,
        };
        _value = source is { } known ? Input(known, instance.Step, TermType.Whole, place)
            : instance.Type == TermType.Vector && reference.Property.Name == "Length" ? Dimension(place)
            : Fail(TermProblemKind.Expression, reference, Excerpt(reference));
    }

    private TermValue Dimension(int place)
    {
        _steps.Add(new TermStep(TermOperation.Dimension, [], 0, place, NumberType.Int32));
        return new TermValue(TermType.Whole, _steps.Count - 1, true);
    }

    private IEnumerator ReadUnary(IUnaryOperation unary)
    {
        yield return ReadValue(unary.Operand);
        if (_value is not { } operand)
        {
            yield break;
        }

        int place = _places.Add(unary);
        _value = unary.OperatorKind switch
        {
            UnaryOperatorKind.Plus => operand,
            UnaryOperatorKind.Minus => Add(
                TermOperation.Negate, operand.Type, TermTypes.NumberOf(unary.Type), unary.IsChecked, place, operand),
            UnaryOperatorKind.Not => Add(TermOperation.Not, TermType.Condition, place, operand),
            _ => Fail(TermProblemKind.Expression, unary, Excerpt(unary)),
        };
    }

    private IEnumerator ReadBinary(IBinaryOperation binary)
    {
        yield return ReadValue(binary.LeftOperand);
        TermValue? first = _value;
        yield return ReadValue(binary.RightOperand);
        _value = first is { } a && _value is { } b
            ? Binary(binary, binary.OperatorKind, binary.OperatorMethod, binary.IsChecked, a, b)
            : null;
    }

    private TermValue? Binary(
        IOperation whole, BinaryOperatorKind kind, IMethodSymbol? method, bool isChecked, TermValue a, TermValue b)
    {
        if (method is not null && TermTypes.Of(method.ContainingType) != TermType.Vector)
        {
            return Fail(TermProblemKind.Call, whole, Excerpt(whole));
        }

        bool conditions = a.Type == TermType.Condition;
        bool numbers = !conditions && a.Type is TermType.Number or TermType.Whole && b.Type is TermType.Number or TermType.Whole;
        bool isWhole = a.Type == TermType.Whole && b.Type == TermType.Whole;
        TermOperation? operation = kind switch
        {
            _ when conditions => kind switch
            {
                BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.And => TermOperation.And,
                BinaryOperatorKind.ConditionalOr or BinaryOperatorKind.Or => TermOperation.Or,
                BinaryOperatorKind.Equals => TermOperation.Equal,
                BinaryOperatorKind.NotEquals or BinaryOperatorKind.ExclusiveOr => TermOperation.NotEqual,
                _ => null,
            },
            BinaryOperatorKind.Add => TermOperation.Add,
            BinaryOperatorKind.Subtract => TermOperation.Subtract,
            BinaryOperatorKind.Multiply => TermOperation.Multiply,
            BinaryOperatorKind.Divide => isWhole ? TermOperation.WholeQuotient : TermOperation.Divide,
            BinaryOperatorKind.Remainder when isWhole => TermOperation.WholeRemainder,
            BinaryOperatorKind.GreaterThanOrEqual when numbers => TermOperation.AtLeast,
            BinaryOperatorKind.GreaterThan when numbers => TermOperation.Greater,
            BinaryOperatorKind.LessThanOrEqual when numbers => TermOperation.AtMost,
            BinaryOperatorKind.LessThan when numbers => TermOperation.Less,
            BinaryOperatorKind.Equals when numbers => TermOperation.Equal,
            BinaryOperatorKind.NotEquals when numbers => TermOperation.NotEqual,
            _ => null,
        };
        if (operation is not { } known)
        {
            return Fail(TermProblemKind.Expression, whole, Excerpt(whole));
        }

        TermType type = known is >= TermOperation.AtLeast and <= TermOperation.Not ? TermType.Condition
            : a.Type == TermType.Vector || b.Type == TermType.Vector ? TermType.Vector
            : isWhole ? TermType.Whole
            : TermType.Number;
        NumberType number = type == TermType.Condition ? NumberType.Truth
            : type == TermType.Vector ? NumberType.Single
            : _steps[b.Step].Type;
        return Add(known, type, number, isChecked, _places.Add(whole), a, b);
    }

    private IEnumerator? ReadConversion(IConversionOperation conversion)
    {
        TermType target = TermTypes.Of(conversion.Type);
        return target == TermType.None && conversion.Type?.TypeKind == TypeKind.Error ? Give(Broken())
            : target == TermType.None ? Give(Fail(TermProblemKind.Type, conversion, TypeName(conversion)))
            : conversion.OperatorMethod is not null ? Give(Fail(TermProblemKind.Expression, conversion, Excerpt(conversion)))
            : ReadConverted(conversion, target);
    }

    private IEnumerator ReadConverted(IConversionOperation conversion, TermType target)
    {
        yield return ReadValue(conversion.Operand);
        if (_value is not { } value)
        {
            yield break;
        }

        // A whole number of something that is learned would have no gradient.
        NumberType type = TermTypes.NumberOf(conversion.Type);
        _value = target == TermType.Whole && value.Type == TermType.Number && !value.IsPositional
            ? Fail(TermProblemKind.Expression, conversion, Excerpt(conversion))
            : target is not (TermType.Number or TermType.Whole) || _steps[value.Step].Type == type ? value
            : Convert(value, type, conversion.IsChecked, _places.Add(conversion));
    }

    private IEnumerator ReadChoice(IOperation whole, IOperation condition, IOperation whenTrue, IOperation whenFalse)
    {
        yield return ReadValue(condition);
        TermValue? c = _value;
        yield return ReadValue(whenTrue);
        TermValue? a = _value;
        yield return ReadValue(whenFalse);
        _value = Select(c, a, _value, _places.Add(whole));
    }

    private IEnumerator? ReadCall(IInvocationOperation call)
    {
        IMethodSymbol method = call.TargetMethod;
        bool own = method.IsStatic && SymbolEqualityComparer.Default.Equals(method.ContainingType, _method.ContainingType);
        TermOperation? function = own ? null : TermFunctions.Find(method);
        return (!own && function is null) || method.IsGenericMethod
            || method.Parameters.Any(p => p.RefKind != RefKind.None || p.IsParams)
            ? Give(Fail(TermProblemKind.Call, call, Excerpt(call)))
            : ReadCall(call, function);
    }

    private IEnumerator ReadCall(IInvocationOperation call, TermOperation? function)
    {
        IMethodSymbol method = call.TargetMethod;
        var arguments = new TermValue[method.Parameters.Length];
        bool complete = true;
        foreach (IArgumentOperation argument in call.Arguments)
        {
            yield return ReadValue(argument.Value);
            complete &= _value is not null;
            arguments[argument.Parameter!.Ordinal] = _value ?? default;
        }

        _value = null;
        if (!complete)
        {
            yield break;
        }

        if (function is { } known)
        {
            _value = Add(known, TypeOf(known, arguments), TermTypes.NumberOf(method.ReturnType), false, _places.Add(call), arguments);
            yield break;
        }

        // Inlined: the method's parameters are locals that hold the arguments.
        Dictionary<ISymbol, TermValue> outside = _locals;
        _locals = new Dictionary<ISymbol, TermValue>(SymbolEqualityComparer.Default);
        foreach (IParameterSymbol parameter in method.Parameters)
        {
            _locals[parameter] = arguments[parameter.Ordinal];
        }

        yield return ReadMethod(method, call);
        _locals = outside;
    }

    private static TermType TypeOf(TermOperation function, TermValue[] arguments) => function switch
    {
        >= TermOperation.Sum and <= TermOperation.SquaredDistance or TermOperation.LogSumExp => TermType.Number,
        _ when arguments.Any(a => a.Type == TermType.Vector) => TermType.Vector,
        TermOperation.Abs or TermOperation.Max or TermOperation.Min or TermOperation.Clamp
            when arguments.All(a => a.Type == TermType.Whole) => TermType.Whole,
        _ => TermType.Number,
    };

    private IEnumerator ReadMatch(IIsPatternOperation match)
    {
        yield return ReadValue(match.Value);
        if (_value is { } value)
        {
            yield return ReadPattern(value, match.Pattern);
        }
    }

    /// <summary>Whether a value matches.</summary>
    private IEnumerator? ReadPattern(TermValue value, IPatternOperation pattern)
    {
        _value = null;
        return !Count(pattern) ? null : pattern switch
        {
            IDiscardPatternOperation => Give(Constant(1, NumberType.Truth, _places.Add(pattern))),
            IConstantPatternOperation constant => ReadComparison(value, TermOperation.Equal, constant.Value, pattern),
            IRelationalPatternOperation relation => relation.OperatorKind switch
            {
                BinaryOperatorKind.GreaterThan => ReadComparison(value, TermOperation.Greater, relation.Value, pattern),
                BinaryOperatorKind.GreaterThanOrEqual => ReadComparison(value, TermOperation.AtLeast, relation.Value, pattern),
                BinaryOperatorKind.LessThan => ReadComparison(value, TermOperation.Less, relation.Value, pattern),
                BinaryOperatorKind.LessThanOrEqual => ReadComparison(value, TermOperation.AtMost, relation.Value, pattern),
                _ => null,
            },
            INegatedPatternOperation negated => ReadNegated(value, negated),
            IBinaryPatternOperation both => ReadBoth(value, both),
            _ => Give(Fail(TermProblemKind.Expression, pattern, Excerpt(pattern))),
        };
    }

    private IEnumerator ReadComparison(TermValue value, TermOperation operation, IOperation with, IPatternOperation pattern)
    {
        int place = _places.Add(pattern);
        yield return ReadValue(with);
        if (_value is { } bound)
        {
            // NaN matches NaN.
            _value = double.IsNaN(_steps[bound.Step].Value)
                ? Add(TermOperation.NotEqual, TermType.Condition, place, value, value)
                : Add(operation, TermType.Condition, place, value, bound);
        }
    }

    private IEnumerator ReadNegated(TermValue value, INegatedPatternOperation negated)
    {
        int place = _places.Add(negated);
        yield return ReadPattern(value, negated.Pattern);
        _value = _value is { } inner ? Add(TermOperation.Not, TermType.Condition, place, inner) : null;
    }

    private IEnumerator ReadBoth(TermValue value, IBinaryPatternOperation both)
    {
        int place = _places.Add(both);
        yield return ReadPattern(value, both.LeftPattern);
        if (_value is { } left)
        {
            yield return ReadPattern(value, both.RightPattern);
            TermOperation operation = both.OperatorKind == BinaryOperatorKind.And ? TermOperation.And : TermOperation.Or;
            _value = _value is { } right ? Add(operation, TermType.Condition, place, left, right) : null;
        }
    }

    /// <summary>Arms from the last to the first. Where no arm may match, C# throws: for positions that is found by trying them; of
    /// other values the last arm is what is left.</summary>
    private IEnumerator ReadSwitch(ISwitchExpressionOperation choice)
    {
        yield return ReadValue(choice.Value);
        if (_value is not { } value)
        {
            yield break;
        }

        int place = _places.Add(choice);
        var arms = new List<(TermValue Condition, TermValue Body)>();
        foreach (ISwitchExpressionArmOperation arm in choice.Arms.Reverse())
        {
            yield return ReadPattern(value, arm.Pattern);
            if (_value is { } pattern && arm.Guard is { } guard)
            {
                yield return ReadValue(guard);
                _value = _value is { } test ? Add(TermOperation.And, TermType.Condition, _places.Add(arm), pattern, test) : null;
            }

            if (_value is not { } condition)
            {
                yield break;
            }

            yield return ReadValue(arm.Value);
            if (_value is not { } body)
            {
                yield break;
            }

            arms.Add((condition, body));
        }

        TermValue? result = !choice.IsExhaustive && arms.All(a => a.Condition.IsPositional && a.Body.IsPositional)
            ? Add(TermOperation.Throw, TermTypes.Of(choice.Type), TermTypes.NumberOf(choice.Type), false, place)
            : null;
        foreach ((TermValue condition, TermValue body) in arms)
        {
            result = result is { } rest ? Select(condition, body, rest, place) : body;
        }

        _value = result;
    }
}
