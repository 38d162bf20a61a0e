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
}
