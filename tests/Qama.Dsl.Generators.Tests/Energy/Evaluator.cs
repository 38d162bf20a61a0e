using Qama.Generators.Energy;

namespace Qama.Generators.Tests.Energy;

/// <summary>Evaluates expressions in double precision: a scalar is an array of length 1, a vector one of length D.</summary>
internal sealed class Evaluator(Func<Symbol, double[]> values)
{
    private readonly Dictionary<Expression, double[]> _done = [];

    public Evaluator(params (Symbol Symbol, double[] Value)[] values)
        : this(s => values.First(v => v.Symbol == s).Value)
    {
    }

    public double Scalar(Expression e) => Value(e) is [double only]
        ? only
        : throw new ArgumentException("The expression is a vector.", nameof(e));

    public double[] Value(Expression e)
    {
        if (!_done.TryGetValue(e, out double[]? value))
        {
            value = Compute(e);
            _done.Add(e, value);
        }

        return value;
    }

    private double[] Compute(Expression e)
    {
        double[][] o = [.. e.Operands.Select(Value)];
        return e.Operation switch
        {
            Operation.Constant => [e.Value],
            Operation.Symbol => values(e.Symbol!),
            Operation.Sum => [o[0].Sum()],
            Operation.Largest => [o[0].Max()],
            Operation.Negate => Map(x => -x),
            Operation.Add => Zip((x, y) => x + y),
            Operation.Subtract => Zip((x, y) => x - y),
            Operation.Multiply => Zip((x, y) => x * y),
            Operation.Divide => Zip((x, y) => x / y),
            Operation.Max => Zip(Math.Max),
            Operation.Min => Zip(Math.Min),
            Operation.Sqrt => Map(Math.Sqrt),
            Operation.Exp => Map(Math.Exp),
            Operation.Log => Map(Math.Log),
            Operation.Tanh => Map(Math.Tanh),
            Operation.Sin => Map(Math.Sin),
            Operation.Cos => Map(Math.Cos),
            Operation.Truncate => Map(Math.Truncate),
            Operation.Select => [.. Enumerable.Range(0, o.Max(x => x.Length)).Select(d => At(o[0], d) != 0 ? At(o[1], d) : At(o[2], d))],
            Operation.Abs => Map(Math.Abs),
            Operation.AtLeast => Zip((x, y) => x >= y ? 1 : 0),
            Operation.Detach => o[0],
            _ => throw new InvalidOperationException($"Unknown operation {e.Operation}."),
        };

        double[] Map(Func<double, double> f) => [.. o[0].Select(f)];

        double[] Zip(Func<double, double, double> f) =>
            [.. Enumerable.Range(0, Math.Max(o[0].Length, o[1].Length)).Select(d => f(At(o[0], d), At(o[1], d)))];

        static double At(double[] x, int d) => x.Length == 1 ? x[0] : x[d];
    }
}
