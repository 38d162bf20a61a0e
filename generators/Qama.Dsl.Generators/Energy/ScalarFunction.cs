using System;
using System.Collections.Generic;
using System.Linq;

namespace Qama.Generators.Energy;

/// <summary>A scalar expression ready to be computed many times in double precision, as for every pair of positions.</summary>
internal sealed class ScalarFunction
{
    private readonly Expression[] _nodes;
    private readonly int[][] _operands;
    private readonly int[] _inputs;
    private readonly double[] _values;

    /// <param name="root">A scalar of scalars.</param>
    /// <param name="inputs">The symbols it may use, in the order their values are given.</param>
    public ScalarFunction(Expression root, IReadOnlyList<Symbol> inputs)
    {
        _nodes = [.. Walk.Nodes([root])];
        Dictionary<Expression, int> index = _nodes.Select((n, i) => (n, i)).ToDictionary(p => p.n, p => p.i);
        _operands = [.. _nodes.Select(n => n.Operands.Select(o => index[o]).ToArray())];
        _inputs = [.. _nodes.Select(n => n.Symbol is { } symbol ? IndexOf(inputs, symbol) : -1)];
        _values = new double[_nodes.Length];
    }

    /// <summary>Nodes that an evaluation computes.</summary>
    public int Length => _nodes.Length;

    public double Evaluate(params ReadOnlySpan<double> inputs)
    {
        for (int n = 0; n < _nodes.Length; n++)
        {
            int[] o = _operands[n];
            double a = o.Length > 0 ? _values[o[0]] : 0;
            double b = o.Length > 1 ? _values[o[1]] : 0;
            _values[n] = _nodes[n].Operation switch
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
                Operation.AtLeast => a >= b ? 1 : 0,
                Operation.Greater => a > b ? 1 : 0,
                Operation.Select => a != 0 ? b : _values[o[2]],
                Operation.Detach => a,
                Operation operation => throw new InvalidOperationException($"{operation} is no scalar operation."),
            };
        }

        return _values[_values.Length - 1];
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
