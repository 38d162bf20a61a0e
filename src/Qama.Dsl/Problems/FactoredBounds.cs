namespace Qama.Problems;

/// <summary>
/// Bounds of the rows of couplings that are kept as features, in time that grows with the tokens: |a[i,j]| ≤ |c| (|a_i| |b_j| + |b_i| |a_j|)
/// + 2 |shift| by Cauchy's inequality, from sums and largest norms of the tokens of a block, or of three stretches of the line, each
/// as long as the window reaches.
/// </summary>
internal static class FactoredBounds<TEnergy>
    where TEnergy : struct, IDeclaredEnergy
{
    /// <summary>Writes the bounds of a head.</summary>
    /// <param name="problem">The coefficients; checked.</param>
    /// <param name="head">The head.</param>
    /// <param name="stride">Length of a row of features.</param>
    /// <param name="rows">Receives one for each token present.</param>
    public static void Write(in FactoredView problem, int head, int stride, Span<RowBound> rows)
    {
        int n = rows.Length;
        var norms = new double[2 * n];
        Span<double> a = norms.AsSpan(0, n), b = norms.AsSpan(n);
        for (int d = 0; d < problem.Rank; d++)
        {
            int at = ((head * problem.Rank) + d) * stride;
            AddSquares(problem.Rows.Slice(at, n), a);
            AddSquares(problem.Columns.Slice(at, n), b);
        }

        for (int i = 0; i < 2 * n; i++)
        {
            norms[i] = Math.Sqrt(norms[i]);
        }

        (double scale, double shift) = (Math.Abs(problem.Scales[head]), 2 * Math.Abs(problem.ShiftOf(head)));
        int block = TEnergy.CouplingBlock > 0 ? TEnergy.CouplingBlock : Math.Max(n, 1);
        int window = TEnergy.CouplingWindow > 0 ? TEnergy.CouplingWindow : block;
        for (int start = 0; start < n; start += block)
        {
            int end = Math.Min(n, start + block);
            var last = default(Stretch);
            Stretch present = Measure(a, b, start, Math.Min(end, start + window));
            for (int first = start; first < end; first += window)
            {
                Stretch next = Measure(a, b, first + window, Math.Min(end, first + (2 * window)));
                Stretch near = last + present + next;
                for (int i = first; i < Math.Min(end, first + window); i++)
                {
                    int partners = Math.Min(end, i + window + 1) - Math.Max(start, i - window) - 1;
                    double largest = (scale * ((a[i] * near.LargestB) + (b[i] * near.LargestA))) + shift;
                    double sum = (scale * ((a[i] * (near.SumB - b[i])) + (b[i] * (near.SumA - a[i])))) + (shift * partners);
                    sum = Math.Max(0, Math.Min(sum, partners * largest));
                    double field = TEnergy.HasField ? problem.Fields[(head * stride) + i] : 0;
                    rows[i] = new RowBound(sum, largest, sum, largest, sum, 0, field);
                }

                (last, present) = (present, next);
            }
        }
    }

    private static void AddSquares(ReadOnlySpan<float> row, Span<double> squares)
    {
        for (int i = 0; i < row.Length; i++)
        {
            squares[i] += (double)row[i] * row[i];
        }
    }

    private static Stretch Measure(ReadOnlySpan<double> a, ReadOnlySpan<double> b, int from, int to)
    {
        var stretch = default(Stretch);
        for (int i = from; i < to; i++)
        {
            stretch += new Stretch(a[i], b[i], a[i], b[i]);
        }

        return stretch;
    }

    private readonly record struct Stretch(double SumA, double SumB, double LargestA, double LargestB)
    {
        public static Stretch operator +(Stretch first, Stretch second) => new(
            first.SumA + second.SumA, first.SumB + second.SumB, Math.Max(first.LargestA, second.LargestA),
            Math.Max(first.LargestB, second.LargestB));
    }
}
