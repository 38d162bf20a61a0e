using System.Runtime.InteropServices;

namespace Qama.Cim.Journal;

/// <summary>Rows of spins as bits.</summary>
internal static class SpinBits
{
    public static byte[] Pack(IReadOnlyList<sbyte[]> rows)
    {
        int perRow = rows.Count == 0 ? 0 : (rows[0].Length + 7) / 8;
        var bits = new byte[rows.Count * perRow];
        for (int r = 0; r < rows.Count; r++)
        {
            for (int i = 0; i < rows[r].Length; i++)
            {
                bits[r * perRow + i / 8] |= (byte)(rows[r][i] > 0 ? 1 << (i % 8) : 0);
            }
        }

        return bits;
    }

    /// <exception cref="FormatException">The length is no whole number of rows.</exception>
    public static IReadOnlyList<sbyte[]> Unpack(ReadOnlySpan<byte> bits, int spins)
    {
        int perRow = (spins + 7) / 8;
        if (spins < 1 || bits.Length % perRow != 0)
        {
            throw new FormatException($"{bits.Length} bytes are no rows of {spins} spins.");
        }

        var rows = new sbyte[bits.Length / perRow][];
        for (int r = 0; r < rows.Length; r++)
        {
            rows[r] = new sbyte[spins];
            for (int i = 0; i < spins; i++)
            {
                rows[r][i] = (sbyte)((bits[r * perRow + i / 8] >> (i % 8) & 1) == 1 ? 1 : -1);
            }
        }

        return rows;
    }

    public static byte[] Pack(IReadOnlyList<double> values) => MemoryMarshal.AsBytes<double>(values.ToArray()).ToArray();

    public static double[] UnpackDoubles(ReadOnlySpan<byte> bytes) =>
        bytes.Length % sizeof(double) == 0
            ? MemoryMarshal.Cast<byte, double>(bytes).ToArray()
            : throw new FormatException($"{bytes.Length} bytes are no numbers.");
}
