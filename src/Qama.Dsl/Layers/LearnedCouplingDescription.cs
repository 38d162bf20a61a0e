using System.Numerics;
using Qama.Numerics.Matrices;
using Shapes = Qama.Numerics.Shape;

namespace Qama.Layers;

/// <summary>
/// The learned part of a model's couplings: numbers that are a parameter of the layer, and the table L[h,i,j] that they stand for,
/// [<see cref="TableHeads"/>, tokens, stride] with rows padded to <see cref="Padding.Stride"/>. Weight · L is added to J before J is
/// made symmetric. Made by generated code.
/// </summary>
/// <param name="Form">What is learned.</param>
/// <param name="Tokens">Number of tokens N.</param>
/// <param name="Columns">Columns of the grid that tokens fill row by row; 0 for a line.</param>
/// <param name="Heads">Number of heads H.</param>
/// <param name="PerHead">Whether every head learns its own; otherwise one table is for all.</param>
/// <param name="Weight">Weight of L inside J.</param>
/// <param name="Initial">First value of every number; NaN draws from the standard normal distribution.</param>
public sealed record LearnedCouplingDescription(
    LearnedCouplingForm Form, int Tokens, int Columns, int Heads, bool PerHead, double Weight, double Initial)
{
    /// <summary>The parameter's name in <see cref="ParameterCollection{T}"/>.</summary>
    public const string Name = "LearnedCoupling";

    /// <summary>Tables that differ: the heads, or 1.</summary>
    public int TableHeads => PerHead ? Heads : 1;

    /// <summary>Shape of the parameter: [N, N], or [D + 1] with D the largest distance; heads in front where each has its own.</summary>
    public IReadOnlyList<int> Shape
    {
        get
        {
            int[] ofHead = Form == LearnedCouplingForm.Static ? [Tokens, Tokens] : [LargestDistance + 1];
            return PerHead ? [Heads, .. ofHead] : ofHead;
        }
    }

    /// <summary>Number of learned numbers.</summary>
    public int Length => Shape.Aggregate(1, (a, b) => checked(a * b));

    /// <summary>Elements of the table.</summary>
    public int TableLength => checked(TableHeads * Tokens * Padding.Stride(Tokens));

    private int LargestDistance =>
        Columns == 0 ? Tokens - 1 : Math.Max((Tokens - 1) / Columns, Math.Min(Columns, Tokens) - 1);

    /// <summary>The number of a head's table that a pair has, in 0 … length of a head's numbers − 1.</summary>
    /// <param name="i">Token i, 0 to N − 1.</param>
    /// <param name="j">Token j, 0 to N − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token.</exception>
    public int IndexOf(int i, int j)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(i);
        ArgumentOutOfRangeException.ThrowIfNegative(j);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(i, Tokens);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(j, Tokens);
        return Index(i, j);
    }

    /// <summary>Writes L.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="parameter">The learned numbers, of <see cref="Shape"/>.</param>
    /// <param name="table">Receives L, [<see cref="TableHeads"/>, tokens, stride]; its padding is left as it is.</param>
    /// <exception cref="ArgumentException">A length does not match.</exception>
    public void WriteTable<T>(ReadOnlySpan<T> parameter, Span<T> table)
        where T : unmanaged
    {
        Require(parameter.Length, nameof(parameter), table.Length, nameof(table));
        (int stride, int ofHead) = (Padding.Stride(Tokens), parameter.Length / TableHeads);
        for (int row = 0; row < TableHeads * Tokens; row++)
        {
            ReadOnlySpan<T> numbers = parameter.Slice(row / Tokens * ofHead, ofHead);
            Span<T> target = table.Slice(row * stride, Tokens);
            if (Form == LearnedCouplingForm.Static)
            {
                numbers.Slice(row % Tokens * Tokens, Tokens).CopyTo(target);
                continue;
            }

            for (int j = 0; j < Tokens; j++)
            {
                target[j] = numbers[Index(row % Tokens, j)];
            }
        }
    }

    /// <summary>Adds ∂L/∂parameter: Weight times the gradients of the pairs that a number stands for, summed.</summary>
    /// <typeparam name="T">Element type.</typeparam>
    /// <param name="gradient">The loss's gradient by J before J is made symmetric, summed over samples and, where one table is for all,
    /// over heads, [<see cref="TableHeads"/>, tokens, stride].</param>
    /// <param name="parameterGradient">The gradient of the learned numbers, of <see cref="Shape"/>; added to.</param>
    /// <exception cref="ArgumentException">A length does not match.</exception>
    public void AddGradient<T>(ReadOnlySpan<T> gradient, Span<T> parameterGradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Require(parameterGradient.Length, nameof(parameterGradient), gradient.Length, nameof(gradient));
        (int stride, int ofHead) = (Padding.Stride(Tokens), parameterGradient.Length / TableHeads);
        T weight = T.CreateTruncating(Weight);
        for (int row = 0; row < TableHeads * Tokens; row++)
        {
            Span<T> numbers = parameterGradient.Slice(row / Tokens * ofHead, ofHead);
            ReadOnlySpan<T> source = gradient.Slice(row * stride, Tokens);
            for (int j = 0; j < Tokens; j++)
            {
                numbers[Index(row % Tokens, j)] += weight * source[j];
            }
        }
    }

    private int Index(int i, int j) => Form == LearnedCouplingForm.Static ? (i * Tokens) + j
        : Columns == 0 ? Math.Abs(i - j)
        : Math.Max(Math.Abs((i / Columns) - (j / Columns)), Math.Abs((i % Columns) - (j % Columns)));

    private void Require(int parameter, string parameterName, int table, string tableName)
    {
        Shapes.Require(parameter, Length, $"[{string.Join(", ", Shape)}]", parameterName);
        Shapes.Require(table, TableLength, $"[{TableHeads}, {Tokens}, {Padding.Stride(Tokens)}]", tableName);
    }
}
