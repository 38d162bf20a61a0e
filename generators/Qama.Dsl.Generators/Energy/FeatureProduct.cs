namespace Qama.Generators.Energy;

/// <summary>A product of what depends on token i alone and what depends on token j alone: A_i B_j of numbers, Σ_d A_di B_dj of
/// vectors.</summary>
/// <param name="Row">A; never a vector where B is not.</param>
/// <param name="Column">B.</param>
internal sealed record FeatureProduct(Expression Row, Expression Column)
{
    /// <summary>Whether it is a sum over dimensions.</summary>
    public bool IsVector => Row.IsVector;

    /// <summary>How many numbers of either token it takes.</summary>
    public int Rank => IsVector ? Row.Pool.Dimension : 1;

    /// <summary>The product itself.</summary>
    public Expression Value => IsVector ? Row.Pool.Sum(Row * Column) : Row * Column;

    /// <summary>c where this is c times the product of query and key, of which nothing has to be computed; else null.</summary>
    public double? FactorOfInputs
    {
        get
        {
            ExpressionPool pool = Row.Pool;
            return (MultipleOf(Row, pool.Symbol(Symbol.Query)), MultipleOf(Column, pool.Symbol(Symbol.Key))) is (double a, double b)
                ? a * b : null;
        }
    }

    /// <summary>c where <paramref name="expression"/> is c·<paramref name="node"/>.</summary>
    public static double? MultipleOf(Expression expression, Expression node) =>
        expression == node ? 1
        : expression.Operation == Operation.Negate && expression.Operands[0] == node ? -1
        : expression.Operation == Operation.Multiply && expression.Operands[0].Operation == Operation.Constant
            && expression.Operands[1] == node ? expression.Operands[0].Value
        : null;
}
