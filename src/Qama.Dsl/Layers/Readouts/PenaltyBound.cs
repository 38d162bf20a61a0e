using System.Buffers;
using System.ComponentModel;
using Qama.Contract;
using Qama.Numerics.Vectors;
using Qama.Problems;

namespace Qama.Layers.Readouts;

/// <summary>
/// Sufficient weights of hard constraints from the coefficients of a problem: from any selection that violates the
/// constraint a repair lowers its penalty by at least weight·unit and raises the rest by no more than a bound, so a larger
/// weight leaves no violating minimiser. Derivation: docs/mathematics.md, "Penalty weights".
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class PenaltyBound
{
    /// <summary>The most that the energy besides hard penalties rises by changes made together.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="changes">The changes.</param>
    public static double Rise(in RowBounds problem, params ReadOnlySpan<Change> changes)
    {
        double rise = 0;
        foreach (Change change in changes)
        {
            rise += change.Constant + (change.Step * Slope(problem, change));
        }

        return rise;
    }

    /// <summary>A weight strictly above a bound; 1 where any positive weight suffices.</summary>
    public static double WeightAbove(double bound) => PenaltyMargin.Above(bound);

    private static double Slope(in RowBounds problem, Change change)
    {
        int tokens = problem.TokenCount;
        int choices = change.Kind == ChangeKind.Raise ? Math.Max(1, change.Choices - (problem.Tokens - tokens)) : change.Choices;
        if (problem.HasFieldsAlone)
        {
            return FieldSlope(problem, change, choices);
        }

        double worst = 0, sum = 0;
        double[] rented = ArrayPool<double>.Shared.Rent(Math.Max(tokens, 1));
        Span<double> slopes = rented.AsSpan(0, tokens);
        for (int h = 0; h < problem.Heads; h++)
        {
            for (int i = 0; i < tokens; i++)
            {
                slopes[i] = TokenSlope(problem, change, problem.Rows[(h * tokens) + i]);
                sum += slopes[i];
            }

            if (choices <= tokens)
            {
                worst = Math.Max(worst, Ordered(slopes, tokens - choices));
            }
        }

        ArrayPool<double>.Shared.Return(rented);
        return change.Kind == ChangeKind.Replace ? sum : worst;
    }

    // A token's slope grows with its field, or falls where weights are raised: the order of fields is that of slopes.
    private static double FieldSlope(in RowBounds problem, Change change, int choices)
    {
        (double worst, double sum) = (0, 0);
        int tokens = problem.TokenCount;
        for (int h = 0; h < problem.Heads; h++)
        {
            ReadOnlySpan<float> fields = problem.FieldsOf(h);
            if (change.Kind == ChangeKind.Replace)
            {
                foreach (float field in fields)
                {
                    sum += Of(problem, field);
                }
            }
            else if (choices <= tokens)
            {
                int place = change.Kind == ChangeKind.Raise ? choices - 1 : tokens - choices;
                worst = Math.Max(worst, Of(problem, FloatOrder.Sorted(fields, place)));
            }
        }

        return change.Kind == ChangeKind.Replace ? sum : worst;

        double Of(in RowBounds problem, float field) => TokenSlope(problem, change, new RowBound(0, 0, 0, 0, 0, 0, field));
    }

    /// <summary>The number that would be at a place if they were sorted, whose order changes (Hoare's selection).</summary>
    private static double Ordered(Span<double> numbers, int place)
    {
        (int first, int last) = (0, numbers.Length - 1);
        while (first < last)
        {
            double pivot = numbers[first + ((last - first) / 2)];
            (int low, int high) = (first, last);
            while (low <= high)
            {
                while (numbers[low] < pivot)
                {
                    low++;
                }

                while (numbers[high] > pivot)
                {
                    high--;
                }

                if (low <= high)
                {
                    (numbers[low], numbers[high]) = (numbers[high], numbers[low]);
                    low++;
                    high--;
                }
            }

            if (place > high && place < low)
            {
                break;
            }

            (first, last) = place <= high ? (first, high) : (low, last);
        }

        return numbers[place];
    }

    private static double TokenSlope(in RowBounds problem, Change change, in RowBound row)
    {
        (double total, double largest) = change.Kind switch
        {
            ChangeKind.Lower => (row.Gain, row.LargestGain),
            ChangeKind.Raise => (row.Loss, row.LargestLoss),
            _ => (row.Size, Math.Max(row.LargestGain, row.LargestLoss)),
        };
        double diagonal = Part(row.Diagonal);
        double own = problem.FieldWeight * Part(row.Field);
        return change.Kind == ChangeKind.Replace
            ? (problem.CouplingWeight * ((total / 2) + diagonal)) + own
            : (problem.CouplingWeight * (Math.Min(total, change.Mass * largest) + ((2 - change.Step) * diagonal))) + own;

        double Part(double value) => change.Resistance(value, value);
    }
}
