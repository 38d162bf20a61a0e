using System.Buffers;
using System.Buffers.Binary;

namespace Qama.Cim.Packing;

/// <summary>A task's matrix in the machine's own width, for the way between two programs: one byte a coefficient for 8 bits and
/// fewer, else two; of the pairs one order only. The QUBO that converts to the Ising matrix travels as the latter.</summary>
internal static class CompactMatrix
{
    /// <summary>Bytes of a task's matrix.</summary>
    public static int Length(UploadForm form, int spins, int bits) =>
        (form == UploadForm.RoundedQubo ? (spins - 1) * spins / 2 : spins * (spins - 1) / 2) * Width(bits);

    /// <summary>Packs the matrix of a task.</summary>
    public static byte[] Pack(PackedTask task, UploadForm form, int bits)
    {
        UploadForm sent = Sent(form);
        int n = task.MatrixSize(sent);
        var packed = new byte[Length(form, task.SpinCount, bits)];
        int[] matrix = ArrayPool<int>.Shared.Rent(n * n);
        try
        {
            task.WriteMatrix(sent, bits, matrix.AsSpan(0, n * n));
            int at = 0;
            for (int i = 0; i < n; i++)
            {
                int first = i * n + i + Gap(sent), count = n - i - Gap(sent);
                at += Put(matrix.AsSpan(first, Math.Max(0, count)), packed.AsSpan(at), bits);
            }
        }
        finally
        {
            ArrayPool<int>.Shared.Return(matrix);
        }

        return packed;
    }

    /// <summary>Writes the matrix, row-major, as <see cref="PackedTask.WriteMatrix"/>.</summary>
    /// <param name="packed"><see cref="Length"/> bytes.</param>
    /// <param name="form">The form of the task.</param>
    /// <param name="spins">Spins of the task.</param>
    /// <param name="bits">The machine's width.</param>
    /// <param name="matrix">Receives the integers.</param>
    public static void Unpack(ReadOnlySpan<byte> packed, UploadForm form, int spins, int bits, Span<int> matrix)
    {
        matrix.Clear();
        if (form == UploadForm.QuboOfIsing)
        {
            AddToQubo(packed, spins, bits, matrix);
            return;
        }

        int n = form == UploadForm.Ising ? spins : spins - 1;
        int at = 0;
        for (int i = 0; i < n; i++)
        {
            int gap = Gap(form), count = Math.Max(0, n - i - gap);
            Take(packed[at..], bits, matrix.Slice(i * n + Math.Min(n, i + gap), count));
            at += count * Width(bits);
        }

        if (form == UploadForm.Ising)
        {
            Mirror(matrix, n);
        }
    }

    private static void AddToQubo(ReadOnlySpan<byte> packed, int spins, int bits, Span<int> matrix)
    {
        Span<int> values = stackalloc int[1];
        int at = 0;
        for (int i = 0; i < spins; i++)
        {
            for (int j = i + 1; j < spins; j++)
            {
                Take(packed[at..], bits, values);
                at += Width(bits);
                if (values[0] != 0)
                {
                    PackedTask.AddToQubo(i, j, values[0], spins - 1, matrix);
                }
            }
        }
    }

    // Square by square: a column of a whole matrix is in no cache.
    private static void Mirror(Span<int> matrix, int n)
    {
        const int Side = 32;
        for (int top = 0; top < n; top += Side)
        {
            for (int left = top; left < n; left += Side)
            {
                for (int i = top; i < Math.Min(top + Side, n); i++)
                {
                    for (int j = Math.Max(left, i + 1); j < Math.Min(left + Side, n); j++)
                    {
                        matrix[j * n + i] = matrix[i * n + j];
                    }
                }
            }
        }
    }

    private static UploadForm Sent(UploadForm form) => form == UploadForm.RoundedQubo ? form : UploadForm.Ising;

    private static int Gap(UploadForm sent) => sent == UploadForm.RoundedQubo ? 0 : 1;

    private static int Width(int bits) => bits <= 8 ? 1 : 2;

    // Bytes written.
    private static int Put(ReadOnlySpan<int> values, Span<byte> destination, int bits)
    {
        for (int k = 0; k < values.Length; k++)
        {
            if (Width(bits) == 1)
            {
                destination[k] = (byte)checked((sbyte)values[k]);
            }
            else
            {
                BinaryPrimitives.WriteInt16LittleEndian(destination[(2 * k)..], checked((short)values[k]));
            }
        }

        return values.Length * Width(bits);
    }

    private static void Take(ReadOnlySpan<byte> packed, int bits, Span<int> values)
    {
        for (int k = 0; k < values.Length; k++)
        {
            values[k] = Width(bits) == 1 ? (sbyte)packed[k] : BinaryPrimitives.ReadInt16LittleEndian(packed[(2 * k)..]);
        }
    }
}
