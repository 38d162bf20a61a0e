namespace Qama.Generators.Tests.Terms.Arithmetic;

/// <summary>Random C# of positions, in every type that a term may compute in: operators, casts, comparisons, functions, branches, loops,
/// overflow. It compiles; whether it throws or gives NaN at some position is for the tests to see.</summary>
internal sealed class RandomArithmetic
{
    private static readonly string[] _whole = ["int", "long", "short", "byte", "sbyte", "ushort"];
    private static readonly string[] _comparisons = [">=", ">", "<=", "<", "==", "!="];
    private static readonly string[] _functions =
        ["Exp", "Log", "Log2", "Log10", "Tanh", "Sinh", "Cosh", "Sin", "Cos", "Tan", "Sqrt", "Abs"];

    private readonly Random _random;
    private readonly string[] _positions;
    private readonly List<(string Type, string Name)> _locals = [];

    /// <param name="seed">Which of them.</param>
    /// <param name="positions">What it may read: ints.</param>
    public RandomArithmetic(int seed, params string[] positions)
    {
        _random = new Random(seed);
        _positions = positions;
        var statements = new List<string>();
        for (int n = _random.Next(4); n > 0; n--)
        {
            statements.Add(Statement());
        }

        string type = Pick("float", "float", "float", "double", "int", "short");
        // What throws in a variable that nothing reads is not looked for.
        string used = string.Concat(_locals.Select(l => $" * ({l.Name} == {l.Name} ? 1f : 2f)"));
        Body = string.Join(" ", statements) + $" return (float)({Number(type, 3)}){used};";
    }

    /// <summary>The statements of the method.</summary>
    public string Body { get; }

    private bool OneOf(int many) => _random.Next(many) == 0;

    private string Pick(params string[] choices) => choices[_random.Next(choices.Length)];

    private string Statement()
    {
        string type = Pick("int", "float", "float", "double", "long", "short", "byte", "sbyte");
        string name = "x" + _locals.Count, text = $"{type} {name} = ({type})({Number(type, 2)});";
        _locals.Add((type, name));
        string more = _random.Next(6) switch
        {
            0 => $"{name} += {Small(type)};",
            1 => $"{name} *= {Small(type)}; {name}++;",
            2 => $"if ({Condition(2)}) {{ {name} -= {Small(type)}; }} else {{ --{name}; }}",
            3 => $"unchecked {{ for (byte n = 253; n != 2; n++) {{ {name} += {(type == "sbyte" ? "1" : "n")}; }} }}",
            4 => $"unchecked {{ for (int n = int.MaxValue - 1; n > 0; n++) {{ {name} = ({type})({name} + n); }} }}",
            _ => "",
        };
        return text + " " + more;
    }

    /// <summary>A constant that C# converts to the type.</summary>
    private string Small(string type) => type switch
    {
        "float" => Pick("0.1f", "3f", "1e-7f", "16777216f"),
        "double" => Pick("0.1", "0.1f", "1e-16", "3"),
        _ => Pick("1", "7", "100"),
    };

    private string Number(string type, int depth)
    {
        (string Type, string Name)[] locals = [.. _locals.Where(l => l.Type == type)];
        if (locals.Length > 0 && OneOf(4))
        {
            return locals[_random.Next(locals.Length)].Name;
        }

        return type switch
        {
            "float" or "double" => Real(type, depth),
            "int" or "long" => Whole(type, depth),
            _ => $"unchecked(({type})({Number(Pick("int", "long", "float", "double"), depth - 1)}))",
        };
    }

    private string Position => Pick(_positions);

    private string Whole(string type, int depth)
    {
        string Next() => Number(type, depth - 1);
        if (depth <= 0)
        {
            string constant = type == "int" ? Pick("3", "-7", "1000003", "int.MaxValue", "int.MinValue") : Pick("5L", "6364136223846793005L", "-3L", "long.MinValue");
            return OneOf(2) ? Position : $"({Position} + {constant})";
        }

        return _random.Next(12) switch
        {
            0 => $"({Next()} + {Next()})",
            1 => $"({Next()} - {Next()})",
            2 => $"({Next()} * {Next()})",
            3 => $"({Next()} / {(OneOf(6) ? Position : Pick("3", "49", "-7", $"({Position} + 1)"))})",
            4 => $"({Next()} % {Pick("3", "-5", "1000", $"({Position} + 2)")})",
            5 => $"(-{Next()})",
            6 => $"Math.{Pick("Max", "Min")}({Next()}, {Next()})",
            7 => $"Math.Clamp(({type})({Next()}), -3, {Pick("5", "1000", $"Math.Abs({Position})")})",
            8 => $"({Condition(depth - 1)} ? {Next()} : {Next()})",
            9 => $"({type})({Number(Pick("float", "double"), depth - 1)})",
            10 => OneOf(3) ? $"checked({Next()} * {Position})" : $"unchecked({Next()} * {Next()} + {Position})",
            _ => type == "long" ? Number(Pick("int", "short"), depth - 1) : Number(Pick("byte", "sbyte", "short", "ushort"), depth - 1),
        };
    }

    private string Real(string type, int depth)
    {
        bool single = type == "float";
        string suffix = single ? "f" : "", library = single ? "MathF" : "Math";
        string Next() => Number(type, depth - 1);
        if (depth <= 0)
        {
            string constant = Pick("0.1", "0.3", "11", "0.7", "1e-3", "-0.0", "2.5", "1e20", "16777217") + suffix;
            return Pick(Position, $"({Position} * {constant})", $"({constant} * {Position})", $"({Position} - {constant})");
        }

        return _random.Next(16) switch
        {
            0 => $"({Next()} + {Next()})",
            1 => $"({Next()} - {Next()})",
            2 => $"({Next()} * {Next()})",
            3 => $"({Next()} / {Next()})",
            4 => $"({Next()} / 11{suffix} * 11{suffix})",
            5 => $"(-{Next()})",
            6 => $"{library}.{_functions[_random.Next(_functions.Length)]}({Next()})",
            7 => $"{library}.{Pick("Max", "Min")}({Next()}, {Next()})",
            8 => $"Math.Clamp(({type})({Next()}), -1.5{suffix}, 0.7{suffix})",
            9 or 10 => $"({Condition(depth - 1)} ? {Next()} : {Next()})",
            11 => Switch(type, depth),
            12 => OneOf(2)
                ? $"{library}.Pow(Math.Abs({Next()}), {Pick("2", "0.5", "-1", "1.3")}{suffix})"
                : $"{library}.FusedMultiplyAdd({Next()}, {Next()}, {Next()})",
            13 => single ? $"(float)({Number("double", depth - 1)})" : Number("float", depth - 1),
            14 => $"({type})({Number(_whole[_random.Next(_whole.Length)], depth - 1)})",
            _ => single ? $"Half({Next()})" : $"{library}.Log({Next()}, 3)",
        };
    }

    private string Switch(string type, int depth)
    {
        string Next() => Number(type, depth - 1);
        string rest = OneOf(6) ? "-2" : "_";
        return OneOf(2)
            ? $"({Position} switch {{ 1 => {Next()}, > 3 => {Next()}, {rest} => {Next()} }})"
            : $"((float)({Number("float", depth - 1)}) switch {{ < 0.3f => {Next()}, 0.7f or > 2f when {Condition(depth - 1)} => {Next()}, _ => {Next()} }})";
    }

    private string Condition(int depth)
    {
        if (depth > 0 && OneOf(4))
        {
            return _random.Next(4) switch
            {
                0 => $"({Condition(depth - 1)} && {Condition(depth - 1)})",
                1 => $"({Condition(depth - 1)} || {Condition(depth - 1)})",
                2 => $"!({Condition(depth - 1)})",
                _ => $"({Position} != 0 && 12 / {_positions[0]} {_comparisons[_random.Next(6)]} 3)",
            };
        }

        string type = Pick("float", "float", "double", "int", "long", "byte");
        string x = Number(type, depth - 1);
        return type == "float" && OneOf(2)
            ? $"{x} / 11f * 11f {_comparisons[_random.Next(6)]} {x}"
            : OneOf(8) && type == "float" ? $"(float)({x}) is {Pick("float.NaN", "0f", "> 0.3f and < 2f", "not 3f")}"
            : $"{x} {_comparisons[_random.Next(6)]} {Number(type, depth - 1)}";
    }
}
