using System.Buffers.Text;

namespace Qama.Cim.Transport;

/// <summary>A matrix as the machine reads it: a line per row, commas, no header.</summary>
public static class MatrixCsv
{
    private const int LongestNumber = 12; // a sign, ten digits, a separator

    /// <summary>Bytes that a matrix takes at most.</summary>
    /// <param name="size">Rows, 1 to 8,192.</param>
    /// <exception cref="ArgumentException">Another number of rows.</exception>
    public static int MaxLength(int size) => size is >= 1 and <= CimMachine.MostSpins
        ? size * size * LongestNumber
        : throw new ArgumentException($"Expected 1 to {CimMachine.MostSpins} rows, got {size}.", nameof(size));

    /// <summary>Writes a matrix; returns the number of bytes.</summary>
    /// <param name="matrix">size² integers, row-major.</param>
    /// <param name="size">Rows.</param>
    /// <param name="destination">Room for <see cref="MaxLength"/> bytes.</param>
    /// <exception cref="ArgumentException">A length is wrong.</exception>
    public static int Write(ReadOnlySpan<int> matrix, int size, Span<byte> destination)
    {
        int most = MaxLength(size);
        if (matrix.Length != size * size || destination.Length < most)
        {
            throw new ArgumentException(
                $"Expected {size * size} integers and room for {LongestNumber} bytes each, got {matrix.Length} and {destination.Length}.",
                nameof(matrix));
        }

        int at = 0;
        int column = 0;
        foreach (int value in matrix)
        {
            // Most entries are 0 or a digit.
            if ((uint)value < 10)
            {
                destination[at++] = (byte)('0' + value);
            }
            else
            {
                Utf8Formatter.TryFormat(value, destination[at..], out int written);
                at += written;
            }

            bool isLast = ++column == size;
            destination[at++] = (byte)(isLast ? '\n' : ',');
            column = isLast ? 0 : column;
        }

        return at;
    }
}
