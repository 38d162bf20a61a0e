using System.Collections.Generic;
using System.Linq;
using Qama.Generators.Energy;
using Qama.Generators.Lowering;

namespace Qama.Generators.Emission;

/// <summary>What the lanes of a program run over.</summary>
internal enum LaneScope
{
    /// <summary>Tokens t.</summary>
    Tokens,

    /// <summary>For every row token i: tokens t.</summary>
    Pairs,
}

/// <summary>Writes a <see cref="LaneProgram"/> as loops over vectors of tokens and over the dimensions of a head.</summary>
internal sealed class LaneProgramWriter
{
    private readonly SourceWriter _writer;
    private readonly MemoryNames _names;
    private readonly ElementType _element;
    private readonly LaneProgram _program;
    private readonly LaneScope _scope;
    private readonly PairRows? _rows;
    private readonly int _tile;
    private readonly string _tiles;
    private readonly string _rowCount;
    private readonly string _laneCount;
    private readonly Dictionary<Expression, string> _locals = [];
    private readonly HashSet<Expression> _kept;
    private readonly Dictionary<Expression, int> _spills;
    private int _count;

    private LaneProgramWriter(
        SourceWriter writer, MemoryNames names, ElementType element, LaneProgram program, LaneScope scope, PairRows? rows, int tile,
        string rowCount, string laneCount)
    {
        _rowCount = rowCount;
        _laneCount = laneCount;
        _rows = rows;
        _tile = tile;
        _tiles = $"global::Qama.Numerics.Vectors.PairTiles<QamaVector, {element.Name}>";
        _writer = writer;
        _names = names;
        _element = element;
        _program = program;
        _scope = scope;
        _kept = NodesWithNames(program);
        _spills = program.Spilled.Select((node, index) => (node, index)).ToDictionary(s => s.node, s => s.index);
    }

    /// <summary>Writes the program, of some rows of pairs or of all, for one row at a time or a tile of them; the memories it reads and
    /// writes must be in scope under their <paramref name="names"/>.</summary>
    public static void Write(
        SourceWriter writer, MemoryNames names, ElementType element, LaneProgram program, LaneScope scope, PairRows? rows = null,
        int tile = 1, string rowCount = "tokenCount", string laneCount = "tokenCount") =>
        new LaneProgramWriter(writer, names, element, program, scope, rows, tile, rowCount, laneCount).Write();

    private void Write()
    {
        Output[] totals = [.. ScalarSums(Sink.SumToLearnable)];
        Output[] rows = [.. ScalarSums(Sink.SumToRow)];
        BeginSums(totals);
        if (_scope == LaneScope.Pairs)
        {
            _writer.Open(
                _tile > 1 ? $"for (int i = 0; i < tokenCount; i += {_tile})"
                : _rows is null ? $"for (int i = 0; i < {_rowCount}; i++)"
                : $"for (int i = {PairRows.First}; i < {PairRows.End}; i++)");
        }

        BeginSums(rows);
        if (_tile > 1)
        {
            _writer.Write($"var present = {_tiles}.FirstOfTile(tokenCount - i, tokenCount, {_tile});");
        }
        else
        {
            _writer.Open("for (int t = 0; t < TokenStride; t += QamaVector.Count)");
        }

        foreach (Pass pass in _program.Passes)
        {
            WritePass(pass);
        }

        foreach (Output output in _program.Outputs.Where(o => !o.Target.IsVector))
        {
            WriteSink(output, inLoop: false);
        }

        if (_tile == 1)
        {
            _writer.Close();
        }

        EndSums(rows, "i");
        if (_scope == LaneScope.Pairs)
        {
            _writer.Close();
        }

        EndSums(totals, "0");
    }

    /// <summary>Numbers summed over pairs: the lanes stay apart until the loop is over.</summary>
    private IEnumerable<Output> ScalarSums(Sink sink) => _program.Outputs.Where(o => o.Sink == sink && IsScalarSum(o));

    private bool IsScalarSum(Output output) =>
        _scope == LaneScope.Pairs && !output.Target.IsVector && (output.Sink is Sink.SumToRow or Sink.SumToLearnable);

    private void BeginSums(IEnumerable<Output> sums)
    {
        foreach (Output sum in sums)
        {
            _writer.Write($"var {SumOf(sum)} = QamaVector.Zero;");
        }
    }

    private void EndSums(IEnumerable<Output> sums, string index)
    {
        foreach (Output sum in sums)
        {
            _writer.Write(sum.Sink == Sink.SumToRow && _tile > 1
                ? $"{_tiles}.AddToRows({_names[sum.Target]}, i, {_tile}, {SumOf(sum)});"
                : $"{_names[sum.Target]}[{index}] += QamaVector.Sum({SumOf(sum)});");
        }
    }

    private string SumOf(Output output) => _names[output.Target] + "Sum";

    private void WritePass(Pass pass)
    {
        foreach (Expression scalar in pass.Scalars)
        {
            Declare(scalar);
        }

        if (!pass.HasLoop)
        {
            return;
        }

        foreach (Expression reduction in pass.Reductions)
        {
            string start = reduction.Operation == Operation.Sum ? "QamaVector.Zero" : $"QamaVector.All({_element.Name}.NegativeInfinity)";
            _writer.Write($"var {NewName(reduction)} = {start};");
        }

        _writer.Open("for (int d = 0; d < HeadDim; d++)");
        var loads = new HashSet<Expression>(pass.Loads);
        foreach (Expression vector in pass.Vectors)
        {
            if (loads.Contains(vector))
            {
                _writer.Write($"var {NewName(vector)} = QamaVector.Load({Spill(vector)}, d * QamaVector.Count);");
            }
            else
            {
                Declare(vector);
            }
        }

        foreach (Expression stored in pass.Stores)
        {
            _writer.Write($"QamaVector.Store({Spill(stored)}, d * QamaVector.Count, {Text(stored)});");
        }

        foreach (Expression reduction in pass.Reductions)
        {
            _writer.Write($"{_locals[reduction]} = {Accumulated(reduction)};");
        }

        foreach (Output result in pass.Results)
        {
            WriteSink(result, inLoop: true);
        }

        _writer.Close();

        // The names of the loop's vectors end with it.
        foreach (Expression vector in pass.Vectors)
        {
            _locals.Remove(vector);
        }
    }

    private void Declare(Expression node)
    {
        if (_kept.Contains(node) && node.Operation != Operation.Constant && LaneParts.Fits(node))
        {
            string text = Render(node).Text;
            _writer.Write($"var {NewName(node)} = {text};");
        }
    }

    private string Accumulated(Expression reduction)
    {
        string sum = _locals[reduction];
        Expression operand = reduction.Operands[0];
        if (reduction.Operation == Operation.Largest)
        {
            return $"QamaVector.Max({sum}, {Text(operand)})";
        }

        // Always: a dot product is one chain of fused multiply-adds, as Vec's is.
        return operand.Operation == Operation.Multiply
            ? $"QamaVector.FusedMultiplyAdd({Vector(operand.Operands[0])}, {Vector(operand.Operands[1])}, {sum})"
            : $"{sum} + {Text(operand, 2)}";
    }

    private void WriteSink(Output output, bool inLoop)
    {
        string target = _names[output.Target];
        string value = _tile > 1
            ? $"{_tiles}.Keep({Vector(output.Value)}, present)"
            : $"QamaVector.Keep({Vector(output.Value)}, {_laneCount} - t)";
        string offset = inLoop ? "d * TokenStride + " : "";
        _writer.Write(output.Sink switch
        {
            Sink.Add when _tile > 1 => $"{_tiles}.AddToColumns({target}, {(inLoop ? "d * TokenStride" : "0")}, {_tile}, {value});",
            Sink.StorePair when _tile > 1 => $"{_tiles}.StoreTile({target}, i, tokenCount - i, TokenStride, {_tile}, {value});",
            Sink.Store => $"QamaVector.Store({target}, {offset}t, {value});",
            Sink.Add => $"QamaVector.Add({target}, {offset}t, {value});",
            Sink.StorePair => $"QamaVector.Store({target}, {RowOf(output.Target)} * TokenStride + t, {value});",
            _ when IsScalarSum(output) => $"{SumOf(output)} += {value};",
            Sink.SumToRow when _tile > 1 => $"{_tiles}.AddToRows({target}, {offset}i, {_tile}, {value});",
            Sink.SumToRow => $"{target}[{offset}i] += QamaVector.Sum({value});",
            _ => $"{target}[{(inLoop ? "d" : "0")}] += QamaVector.Sum({value});",
        });
    }

    /// <summary>The node as a vector, whatever it is.</summary>
    private string Vector(Expression node) =>
        node.Operation == Operation.Constant ? $"QamaVector.All({SourceWriter.Literal(_element, node.Value)})" : Text(node);

    private string Text(Expression node, int outer = 0)
    {
        if (_locals.TryGetValue(node, out string? name))
        {
            return name;
        }

        (string text, int precedence) = Render(node);
        return precedence < outer ? "(" + text + ")" : text;
    }

    private (string Text, int Precedence) Render(Expression node)
    {
        if (LaneParts.IsLaneByLane(node))
        {
            return (EachLane(node), 4);
        }

        return node.Operation switch
        {
            Operation.Literal => Literal(),
            Operation.Constant => (Vector(node), 4),
            Operation.Symbol => (Load(node.Symbol!), 4),
            Operation.Negate => ("-" + Operand(0, 3), 3),
            Operation.Add when Product(0) => (Fused(node.Operands[0], node.Operands[1]), 4),
            Operation.Add when Product(1) => (Fused(node.Operands[1], node.Operands[0]), 4),
            Operation.Add => (Operand(0, 1) + " + " + Operand(1, 1), 1),
            Operation.Subtract => (Operand(0, 1) + " - " + Operand(1, 2), 1),
            Operation.Multiply when node.Operands[0].Operation == Operation.Constant =>
                (SourceWriter.Literal(_element, node.Operands[0].Value) + " * " + Operand(1, 3), 2),
            Operation.Multiply => (Operand(0, 2) + " * " + Operand(1, 3), 2),
            Operation.Divide => (Operand(0, 2) + " / " + Operand(1, 3), 2),
            Operation.Detach => (Operand(0, 4), 4),
            Operation.AtLeast or Operation.Greater => ($"QamaVector.{node.Operation}({Operand(0, 0)}, {Operand(1, 0)})", 4),
            Operation.Max or Operation.Min => ($"QamaVector.{node.Operation}({Operand(0, 0)}, {Operand(1, 0)})", 4),
            Operation.Exp or Operation.Log or Operation.Tanh or Operation.Sin or Operation.Cos =>
                ($"QamaVector.{node.Operation}({Operand(0, 0)})", 4),
            Operation.Select => ($"QamaVector.WhereNonZero({Operand(0, 0)}, {Operand(1, 0)}, {Operand(2, 0)})", 4),
            _ => ($"QamaVector.{node.Operation}({Operand(0, 0)})", 4),
        };

        string Operand(int index, int precedence) => Text(node.Operands[index], precedence);

        (string, int) Literal() => node.Literal!.Kind switch
        {
            TermOperation.Negate => ("-" + Operand(0, 4), 3),
            TermOperation.Add => (Operand(0, 1) + " + " + Operand(1, 2), 1),
            TermOperation.Subtract => (Operand(0, 1) + " - " + Operand(1, 2), 1),
            TermOperation.Multiply => (Operand(0, 2) + " * " + Operand(1, 3), 2),
            TermOperation.Divide => (Operand(0, 2) + " / " + Operand(1, 3), 2),
            TermOperation.Clamp => ($"QamaVector.Max(QamaVector.Min({Operand(0, 0)}, {Operand(2, 0)}), {Operand(1, 0)})", 4),
            TermOperation.Select => ($"QamaVector.WhereNonZero({Operand(0, 0)}, {Operand(1, 0)}, {Operand(2, 0)})", 4),
            var function => ($"QamaVector.{function}({string.Join(", ", node.Operands.Select(o => Text(o)))})", 4),
        };

        bool Product(int index) => node.Operands[index].Operation == Operation.Multiply && !_locals.ContainsKey(node.Operands[index]);

        string Fused(Expression product, Expression sum) =>
            $"QamaVector.FusedMultiplyAdd({Vector(product.Operands[0])}, {Vector(product.Operands[1])}, {Text(sum)})";
    }

    /// <summary>An expression that is computed lane by lane, of what lanes hold of its parts.</summary>
    private string EachLane(Expression node)
    {
        IReadOnlyList<Expression> parts = LaneParts.Of(node);
        bool few = parts.Count <= 2;
        Dictionary<Expression, string> names = parts.Select((part, i) => (part, i))
            .ToDictionary(p => p.part, p => few ? $"x{p.i}" : $"x[{p.i}]");
        string body = ScalarWriter.WriteLane(node, names, _element);
        string arguments = string.Join(", ", parts.Select(part => Text(part)));
        return few
            ? $"global::Qama.Numerics.Vectors.LaneByLane.Each<QamaVector, {_element.Name}>(static ({string.Join(", ", names.Values)}) => {body}, {arguments})"
            : $"global::Qama.Numerics.Vectors.LaneByLane.Each<QamaVector, {_element.Name}>(static x => {body}, new[] {{ {arguments} }})";
    }

    private string Load(Symbol symbol)
    {
        string memory = _names[symbol];
        string offset = symbol.IsVector ? "d * TokenStride + " : "";
        return (_scope, symbol.Tokens) switch
        {
            (_, Tokens.None) => $"QamaVector.All({memory}[{(symbol.IsVector ? "d" : "0")}])",
            (LaneScope.Pairs, Tokens.Row) when _tile > 1 => $"{_tiles}.OfRows({memory}, {offset}i, {_tile})",
            (LaneScope.Pairs, Tokens.Pair) when _tile > 1 => $"{_tiles}.OfTile({memory}, i, TokenStride, {_tile})",
            (LaneScope.Pairs, Tokens.Column) when _tile > 1 =>
                $"{_tiles}.OfColumns({memory}, {(symbol.IsVector ? "d * TokenStride" : "0")}, {_tile})",
            (LaneScope.Pairs, Tokens.Row) => $"QamaVector.All({memory}[{offset}i])",
            (LaneScope.Pairs, Tokens.Pair) => $"QamaVector.Load({memory}, {RowOf(symbol)} * TokenStride + t)",
            _ => $"QamaVector.Load({memory}, {offset}t)",
        };
    }

    /// <summary>The row of a pair's number in its memory.</summary>
    private string RowOf(Symbol memory) => _rows is { } rows && rows.Holds(memory) ? $"(i - {PairRows.First})" : "i";

    private string Spill(Expression node) => ScratchPlan.KeptName(_spills[node]);

    private string NewName(Expression node)
    {
        string name = node.Operation == Operation.Symbol
            ? _names[node.Symbol!] + "Lanes"
            : char.ToLowerInvariant(node.Operation.ToString()[0]) + node.Operation.ToString().Substring(1) + _count++;
        _locals[node] = name;
        return name;
    }

    /// <summary>What gets a local variable: everything used twice or more, scalars that a loop would compute again, and parts of
    /// what would be a long statement.</summary>
    private static HashSet<Expression> NodesWithNames(LaneProgram program)
    {
        var kept = new HashSet<Expression>();
        var seen = new HashSet<Expression>();
        IReadOnlyList<Expression> all = Walk.Nodes(program.Outputs.Select(o => o.Value));
        foreach (Expression node in all)
        {
            foreach (Expression operand in node.Operands)
            {
                bool leavesLoop = !operand.IsVector && (node.IsVector || node.IsReduction);
                if (!seen.Add(operand) || leavesLoop)
                {
                    kept.Add(operand);
                }
            }
        }

        foreach (Output output in program.Outputs)
        {
            if (!seen.Add(output.Value) || (output.Target.IsVector && !output.Value.IsVector))
            {
                kept.Add(output.Value);
            }
        }

        kept.UnionWith(program.Spilled);
        kept.UnionWith(all.Where(n => n.IsReduction));
        Naming.Split(all, kept);
        return kept;
    }
}
