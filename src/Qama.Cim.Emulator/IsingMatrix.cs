using System.Buffers;

namespace Qama.Cim.Emulator;

/// <summary>A task's matrix in the machine's form, and what its energies mean for what was uploaded.</summary>
/// <param name="Rented">Memory of the shared pool; the first Spins² integers are the matrix.</param>
/// <param name="Spins">Rows, the auxiliary spin included.</param>
/// <param name="Factor">Eighths of an uploaded unit that an energy −σᵀMσ counts.</param>
/// <param name="Shift">Eighths that are added.</param>
internal sealed record IsingMatrix(int[] Rented, int Spins, int Factor, long Shift)
{
    /// <summary>Spins² integers, symmetric with zero diagonal.</summary>
    public Span<int> Values => Rented.AsSpan(0, Spins * Spins);

    /// <summary>The value of a state in what was uploaded: xᵀQx of a QUBO, −σᵀMσ of an Ising matrix.</summary>
    public double Value(long energy) => (Factor * energy + Shift) / 8.0;

    /// <summary>Gives the memory back; then there is no matrix.</summary>
    public void Return() => ArrayPool<int>.Shared.Return(Rented);

    /// <summary>A way to have it later that needs a byte per number until then, where that is enough. This one is given back.</summary>
    public Func<IsingMatrix> Packed()
    {
        if (!UploadedMatrix.Fits(Values, 8))
        {
            return () => this;
        }

        var packed = new sbyte[Values.Length];
        for (int k = 0; k < packed.Length; k++)
        {
            packed[k] = (sbyte)Rented[k];
        }

        Return();
        (int spins, int factor, long shift) = (Spins, Factor, Shift); // not this, which holds the numbers
        return () =>
        {
            int[] values = ArrayPool<int>.Shared.Rent(packed.Length);
            for (int k = 0; k < packed.Length; k++)
            {
                values[k] = packed[k];
            }

            return new IsingMatrix(values, spins, factor, shift);
        };
    }

    /// <summary>What no upload can have, or null: symmetric with zero diagonal, and sums of a row that an int
    /// holds.</summary>
    public string? Problem()
    {
        ReadOnlySpan<int> values = Values;
        long largest = 0;
        for (int i = 0; i < Spins; i++)
        {
            if (values[i * Spins + i] != 0)
            {
                return "the Ising matrix is not symmetric with zero diagonal";
            }

            for (int j = 0; j < i; j++)
            {
                if (values[i * Spins + j] != values[j * Spins + i])
                {
                    return "the Ising matrix is not symmetric with zero diagonal";
                }

                largest = Math.Max(largest, Math.Abs((long)values[i * Spins + j]));
            }
        }

        return largest * Spins > int.MaxValue ? "the coefficients are too large" : null;
    }
}
