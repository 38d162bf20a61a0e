using Qama.Numerics;

namespace Qama.Annealing;

/// <summary>Random first states.</summary>
internal static class RandomBits
{
    /// <summary>Fills the first <paramref name="count"/> entries with 0 or 1, both equally likely, and clears the rest. Draws
    /// 64 bits for every 64 entries begun.</summary>
    public static void Fill(ref RandomStream random, Span<float> row, int count)
    {
        row.Clear();
        for (int start = 0; start < count; start += 64)
        {
            ulong bits = random.NextUInt64();
            int end = Math.Min(count, start + 64);
            for (int i = start; i < end; i++)
            {
                row[i] = (bits >> (i - start)) & 1;
            }
        }
    }
}
