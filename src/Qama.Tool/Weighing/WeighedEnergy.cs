using Qama.Ising;
using Qama.Problems;

namespace Qama.Tool.Weighing;

/// <summary>A declared energy whose weights are those of a problem, not of the declaration: everything that is quadratic in a head's
/// selection stands in couplings and fields, and the weights of exclusion and of penalties on sums are "computed" ones.</summary>
/// <typeparam name="TEnergy">The declared energy.</typeparam>
/// <remarks>So the kernels that anneal the declared model anneal this one, and no number needs to be compiled again.</remarks>
internal readonly struct WeighedEnergy<TEnergy> : IDeclaredEnergy
    where TEnergy : struct, IDeclaredEnergy
{
    private static readonly double[] _ones = [.. Enumerable.Repeat(1.0, Math.Max(1, TEnergy.ComputedWeightCount))];

    // Handed over to the batch that is made on this thread.
    [ThreadStatic]
    private static double[]? _weights;

    /// <inheritdoc/>
    public static int Tokens => TEnergy.Tokens;

    /// <inheritdoc/>
    public static int Heads => TEnergy.Heads;

    /// <inheritdoc/>
    public static int Bits => TEnergy.Bits;

    /// <inheritdoc/>
    public static double CouplingWeight => 1;

    /// <inheritdoc/>
    public static bool KeepsDiagonal => true;

    /// <inheritdoc/>
    public static bool HasField => true;

    /// <inheritdoc/>
    public static double FieldWeight => 1;

    /// <inheritdoc/>
    public static bool HasExclusion => TEnergy.HasExclusion;

    /// <inheritdoc/>
    /// <remarks>Always: only then the weight is that of the problem.</remarks>
    public static bool IsExclusionHard => true;

    /// <inheritdoc/>
    public static bool ExclusionOnBits => TEnergy.ExclusionOnBits;

    /// <inheritdoc/>
    public static int ExclusionTokens => TEnergy.ExclusionTokens;

    /// <inheritdoc/>
    public static int SumPenaltyCount => TEnergy.SumPenaltyCount;

    /// <inheritdoc/>
    public static int ComputedWeightCount => TEnergy.SumPenaltyCount + 1;

    /// <inheritdoc/>
    public static double GetExclusion(ReadOnlySpan<double> computed) => computed[^1];

    /// <inheritdoc/>
    public static SumPenalty GetSumPenalty(int index, ReadOnlySpan<double> computed) =>
        TEnergy.GetSumPenalty(index, _ones) with { Weight = computed[index] };

    /// <inheritdoc/>
    public static ReadOnlySpan<double> GetSlack(int index) => TEnergy.GetSlack(index);

    /// <inheritdoc/>
    public static void ComputeWeights(in RowBounds problem, Span<double> weights) => _weights.CopyTo(weights);

    /// <summary>Makes a problem with its own weights.</summary>
    /// <typeparam name="TProblem">What is made.</typeparam>
    /// <param name="weights">Of the penalties on sums, then of exclusion.</param>
    /// <param name="make">Makes it on this thread.</param>
    public static TProblem With<TProblem>(double[] weights, Func<TProblem> make)
    {
        _weights = weights;
        try
        {
            return make();
        }
        finally
        {
            _weights = null;
        }
    }
}
