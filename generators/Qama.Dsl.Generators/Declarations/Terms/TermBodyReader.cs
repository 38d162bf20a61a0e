using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Qama.Generators.Energy;
using Operation = Qama.Generators.Energy.Operation;

namespace Qama.Generators.Declarations;

/// <summary>A value in a term's body.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Step">The step that computes it; the parameter for a pair or a token.</param>
/// <param name="IsPositional">Whether it depends on positions alone.</param>
internal readonly record struct TermValue(TermType Type, int Step, bool IsPositional);

/// <summary>
/// Turns the body of a term into straight-line code. What has no counterpart in the algebra becomes a problem at its own place,
/// and reading goes on: one build shows all of them.
/// </summary>
internal sealed partial class TermBodyReader
{
    /// <summary>Calls and branches repeat what they contain; nothing a person writes comes near.</summary>
    private const int MostSteps = 20_000;

    private readonly IMethodSymbol _method;
    private readonly ImmutableArray<TermParameter> _parameters;
    private readonly ITermBodies _bodies;
    private readonly TermPlaces _places;
    private readonly List<TermStep> _steps = [];
    private readonly List<TermInput> _inputs = [];
    private readonly List<TermProblem> _problems = [];
    private readonly List<ISymbol> _calls = [];
    private Dictionary<ISymbol, TermValue> _locals = new(SymbolEqualityComparer.Default);

    public TermBodyReader(
        IMethodSymbol method, ImmutableArray<TermParameter> parameters, ITermBodies bodies, TermPlaces places)
    {
        _method = method;
        _parameters = parameters;
        _bodies = bodies;
        _places = places;
    }

    public IReadOnlyList<TermProblem> Problems => _problems;

    /// <summary>Whether part of the body does not compile.</summary>
    public bool IsBroken { get; private set; }

    public (TermCode Code, ImmutableArray<TermInput> Inputs) Read()
    {
        for (int i = 0; i < _parameters.Length; i++)
        {
            _locals[_method.Parameters[i]] = ReadParameter(i);
        }

        TermValue? result = ReadMethod(_method, null);
        if (result is not { } value || _problems.Count > 0 || IsBroken)
        {
            return (new TermCode([]), []);
        }

        // The last step is the result.
        if (value.Step != _steps.Count - 1)
        {
            Convert(value, _steps[value.Step].Type, false, _steps[value.Step].Place);
        }

        return (new TermCode([.. _steps]), [.. _inputs]);
    }

    private TermValue ReadParameter(int index)
    {
        TermParameter parameter = _parameters[index];
        return parameter.Kind switch
        {
            TermParameterKind.Pair => new TermValue(TermType.Pair, index, true),
            TermParameterKind.Token => new TermValue(TermType.Token, index, true),
            TermParameterKind.LearnableNumber => Input(TermSource.Learnable, index, TermType.Number, parameter.Place),
            TermParameterKind.LearnableVector => Input(TermSource.Learnable, index, TermType.Vector, parameter.Place),
            TermParameterKind.Query => Input(TermSource.Query, index, TermType.Vector, parameter.Place),
            TermParameterKind.Key => Input(TermSource.Key, index, TermType.Vector, parameter.Place),
            _ => Input(TermSource.Value, index, TermType.Vector, parameter.Place),
        };
    }

    private TermValue Input(TermSource source, int parameter, TermType type, int place)
    {
        var input = new TermInput(source, parameter);
        int number = _inputs.IndexOf(input);
        if (number < 0)
        {
            number = _inputs.Count;
            _inputs.Add(input);
        }

        _steps.Add(new TermStep(TermOperation.Input, [], number, place, type == TermType.Whole ? NumberType.Int32 : NumberType.Single));
        bool positional = source is not (TermSource.Query or TermSource.Key or TermSource.Value or TermSource.Learnable);
        return new TermValue(type, _steps.Count - 1, positional);
    }

    private TermValue Constant(double value, NumberType type, int place)
    {
        _steps.Add(new TermStep(TermOperation.Constant, [], value, place, type));
        return new TermValue(KindOf(type), _steps.Count - 1, true);
    }

    private static TermType KindOf(NumberType type) =>
        type == NumberType.Truth ? TermType.Condition : type.IsWhole() ? TermType.Whole : TermType.Number;

    /// <summary>A step that computes in float (a vector's elements too), or a condition.</summary>
    private TermValue Add(TermOperation operation, TermType type, int place, params TermValue[] operands) =>
        Add(operation, type, type == TermType.Condition ? NumberType.Truth : NumberType.Single, false, place, operands);

    private TermValue Add(
        TermOperation operation, TermType type, NumberType number, bool isChecked, int place, params TermValue[] operands)
    {
        if (operands.Length > 0 && type is TermType.Whole or TermType.Condition && operands.All(o => ConstantOf(o) is not null)
            && Fold(operation, number, isChecked, operands) is { } value)
        {
            return Constant(value, number, place);
        }

        _steps.Add(new TermStep(operation, [.. operands.Select(o => o.Step)], 0, place, number, isChecked));
        return new TermValue(type, _steps.Count - 1, operands.All(o => o.IsPositional));
    }

    /// <summary>A number in another type.</summary>
    private TermValue Convert(TermValue value, NumberType type, bool isChecked, int place)
    {
        if (ConstantOf(value) is { } constant && type.IsReal())
        {
            return Constant(type == NumberType.Single ? (float)constant : constant, type, place);
        }

        return Add(TermOperation.Convert, KindOf(type), type, isChecked, place, value);
    }

    /// <summary>The value of a whole number or a condition that is a constant.</summary>
    private double? ConstantOf(TermValue value) =>
        value.Type is TermType.Whole or TermType.Condition && _steps[value.Step] is { Operation: TermOperation.Constant } step ? step.Value : null;

    /// <summary>What loops count with, as C# computes it; null where it throws, or is no double.</summary>
    private double? Fold(TermOperation operation, NumberType type, bool isChecked, TermValue[] operands)
    {
        var pool = new ExpressionPool(1);
        var steps = operands.Select((o, i) => _steps[o.Step]).ToList();
        steps.Add(new TermStep(operation, [.. Enumerable.Range(0, operands.Length)], 0, 0, type, isChecked));
        Expression result = new TermCode([.. steps]).Build(pool, []);
        return result.Operation == Operation.Constant ? result.Value : null;
    }

    private TermValue? Fail(TermProblemKind kind, IOperation operation, string text)
    {
        _problems.Add(new TermProblem(kind, _places.Add(operation), text));
        return null;
    }

    /// <summary>The result of a method whose parameters are among the locals.</summary>
    private TermValue? ReadMethod(IMethodSymbol method, IOperation? call)
    {
        if (_calls.Contains(method, SymbolEqualityComparer.Default))
        {
            return Fail(TermProblemKind.Recursion, call!, method.Name);
        }

        if (_bodies.BodyOf(method) is not { } body)
        {
            IsBroken |= call is null;
            return call is null ? null : Fail(TermProblemKind.Call, call, method.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat));
        }

        _calls.Add(method);
        Outcome outcome = ReadStatements(new Rest(body.Operations, 0, null));
        _calls.RemoveAt(_calls.Count - 1);
        return outcome.Result;
    }

    private static string Excerpt(IOperation operation)
    {
        string text = string.Join(" ", operation.Syntax.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return text.Length <= 40 ? text : text.Substring(0, 37) + "...";
    }
}
