using System.Globalization;
using Qama.Cim.Packing;

namespace Qama.Cim.Transport;

/// <summary>Validation of what a machine gives as a solution.</summary>
public static class SolutionRow
{
    /// <summary>
    /// Brings a row into spins with the auxiliary one last and up. Accepted are bits (one per variable, the auxiliary spin
    /// left out) and spins (with it, or without: then it is up). Nothing else, and no other length.
    /// </summary>
    /// <param name="values">The row's numbers.</param>
    /// <param name="task">The task.</param>
    /// <exception cref="CimAnswerException">Another length, or a value that is neither.</exception>
    public static sbyte[] Normalize(ReadOnlySpan<double> values, MachineTask task)
    {
        ArgumentNullException.ThrowIfNull(task);
        int n = task.SpinCount;
        bool isComplete = values.Length == n;
        if (!isComplete && (values.Length != n - 1 || task.Form == UploadForm.Ising))
        {
            throw new CimAnswerException(task.Form == UploadForm.Ising
                ? $"Expected solutions of {n} spins, got {values.Length} values."
                : $"Expected solutions of {n - 1} bits or {n} spins, got {values.Length} values.");
        }

        var spins = new sbyte[n];
        bool hasZero = false;
        bool hasMinus = false;
        for (int i = 0; i < values.Length; i++)
        {
            hasZero |= values[i] == 0;
            hasMinus |= values[i] == -1;
            spins[i] = values[i] switch
            {
                1 => 1,
                0 or -1 => -1,
                _ => throw new CimAnswerException(string.Create(
                    CultureInfo.InvariantCulture, $"Expected a solution of -1 and 1 or of 0 and 1, got {values[i]:G3} at {i}.")),
            };
        }

        if (hasZero && (hasMinus || isComplete))
        {
            throw new CimAnswerException(hasMinus
                ? "A solution holds both 0 and -1." : $"Expected {n - 1} bits, got {values.Length}.");
        }

        if (!isComplete)
        {
            spins[^1] = 1;
        }
        else if (spins[^1] < 0)
        {
            for (int i = 0; i < n; i++)
            {
                spins[i] = (sbyte)-spins[i];
            }
        }

        return spins;
    }
}
