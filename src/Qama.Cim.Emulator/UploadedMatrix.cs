using System.Buffers;

namespace Qama.Cim.Emulator;

/// <summary>An uploaded matrix: parsing, and the conversion that the machine makes.</summary>
internal static class UploadedMatrix
{
    public const int LargestSize = 4096;

    /// <summary>Reads rows of comma-separated integers; null if it is no square of them. The memory is rented and may be
    /// longer.</summary>
    public static (int[] Values, int Size)? Parse(ReadOnlySpan<byte> csv)
    {
        int size = csv.IndexOf((byte)'\n') is int end and >= 0 ? csv[..end].Count((byte)',') + 1 : csv.Count((byte)',') + 1;
        // A first line alone is no reason to allocate: every number has a digit and a separator.
        if (csv.IsEmpty || size > LargestSize || csv.Length < 2 * size * size - 1)
        {
            return null;
        }

        int[] values = ArrayPool<int>.Shared.Rent(size * size);
        int count = 0;
        int inRow = 0;
        int at = 0;
        while (at < csv.Length)
        {
            bool negative = csv[at] == '-';
            at += negative ? 1 : 0;
            int first = at;
            int value = 0;
            while (at < csv.Length && (uint)(csv[at] - '0') < 10)
            {
                value = value * 10 + (csv[at++] - '0');
            }

            if (at == first || at - first > 9 || count == size * size)
            {
                return null;
            }

            values[count++] = negative ? -value : value;
            inRow++;
            at += at < csv.Length && csv[at] == '\r' ? 1 : 0;
            bool endsRow = at == csv.Length || csv[at] == '\n';
            if ((!endsRow && csv[at] != ',') || endsRow != (inRow == size))
            {
                return null;
            }

            inRow = endsRow ? 0 : inRow;
            at++;
        }

        return count == size * size ? (values, size) : null;
    }

    /// <summary>Whether all values are signed integers of a width.</summary>
    public static bool Fits(ReadOnlySpan<int> values, int bits) =>
        !values.ContainsAnyExceptInRange(-(1 << (bits - 1)), (1 << (bits - 1)) - 1);

    /// <summary>The Ising matrix of a QUBO by the vendor's formula; eight times it where that is not integer. Null
    /// where the numbers are too
    /// large.</summary>
    public static IsingMatrix? ToIsing(ReadOnlySpan<int> qubo, int n)
    {
        // B = (Q + Qᵀ)/8; J_ij = −B_ij; J_in = −(Σ_{k≠i} B_ki + B_ii). Eightfold first, to see whether it divides.
        int m = n + 1;
        int[] ising = ArrayPool<int>.Shared.Rent(m * m);
        ising[m * m - 1] = 0;
        var fields = new long[n];
        long remainders = 0;
        long largest = 0;
        long sum = 0;
        const int Tile = 32; // columns are read too: in blocks that stay in the cache
        for (int top = 0; top < n; top += Tile)
        {
            for (int left = 0; left <= top; left += Tile)
            {
                for (int i = top; i < Math.Min(top + Tile, n); i++)
                {
                    for (int j = left; j < Math.Min(left + Tile, i); j++)
                    {
                        long b = (long)qubo[i * n + j] + qubo[j * n + i];
                        fields[i] += b;
                        fields[j] += b;
                        remainders |= b;
                        sum += b;
                        largest = Math.Max(largest, Math.Abs(b));
                        ising[i * m + j] = ising[j * m + i] = (int)-b;
                    }
                }
            }
        }

        for (int i = 0; i < n; i++)
        {
            long field = fields[i] + 2L * qubo[i * n + i];
            remainders |= field;
            sum += 2L * qubo[i * n + i];
            largest = Math.Max(largest, Math.Abs(field));
            ising[i * m + n] = ising[n * m + i] = (int)-field;
            ising[i * m + i] = 0;
        }

        if (largest > int.MaxValue)
        {
            return null;
        }

        // xᵀQx = −σᵀMσ + (Σ_ij Q_ij + Σ_i Q_ii)/4.
        bool isInteger = (remainders & 7) == 0;
        if (isInteger)
        {
            for (int k = 0; k < m * m; k++)
            {
                ising[k] /= 8;
            }
        }

        return new IsingMatrix(ising, m, isInteger ? 8 : 1, 2 * sum);
    }
}
