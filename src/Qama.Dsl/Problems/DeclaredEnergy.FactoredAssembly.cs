using Qama.Ising;
using Qama.Numerics;
using Qama.Numerics.Matrices;

namespace Qama.Problems;

/// <content>The quadratic form of problems whose couplings are a product of features: some rows of couplings at a time,
/// in double.</content>
public static partial class DeclaredEnergy<TEnergy>
{
    private const int RowsOfBlock = 16;

    /// <summary>Writes a problem as a QUBO.</summary>
    /// <param name="problem">The coefficients.</param>
    /// <param name="destination">Replaced.</param>
    /// <exception cref="ArgumentException">A length or the token count does not match the model.</exception>
    public static void Write(in FactoredView problem, QuboMatrix destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        problem.Check(TEnergy.Heads, TEnergy.Tokens, Stride, TEnergy.HasField, nameof(problem));
        Shape.Require(destination.Size, VariableCount + SlackCount(), "variables and slack bits", nameof(destination));
        destination.Clear();
        var weights = new SelectionForm<QuboMatrix>(destination, TEnergy.Bits);
        var interacting = new TokenNeighbours(TEnergy.CouplingWindow, TEnergy.CouplingBlock);
        var features = new double[checked(2 * problem.Rank * Stride)];
        var partners = new double[features.Length];
        var block = new double[checked(RowsOfBlock * Stride)];
        for (int h = 0; h < TEnergy.Heads; h++)
        {
            CopyFeatures(problem, h, features, partners);
            for (int first = 0; first < problem.TokenCount; first += RowsOfBlock)
            {
                int rows = Math.Min(RowsOfBlock, problem.TokenCount - first);
                MatrixProduct.Multiply<double>(
                    partners.AsSpan(first), 1, Stride, features, Stride, block, Stride, rows, 2 * problem.Rank, Stride,
                    0.5 * problem.Scales[h], accumulate: false);
                for (int i = first; i < first + rows; i++)
                {
                    int end = interacting.Of(i, problem.TokenCount).To;
                    ReadOnlySpan<double> row = block.AsSpan((i - first) * Stride, Stride);
                    for (int j = i + 1; j < end; j++)
                    {
                        double coupling = row[j] + problem.ShiftOf(h);
                        weights.AddProduct(Number(h, i), Number(h, j), -2 * TEnergy.CouplingWeight * coupling);
                    }
                }
            }
        }

        AssembleTerms(problem.Fields, Stride, problem.TokenCount, problem.PenaltyWeights, weights);
    }

    // a then b, and b then a, in double: a row of couplings is the product of the one's column with the other.
    private static void CopyFeatures(in FactoredView problem, int head, Span<double> features, Span<double> partners)
    {
        int length = problem.Rank * Stride;
        for (int k = 0; k < length; k++)
        {
            bool isPresent = k % Stride < problem.TokenCount; // padding may hold anything
            features[k] = partners[length + k] = isPresent ? problem.Rows[(head * length) + k] : 0;
            features[length + k] = partners[k] = isPresent ? problem.Columns[(head * length) + k] : 0;
        }
    }
}
