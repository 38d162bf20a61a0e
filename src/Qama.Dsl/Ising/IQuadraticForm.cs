namespace Qama.Ising;

/// <summary>Something that an energy in binary variables is added to, term by term.</summary>
public interface IQuadraticForm
{
    /// <summary>Adds a constant energy.</summary>
    void AddConstant(double coefficient);

    /// <summary>Adds the energy <paramref name="coefficient"/>·x_i.</summary>
    void AddLinear(int i, double coefficient);

    /// <summary>Adds the energy <paramref name="coefficient"/>·x_i·x_j; i = j is x_i.</summary>
    void AddPair(int i, int j, double coefficient);
}

/// <summary>Adds energies of binary variables to an Ising problem, x = (1 + σ)/2.</summary>
/// <param name="problem">The problem.</param>
public readonly struct IsingForm(IsingProblem problem) : IQuadraticForm
{
    /// <inheritdoc/>
    public void AddConstant(double coefficient) => problem.Offset += coefficient;

    /// <inheritdoc/>
    public void AddLinear(int i, double coefficient)
    {
        problem.AddField(i, 0.5 * coefficient);
        problem.Offset += 0.5 * coefficient;
    }

    /// <inheritdoc/>
    public void AddPair(int i, int j, double coefficient)
    {
        if (i == j)
        {
            AddLinear(i, coefficient);
            return;
        }

        // c x x' = c/4 (1 + σ + σ' + σσ').
        double quarter = 0.25 * coefficient;
        problem.AddCoupling(i, j, quarter);
        problem.AddField(i, quarter);
        problem.AddField(j, quarter);
        problem.Offset += quarter;
    }
}
