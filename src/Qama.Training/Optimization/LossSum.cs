namespace Qama.Training.Optimization;

/// <summary>Sums over rows of logits that have a label.</summary>
/// <param name="Loss">Sum of the rows' losses.</param>
/// <param name="Correct">How many have their largest logit at the label.</param>
/// <param name="Rows">How many there are.</param>
internal readonly record struct LossSum(double Loss, int Correct, int Rows)
{
    /// <summary>Mean loss of a row.</summary>
    public double Mean => Loss / Rows;

    public static LossSum operator +(LossSum left, LossSum right) =>
        new(left.Loss + right.Loss, left.Correct + right.Correct, left.Rows + right.Rows);
}
