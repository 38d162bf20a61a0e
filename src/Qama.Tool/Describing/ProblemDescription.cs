using Qama.Ising;
using Qama.Ising.Precision;
using Qama.Tool.Formats;
using Qama.Tool.Solving;

namespace Qama.Tool.Describing;

/// <summary>What is in a problem.</summary>
internal sealed record ProblemDescription
{
    private const int LargestReduced = 4096; // variables: reduction writes all pairs out, 0.4 GB

    /// <summary>The smallest coefficient, 0 without any.</summary>
    public required double Least { get; init; }

    /// <summary>The largest coefficient, 0 without any.</summary>
    public required double Most { get; init; }

    /// <summary>Different coefficients.</summary>
    public required int Distinct { get; init; }

    /// <summary>Bits of signed integers that represent all coefficients exactly, or null where 24 do not.</summary>
    public required int? Bits { get; init; }

    /// <summary>What one means in such integers; 0 where there are none.</summary>
    public required double Unit { get; init; }

    /// <summary>Parts that do not interact; a variable without couplings is one.</summary>
    public required int Parts { get; init; }

    /// <summary>Variables of the largest part.</summary>
    public required int LargestPart { get; init; }

    /// <summary>Variables without couplings.</summary>
    public required int Alone { get; init; }

    /// <summary>Variables that <see cref="FieldRule"/> decides.</summary>
    public required int Decided { get; init; }

    /// <summary>What 8 bits lose; null for problems that are too large.</summary>
    public required PrecisionReport? EightBits { get; init; }

    /// <summary>Looks at a problem.</summary>
    public static ProblemDescription Of(PlainProblem problem)
    {
        double[] values = [.. problem.Terms.Select(t => t.Value)];
        (int? bits, double unit) = IntegerBits(values);
        (int parts, int largest, int alone) = ConnectedParts(problem);
        return new()
        {
            Least = values.Length == 0 ? 0 : values.Min(),
            Most = values.Length == 0 ? 0 : values.Max(),
            Distinct = values.Distinct().Count(),
            Bits = bits,
            Unit = unit,
            Parts = parts,
            LargestPart = largest,
            Alone = alone,
            Decided = FieldRule.Decide(problem).Count(s => s != 0),
            EightBits = problem.Size is > 0 and <= LargestReduced ? Reduce(problem) : null,
        };
    }

    private static PrecisionReport Reduce(PlainProblem problem)
    {
        QuboMatrix matrix = Samplers.Matrix(problem.As(VariableKind.Binary));
        int fieldSpins = new PrecisionOptions().MaxFieldSpins;
        return PrecisionReducer.Reduce(matrix, new MachineLimits(problem.Size + fieldSpins + 1, 8)).Report;
    }

    private static (int? Bits, double Unit) IntegerBits(double[] values)
    {
        const int Most = 24;
        double largest = IntegerScaling.Largest(values);
        if (largest == 0)
        {
            return (1, 1);
        }

        int exponent = Math.ILogB(largest);
        double[] scaled = [.. values.Select(v => Math.ScaleB(Math.Abs(v), -exponent)).Distinct()];
        if (IntegerScaling.Exact(scaled, [], (1 << (Most - 1)) - 1, 1) is not { } factor)
        {
            return (null, 0);
        }

        double integer = Math.Round(IntegerScaling.Largest(scaled) * factor);
        return ((int)Math.Log2(integer) + 2, largest / integer);
    }

    private static (int Parts, int Largest, int Alone) ConnectedParts(PlainProblem problem)
    {
        int[] parent = [.. Enumerable.Range(0, problem.Size)];
        foreach ((int i, int j, _) in problem.Terms)
        {
            (int a, int b) = (Root(i), Root(j));
            parent[Math.Max(a, b)] = Math.Min(a, b);
        }

        var sizes = new int[problem.Size];
        for (int i = 0; i < sizes.Length; i++)
        {
            sizes[Root(i)]++;
        }

        return (sizes.Count(s => s > 0), sizes.Length == 0 ? 0 : sizes.Max(), sizes.Count(s => s == 1));

        int Root(int i)
        {
            while (parent[i] != i)
            {
                i = parent[i] = parent[parent[i]];
            }

            return i;
        }
    }
}
