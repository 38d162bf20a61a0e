using Qama.Annealing;
using Qama.Ising;
using Qama.Numerics;
using Qama.Numerics.Matrices;
using Qama.Problems;

namespace Qama.Tests;

/// <summary>An energy whose couplings are a product of features, of any shape: pairs that interact, long-range
/// penalty.</summary>
/// <typeparam name="TSelf">The energy.</typeparam>
public interface IPairsOfFeatures<TSelf> : IDeclaredEnergy
    where TSelf : struct, IPairsOfFeatures<TSelf>
{
    static double IDeclaredEnergy.CouplingWeight => 0.8;
    static bool IDeclaredEnergy.HasField => true;
    static double IDeclaredEnergy.FieldWeight => 0.7;
    static int IDeclaredEnergy.PositionPenaltyCount => TSelf.LongRange.MinDistance > 0 ? 1 : 0;
    static bool IDeclaredEnergy.HasPairPenalties => TSelf.LongRange.MinDistance > 0;
    static virtual int Rank => 5;
    static virtual bool HasShifts => false;

    static double IDeclaredEnergy.PairPenalty(int penalty, int head, int first, int second) =>
        Interact(first, second) ? TSelf.LongRange.Of(second - first) : 0;

    static bool Interact(int i, int j) =>
        (TSelf.CouplingWindow == 0 || Math.Abs(i - j) <= TSelf.CouplingWindow)
        && (TSelf.CouplingBlock == 0 || i / TSelf.CouplingBlock == j / TSelf.CouplingBlock);
}

/// <summary>A window, shifts, soft exclusion, near pairs that pay.</summary>
public struct WindowedFeatures : IPairsOfFeatures<WindowedFeatures>
{
    public static int Tokens => 19;
    public static int Heads => 2;
    public static int Bits => 1;
    public static int CouplingWindow => 4;
    public static bool HasShifts => true;
    public static bool HasExclusion => true;
    public static double GetExclusion(ReadOnlySpan<double> computed) => 0.6;
    public static DistancePenalty LongRange => new(LongRangeForm.PenaliseNear, Decay.Linear, 3, 18, 0.5);
}

/// <summary>Blocks, weights of three bits, exclusion of bits, a penalty on sums, curvature.</summary>
public struct BlockedWeights : IPairsOfFeatures<BlockedWeights>
{
    public static int Tokens => 11;
    public static int Heads => 2;
    public static int Bits => 3;
    public static int Rank => 3;
    public static int CouplingBlock => 4;
    public static double Curvature => 0.4;
    public static bool HasExclusion => true;
    public static bool ExclusionOnBits => true;
    public static double GetExclusion(ReadOnlySpan<double> computed) => 0.3;
    public static int SumPenaltyCount => 1;
    public static SumPenalty GetSumPenalty(int index, ReadOnlySpan<double> computed) =>
        new(ConstraintKind.Exactly, 3, 0.9);
    public static DistancePenalty LongRange => new(LongRangeForm.RewardFar, Decay.Constant, 2, 10, 0.4);
}

/// <summary>All pairs, hard exclusion and an exact sum of weights that each problem computes, far pairs rewarded
/// exponentially.</summary>
public struct PartitionedFeatures : IPairsOfFeatures<PartitionedFeatures>
{
    public static int Tokens => 8;
    public static int Heads => 2;
    public static int Bits => 1;
    public static bool HasShifts => true;
    public static bool HasExclusion => true;
    public static bool IsExclusionHard => true;
    public static int ComputedWeightCount => 2;
    public static double GetExclusion(ReadOnlySpan<double> computed) => computed[0];
    public static int SumPenaltyCount => 1;
    public static SumPenalty GetSumPenalty(int index, ReadOnlySpan<double> computed) =>
        new(ConstraintKind.Exactly, 3, computed[1]);
    public static DistancePenalty LongRange => new(LongRangeForm.RewardFar, Decay.Exponential, 3, 7, 0.8);
}

/// <summary>Windows and blocks at once, weights of two bits whose products exclude each other, near pairs that pay
/// exponentially.</summary>
public struct BandedWeights : IPairsOfFeatures<BandedWeights>
{
    public static int Tokens => 37;
    public static int Heads => 2;
    public static int Bits => 2;
    public static int CouplingWindow => 9;
    public static int CouplingBlock => 16;
    public static bool HasExclusion => true;
    public static double GetExclusion(ReadOnlySpan<double> computed) => 0.5;
    public static DistancePenalty LongRange => new(LongRangeForm.PenaliseNear, Decay.Exponential, 5, 36, 0.7);
}

/// <summary>Four heads of 512 tokens, far pairs rewarded linearly.</summary>
public struct FarFeatures : IPairsOfFeatures<FarFeatures>
{
    public static int Tokens => 512;
    public static int Heads => 4;
    public static int Bits => 1;
    public static int Rank => 8;
    public static bool HasExclusion => true;
    public static double GetExclusion(ReadOnlySpan<double> computed) => 40;
    public static DistancePenalty LongRange => new(LongRangeForm.RewardFar, Decay.Linear, 100, 511, 0.02);
}

/// <summary>No two heads, nothing but couplings of all pairs: as many as could not be written down.</summary>
public struct LongFeatures : IPairsOfFeatures<LongFeatures>
{
    public static int Tokens => 16_384;
    public static int Heads => 2;
    public static int Bits => 1;
    public static int Rank => 8;
    public static DistancePenalty LongRange => new(LongRangeForm.PenaliseNear, Decay.Constant, 20, 16_383, 0.5);
}

/// <summary>A random problem whose structure and matrix are read from features, its energies from couplings that are
/// written out
/// literally: what a sampler that works on features is measured by.</summary>
public sealed class FeatureBatch<TEnergy> : ProblemBatch
    where TEnergy : struct, IPairsOfFeatures<TEnergy>
{
    private readonly float[] _rows, _columns, _fields, _couplings;
    private readonly double[] _scales, _shifts;
    private readonly double[] _computed = [4.5, 5.5];

    public FeatureBatch(ulong seed, int? tokenCount = null, float size = 1, bool written = true)
    {
        var random = new RandomStream(seed);
        TokenCount = tokenCount ?? TEnergy.Tokens;
        (int heads, int stride) = (TEnergy.Heads, Padding.Stride(TEnergy.Tokens));
        (_rows, _columns) = (Normal(heads * TEnergy.Rank * stride), Normal(heads * TEnergy.Rank * stride));
        _fields = Normal(heads * stride);
        for (int h = 0; h < heads; h++)
        {
            _fields.AsSpan((h * stride) + TokenCount, stride - TokenCount).Clear(); // features' padding stays what it is
        }

        _scales = [.. Enumerable.Range(0, heads).Select(h => 0.4 - (0.1 * h))];
        _shifts = TEnergy.HasShifts ? [.. Enumerable.Range(0, heads).Select(h =>
            (double)size * size * (0.3 - (0.5 * h)))] : [];
        _couplings = written ? WriteOut() : [];

        float[] Normal(int length) => [.. Enumerable.Range(0, length).Select(_ => size * (float)random.NextNormal())];
    }

    public int TokenCount { get; }

    public FactoredView Features => new(
        _rows, _columns, _fields, TEnergy.Rank, _scales, _shifts, TokenCount,
        _computed.AsSpan(0, TEnergy.ComputedWeightCount));

    public ProblemView Written => new(_couplings, _fields, TokenCount,
        _computed.AsSpan(0, TEnergy.ComputedWeightCount));

    /// <summary>The problem with couplings written out, to samplers too.</summary>
    public bool HidesFeatures { get; init; }

    public override int Count => 1;

    public override int VariableCount => TEnergy.Heads * TEnergy.Tokens * TEnergy.Bits;

    public override int ScratchLength => Annealer<DeclaredPlan<TEnergy>>.ScratchLength;

    public override bool IsFinite(int problem) => true;

    public override bool IsPresent(int problem, int variable) => variable / TEnergy.Bits % TEnergy.Tokens < TokenCount;

    public override double Energy(int problem, ReadOnlySpan<byte> state) =>
        _couplings.Length > 0 ? DeclaredEnergy<TEnergy>.Of(Written, state) : 0;

    public override void Slope(int problem, ReadOnlySpan<float> state, Span<float> slope)
    {
        var structure = new StructuredEnergy();
        WriteStructure(problem, structure);
        structure.Slope(state, slope);
    }

    public override void WriteStructure(int problem, StructuredEnergy destination)
    {
        if (HidesFeatures)
        {
            destination.Load<DeclaredPlan<TEnergy>>(Written);
        }
        else
        {
            destination.Load<DeclaredPlan<TEnergy>>(Features);
        }
    }

    public override void WriteQubo(int problem, QuboMatrix destination)
    {
        if (HidesFeatures)
        {
            DeclaredEnergy<TEnergy>.Write(Written, destination);
        }
        else
        {
            DeclaredEnergy<TEnergy>.Write(Features, destination);
        }
    }

    public override void Anneal(
        int problem, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> scratch) =>
        Annealer<DeclaredPlan<TEnergy>>.Run(Written, schedule, ref random, state, scratch);

    private float[] WriteOut()
    {
        (int n, int rank, int stride) = (TEnergy.Tokens, TEnergy.Rank, Padding.Stride(TEnergy.Tokens));
        var couplings = new float[TEnergy.Heads * n * stride];
        for (int h = 0; h < TEnergy.Heads; h++)
        {
            for (int i = 0; i < TokenCount; i++)
            {
                for (int j = 0; j < TokenCount; j++)
                {
                    double sum = 0;
                    for (int d = h * rank; d < (h + 1) * rank; d++)
                    {
                        sum += ((double)_rows[(d * stride) + i] * _columns[(d * stride) + j])
                            + ((double)_rows[(d * stride) + j] * _columns[(d * stride) + i]);
                    }

                    double coupling = (_scales[h] / 2 * sum) + (_shifts.Length > 0 ? _shifts[h] : 0);
                    couplings[(((h * n) + i) * stride) + j] =
                        i != j && IPairsOfFeatures<TEnergy>.Interact(i, j) ? (float)coupling : 0;
                }
            }
        }

        return couplings;
    }
}
