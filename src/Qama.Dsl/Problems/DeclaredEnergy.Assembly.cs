using System.Numerics;
using Qama.Ising;
using Qama.Numerics;

namespace Qama.Problems;

/// <content>The energy as a quadratic form over bits: one loop nest per term, for QUBO and Ising alike.</content>
public static partial class DeclaredEnergy<TEnergy>
{
    /// <summary>The energy as a QUBO over heads·tokens·bits selection bits and then the slack bits.</summary>
    /// <typeparam name="TNumber">Number type of the coefficients.</typeparam>
    /// <param name="couplings">J, [heads, tokens, tokens]; may be empty where there are no couplings.</param>
    /// <param name="fields">f, [heads, tokens]; not read without fields.</param>
    /// <exception cref="ArgumentException">A length does not match the model.</exception>
    public static QuboMatrix ToQubo<TNumber>(ReadOnlySpan<TNumber> couplings, ReadOnlySpan<TNumber> fields)
        where TNumber : unmanaged, INumberBase<TNumber>
    {
        CheckDense(couplings.Length, fields.Length);
        var qubo = new QuboMatrix(VariableCount + SlackCount());
        AssembleDense(couplings, fields, qubo);
        return qubo;
    }

    /// <summary>The energy as an Ising problem, x = (1 + σ)/2, assembled directly: no QUBO matrix in between.</summary>
    /// <typeparam name="TNumber">Number type of the coefficients.</typeparam>
    /// <param name="couplings">J, [heads, tokens, tokens]; may be empty where there are no couplings.</param>
    /// <param name="fields">f, [heads, tokens]; not read without fields.</param>
    /// <exception cref="ArgumentException">A length does not match the model.</exception>
    public static IsingProblem ToIsing<TNumber>(ReadOnlySpan<TNumber> couplings, ReadOnlySpan<TNumber> fields)
        where TNumber : unmanaged, INumberBase<TNumber>
    {
        CheckDense(couplings.Length, fields.Length);
        var ising = new IsingProblem(VariableCount + SlackCount());
        AssembleDense(couplings, fields, new IsingForm(ising));
        return ising;
    }

    /// <summary>Writes a problem as a QUBO.</summary>
    /// <param name="problem">The coefficients, rows padded.</param>
    /// <param name="destination">Replaced.</param>
    /// <exception cref="ArgumentException">A length or the token count does not match the model.</exception>
    public static void Write(in ProblemView problem, QuboMatrix destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        Check(problem);
        Shape.Require(destination.Size, VariableCount + SlackCount(), "variables and slack bits", nameof(destination));
        destination.Clear();
        Assemble(problem.Couplings, problem.Fields, Stride, problem.TokenCount, problem.PenaltyWeights, destination);
    }

    private static int SlackCount()
    {
        int count = 0;
        for (int c = 0; c < TEnergy.SumPenaltyCount; c++)
        {
            count += TEnergy.Heads * TEnergy.GetSlack(c).Length;
        }

        return count;
    }

    private static void CheckDense(int couplings, int fields)
    {
        long expected = (long)TEnergy.Heads * TEnergy.Tokens * TEnergy.Tokens;
        if (couplings != expected && (TEnergy.HasCoupling || couplings != 0))
        {
            throw new ArgumentException(
                $"Expected [HeadCount, Tokens, Tokens] = {expected} numbers, got {couplings}.", nameof(couplings));
        }

        if (TEnergy.HasField)
        {
            Shape.Require(fields, TEnergy.Heads * TEnergy.Tokens, "[HeadCount, Tokens]", nameof(fields));
        }
    }

    private static void AssembleDense<TForm, TNumber>(ReadOnlySpan<TNumber> couplings, ReadOnlySpan<TNumber> fields, TForm form)
        where TForm : IQuadraticForm
        where TNumber : unmanaged, INumberBase<TNumber>
    {
        var computed = new double[TEnergy.ComputedWeightCount];
        ComputeWeights(couplings, fields, TEnergy.Tokens, TEnergy.Tokens, computed);
        Assemble(couplings, fields, TEnergy.Tokens, TEnergy.Tokens, computed, form);
    }

    // J is [heads, tokens, stride], f [heads, stride].
    private static void Assemble<TForm, TNumber>(
        ReadOnlySpan<TNumber> couplings, ReadOnlySpan<TNumber> fields, int stride, int tokenCount,
        ReadOnlySpan<double> computed, TForm form)
        where TForm : IQuadraticForm
        where TNumber : unmanaged, INumberBase<TNumber>
    {
        var weights = new SelectionForm<TForm>(form, TEnergy.Bits);
        if (TEnergy.HasCoupling)
        {
            AddCouplings(couplings, stride, tokenCount, weights);
        }

        AssembleTerms(fields, stride, tokenCount, computed, weights);
    }

    // All but the couplings.
    private static void AssembleTerms<TForm, TNumber>(
        ReadOnlySpan<TNumber> fields, int stride, int tokenCount, ReadOnlySpan<double> computed, SelectionForm<TForm> weights)
        where TForm : IQuadraticForm
        where TNumber : unmanaged, INumberBase<TNumber>
    {
        for (int h = 0; h < TEnergy.Heads; h++)
        {
            for (int i = 0; TEnergy.HasField && i < tokenCount; i++)
            {
                weights.AddWeight(Number(h, i), -TEnergy.FieldWeight * double.CreateTruncating(fields[(h * stride) + i]));
            }
        }

        AddPenalties(tokenCount, computed, weights);

        // Absent tokens: an energy of their own, so that they are not selected.
        for (int h = 0; h < TEnergy.Heads; h++)
        {
            for (int i = tokenCount; i < TEnergy.Tokens; i++)
            {
                weights.AddWeight(Number(h, i), 1);
            }
        }
    }

    private static int Number(int head, int token) => (head * TEnergy.Tokens) + token;

    // Both orders of a pair count.
    private static void AddCouplings<TForm, TNumber>(
        ReadOnlySpan<TNumber> couplings, int stride, int tokenCount, SelectionForm<TForm> weights)
        where TForm : IQuadraticForm
        where TNumber : unmanaged, INumberBase<TNumber>
    {
        for (int h = 0; h < TEnergy.Heads; h++)
        {
            for (int i = 0; i < tokenCount; i++)
            {
                ReadOnlySpan<TNumber> row = couplings.Slice(Number(h, i) * stride, TEnergy.Tokens);
                if (TEnergy.KeepsDiagonal)
                {
                    weights.AddProduct(Number(h, i), Number(h, i), -TEnergy.CouplingWeight * double.CreateTruncating(row[i]));
                }

                for (int j = i + 1; j < tokenCount; j++)
                {
                    double both = TEnergy.HasSymmetricCouplings
                        ? 2 * double.CreateTruncating(row[j])
                        : double.CreateTruncating(row[j]) + double.CreateTruncating(couplings[(Number(h, j) * stride) + i]);
                    weights.AddProduct(Number(h, i), Number(h, j), -TEnergy.CouplingWeight * both);
                }
            }
        }
    }

    private static void AddPenalties<TForm>(int tokenCount, ReadOnlySpan<double> computed, SelectionForm<TForm> weights)
        where TForm : IQuadraticForm
    {
        for (int h = 0; h < TEnergy.Heads; h++)
        {
            for (int i = 0; TEnergy.Curvature != 0 && i < tokenCount; i++)
            {
                weights.AddProduct(Number(h, i), Number(h, i), TEnergy.Curvature);
            }
        }

        if (TEnergy.HasExclusion && !TEnergy.IsExclusionHard)
        {
            AddExclusion(tokenCount, TEnergy.GetExclusion(computed), weights);
        }

        for (int p = 0; p < TEnergy.PositionPenaltyCount; p++)
        {
            AddPositions(tokenCount, p, weights);
        }

        if (TEnergy.HasExclusion && TEnergy.IsExclusionHard)
        {
            AddExclusion(tokenCount, TEnergy.GetExclusion(computed), weights);
        }

        int slack = VariableCount;
        for (int c = 0; c < TEnergy.SumPenaltyCount; c++)
        {
            ReadOnlySpan<double> slackBits = TEnergy.GetSlack(c);
            for (int h = 0; h < TEnergy.Heads; h++)
            {
                weights.AddSumPenalty(TEnergy.GetSumPenalty(c, computed), Number(h, 0), tokenCount, slack, slackBits);
                slack += slackBits.Length;
            }
        }
    }

    private static void AddExclusion<TForm>(int tokenCount, double weight, SelectionForm<TForm> weights)
        where TForm : IQuadraticForm
    {
        for (int i = 0; i < Math.Min(tokenCount, TEnergy.ExclusionTokens); i++)
        {
            for (int a = 0; a < TEnergy.Heads; a++)
            {
                for (int b = a + 1; b < TEnergy.Heads; b++)
                {
                    if (TEnergy.ExclusionOnBits)
                    {
                        weights.AddBitOverlap(Number(a, i), Number(b, i), weight);
                    }
                    else
                    {
                        weights.AddProduct(Number(a, i), Number(b, i), weight);
                    }
                }
            }
        }
    }

    private static void AddPositions<TForm>(int tokenCount, int penalty, SelectionForm<TForm> weights)
        where TForm : IQuadraticForm
    {
        bool pairs = TEnergy.IsOfPairs(penalty);
        for (int h = 0; h < TEnergy.Heads; h++)
        {
            for (int i = 0; i < tokenCount; i++)
            {
                if (!pairs)
                {
                    weights.AddWeight(Number(h, i), TEnergy.TokenPenalty(penalty, h, i));
                }

                for (int j = i + 1; pairs && j < tokenCount; j++)
                {
                    weights.AddProduct(Number(h, i), Number(h, j), TEnergy.PairPenalty(penalty, h, i, j));
                }
            }
        }
    }
}
