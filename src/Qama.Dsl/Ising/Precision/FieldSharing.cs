namespace Qama.Ising.Precision;

/// <summary>
/// Shares integer fields that exceed the machine's range among A spins: the auxiliary spin a and A − 1 field spins. Every field spin
/// carries q_i = round(H_i/A), the auxiliary spin q_i and the remainder r_i, and each field spin is tied to it with weight T.
/// </summary>
/// <remarks>
/// Exact: some optimum has all of them equal to a, every optimum where T exceeds the bound. For given spins σ let
/// Q = Σ q_iσ_i and R = Σ r_iσ_i. In
/// the field spins' mean m the energy −2[a(Q + R) + (A − 1)mQ + (A − 1)T·a·m] is linear, so m = ±1 at its minimum: field
/// spins agree with one another for any T. They could only oppose a where |R − (A − 2)Q| &gt; |AQ + R| + 2(A − 1)T, and the left exceeds
/// the first term on the right by at most 2|R|(A − 1)/A, so T ≥ Σ|r_i|/A suffices. Where the remainders
/// are too large for a T in range, the smallest of them are rounded away, which is reported as rounding.
/// </remarks>
internal sealed class FieldSharing
{
    private FieldSharing(int spins, int tie, int[] each, int[] remainder)
    {
        (Spins, Tie, Each, Remainder) = (spins, tie, each, remainder);
    }

    /// <summary>A.</summary>
    public int Spins { get; }

    /// <summary>T.</summary>
    public int Tie { get; }

    /// <summary>q.</summary>
    public int[] Each { get; }

    /// <summary>r.</summary>
    public int[] Remainder { get; }

    /// <summary>H_i as it is represented.</summary>
    public int Total(int i) => Spins * Each[i] + Remainder[i];

    /// <summary>Shares fields of at most limit·spins among at most 2·limit + 2 spins.</summary>
    public static FieldSharing Of(ReadOnlySpan<int> fields, int spins, int limit)
    {
        var each = new int[fields.Length];
        var remainder = new int[fields.Length];
        if (spins == 1)
        {
            return new FieldSharing(1, 0, [.. fields], remainder);
        }

        long sum = 0;
        for (int i = 0; i < fields.Length; i++)
        {
            each[i] = (int)Math.Round((double)fields[i] / spins);
            remainder[i] = fields[i] - spins * each[i];
            if (Math.Abs(each[i] + remainder[i]) > limit)
            {
                // The auxiliary spin would carry too much: the field spins take one more each.
                each[i] += Math.Sign(remainder[i]);
                remainder[i] = fields[i] - spins * each[i];
            }

            sum += Math.Abs(remainder[i]);
        }

        if (sum / spins + 1 > limit)
        {
            int[] order = [.. Enumerable.Range(0, fields.Length)];
            Array.Sort(order, (a, b) => Math.Abs(remainder[a]) != Math.Abs(remainder[b])
                ? Math.Abs(remainder[a]) - Math.Abs(remainder[b]) : a - b);
            for (int k = 0; sum / spins + 1 > limit; k++)
            {
                sum -= Math.Abs(remainder[order[k]]);
                remainder[order[k]] = 0;
            }
        }

        return new FieldSharing(spins, (int)(sum / spins) + 1, each, remainder);
    }
}
