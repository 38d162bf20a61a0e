using System.Buffers;
using System.ComponentModel;
using System.Numerics;
using Qama.Contract;

namespace Qama.Layers.Readouts;

/// <summary>The coefficients of one problem, and how they enter the energy.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="couplings">J, [heads, tokens, stride].</param>
/// <param name="fields">f, [heads, stride]; empty without fields.</param>
/// <param name="stride">Row length.</param>
/// <param name="tokenCount">Tokens present.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly ref struct BoundedProblem<T>(ReadOnlySpan<T> couplings, ReadOnlySpan<T> fields, int stride, int tokenCount)
    where T : unmanaged, INumberBase<T>
{
    /// <summary>J.</summary>
    public ReadOnlySpan<T> Couplings { get; } = couplings;

    /// <summary>f.</summary>
    public ReadOnlySpan<T> Fields { get; } = fields;

    /// <summary>Row length.</summary>
    public int Stride { get; } = stride;

    /// <summary>Tokens present.</summary>
    public int TokenCount { get; } = tokenCount;

    /// <summary>Heads H.</summary>
    public required int Heads { get; init; }

    /// <summary>Tokens N.</summary>
    public required int Tokens { get; init; }

    /// <summary>w_J.</summary>
    public required double CouplingWeight { get; init; }

    /// <summary>w_f, scale included.</summary>
    public double FieldWeight { get; init; }

    /// <summary>Whether J[i,i] s_i² counts.</summary>
    public bool KeepsDiagonal { get; init; }
}

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
    public static double Rise<T>(in BoundedProblem<T> problem, params ReadOnlySpan<Change> changes)
        where T : unmanaged, INumberBase<T>
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

    private static double Slope<T>(in BoundedProblem<T> problem, Change change)
        where T : unmanaged, INumberBase<T>
    {
        int tokens = problem.TokenCount;
        int choices = change.Kind == ChangeKind.Raise ? Math.Max(1, change.Choices - (problem.Tokens - tokens)) : change.Choices;
        double worst = 0, sum = 0;
        double[] rented = ArrayPool<double>.Shared.Rent(Math.Max(tokens, 1));
        Span<double> slopes = rented.AsSpan(0, tokens);
        for (int h = 0; h < problem.Heads; h++)
        {
            for (int i = 0; i < tokens; i++)
            {
                slopes[i] = TokenSlope(problem, change, h, i);
                sum += slopes[i];
            }

            if (choices <= tokens)
            {
                slopes.Sort();
                worst = Math.Max(worst, slopes[tokens - choices]);
            }
        }

        ArrayPool<double>.Shared.Return(rented);
        return change.Kind == ChangeKind.Replace ? sum : worst;
    }

    private static double TokenSlope<T>(in BoundedProblem<T> problem, Change change, int head, int token)
        where T : unmanaged, INumberBase<T>
    {
        int first = head * problem.Tokens;
        ReadOnlySpan<T> row = problem.Couplings.Slice((first + token) * problem.Stride, problem.TokenCount);
        double total = 0, largest = 0;
        for (int j = 0; j < row.Length; j++)
        {
            if (j != token)
            {
                double mirrored = double.CreateTruncating(problem.Couplings[((first + j) * problem.Stride) + token]);
                double pair = Part(double.CreateTruncating(row[j]) + mirrored);
                total += pair;
                largest = Math.Max(largest, pair);
            }
        }

        double diagonal = problem.KeepsDiagonal ? Part(double.CreateTruncating(row[token])) : 0;
        double own = problem.Fields.IsEmpty
            ? 0
            : problem.FieldWeight * Part(double.CreateTruncating(problem.Fields[(head * problem.Stride) + token]));
        return change.Kind == ChangeKind.Replace
            ? (problem.CouplingWeight * ((total / 2) + diagonal)) + own
            : (problem.CouplingWeight * (Math.Min(total, change.Mass * largest) + ((2 - change.Step) * diagonal))) + own;

        double Part(double value) => change.Resistance(value, value);
    }
}
