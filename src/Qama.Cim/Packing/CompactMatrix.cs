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
        var matrix = new int[n * n];
        task.WriteMatrix(sent, bits, matrix);
        var packed = new byte[Length(form, task.SpinCount, bits)];
        int at = 0;
        for (int i = 0; i < n; i++)
        {
            for (int j = i + Gap(sent); j < n; j++)
            {
                at += Put(matrix[i * n + j], packed.AsSpan(at), bits);
            }
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
        int at = 0;
        int n = form == UploadForm.Ising ? spins : spins - 1;
        int rows = form == UploadForm.RoundedQubo ? n : spins;
        int gap = Gap(Sent(form));
        for (int i = 0; i < rows; i++)
        {
            for (int j = i + gap; j < rows; j++)
            {
                int value = Width(bits) == 1 ? (sbyte)packed[at] : BinaryPrimitives.ReadInt16LittleEndian(packed[at..]);
                at += Width(bits);
                if (value == 0)
                {
                    continue;
                }

                switch (form)
                {
                    case UploadForm.Ising:
                        matrix[i * n + j] = matrix[j * n + i] = value;
                        break;
                    case UploadForm.QuboOfIsing:
                        PackedTask.AddToQubo(i, j, value, n, matrix);
                        break;
                    default:
                        matrix[i * n + j] = value;
                        break;
                }
            }
        }
    }

    private static UploadForm Sent(UploadForm form) => form == UploadForm.RoundedQubo ? form : UploadForm.Ising;

    private static int Gap(UploadForm sent) => sent == UploadForm.RoundedQubo ? 0 : 1;

    private static int Width(int bits) => bits <= 8 ? 1 : 2;

    private static int Put(int value, Span<byte> destination, int bits)
    {
        if (Width(bits) == 1)
        {
            destination[0] = (byte)checked((sbyte)value);
        }
        else
        {
            BinaryPrimitives.WriteInt16LittleEndian(destination, checked((short)value));
        }

        return Width(bits);
    }
}
