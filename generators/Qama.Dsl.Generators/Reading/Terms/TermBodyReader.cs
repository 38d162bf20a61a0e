using System;
using System.Collections;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Microsoft.CodeAnalysis;
using Qama.Generators.Energy;
using Qama.Generators.Model.Terms;
using Operation = Qama.Generators.Energy.Operation;

namespace Qama.Generators.Reading.Terms;

/// <summary>A value in a term's body.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Step">The step that computes it; the parameter for a pair or a token.</param>
/// <param name="IsPositional">Whether it depends on positions alone.</param>
internal readonly record struct TermValue(TermType Type, int Step, bool IsPositional);

/// <summary>
/// Turns the body of a term into straight-line code. What has no counterpart in the algebra becomes a problem at its own place,
/// and reading goes on: one build shows all of them. It ends where a limit is reached.
/// </summary>
/// <remarks>
/// Code can be nested deeper than the stack of a compiler's thread. So a reading is an iterator that yields the readings it
/// needs, and <see cref="Run"/> keeps those that wait. A reading leaves its value in <see cref="_value"/>; one that has nothing
/// to wait for does so at once and is null.
/// </remarks>
internal sealed partial class TermBodyReader
{
    /// <summary>Operations a term may come to: kernel and gradient are methods of several times as many statements.</summary>
    public const int MostOperations = 4096;

    /// <summary>Sums over the dimensions inside one another: each is a loop, and the time of the C# compiler grows with their
    /// square.</summary>
    private const int MostSums = 256;

    /// <summary>The same as written, where equal operations count each time.</summary>
    private const int MostSteps = 4 * MostOperations;

    /// <summary>Parts of code that are read, each as often as calls and loops repeat it. Nothing a person writes comes
    /// near.</summary>
    public const int MostRead = 50_000;

    private readonly IMethodSymbol _method;
    private readonly ImmutableArray<TermParameter> _parameters;
    private readonly TermBodies _bodies;
    private readonly TermPlaces _places;
    private readonly int _mostRead;
    private readonly WorkBudget _budget = WorkBudget.Current;
    private readonly List<TermStep> _steps = [];
    private readonly List<TermInput> _inputs = [];
    private readonly List<TermProblem> _problems = [];
    private readonly HashSet<ISymbol> _calls = new(SymbolEqualityComparer.Default);
    private readonly Dictionary<IFieldSymbol, TermValue?> _fields = new(SymbolEqualityComparer.Default);
    private readonly List<ISymbol> _members = [];
    private Dictionary<ISymbol, TermValue> _locals = new(SymbolEqualityComparer.Default);
    private TermValue? _value;
    private int _read;
    private bool _isStopped;

    /// <param name="method">The method.</param>
    /// <param name="parameters">What its parameters stand for.</param>
    /// <param name="bodies">Where bodies are found.</param>
    /// <param name="places">Receives the places of the term.</param>
    /// <param name="mostRead">Parts of code that may be read.</param>
    public TermBodyReader(
        IMethodSymbol method, ImmutableArray<TermParameter> parameters, TermBodies bodies, TermPlaces places,
        int mostRead = MostRead)
    {
        _mostRead = mostRead;
        _method = method;
        _parameters = parameters;
        _bodies = bodies;
        _places = places;
    }

    public IReadOnlyList<TermProblem> Problems => _problems;

    /// <summary>The methods and fields whose code was read, the term's own method first.</summary>
    public IEnumerable<ISymbol> Members => _members.Distinct(SymbolEqualityComparer.Default);

    /// <summary>Operations the term comes to, equal ones counted once.</summary>
    public int Operations { get; private set; }

    /// <summary>Parts of code that were read.</summary>
    public int PartsRead => _read;

    /// <summary>Whether part of the body does not compile.</summary>
    public bool IsBroken { get; private set; }

    public (TermCode Code, ImmutableArray<TermInput> Inputs) Read()
    {
        for (int i = 0; i < _parameters.Length; i++)
        {
            _locals[_method.Parameters[i]] = ReadParameter(i);
        }

        Run(ReadMethod(_method, null));
        if (_value is not { } value || _problems.Count > 0 || IsBroken)
        {
            return (new TermCode([]), []);
        }

        List<TermStep> needed = Needed(value.Step);
        var code = new TermCode([.. needed]);
        (Operations, int sums) = needed.Count <= MostSteps
            ? code.Measure([.. _inputs.Select(IsVector)])
            : (needed.Count, 0);
        string? tooMany = Operations > MostOperations ? Beyond(Operations, "operations", MostOperations)
            : sums > MostSums ? Beyond(sums, "sums over the dimensions, one inside the other", MostSums)
            : null;
        if (tooMany is null)
        {
            return (code, [.. _inputs]);
        }

        _problems.Add(new TermProblem(TermProblemKind.Size, DeclaredTerm.NamePlace, tooMany));
        return (new TermCode([]), []);

        static string Beyond(int count, string what, int most) =>
            string.Format(CultureInfo.InvariantCulture, "{0} {1}, and {2} are the most", count, what, most);
    }

    private bool IsVector(TermInput input) => input.Source switch
    {
        TermSource.Query or TermSource.Key or TermSource.Value => true,
        TermSource.Learnable => _parameters[input.Parameter].Kind == TermParameterKind.LearnableVector,
        _ => false,
    };

    /// <summary>Reads, whatever readings it takes.</summary>
    private void Run(IEnumerator reading)
    {
        var waiting = new Stack<IEnumerator>();
        waiting.Push(reading);
        while (waiting.Count > 0 && !_isStopped)
        {
            if (!waiting.Peek().MoveNext())
            {
                waiting.Pop();
            }
            else if (waiting.Peek().Current is IEnumerator needed)
            {
                waiting.Push(needed);
            }
        }

        if (_isStopped)
        {
            _value = null;
        }
    }

    /// <summary>Counts a part of the code. False, with a problem, where it is one too many: nothing more is read.</summary>
    private bool Count(IOperation operation)
    {
        _budget.Spend();
        if (!_isStopped && ++_read > _mostRead)
        {
            _isStopped = true;
            Fail(TermProblemKind.Size, operation, $"more than {_mostRead} parts of code, with calls and loops written out");
        }

        return !_isStopped;
    }

    /// <summary>The steps that one is made of, and it as the last: other code was read and is not needed.</summary>
    private List<TermStep> Needed(int result)
    {
        var isNeeded = new bool[result + 1];
        isNeeded[result] = true;
        for (int i = result; i >= 0; i--)
        {
            if (isNeeded[i])
            {
                foreach (int operand in _steps[i].Operands)
                {
                    isNeeded[operand] = true;
                }
            }
        }

        var numbers = new int[result + 1];
        var needed = new List<TermStep>();
        for (int i = 0; i <= result; i++)
        {
            if (isNeeded[i])
            {
                numbers[i] = needed.Count;
                needed.Add(_steps[i] with { Operands = [.. _steps[i].Operands.Select(o => numbers[o])] });
            }
        }

        return needed;
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
            TermParameterKind.Selected => Input(TermSource.Selected, index, TermType.Number, parameter.Place),
            TermParameterKind.Energy => Input(TermSource.Energy, index, TermType.Number, parameter.Place),
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
        bool positional = source is not (TermSource.Query or TermSource.Key or TermSource.Value or TermSource.Selected or TermSource.Energy
            or TermSource.Learnable);
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

    /// <summary>Leaves a value.</summary>
    private IEnumerator? Give(TermValue? value)
    {
        _value = value;
        return null;
    }

    private TermValue? Fail(TermProblemKind kind, IOperation operation, string text)
    {
        _problems.Add(new TermProblem(kind, _places.Add(operation), text));
        return null;
    }

    /// <summary>The result of a method whose parameters are among the locals.</summary>
    private IEnumerator ReadMethod(IMethodSymbol method, IOperation? call)
    {
        if (!_calls.Add(method))
        {
            _value = Fail(TermProblemKind.Recursion, call!, method.Name);
            yield break;
        }

        IMethodSymbol written = method.PartialImplementationPart ?? method;
        if (_bodies.BodyOf(written) is { } body)
        {
            _members.Add(method);
            _members.Add(written);
            for (int i = 0; i < method.Parameters.Length; i++)
            {
                _locals[written.Parameters[i]] = _locals[method.Parameters[i]];
            }

            Flow outside = _flow;
            _flow = new Flow();
            yield return ReadStatements(body.Operations);
            _value = ResultOf(_flow);
            _flow = outside;
        }
        else
        {
            IsBroken |= call is null;
            _value = call is null ? null
                : Fail(TermProblemKind.Call, call, method.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat));
        }

        _calls.Remove(method);
    }

    private static string Excerpt(IOperation operation)
    {
        string text = string.Join(" ", operation.Syntax.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return text.Length <= 40 ? text : text.Substring(0, 37) + "...";
    }
}
