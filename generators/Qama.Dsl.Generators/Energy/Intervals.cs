using System;
using System.Collections.Generic;
using System.Linq;

namespace Qama.Generators.Energy;

/// <summary>
/// Bounds of expressions over declared ranges of their symbols; of a vector, bounds of every component. Interval arithmetic,
/// sharpened where the attention literature's own forms would lose everything: Cauchy-Schwarz for dot products over norms,
/// components of a whole over the whole (softmax), weighted means, x log x, and sums that are squares in disguise.
/// </summary>
/// <param name="ranges">What is known about symbols; others are in their role's own range.</param>
/// <param name="facts">What is known about nodes by proof.</param>
internal sealed class Intervals(
    IReadOnlyDictionary<Symbol, Interval>? ranges = null, IReadOnlyDictionary<Expression, Interval>? facts = null)
{
    private readonly Dictionary<Expression, Interval> _done = [];

    /// <summary>What may be undefined somewhere: comparisons with NaN are false, and as a whole number it is 0.</summary>
    private readonly HashSet<Expression> _undefined = [];

    /// <summary>Selection weights and bits are in [0, 1], sums, slacks and distances at least 0, the rest is real.</summary>
    public static Interval DefaultRange(Symbol symbol) => symbol.Role switch
    {
        SymbolRole.Selection when symbol != Symbol.SelectionSum && symbol != Symbol.Slack => Interval.Unit,
        SymbolRole.Position when symbol == Symbol.RowDifference || symbol == Symbol.ColumnDifference => Interval.Reals,
        SymbolRole.Selection or SymbolRole.Position or SymbolRole.Weight => Interval.Positive,
        _ => Interval.Reals,
    };

    /// <summary>Every value the expression takes where it is defined, and perhaps more.</summary>
    public Interval Of(Expression expression)
    {
        foreach (Expression node in Walk.Nodes([expression], node => _done.ContainsKey(node) ? [] : node.Operands))
        {
            if (IsPerhapsUndefined(node))
            {
                _undefined.Add(node);
            }

            Interval bounds = Sharpen(node, Arithmetic(node));
            _done[node] = (facts is not null && facts.TryGetValue(node, out Interval fact) ? bounds.Meet(fact) : bounds).Finite();
        }

        return _done[expression];
    }

    private Interval Arithmetic(Expression node)
    {
        Interval a = node.Operands.Length > 0 ? _done[node.Operands[0]] : default;
        Interval b = node.Operands.Length > 1 ? _done[node.Operands[1]] : default;
        if (!IsChoice(node) && (a.IsEmpty || b.IsEmpty))
        {
            return OfUndefined(node);
        }

        return node.Operation switch
        {
            Operation.Constant => Interval.Point(node.Value),
            Operation.Symbol => ranges is not null && ranges.TryGetValue(node.Symbol!, out Interval range)
                ? range
                : DefaultRange(node.Symbol!),
            Operation.Negate => -a,
            Operation.Add => a + b,
            Operation.Subtract => a - b,
            Operation.Multiply => node.Operands[0] == node.Operands[1] ? a.Square() : a * b,
            Operation.Divide => a / b,
            Operation.Max => new Interval(Math.Max(a.Low, b.Low), Math.Max(a.High, b.High)),
            Operation.Min => new Interval(Math.Min(a.Low, b.Low), Math.Min(a.High, b.High)),
            Operation.Sqrt => a.Intersect(Interval.Positive).Rising(Math.Sqrt),
            Operation.Exp => a.Rising(Math.Exp),
            Operation.Log => a.Intersect(Interval.Positive).Rising(Math.Log),
            Operation.Tanh => a.Rising(Math.Tanh),
            Operation.Sin or Operation.Cos => new Interval(-1, 1),
            Operation.Truncate => a.Rising(Math.Truncate),
            Operation.Select => OfChoice(node),
            Operation.Abs => new Interval(a.Contains(0) ? 0 : Math.Min(Math.Abs(a.Low), Math.Abs(a.High)), a.Magnitude),
            Operation.AtLeast => new Interval(a.Low >= b.High && IsComparable(node) ? 1 : 0, a.High >= b.Low ? 1 : 0),
            Operation.Greater => new Interval(a.Low > b.High && IsComparable(node) ? 1 : 0, a.High > b.Low ? 1 : 0),
            Operation.Literal => OfLiteral(node, a, b),
            Operation.Detach or Operation.Largest => a,
            Operation.Sum => node.Pool.Dimension * a,
            _ => Interval.Reals,
        };
    }

    /// <summary>What an operation makes of what is undefined: comparisons hold or not, and whole numbers are made of everything.</summary>
    private static Interval OfUndefined(Expression node) => node.Operation switch
    {
        Operation.AtLeast or Operation.Greater => Interval.Unit,
        Operation.Literal when node.Literal!.Type.IsWhole() && node.Literal.Source.IsReal() =>
            new Interval(node.Literal.Type.Range().Low, node.Literal.Type.Range().High),
        _ => new Interval(double.NaN, double.NaN),
    };

    private static bool IsChoice(Expression node) =>
        node.Operation == Operation.Select || (node.Operation == Operation.Literal && node.Literal!.Kind == TermOperation.Select);

    private bool IsComparable(Expression comparison) => !comparison.Operands.Any(_undefined.Contains);

    /// <summary>Whether it is made of something that may be, or is undefined or infinite for operands in their bounds.</summary>
    private bool IsPerhapsUndefined(Expression node) => node.Operation is not (Operation.AtLeast or Operation.Greater)
        && !(node.Operation == Operation.Literal && node.Literal!.Type.IsWhole())
        && (node.Operands.Any(_undefined.Contains) || (node.Operation == Operation.Literal
            ? Walk.Above(node.Pool.MeaningOf(node), node.Operands).Any(n => !Definedness.IsDefined(n, i => Of(n.Operands[i])))
            : !Definedness.IsDefined(node, i => _done[node.Operands[i]])));

    /// <summary>Bounds of what the operation means, and what C# makes of a number that its type has not. A term that throws is reported
    /// elsewhere: it has no value.</summary>
    private Interval OfLiteral(Expression node, Interval a, Interval b)
    {
        LiteralOperation operation = node.Literal!;
        if (operation.Kind == TermOperation.Select)
        {
            return OfChoice(node);
        }

        if (operation.Kind == TermOperation.Throw)
        {
            return new Interval(double.NaN, double.NaN);
        }

        Interval bounds = operation.Kind switch
        {
            TermOperation.WholeQuotient => TypeBounds.Quotient(a, b),
            TermOperation.WholeRemainder => TypeBounds.Remainder(a, b),
            TermOperation.Power when a.Low < 0 && node.Operands[1].Operation != Operation.Constant => Interval.Reals,
            _ => Of(node.Pool.MeaningOf(node)),
        };
        return bounds.IsEmpty ? bounds
            : operation.Kind == TermOperation.Convert && operation.Type.IsWhole() && _undefined.Contains(node.Operands[0])
                ? TypeBounds.Of(operation, bounds.Join(Interval.Point(0)))
            : TypeBounds.Of(operation, bounds);
    }

    private Interval OfChoice(Expression node)
    {
        Interval condition = _done[node.Operands[0]], a = _done[node.Operands[1]], b = _done[node.Operands[2]];
        return condition is { Low: 0, High: 0 } ? b : condition.Contains(0) ? OfEither(a, b) : a;
    }

    /// <summary>A branch that is undefined whatever its inputs are is never the one that is meant.</summary>
    private static Interval OfEither(Interval a, Interval b) => a.IsEmpty ? b : b.IsEmpty ? a : a.Join(b);

    private Interval Sharpen(Expression node, Interval bounds) => bounds.IsEmpty ? bounds : node.Operation switch
    {
        Operation.Add or Operation.Subtract => bounds.Meet(OfSum(node)),
        Operation.Multiply => bounds.Meet(OfProduct(node.Operands[0], node.Operands[1])),
        Operation.Divide => bounds.Meet(OfQuotient(node.Operands[0], node.Operands[1])),
        Operation.Sum => bounds.Meet(OfTotal(node)),
        _ => bounds,
    };

    /// <summary>Sums and differences term by term; x − max x ≤ 0; ‖a‖² + ‖b‖² − 2 a·b is a square.</summary>
    private Interval OfSum(Expression node)
    {
        LinearForm form = LinearForm.Of(node);
        Interval sum = Interval.Point(form.Constant);
        foreach (KeyValuePair<Expression, double> term in form.Terms)
        {
            sum += term.Value * Known(term.Key);
        }

        if (IsBelowLargest(node))
        {
            sum = sum.Meet(Interval.Negative);
        }

        Interval rest = Interval.Point(form.Constant);
        int sign = QuadraticSign(form, ref rest);
        return sign == 0 ? sum : sum.Meet((sign > 0 ? Interval.Positive : Interval.Negative) + rest);
    }

    /// <summary>The sign of c_aa ‖a‖² + c_bb ‖b‖² + c_ab a·b where |c_ab| ≤ 2 √(c_aa c_bb); the other terms go to
    /// <paramref name="rest"/>. 0 where the sum has no such part.</summary>
    private int QuadraticSign(LinearForm form, ref Interval rest)
    {
        foreach (KeyValuePair<Expression, double> cross in form.Terms)
        {
            if (cross.Key is not { Operation: Operation.Sum } dot || dot.Operands[0] is not { Operation: Operation.Multiply } product
                || product.Operands[0] == product.Operands[1])
            {
                continue;
            }

            ExpressionPool e = dot.Pool;
            Expression aa = e.Dot(product.Operands[0], product.Operands[0]);
            Expression bb = e.Dot(product.Operands[1], product.Operands[1]);
            if (form.Terms.TryGetValue(aa, out double first) && form.Terms.TryGetValue(bb, out double second)
                && first * second > 0 && cross.Value * cross.Value <= 4 * first * second * (1 + 1e-12))
            {
                foreach (KeyValuePair<Expression, double> other in form.Terms)
                {
                    if (other.Key != dot && other.Key != aa && other.Key != bb)
                    {
                        rest += other.Value * Known(other.Key);
                    }
                }

                return Math.Sign(first);
            }
        }

        return 0;
    }

    /// <summary>x log x dips to −1/e at x = 1/e.</summary>
    private Interval OfProduct(Expression a, Expression b)
    {
        if (a.Operation == Operation.Log && a.Operands[0] == b)
        {
            (a, b) = (b, a);
        }

        if (b.Operation != Operation.Log || b.Operands[0] != a)
        {
            return Interval.Reals;
        }

        Interval x = Known(a).Intersect(Interval.Positive);
        if (x.IsEmpty)
        {
            return Interval.Reals;
        }

        const double Dip = 1 / Math.E;
        double low = At(x.Low), high = At(x.High);
        return new Interval(x.Contains(Dip) ? -Dip : Math.Min(low, high), Math.Max(low, high));

        static double At(double value) => value == 0 ? 0 : double.IsPositiveInfinity(value) ? value : value * Math.Log(value);
    }

    /// <summary>A part over the whole it belongs to, and a dot product over the product of the norms.</summary>
    private Interval OfQuotient(Expression numerator, Expression denominator)
    {
        if (numerator.Operation == Operation.Multiply && numerator.Operands[0].Operation == Operation.Constant)
        {
            return numerator.Operands[0].Value * OfQuotient(numerator.Operands[1], denominator);
        }

        LinearForm form = LinearForm.Of(denominator);
        foreach (KeyValuePair<Expression, double> term in form.Terms)
        {
            if (term.Value <= 0 || !IsPart(numerator, term.Key, out bool signed))
            {
                continue;
            }

            // n / (c·t + rest) with |n| ≤ t and rest ≥ 0.
            Interval rest = Interval.Point(form.Constant);
            foreach (KeyValuePair<Expression, double> other in form.Terms)
            {
                if (other.Key != term.Key)
                {
                    rest += other.Value * Known(other.Key);
                }
            }

            if (rest.Low >= 0)
            {
                return new Interval(signed ? -1 / term.Value : 0, 1 / term.Value);
            }
        }

        return Interval.Reals;
    }

    /// <summary>Whether |part| ≤ whole always: equal and not negative, one of the summands of a whole, or a dot product and
    /// the product of the two norms.</summary>
    private bool IsPart(Expression part, Expression whole, out bool signed)
    {
        signed = false;
        if (part == whole || (whole.Operation == Operation.Sum && whole.Operands[0] == part))
        {
            return Known(part).Low >= 0;
        }

        signed = true;
        return part is { Operation: Operation.Sum } dot && dot.Operands[0] is { Operation: Operation.Multiply } product
            && whole is { Operation: Operation.Multiply } norms
            && ((IsNorm(norms.Operands[0], product.Operands[0]) && IsNorm(norms.Operands[1], product.Operands[1]))
                || (IsNorm(norms.Operands[1], product.Operands[0]) && IsNorm(norms.Operands[0], product.Operands[1])));
    }

    private static bool IsNorm(Expression node, Expression of) =>
        node.Operation == Operation.Sqrt && node.Operands[0] is { Operation: Operation.Sum } square
        && square.Operands[0] is { Operation: Operation.Multiply } product
        && product.Operands[0] == of && product.Operands[1] == of;

    /// <summary>Weighted means lie among what they average; dot products between the products of the norms.</summary>
    private Interval OfTotal(Expression sum)
    {
        // Σ exp(a − max a): the largest contributes 1.
        if (sum.Operands[0] is { Operation: Operation.Exp } exponential && IsBelowLargest(exponential.Operands[0]))
        {
            return new Interval(1, sum.Pool.Dimension);
        }

        if (IsDistribution(sum.Operands[0]))
        {
            return Interval.Unit;
        }

        if (sum.Operands[0] is not { Operation: Operation.Multiply } product)
        {
            return Interval.Reals;
        }

        Expression a = product.Operands[0], b = product.Operands[1];
        Interval bounds = Interval.Reals;
        if (IsDistribution(a))
        {
            bounds = bounds.Meet(Known(b));
        }

        if (IsDistribution(b))
        {
            bounds = bounds.Meet(Known(a));
        }

        double norms = NormBound(a) * NormBound(b);
        return a == b || double.IsNaN(norms) ? bounds : bounds.Meet(new Interval(-norms, norms));
    }

    /// <summary>Components x / Σx with x ≥ 0: not negative, with sum 1.</summary>
    private bool IsDistribution(Expression vector) =>
        vector is { Operation: Operation.Divide, IsVector: true } && vector.Operands[1] is { Operation: Operation.Sum } sum
        && sum.Operands[0] == vector.Operands[0] && Known(vector.Operands[0]).Low >= 0;

    /// <summary>A bound of the Euclidean length.</summary>
    private double NormBound(Expression vector)
    {
        if (IsDistribution(vector))
        {
            return 1;
        }

        double plain = Math.Sqrt(vector.Pool.Dimension) * Known(vector).Magnitude;
        if (vector.Operation != Operation.Divide || vector.Operands[1].IsVector)
        {
            return plain;
        }

        // x / (c‖x‖ + rest)
        LinearForm form = LinearForm.Of(vector.Operands[1]);
        foreach (KeyValuePair<Expression, double> term in form.Terms)
        {
            if (term.Value > 0 && IsNorm(term.Key, vector.Operands[0]) && form.Constant >= 0
                && form.Terms.All(t => t.Key == term.Key || (t.Value * Known(t.Key)).Low >= 0))
            {
                return Math.Min(plain, 1 / term.Value);
            }
        }

        return plain;
    }

    /// <summary>Bounds of a node that may not be below the one in work: flattening finds new sums of old parts.</summary>
    private Interval Known(Expression node) => _done.TryGetValue(node, out Interval bounds) ? bounds : Interval.Reals;

    /// <summary>a − max a.</summary>
    private static bool IsBelowLargest(Expression node) =>
        node.Operation == Operation.Subtract && Undetached(node.Operands[1]) is { Operation: Operation.Largest } largest
        && largest.Operands[0] == node.Operands[0];

    private static Expression Undetached(Expression node) =>
        node.Operation == Operation.Detach ? node.Operands[0] : node;
}
