using System;
using System.Collections.Generic;
using System.Linq;

namespace Qama.Generators.Energy;

/// <summary>A scalar expression ready to be computed many times, as for every pair of positions: what was written as C# in C#'s types,
/// the rest in double precision.</summary>
internal sealed class ScalarFunction
{
    private readonly Expression[] _nodes;
    private readonly int[][] _operands;
    private readonly int[] _inputs;
    private readonly Number[] _values;

    /// <param name="root">A scalar of scalars.</param>
    /// <param name="inputs">The symbols it may use, in the order their values are given.</param>
    public ScalarFunction(Expression root, IReadOnlyList<Symbol> inputs)
    {
        _nodes = [.. Walk.Nodes([root])];
        Dictionary<Expression, int> index = _nodes.Select((n, i) => (n, i)).ToDictionary(p => p.n, p => p.i);
        _operands = [.. _nodes.Select(n => n.Operands.Select(o => index[o]).ToArray())];
        _inputs = [.. _nodes.Select(n => n.Symbol is { } symbol ? IndexOf(inputs, symbol) : -1)];
        _values = new Number[_nodes.Length];
    }

    /// <summary>Nodes that an evaluation computes.</summary>
    public int Length => _nodes.Length;

    /// <summary>Whether C# throws an exception where the function was last computed.</summary>
    public bool Throws => _values[_values.Length - 1].Throws;

    /// <summary>The value; NaN where C# throws an exception.</summary>
    public double Evaluate(params ReadOnlySpan<double> inputs)
    {
        for (int n = 0; n < _nodes.Length; n++)
        {
            int[] o = _operands[n];
            Number first = o.Length > 0 ? _values[o[0]] : default;
            Number second = o.Length > 1 ? _values[o[1]] : default;
            Number third = o.Length > 2 ? _values[o[2]] : default;
            if (_nodes[n].Operation == Operation.Literal)
            {
                _values[n] = Arithmetic.Compute(_nodes[n].Literal!, first, second, third);
                continue;
            }

            if (_nodes[n].Operation == Operation.Select)
            {
                _values[n] = first.Throws ? first : first.Real != 0 ? second : third;
                continue;
            }

            double a = first.Real, b = second.Real;
            _values[n] = first.Throws || second.Throws ? Number.None : Number.Of(_nodes[n].Operation switch
            {
                Operation.Constant => _nodes[n].Value,
                Operation.Symbol => inputs[_inputs[n]],
                Operation.Negate => -a,
                Operation.Add => a + b,
                Operation.Subtract => a - b,
                Operation.Multiply => a * b,
                Operation.Divide => a / b,
                Operation.Max => Math.Max(a, b),
                Operation.Min => Math.Min(a, b),
                Operation.Sqrt => Math.Sqrt(a),
                Operation.Exp => Math.Exp(a),
                Operation.Log => Math.Log(a),
                Operation.Tanh => Math.Tanh(a),
                Operation.Sin => Math.Sin(a),
                Operation.Cos => Math.Cos(a),
                Operation.Abs => Math.Abs(a),
                Operation.Truncate => Math.Truncate(a),
                Operation.AtLeast => a > b || (a == b && first.Whole >= second.Whole) ? 1 : 0,
                Operation.Greater => a > b || (a == b && first.Whole > second.Whole) ? 1 : 0,
                Operation.Detach => a,
                Operation operation => throw new InvalidOperationException($"{operation} is no scalar operation."),
            });
        }

        return _values[_values.Length - 1].Real;
    }

    private static int IndexOf(IReadOnlyList<Symbol> inputs, Symbol symbol)
    {
        for (int i = 0; i < inputs.Count; i++)
        {
            if (inputs[i] == symbol)
            {
                return i;
            }
        }

        throw new ArgumentException($"{symbol.Name} has no value.", nameof(inputs));
    }
}
