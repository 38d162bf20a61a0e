using System.Collections.Generic;

namespace Qama.Generators.Energy;

/// <summary>An expression as a constant plus multiples of other nodes: brings equal terms together that sums and differences
/// keep apart.</summary>
internal sealed class LinearForm
{
    /// <summary>Sums of more nodes than this are not taken apart completely: the work would grow with the square.</summary>
    private const int MostNodes = 64;

    private readonly Dictionary<Expression, double> _terms = [];

    private LinearForm()
    {
    }

    public double Constant { get; private set; }

    public IReadOnlyDictionary<Expression, double> Terms => _terms;

    public static LinearForm Of(Expression expression)
    {
        var form = new LinearForm();
        var factors = new Dictionary<Expression, double> { [expression] = 1 };

        // By falling numbers a node is met when all that it is used in has been.
        var pending = new SortedSet<Expression>(Comparer<Expression>.Create(static (a, b) => a.Id.CompareTo(b.Id))) { expression };
        var terms = new List<Expression>();
        for (int taken = 0; pending.Count > 0;)
        {
            Expression node = pending.Max!;
            pending.Remove(node);
            double factor = factors[node];
            if (taken < MostNodes && Parts(node) is { Length: > 0 } parts)
            {
                taken++;
                node.Pool.Budget.Spend();
                foreach ((Expression part, double times) in parts)
                {
                    factors[part] = (factors.TryGetValue(part, out double sum) ? sum : 0) + factor * times;
                    pending.Add(part);
                }
            }
            else if (node.Operation == Operation.Constant)
            {
                form.Constant += factor * node.Value;
            }
            else if (factor != 0)
            {
                terms.Add(node);
            }
        }

        for (int i = terms.Count - 1; i >= 0; i--)
        {
            form._terms.Add(terms[i], factors[terms[i]]);
        }

        return form;
    }

    /// <summary>The multiples whose sum a node is; none where it is no sum.</summary>
    private static (Expression Part, double Factor)[] Parts(Expression node) => node.Operation switch
    {
        Operation.Negate => [(node.Operands[0], -1)],
        Operation.Add => [(node.Operands[0], 1), (node.Operands[1], 1)],
        Operation.Subtract => [(node.Operands[0], 1), (node.Operands[1], -1)],
        Operation.Multiply when node.Operands[0].Operation == Operation.Constant => [(node.Operands[1], node.Operands[0].Value)],
        _ => [],
    };
}
