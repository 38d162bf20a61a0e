using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Qama.Generators.Energy;
using Qama.Generators.Lowering;

namespace Qama.Generators.Emission.Tensors;

/// <summary>Writes a <see cref="TensorPlan"/> as operations of torch: a statement for what is used more than once, in order of need.</summary>
/// <remarks>A number has 4 dimensions (batch, head, token i, token j; 1 where it does not matter), a vector one more. What is defined for
/// all inputs is written with torch's own operations; the rest, and what torch differentiates otherwise, with those of the runtime's
/// <c>TensorMath</c>.</remarks>
internal sealed class TensorWriter
{
    private readonly SourceWriter _writer;
    private readonly KernelPlan _plan;
    private readonly TensorPlan _program;
    private readonly MemoryNames _memories;
    private readonly TensorLiterals _literals;
    private readonly Dictionary<Symbol, PositionTable> _tables;
    private readonly Dictionary<Expression, string> _names = [];
    private readonly HashSet<Expression> _named = [];
    private int _count;

    private TensorWriter(SourceWriter writer, KernelPlan plan, TensorPlan program)
    {
        _writer = writer;
        _plan = plan;
        _program = program;
        _memories = new MemoryNames(plan);
        _literals = new TensorLiterals(this);
        _tables = program.Tables.Tables.ToDictionary(t => t.Symbol);
    }

    /// <summary>Writes a method's statements.</summary>
    /// <param name="writer">Receives them; <c>inputs</c> is at hand there.</param>
    /// <param name="plan">The model.</param>
    /// <param name="program">What is computed.</param>
    public static void Write(SourceWriter writer, KernelPlan plan, TensorPlan program) => new TensorWriter(writer, plan, program).Write();

    /// <summary>Whether an operation is defined for all inputs.</summary>
    public bool IsFinite(Expression node) => _program.IsFinite(node);

    /// <summary>Whether a node is greater than 0 for all inputs.</summary>
    public bool IsPositive(Expression node) => _program.IsPositive(node);

    private void Write()
    {
        IReadOnlyList<Expression> slots = Walk.Nodes(_program.Slots.Select(s => s.Value));
        IReadOnlyList<Expression> rest = Walk.Nodes([_program.Result]);
        ChooseNames(slots, rest);
        if (slots.Concat(rest).Any(n => !LaneParts.Fits(n)))
        {
            _writer.Write("var type = inputs.Query.dtype;");
        }

        WriteInputs(slots.Concat(rest));
        Declare(slots);
        foreach (Slot slot in _program.Slots)
        {
            _names[slot.Value.Pool.Symbol(slot.Symbol)] = _names[slot.Value];
        }

        foreach (Product product in _program.Products)
        {
            string safe = _program.IsFinite(product) ? "" : ", isFinite: false";
            _writer.Write($"var {product.Symbol.Name} = Product({NameOf(product.Row)}, {NameOf(product.Column)}{safe});");
            _names[SymbolOf(product.Symbol)] = product.Symbol.Name;
        }

        if (_program.HasVectorsOfPairs)
        {
            WriteRows(rest);
        }
        else
        {
            Finish(rest);
        }
    }

    private void Finish(IReadOnlyList<Expression> nodes)
    {
        Expression result = _program.Result;
        Declare(nodes.Where(n => n != result));
        string conversion = TensorLiterals.TypeOf(result) == TensorType.Inputs ? "" : ConversionTo(TensorType.Inputs);
        string shape = _program.Tables == _plan.FieldTables ? ".squeeze(2)"
            : _program.Tables == _plan.ReadoutTerms?.Tables && !result.IsVector && result.Operation != Operation.Constant ? ".unsqueeze(-1)"
            : "";
        string text = result.Operation == Operation.Constant
            ? $"Constant(inputs.Query, {SourceWriter.Double(result.Value)})"
            : Text(result, conversion.Length + shape.Length > 0 ? 4 : 0);
        _writer.Write($"return {text}{conversion}{shape};");
    }

    /// <summary>The rest for some rows of pairs at a time, each time as many as there is memory for.</summary>
    private void WriteRows(IReadOnlyList<Expression> nodes)
    {
        // What no row changes is computed before.
        bool OfRows(Expression node) => (node.Tokens & Tokens.Row) != 0;
        HashSet<Expression> before = [.. nodes.Where(OfRows).SelectMany(n => n.Operands).Where(o => !OfRows(o) && !o.Operands.IsEmpty)];
        _named.UnionWith(before);
        Declare(nodes.Where(n => !OfRows(n)));
        _writer.Open("return ByRows(inputs.Query, rows =>");
        foreach (Expression input in nodes.Where(n => n.Operation == Operation.Symbol && OfRows(n)))
        {
            string name = _names[input];
            _writer.Write($"var {name}Rows = rows.Of({name});");
            _names[input] = name + "Rows";
        }

        Finish([.. nodes.Where(n => !_names.ContainsKey(n))]);
        _writer.Close("});");
    }

    private void ChooseNames(IReadOnlyList<Expression> slots, IReadOnlyList<Expression> rest)
    {
        List<Expression> all = [.. slots.Concat(rest).Distinct().OrderBy(n => n.Id)];
        var used = new HashSet<Expression>();
        foreach (Expression operand in all.SelectMany(n => n.Operands))
        {
            if (!used.Add(operand))
            {
                _named.Add(operand);
            }
        }

        _named.UnionWith(_program.Slots.Select(s => s.Value));
        Naming.Split(all, _named);
        _named.RemoveWhere(n => n.Operation is Operation.Constant or Operation.Symbol);
    }

    private void WriteInputs(IEnumerable<Expression> nodes)
    {
        HashSet<Symbol> read = [.. nodes.Select(n => n.Symbol).OfType<Symbol>(), .. _program.Products.SelectMany(p => new[] { p.Row, p.Column })];
        foreach (Symbol symbol in read.Where(s => InputOf(s) is not null).OrderBy(s => _memories[s], StringComparer.Ordinal))
        {
            string name = _memories[symbol];
            _writer.Write($"var {name} = {InputOf(symbol)};");
            _names[SymbolOf(symbol)] = name;
        }
    }

    /// <summary>What gives a symbol its value; null where it is computed here.</summary>
    private string? InputOf(Symbol symbol)
    {
        if (_tables.TryGetValue(symbol, out PositionTable? table))
        {
            string field = char.ToUpperInvariant(symbol.Name[0]) + symbol.Name.Substring(1);
            string heads = table.PerHead ? "HeadCount" : "1";
            bool ofPairs = symbol.Tokens == Tokens.Pair;
            string all = $"inputs.Table({field}, {heads}, {(ofPairs ? "true" : "false")})";
            return symbol.Tokens switch
            {
                Tokens.Row => all + ".transpose(2, 3)",
                Tokens.None => all + ".narrow(3, 0, 1)",
                _ => all,
            };
        }

        return symbol == Symbol.Query ? "inputs.Query"
            : symbol == Symbol.Key ? "inputs.Key"
            : symbol == Symbol.Value ? "inputs.Value"
            : symbol == Symbol.OwnQuery ? "inputs.OwnQuery"
            : symbol == Symbol.OwnSelection ? "inputs.Selected!"
            : symbol == Symbol.LocalEnergy ? "inputs.Energies!"
            : symbol == Symbol.LearnedCoupling ? "inputs.LearnedCoupling"
            : symbol.Role == SymbolRole.Learnable ? $"inputs.Learnable({Number(_plan.Learnables.IndexOf(_plan.Learnable(symbol)))})"
            : null;
    }

    private void Declare(IEnumerable<Expression> nodes)
    {
        foreach (Expression node in nodes.Where(n => _named.Contains(n) && !_names.ContainsKey(n)))
        {
            string text = Render(node).Text;
            string name = _program.Slots.FirstOrDefault(s => s.Value == node)?.Symbol.Name
                ?? char.ToLowerInvariant(KindOf(node)[0]) + KindOf(node).Substring(1) + Number(_count++);
            _writer.Write($"var {name} = {text};");
            _names[node] = name;
        }
    }

    private static string KindOf(Expression node) =>
        node.Operation == Operation.Literal ? node.Literal!.Kind.ToString() : node.Operation.ToString();

    private string NameOf(Symbol symbol) => _names[SymbolOf(symbol)];

    private Expression SymbolOf(Symbol symbol) => _program.Result.Pool.Symbol(symbol);

    /// <summary>A node that is no constant.</summary>
    /// <param name="node">The node.</param>
    /// <param name="outer">How strongly it has to bind: 1 as sums do, 2 products, 3 signs, 4 names.</param>
    public string Text(Expression node, int outer = 0)
    {
        if (_names.TryGetValue(node, out string? name))
        {
            return name;
        }

        (string text, int precedence) = Render(node);
        return precedence < outer ? "(" + text + ")" : text;
    }

    /// <summary>An operand, of the shape and the type that what it is used in has.</summary>
    public string Operand(Expression node, int index, int precedence)
    {
        Expression operand = node.Operands[index];
        TensorType type = index == 0 && IsChoice(node) ? TensorType.Inputs
            : node.Operation is Operation.AtLeast or Operation.Greater ? TensorLiterals.CommonTypeOf(node)
            : node.Operation == Operation.Literal ? TensorLiterals.Of(node.Literal!.Source)
            : TensorType.Inputs;
        if (operand.Operation == Operation.Constant)
        {
            string number = TensorLiterals.Constant(operand.Value, type);
            return operand.Value < 0 && precedence > 2 ? "(" + number + ")" : number;
        }

        bool isNumberOfVector = node.IsVector && !operand.IsVector;
        TensorType own = TensorLiterals.TypeOf(operand);
        string conversion = own == type ? "" : ConversionTo(type);
        string text = Text(operand, conversion.Length > 0 || isNumberOfVector ? 4 : precedence) + conversion;
        return isNumberOfVector ? text + ".unsqueeze(-1)" : text;
    }

    /// <summary>What makes a tensor of a type of a number's text.</summary>
    public static string ConversionTo(TensorType type) => type switch
    {
        TensorType.Inputs => ".to(type)",
        TensorType.Double => ".to(global::TorchSharp.torch.float64)",
        _ => ".to(global::TorchSharp.torch.int64)",
    };

    private static bool IsChoice(Expression node) =>
        node.Operation == Operation.Select || (node.Operation == Operation.Literal && node.Literal!.Kind == TermOperation.Select);

    private (string Text, int Precedence) Render(Expression node)
    {
        return node.Operation switch
        {
            Operation.Literal => _literals.Render(node),
            Operation.Negate => ("-" + Of(0, 3), 3),
            Operation.Add => (Of(0, 1) + " + " + Of(1, 1), 1),
            Operation.Subtract => (Of(0, 1) + " - " + Of(1, 2), 1),
            Operation.Multiply => Multiply(node),
            Operation.Divide => Divide(node),
            Operation.Detach => (Of(0, 4) + ".detach()", 4),
            Operation.Truncate => (Of(0, 4) + ".trunc()", 4),
            Operation.AtLeast or Operation.Greater when TensorLiterals.CommonTypeOf(node) != TensorType.Inputs => (Call(node) + ".to(type)", 4),
            Operation.Sum => (Of(0, 4) + ".sum(-1)", 4),
            Operation.Largest => ($"Largest({Of(0, 0)}{(IsFinite(node) ? "" : ", isFinite: false")})", 4),
            Operation.Sqrt => Sqrt(node),
            Operation.Exp or Operation.Log or Operation.Tanh or Operation.Sin or Operation.Cos when IsFinite(node) =>
                ($"{Of(0, 4)}.{node.Operation.ToString().ToLowerInvariant()}()", 4),
            _ => (Call(node), 4),
        };

        string Of(int index, int precedence) => Operand(node, index, precedence);
    }

    /// <summary>A product; factors that may be infinite need care in derivatives.</summary>
    public (string Text, int Precedence) Multiply(Expression node) =>
        IsFinite(node) || node.Operands.Any(o => o.Operation == Operation.Constant)
            ? (Operand(node, 0, 2) + " * " + Operand(node, 1, 3), 2)
            : ($"Multiply({Arguments(node)})", 4);

    /// <summary>A quotient; of a number by a tensor torch rounds twice.</summary>
    public (string Text, int Precedence) Divide(Expression node) =>
        node.Operands[1].Operation == Operation.Constant || (IsFinite(node) && (node.Operands[0].Operation != Operation.Constant || node.Operands[0].IsConstant(1)))
            ? (Operand(node, 0, 2) + " / " + Operand(node, 1, 3), 2)
            : ($"Divide({Arguments(node)})", 4);

    /// <summary>A square root, which has no slope at 0.</summary>
    public (string Text, int Precedence) Sqrt(Expression node) =>
        (IsPositive(node.Operands[0]) ? $"{Operand(node, 0, 4)}.sqrt()" : $"Sqrt({Operand(node, 0, 0)})", 4);

    /// <summary>A call of the operation's own name.</summary>
    public string Call(Expression node) => $"{KindOf(node)}({Arguments(node)})";

    public string Arguments(Expression node) =>
        string.Join(", ", Enumerable.Range(0, node.Operands.Length).Select(i => Operand(node, i, 0)));

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
