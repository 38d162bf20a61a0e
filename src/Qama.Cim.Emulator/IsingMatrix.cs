namespace Qama.Cim.Emulator;

/// <summary>A task's matrix in the machine's form, and what its energies mean for what was uploaded.</summary>
/// <param name="Values">Spins² integers, symmetric with zero diagonal.</param>
/// <param name="Spins">Rows, the auxiliary spin included.</param>
/// <param name="Factor">Eighths of an uploaded unit that an energy −σᵀMσ counts.</param>
/// <param name="Shift">Eighths that are added.</param>
internal sealed record IsingMatrix(int[] Values, int Spins, int Factor, long Shift)
{
    /// <summary>The value of a state in what was uploaded: xᵀQx of a QUBO, −σᵀMσ of an Ising matrix.</summary>
    public double Value(long energy) => (Factor * energy + Shift) / 8.0;

    /// <summary>A way to have it later that needs a byte per number until then, where that is enough.</summary>
    public Func<IsingMatrix> Packed()
    {
        if (!UploadedMatrix.Fits(Values, 8))
        {
            return () => this;
        }

        sbyte[] values = Array.ConvertAll(Values, v => (sbyte)v);
        (int spins, int factor, long shift) = (Spins, Factor, Shift); // not this, which holds the numbers
        return () => new IsingMatrix(Array.ConvertAll(values, v => (int)v), spins, factor, shift);
    }

    /// <summary>What no upload can have, or null: symmetric with zero diagonal, and sums of a row that an int
    /// holds.</summary>
    public string? Problem()
    {
        long largest = 0;
        for (int i = 0; i < Spins; i++)
        {
            if (Values[i * Spins + i] != 0)
            {
                return "the Ising matrix is not symmetric with zero diagonal";
            }

            for (int j = 0; j < i; j++)
            {
                if (Values[i * Spins + j] != Values[j * Spins + i])
                {
                    return "the Ising matrix is not symmetric with zero diagonal";
                }

                largest = Math.Max(largest, Math.Abs((long)Values[i * Spins + j]));
            }
        }

        return largest * Spins > int.MaxValue ? "the coefficients are too large" : null;
    }
}
