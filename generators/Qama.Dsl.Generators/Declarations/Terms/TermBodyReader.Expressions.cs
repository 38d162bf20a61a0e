using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Qama.Generators.Energy;

namespace Qama.Generators.Declarations;

/// <summary>Expressions.</summary>
internal sealed partial class TermBodyReader
{
    /// <summary>The value of an expression; null where a problem was found.</summary>
    private TermValue? ReadValue(IOperation operation)
    {
        if (_steps.Count > MostSteps)
        {
            return _problems.Count > 0 ? null : Fail(TermProblemKind.Expression, operation, "a body this large");
        }

        if (operation.ConstantValue is { HasValue: true, Value: { } constant } && Number(constant) is { } number)
        {
            return TermTypes.Of(operation.Type) == TermType.None ? Fail(TermProblemKind.Type, operation, TypeName(operation))
                : constant is long whole && Math.Abs((double)whole) >= ExpressionPool.LargestWhole ? LongConstant(whole, _places.Add(operation))
                : Constant(number, TermTypes.NumberOf(operation.Type), _places.Add(operation));
        }

        return operation switch
        {
            IParenthesizedOperation inner => ReadValue(inner.Operand),
            IParameterReferenceOperation parameter => ReadVariable(parameter, parameter.Parameter),
            ILocalReferenceOperation { IsDeclaration: false } local => ReadVariable(local, local.Local),
            IFieldReferenceOperation field => ReadField(field),
            IPropertyReferenceOperation property => ReadProperty(property),
            IUnaryOperation unary => ReadUnary(unary),
            IBinaryOperation binary => ReadBinary(
                binary, binary.OperatorKind, binary.OperatorMethod, binary.IsChecked, ReadValue(binary.LeftOperand), binary.RightOperand),
            IConversionOperation conversion => ReadConversion(conversion),
            IConditionalOperation { WhenFalse: { } whenFalse } choice => ReadChoice(choice, choice.Condition, choice.WhenTrue, whenFalse),
            IInvocationOperation invocation => ReadCall(invocation),
            IIsPatternOperation match => ReadValue(match.Value) is { } value ? ReadPattern(value, match.Pattern) : null,
            ISwitchExpressionOperation choice => ReadSwitch(choice),
            IInvalidOperation => Broken(),
            _ => Fail(TermProblemKind.Expression, operation, Excerpt(operation)),
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

    private TermValue? ReadField(IFieldReferenceOperation reference)
    {
        IFieldSymbol field = reference.Field;
        if (!field.IsStatic || !field.IsReadOnly
            || !SymbolEqualityComparer.Default.Equals(field.ContainingType, _method.ContainingType)
            || TermTypes.Of(field.Type) is TermType.None or TermType.Pair or TermType.Token
            || _bodies.ValueOf(field) is not { } initial)
        {
            return Fail(TermProblemKind.MutableState, reference, field.Name);
        }

        if (_calls.Contains(field, SymbolEqualityComparer.Default))
        {
            return Fail(TermProblemKind.Recursion, reference, field.Name);
        }

        _calls.Add(field);
        TermValue? value = ReadValue(initial);
        _calls.RemoveAt(_calls.Count - 1);
        return value;
    }

    private TermValue? ReadProperty(IPropertyReferenceOperation reference)
    {
        if (reference.Instance is null || reference.Arguments.Length > 0 || ReadValue(reference.Instance) is not { } instance)
        {
            return _problems.Count > 0 || IsBroken ? null : Fail(TermProblemKind.Expression, reference, Excerpt(reference));
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
        return source is { } known ? Input(known, instance.Step, TermType.Whole, place)
            : instance.Type == TermType.Vector && reference.Property.Name == "Length" ? Dimension(place)
            : Fail(TermProblemKind.Expression, reference, Excerpt(reference));
    }

    private TermValue Dimension(int place)
    {
        _steps.Add(new TermStep(TermOperation.Dimension, [], 0, place, NumberType.Int32));
        return new TermValue(TermType.Whole, _steps.Count - 1, true);
    }

    private TermValue? ReadUnary(IUnaryOperation unary)
    {
        if (ReadValue(unary.Operand) is not { } operand)
        {
            return null;
        }

        int place = _places.Add(unary);
        return unary.OperatorKind switch
        {
            UnaryOperatorKind.Plus => operand,
            UnaryOperatorKind.Minus => Add(
                TermOperation.Negate, operand.Type, TermTypes.NumberOf(unary.Type), unary.IsChecked, place, operand),
            UnaryOperatorKind.Not => Add(TermOperation.Not, TermType.Condition, place, operand),
            _ => Fail(TermProblemKind.Expression, unary, Excerpt(unary)),
        };
    }

    private TermValue? ReadBinary(
        IOperation whole, BinaryOperatorKind kind, IMethodSymbol? method, bool isChecked, TermValue? first, IOperation right)
    {
        TermValue? second = ReadValue(right);
        if (first is not { } a || second is not { } b)
        {
            return null;
        }

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

    private TermValue? ReadConversion(IConversionOperation conversion)
    {
        TermType target = TermTypes.Of(conversion.Type);
        if (target == TermType.None)
        {
            return conversion.Type?.TypeKind == TypeKind.Error ? Broken() : Fail(TermProblemKind.Type, conversion, TypeName(conversion));
        }

        if (conversion.OperatorMethod is not null || ReadValue(conversion.Operand) is not { } value)
        {
            return conversion.OperatorMethod is null ? null : Fail(TermProblemKind.Expression, conversion, Excerpt(conversion));
        }

        // A whole number of something that is learned would have no gradient.
        NumberType type = TermTypes.NumberOf(conversion.Type);
        return target == TermType.Whole && value.Type == TermType.Number && !value.IsPositional
            ? Fail(TermProblemKind.Expression, conversion, Excerpt(conversion))
            : target is not (TermType.Number or TermType.Whole) || _steps[value.Step].Type == type ? value
            : Convert(value, type, conversion.IsChecked, _places.Add(conversion));
    }

    private TermValue? ReadChoice(IOperation whole, IOperation condition, IOperation whenTrue, IOperation whenFalse)
    {
        TermValue? c = ReadValue(condition), a = ReadValue(whenTrue), b = ReadValue(whenFalse);
        return c is { } known && a is { } first && b is { } second ? Select(known, first, second, _places.Add(whole)) : null;
    }

    private TermValue? ReadCall(IInvocationOperation call)
    {
        IMethodSymbol method = call.TargetMethod;
        bool own = method.IsStatic && SymbolEqualityComparer.Default.Equals(method.ContainingType, _method.ContainingType);
        TermOperation? function = own ? null : TermFunctions.Find(method);
        if ((!own && function is null) || method.IsGenericMethod || method.Parameters.Any(p => p.RefKind != RefKind.None || p.IsParams))
        {
            return Fail(TermProblemKind.Call, call, Excerpt(call));
        }

        var arguments = new TermValue[method.Parameters.Length];
        bool complete = true;
        foreach (IArgumentOperation argument in call.Arguments)
        {
            if (ReadValue(argument.Value) is { } value)
            {
                arguments[argument.Parameter!.Ordinal] = value;
            }
            else
            {
                complete = false;
            }
        }

        if (!complete)
        {
            return null;
        }

        if (function is { } known)
        {
            return Add(known, TypeOf(known, arguments), TermTypes.NumberOf(method.ReturnType), false, _places.Add(call), arguments);
        }

        // Inlined: the method's parameters are locals that hold the arguments.
        Dictionary<ISymbol, TermValue> outside = _locals;
        _locals = new Dictionary<ISymbol, TermValue>(SymbolEqualityComparer.Default);
        foreach (IParameterSymbol parameter in method.Parameters)
        {
            _locals[parameter] = arguments[parameter.Ordinal];
        }

        TermValue? result = ReadMethod(method, call);
        _locals = outside;
        return result;
    }

    private static TermType TypeOf(TermOperation function, TermValue[] arguments) => function switch
    {
        >= TermOperation.Sum and <= TermOperation.SquaredDistance or TermOperation.LogSumExp => TermType.Number,
        _ when arguments.Any(a => a.Type == TermType.Vector) => TermType.Vector,
        TermOperation.Abs or TermOperation.Max or TermOperation.Min or TermOperation.Clamp
            when arguments.All(a => a.Type == TermType.Whole) => TermType.Whole,
        _ => TermType.Number,
    };

    private TermValue? ReadPattern(TermValue value, IPatternOperation pattern)
    {
        int place = _places.Add(pattern);
        switch (pattern)
        {
            case IDiscardPatternOperation:
                return Constant(1, NumberType.Truth, place);
            case IConstantPatternOperation constant:
                // NaN matches NaN.
                return ReadValue(constant.Value) is not { } equal ? null
                    : double.IsNaN(_steps[equal.Step].Value) ? Add(TermOperation.NotEqual, TermType.Condition, place, value, value)
                    : Add(TermOperation.Equal, TermType.Condition, place, value, equal);
            case IRelationalPatternOperation relation:
                TermOperation? operation = relation.OperatorKind switch
                {
                    BinaryOperatorKind.GreaterThan => TermOperation.Greater,
                    BinaryOperatorKind.GreaterThanOrEqual => TermOperation.AtLeast,
                    BinaryOperatorKind.LessThan => TermOperation.Less,
                    BinaryOperatorKind.LessThanOrEqual => TermOperation.AtMost,
                    _ => null,
                };
                return operation is { } known && ReadValue(relation.Value) is { } bound
                    ? Add(known, TermType.Condition, place, value, bound)
                    : null;
            case INegatedPatternOperation negated:
                return ReadPattern(value, negated.Pattern) is { } inner ? Add(TermOperation.Not, TermType.Condition, place, inner) : null;
            case IBinaryPatternOperation both:
                return ReadPattern(value, both.LeftPattern) is { } left && ReadPattern(value, both.RightPattern) is { } right
                    ? Add(both.OperatorKind == BinaryOperatorKind.And ? TermOperation.And : TermOperation.Or, TermType.Condition, place, left, right)
                    : null;
            default:
                return Fail(TermProblemKind.Expression, pattern, Excerpt(pattern));
        }
    }

    /// <summary>Arms from the last to the first. Where no arm may match, C# throws: for positions that is found by trying them; of
    /// other values the last arm is what is left.</summary>
    private TermValue? ReadSwitch(ISwitchExpressionOperation choice)
    {
        if (ReadValue(choice.Value) is not { } value)
        {
            return null;
        }

        var arms = new List<(TermValue Condition, TermValue Body, ISwitchExpressionArmOperation Arm)>();
        foreach (ISwitchExpressionArmOperation arm in choice.Arms.Reverse())
        {
            TermValue? condition = ReadPattern(value, arm.Pattern);
            if (condition is { } pattern && arm.Guard is { } guard)
            {
                condition = ReadValue(guard) is { } test
                    ? Add(TermOperation.And, TermType.Condition, _places.Add(arm), pattern, test)
                    : null;
            }

            if (condition is not { } c || ReadValue(arm.Value) is not { } body)
            {
                return null;
            }

            arms.Add((c, body, arm));
        }

        TermValue? result = !choice.IsExhaustive && arms.All(a => a.Condition.IsPositional && a.Body.IsPositional)
            ? Add(TermOperation.Throw, TermTypes.Of(choice.Type), TermTypes.NumberOf(choice.Type), false, _places.Add(choice))
            : null;
        foreach ((TermValue condition, TermValue body, ISwitchExpressionArmOperation arm) in arms)
        {
            result = result is { } rest ? Select(condition, body, rest, _places.Add(arm)) : body;
        }

        return result;
    }
}
