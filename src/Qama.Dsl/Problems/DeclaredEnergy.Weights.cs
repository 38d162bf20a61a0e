using System.Buffers;
using System.Numerics;
using Qama.Numerics;

namespace Qama.Problems;

/// <content>The weights of hard constraints that depend on the coefficients.</content>
public static partial class DeclaredEnergy<TEnergy>
{
    /// <summary>Computes sufficient weights of hard constraints from written couplings.</summary>
    /// <param name="problem">The coefficients, rows padded.</param>
    /// <param name="weights">Receives as many weights as the model computes.</param>
    /// <exception cref="ArgumentException">A length or the token count does not match the model.</exception>
    public static void ComputeWeights(in ProblemView problem, Span<double> weights)
    {
        Check(problem);
        if (TEnergy.HasField && !TEnergy.HasCoupling)
        {
            Shape.Require(weights.Length, TEnergy.ComputedWeightCount, "[computed weights]", nameof(weights));
            TEnergy.ComputeWeights(
                new RowBounds(problem.Fields, Stride, problem.TokenCount, TEnergy.Heads, TEnergy.Tokens, TEnergy.FieldWeight), weights);
            return;
        }

        ComputeWeights(problem.Couplings, problem.Fields, Stride, problem.TokenCount, weights);
    }

    /// <summary>Computes sufficient weights from bounds of couplings that are kept as features, in time that grows with the tokens; they are
    /// larger than those from couplings.</summary>
    /// <param name="problem">The coefficients.</param>
    /// <param name="weights">Receives as many weights as the model computes.</param>
    /// <exception cref="ArgumentException">A length or the token count does not match the model.</exception>
    public static void ComputeWeights(in FactoredView problem, Span<double> weights)
    {
        problem.Check(TEnergy.Heads, TEnergy.Tokens, Stride, TEnergy.HasField, nameof(problem));
        Shape.Require(weights.Length, TEnergy.ComputedWeightCount, "[computed weights]", nameof(weights));
        int n = problem.TokenCount;
        RowBound[] rows = ArrayPool<RowBound>.Shared.Rent(TEnergy.Heads * n);
        for (int h = 0; h < TEnergy.Heads; h++)
        {
            FactoredBounds<TEnergy>.Write(problem, h, Stride, rows.AsSpan(h * n, n));
        }

        ComputeWeights(rows, n, weights);
    }

    private static void ComputeWeights<TNumber>(
        ReadOnlySpan<TNumber> couplings, ReadOnlySpan<TNumber> fields, int stride, int tokenCount, Span<double> weights)
        where TNumber : unmanaged, INumberBase<TNumber>
    {
        Shape.Require(weights.Length, TEnergy.ComputedWeightCount, "[computed weights]", nameof(weights));
        if (weights.IsEmpty)
        {
            return;
        }

        RowBound[] rows = ArrayPool<RowBound>.Shared.Rent(TEnergy.Heads * tokenCount);
        for (int h = 0; h < TEnergy.Heads; h++)
        {
            RowBounds.Write(
                TEnergy.HasCoupling ? couplings.Slice(h * TEnergy.Tokens * stride, TEnergy.Tokens * stride) : default,
                TEnergy.HasField ? fields.Slice(h * stride, tokenCount) : default, stride, TEnergy.KeepsDiagonal,
                rows.AsSpan(h * tokenCount, tokenCount));
        }

        ComputeWeights(rows, tokenCount, weights);
    }

    private static void ComputeWeights(RowBound[] rented, int tokenCount, Span<double> weights)
    {
        var bounds = new RowBounds(
            rented.AsSpan(0, TEnergy.Heads * tokenCount), TEnergy.Heads, TEnergy.Tokens, TEnergy.CouplingWeight,
            TEnergy.HasField ? TEnergy.FieldWeight : 0);
        TEnergy.ComputeWeights(bounds, weights);
        ArrayPool<RowBound>.Shared.Return(rented);
    }
}
