using Qama.Contract;

namespace Qama.Ising;

/// <summary>
/// Adds energies of selection weights s = Σ_b c_b x_b, c_b = 2^b / (2^B − 1), to a form over their bits; the bits of
/// weight number w are the variables w·B to w·B + B − 1.
/// </summary>
/// <typeparam name="TForm">The form.</typeparam>
/// <param name="form">The form.</param>
/// <param name="bits">Bits B of a weight, 1 to 8.</param>
public readonly struct SelectionForm<TForm>(TForm form, int bits)
    where TForm : IQuadraticForm
{
    private readonly double _unit = 1.0 / ((1 << bits) - 1);

    /// <summary>Adds <paramref name="coefficient"/>·s.</summary>
    public void AddWeight(int weight, double coefficient)
    {
        for (int b = 0; b < bits; b++)
        {
            form.AddLinear(weight * bits + b, coefficient * _unit * (1 << b));
        }
    }

    /// <summary>Adds <paramref name="coefficient"/>·s·s' of two weights, or s² of one.</summary>
    public void AddProduct(int first, int second, double coefficient)
    {
        for (int a = 0; a < bits; a++)
        {
            for (int b = 0; b < bits; b++)
            {
                form.AddPair(first * bits + a, second * bits + b, coefficient * (_unit * (1 << a)) * (_unit * (1 << b)));
            }
        }
    }

    /// <summary>Adds <paramref name="coefficient"/>·Σ_b x_b x'_b of two weights.</summary>
    public void AddBitOverlap(int first, int second, double coefficient)
    {
        for (int b = 0; b < bits; b++)
        {
            form.AddPair(first * bits + b, second * bits + b, coefficient);
        }
    }

    /// <summary>
    /// Adds what a penalty on the sum S of some weights is as a quadratic polynomial: with slack bits y for inequalities,
    /// w (S − k)², w (S − k + u Σ c y)², w (k − S + u Σ c y)², or the unbalanced form without slack.
    /// </summary>
    /// <param name="penalty">The penalty.</param>
    /// <param name="first">Number of the first weight.</param>
    /// <param name="count">How many weights follow one another.</param>
    /// <param name="firstSlack">The variable of the first slack bit.</param>
    /// <param name="slack">c of every slack bit, in steps u of a weight; empty without slack.</param>
    public void AddSumPenalty(in SumPenalty penalty, int first, int count, int firstSlack, ReadOnlySpan<double> slack)
    {
        SumPenaltyShape shape = penalty.Shape;
        (double sign, double linear, double square) = (shape.Direction, shape.Linear, shape.Square);

        // g = sign (S − k) + slack; energy = w (square g² + linear g).
        double constant = -sign * penalty.Target;
        square *= penalty.Weight;
        linear *= penalty.Weight;
        form.AddConstant((square * constant * constant) + (linear * constant));
        for (int i = 0; i < count * bits; i++)
        {
            double own = sign * Coefficient(i);
            int variable = (first * bits) + i;
            form.AddLinear(variable, (square * own * (own + (2 * constant))) + (linear * own));
            for (int j = i + 1; j < count * bits; j++)
            {
                form.AddPair(variable, (first * bits) + j, 2 * square * own * sign * Coefficient(j));
            }

            for (int y = 0; y < slack.Length; y++)
            {
                form.AddPair(variable, firstSlack + y, 2 * square * own * _unit * slack[y]);
            }
        }

        for (int y = 0; y < slack.Length; y++)
        {
            double own = _unit * slack[y];
            form.AddLinear(firstSlack + y, square * own * (own + (2 * constant)));
            for (int z = y + 1; z < slack.Length; z++)
            {
                form.AddPair(firstSlack + y, firstSlack + z, 2 * square * own * _unit * slack[z]);
            }
        }
    }

    private double Coefficient(int bit) => _unit * (1 << (bit % bits));
}
