using System.Collections.Generic;
using System.Linq;

namespace Qama.Generators.Energy;

/// <summary>An expression as a constant plus multiples of other nodes: brings equal terms together that sums and differences
/// keep apart.</summary>
internal sealed class LinearForm
{
    private readonly Dictionary<Expression, double> _terms = [];

    private LinearForm()
    {
    }

    public double Constant { get; private set; }

    public IReadOnlyDictionary<Expression, double> Terms => _terms;

    public static LinearForm Of(Expression expression)
    {
        var form = new LinearForm();
        form.Add(expression, 1);
        foreach (Expression cancelled in form._terms.Where(t => t.Value == 0).Select(t => t.Key).ToList())
        {
            form._terms.Remove(cancelled);
        }

        return form;
    }

    private void Add(Expression node, double factor)
    {
        switch (node.Operation)
        {
            case Operation.Constant:
                Constant += factor * node.Value;
                break;
            case Operation.Negate:
                Add(node.Operands[0], -factor);
                break;
            case Operation.Add:
                Add(node.Operands[0], factor);
                Add(node.Operands[1], factor);
                break;
            case Operation.Subtract:
                Add(node.Operands[0], factor);
                Add(node.Operands[1], -factor);
                break;
            case Operation.Multiply when node.Operands[0].Operation == Operation.Constant:
                Add(node.Operands[1], factor * node.Operands[0].Value);
                break;
            default:
                _terms[node] = _terms.TryGetValue(node, out double sum) ? sum + factor : factor;
                break;
        }
    }
}
