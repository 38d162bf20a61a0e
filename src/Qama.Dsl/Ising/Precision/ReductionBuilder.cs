using System.Buffers;

namespace Qama.Ising.Precision;

/// <summary>Scales and rounds the parts of a problem, adds their field spins, and keeps account of what rounding did.</summary>
internal sealed class ReductionBuilder(BinaryProblem problem, MachineLimits machine, PrecisionOptions options)
{
    private readonly int _limit = (1 << (machine.Bits - 1)) - 1;
    private readonly List<MachineTerm> _terms = [];
    private double _largestError;
    private double _sumOfErrors;
    private int _count;
    private int _lost;
    private bool _exact = true;
    private double _smallestScale = double.PositiveInfinity;

    public MachineProblem Build(List<int[]> parts, int free)
    {
        var variables = new List<int>();
        var partOf = new List<int>();
        int spare = Math.Min(options.MaxFieldSpins - 1, machine.Spins - 1 - free);
        var fieldSpins = new List<(int Part, int First, FieldSharing Sharing)>();
        for (int p = 0; p < parts.Count; p++)
        {
            int first = variables.Count;
            variables.AddRange(parts[p]);
            partOf.AddRange(Enumerable.Repeat(p, parts[p].Length));
            FieldSharing sharing = Add(parts[p], first, spare + 1);
            spare -= sharing.Spins - 1;
            fieldSpins.Add((p, first, sharing));
        }

        int auxiliary = variables.Count + fieldSpins.Sum(f => f.Sharing.Spins - 1);
        int next = variables.Count;
        foreach ((int part, int first, FieldSharing sharing) in fieldSpins)
        {
            for (int k = 1; k < sharing.Spins; k++, next++)
            {
                partOf.Add(part);
                Couple(first, sharing.Each, [], next);
                Term(next, auxiliary, sharing.Tie);
            }

            Couple(first, sharing.Each, sharing.Remainder, auxiliary);
        }

        var report = new PrecisionReport
        {
            Variables = problem.Size,
            FixedVariables = problem.Size - variables.Count,
            Spins = next,
            FieldSpins = next - variables.Count,
            Components = parts.Count,
            Scale = parts.Count == 0 ? 0 : Math.ScaleB(_smallestScale, -problem.Exponent),
            IsExact = _exact,
            MaxError = Math.ScaleB(_largestError, problem.Exponent),
            MeanError = _count == 0 ? 0 : Math.ScaleB(_sumOfErrors / _count, problem.Exponent),
            Terms = _count,
            RoundedToZero = _lost,
        };
        return new MachineProblem(
            problem.Values, [.. variables], next - variables.Count, [.. _terms], report, [.. partOf]);
    }

    private FieldSharing Add(int[] part, int first, int mostSpins)
    {
        // x = (1 + σ)/2: J = c/4 and h_i = c_i/2 + Σ_j c_ij/4; the machine's M = −J/2 and −h/2.
        int n = part.Length;
        double[] memory = ArrayPool<double>.Shared.Rent(n * (n - 1) / 2);
        Span<double> pairs = memory.AsSpan(0, n * (n - 1) / 2);
        var fields = new double[n];
        for (int a = 0, k = 0; a < n; a++)
        {
            ReadOnlySpan<double> row = problem.Pairs(part[a]);
            double sum = 0;
            foreach (double c in row)
            {
                sum += c;
            }

            fields[a] = -0.25 * problem.Linear[part[a]] - 0.125 * sum;
            for (int b = 0; b < a; b++)
            {
                pairs[k++] = -0.125 * row[part[b]];
            }
        }

        _terms.EnsureCapacity(_terms.Count + pairs.Length - pairs.Count(0.0) + n);
        (double scale, int spins) = Scale(pairs, fields, mostSpins);
        _smallestScale = Math.Min(_smallestScale, scale);
        var integers = new int[n];
        for (int a = 0, k = 0; a < n; a++)
        {
            integers[a] = Rounded(fields[a], scale);
            for (int b = 0; b < a; b++)
            {
                int value = Rounded(pairs[k], scale);
                Record(pairs[k++], value, scale);
                Term(first + b, first + a, value);
            }
        }

        FieldSharing sharing = FieldSharing.Of(integers, spins, _limit);
        for (int a = 0; a < n; a++)
        {
            Record(fields[a], sharing.Total(a), scale);
        }

        ArrayPool<double>.Shared.Return(memory);
        return sharing;
    }

    private (double Scale, int Spins) Scale(ReadOnlySpan<double> pairs, ReadOnlySpan<double> fields, int mostSpins)
    {
        double largestPair = IntegerScaling.Largest(pairs);
        double largestField = IntegerScaling.Largest(fields);
        int wanted = largestPair == 0 ? 1 : (int)Math.Min(mostSpins, Math.Ceiling(largestField / largestPair));
        int spins = Math.Clamp(wanted, 1, 2 * _limit + 2);
        for (int share = 1; share <= spins; share++)
        {
            if (IntegerScaling.Exact(pairs, fields, _limit, share) is double exact)
            {
                return (exact, share);
            }
        }

        return (Math.Min(double.MaxValue, _limit / Math.Max(largestPair, largestField / spins)), spins);
    }

    private static int Rounded(double value, double scale) => (int)Math.Round(value * scale, MidpointRounding.ToEven);

    private void Record(double value, int integer, double scale)
    {
        if (value == 0)
        {
            return;
        }

        double error = Math.Abs(value - integer / scale);
        _count++;
        _lost += integer == 0 ? 1 : 0;
        _largestError = Math.Max(_largestError, error);
        _sumOfErrors += error;
        _exact &= error <= 1e-7 * Math.Max(Math.Abs(value), 1 / scale);
    }

    private void Couple(int first, int[] values, int[] more, int other)
    {
        for (int a = 0; a < values.Length; a++)
        {
            Term(first + a, other, values[a] + (more.Length == 0 ? 0 : more[a]));
        }
    }

    private void Term(int i, int j, int value)
    {
        if (value != 0)
        {
            _terms.Add(new MachineTerm(i, j, value));
        }
    }
}
