using Qama.Ising;
using Qama.Layers;
using Qama.Numerics;
using Qama.Numerics.Matrices;
using Qama.Problems;

namespace Qama.Tests;

/// <summary>Sizes of a model, and what heads are to each other.</summary>
public interface IMixedShape
{
    static abstract int Tokens { get; }
    static virtual int Heads => 2;
    static virtual int Bits => 1;
    static virtual double Exclusion => 0.6;
    static virtual bool OnBits => false;
    static virtual bool IsHard => false;
    static virtual double Curvature => 0;
}

/// <summary>Which pairs interact.</summary>
public interface IMixedMask
{
    static virtual int Window => 0;
    static virtual int Block => 0;
}

/// <summary>The long-range penalty.</summary>
public interface IMixedRange
{
    static virtual LongRangeForm Form => LongRangeForm.RewardFar;
    static virtual Decay Decay => Decay.Constant;
    static virtual int MinDistance => 0;
}

/// <summary>Bounds on sums.</summary>
public interface IMixedBound
{
    static virtual SumPenalty[] Penalties => [];
}

/// <summary>A model of all four, with fields and penalties of single tokens.</summary>
public struct Mixed<TShape, TMask, TRange, TBound> : IFeatureEnergy
    where TShape : IMixedShape
    where TMask : IMixedMask
    where TRange : IMixedRange
    where TBound : IMixedBound
{
    public static int Tokens => TShape.Tokens;
    public static int Heads => TShape.Heads;
    public static int Bits => TShape.Bits;
    public static int Rank => 3;
    public static int CouplingWindow => TMask.Window;
    public static int CouplingBlock => TMask.Block;
    public static DistancePenalty LongRange => new(TRange.Form, TRange.Decay, TRange.MinDistance, TShape.Tokens - 1, 0.35);
    public static double Curvature => TShape.Curvature;
    public static bool HasField => true;
    public static double FieldWeight => 0.7;
    public static bool HasExclusion => TShape.Heads > 1 && TShape.Exclusion != 0;
    public static bool IsExclusionHard => TShape.IsHard;
    public static bool ExclusionOnBits => TShape.OnBits;
    public static double GetExclusion(ReadOnlySpan<double> computed) => TShape.IsHard ? computed[0] : TShape.Exclusion;
    public static int ComputedWeightCount => TShape.IsHard ? 1 : 0;
    public static bool HasPairPenalties => TRange.MinDistance > 0;
    public static bool HasTokenPenalties => true;
    public static bool TokenPenaltiesPerHead => true;
    public static int PositionPenaltyCount => TRange.MinDistance > 0 ? 2 : 1;
    public static bool IsOfPairs(int penalty) => penalty == 1;
    public static double TokenPenalty(int penalty, int head, int token) => 0.01 * (head + 1) * (token % 7);
    public static double PairPenalty(int penalty, int head, int first, int second) =>
        Interact(first, second) ? LongRange.Of(second - first) : 0;
    public static int SumPenaltyCount => TBound.Penalties.Length;
    public static SumPenalty GetSumPenalty(int index, ReadOnlySpan<double> computed) => TBound.Penalties[index];

    public static bool Interact(int i, int j) =>
        (TMask.Window == 0 || Math.Abs(i - j) <= TMask.Window) && (TMask.Block == 0 || i / TMask.Block == j / TMask.Block);

    public static void ComputeWeights(in RowBounds problem, Span<double> weights)
    {
        for (int c = 0; c < weights.Length; c++)
        {
            weights[c] = 3; // hard enough to freeze single changes at the temperatures of tests
        }
    }
}

/// <summary>A random problem of such a model in both forms; padding and absent tokens hold numbers that must not matter.</summary>
public sealed class MixedProblem<TEnergy>
    where TEnergy : struct, IFeatureEnergy
{
    private readonly float[] _rows, _columns, _fields, _couplings;
    private readonly double[] _scales, _shifts, _computed;
    private readonly int _tokens;
    private readonly Func<int, int, bool> _interact;

    public MixedProblem(ulong seed, int tokens, Func<int, int, bool> interact, bool shifts, double size = 1, bool dense = true)
    {
        var random = new RandomStream(seed);
        (int n, int heads, int rank, int stride) = (TEnergy.Tokens, TEnergy.Heads, TEnergy.Rank, Padding.Stride(TEnergy.Tokens));
        (_tokens, _interact) = (tokens, interact);
        _rows = [.. Enumerable.Range(0, heads * rank * stride).Select(_ => (float)(size * random.NextNormal()))];
        _columns = [.. Enumerable.Range(0, heads * rank * stride).Select(_ => (float)(size * random.NextNormal()))];
        _fields = [.. Enumerable.Range(0, heads * stride).Select(_ => (float)random.NextNormal())];
        _scales = [.. Enumerable.Range(0, heads).Select(h => 0.4 + (0.1 * h))];
        _shifts = shifts ? [.. Enumerable.Range(0, heads).Select(h => 0.15 - (0.1 * h))] : [];
        _couplings = new float[dense ? heads * n * stride : 0];
        for (int h = 0; h < heads && dense; h++)
        {
            for (int i = 0; i < tokens; i++)
            {
                for (int j = 0; j < tokens; j++)
                {
                    _couplings[(((h * n) + i) * stride) + j] = (float)Coupling(h, i, j);
                }
            }
        }

        _computed = new double[TEnergy.ComputedWeightCount];
        TEnergy.ComputeWeights(default, _computed);
    }

    public FactoredView Factored => new(_rows, _columns, _fields, TEnergy.Rank, _scales, _shifts, _tokens, _computed);

    public ProblemView Dense => new(_couplings, _fields, _tokens, _computed);

    /// <summary>J in double, as it is defined.</summary>
    public double Coupling(int h, int i, int j)
    {
        int stride = Padding.Stride(TEnergy.Tokens);
        double sum = 0;
        for (int d = 0; d < TEnergy.Rank; d++)
        {
            int row = ((h * TEnergy.Rank) + d) * stride;
            sum += ((double)_rows[row + i] * _columns[row + j]) + ((double)_columns[row + i] * _rows[row + j]);
        }

        return i == j || !_interact(i, j) ? 0 : (0.5 * _scales[h] * sum) + (_shifts.Length > 0 ? _shifts[h] : 0);
    }

    /// <summary>The energy in double, pair by pair.</summary>
    public double Energy(ReadOnlySpan<byte> state)
    {
        double energy = DeclaredEnergy<TEnergy>.Of(Without, state);
        for (int h = 0; h < TEnergy.Heads; h++)
        {
            for (int i = 0; i < _tokens; i++)
            {
                for (int j = i + 1; j < _tokens; j++)
                {
                    energy -= 2 * TEnergy.CouplingWeight * Coupling(h, i, j) * Weight(state, h, i) * Weight(state, h, j);
                }
            }
        }

        return energy;
    }

    public byte[] RandomState(ulong seed)
    {
        var random = new RandomStream(seed);
        int bits = TEnergy.Bits;
        return [.. Enumerable.Range(0, TEnergy.Heads * TEnergy.Tokens * bits)
            .Select(v => (byte)(v / bits % TEnergy.Tokens < _tokens ? random.NextUInt64() & 1 : 0))];
    }

    // Couplings left out: what the dense form says about all else.
    private ProblemView Without => new(new float[_couplings.Length], _fields, _tokens, _computed);

    private static double Weight(ReadOnlySpan<byte> state, int h, int i)
    {
        int level = 0;
        for (int b = 0; b < TEnergy.Bits; b++)
        {
            level |= state[(((h * TEnergy.Tokens) + i) * TEnergy.Bits) + b] << b;
        }

        return level / ((1 << TEnergy.Bits) - 1.0);
    }
}

public struct Bits1 : IMixedShape { public static int Tokens => 37; }
public struct Bits2 : IMixedShape { public static int Tokens => 50; public static int Heads => 3; public static int Bits => 2; public static double Curvature => 0.3; }
public struct Bits3 : IMixedShape { public static int Tokens => 21; public static int Heads => 1; public static int Bits => 3; }
public struct SharedBits : IMixedShape { public static int Tokens => 40; public static int Heads => 3; public static int Bits => 2; public static bool OnBits => true; }
public struct HardHeads : IMixedShape { public static int Tokens => 48; public static int Heads => 3; public static bool IsHard => true; }
public struct FreeLong : IMixedShape { public static int Tokens => 150; public static double Exclusion => 0; }

public struct LongBits : IMixedShape { public static int Tokens => 700; public static double Exclusion => 3; }
public struct LongLevels : IMixedShape { public static int Tokens => 400; public static int Bits => 2; }
public struct LongLine : IMixedShape { public static int Tokens => 70_000; public static int Heads => 1; }
public struct SixBits : IMixedShape { public static int Tokens => 6; public static double Exclusion => 1.2; }
public struct FourLevels : IMixedShape { public static int Tokens => 5; public static int Heads => 1; public static int Bits => 2; public static double Curvature => -0.8; }
public struct SharedLevels : IMixedShape { public static int Tokens => 3; public static int Bits => 2; public static bool OnBits => true; }
public struct HardThree : IMixedShape { public static int Tokens => 4; public static int Heads => 3; public static bool IsHard => true; }

public struct AllPairs : IMixedMask;
public struct Window1 : IMixedMask { public static int Window => 1; }
public struct Window7 : IMixedMask { public static int Window => 7; }
public struct Window19 : IMixedMask { public static int Window => 19; }
public struct Window40 : IMixedMask { public static int Window => 40; }
public struct Block3 : IMixedMask { public static int Block => 3; }
public struct Block16 : IMixedMask { public static int Block => 16; }
public struct Block20 : IMixedMask { public static int Block => 20; }
public struct Block33 : IMixedMask { public static int Block => 33; }
public struct WindowInBlock : IMixedMask { public static int Window => 6; public static int Block => 27; }
public struct WindowInSmallBlock : IMixedMask { public static int Window => 2; public static int Block => 7; }

public struct NoRange : IMixedRange;
public struct NearConstant : IMixedRange { public static LongRangeForm Form => LongRangeForm.PenaliseNear; public static int MinDistance => 4; }
public struct NearLinear : IMixedRange { public static LongRangeForm Form => LongRangeForm.PenaliseNear; public static Decay Decay => Decay.Linear; public static int MinDistance => 29; }
public struct NearExponential : IMixedRange { public static LongRangeForm Form => LongRangeForm.PenaliseNear; public static Decay Decay => Decay.Exponential; public static int MinDistance => 18; }
public struct FarConstant : IMixedRange { public static int MinDistance => 5; }
public struct FarLinear : IMixedRange { public static Decay Decay => Decay.Linear; public static int MinDistance => 1; }
public struct FarExponential : IMixedRange { public static Decay Decay => Decay.Exponential; public static int MinDistance => 3; }
public struct FarAway : IMixedRange { public static Decay Decay => Decay.Exponential; public static int MinDistance => 32; }

public struct NoBound : IMixedBound;
public struct AtMost4 : IMixedBound { public static SumPenalty[] Penalties { get; } = [new(ConstraintKind.AtMost, 4, 6)]; }
public struct Exactly5 : IMixedBound { public static SumPenalty[] Penalties { get; } = [new(ConstraintKind.Exactly, 5, 4)]; }
public struct Between : IMixedBound { public static SumPenalty[] Penalties { get; } = [new(ConstraintKind.AtMost, 9, 5), new(ConstraintKind.AtLeast, 6, 5)]; }
public struct Unbalanced : IMixedBound { public static SumPenalty[] Penalties { get; } = [new(ConstraintKind.AtMost, 6, 2, SlackKind.Unbalanced)]; }
public struct Exactly1 : IMixedBound { public static SumPenalty[] Penalties { get; } = [new(ConstraintKind.Exactly, 1, 5)]; }
public struct Exactly2 : IMixedBound { public static SumPenalty[] Penalties { get; } = [new(ConstraintKind.Exactly, 2, 5)]; }
public struct AtMost2 : IMixedBound { public static SumPenalty[] Penalties { get; } = [new(ConstraintKind.AtMost, 2, 5)]; }
public struct Exactly16 : IMixedBound { public static SumPenalty[] Penalties { get; } = [new(ConstraintKind.Exactly, 16, 9)]; }
public struct AtMost120 : IMixedBound { public static SumPenalty[] Penalties { get; } = [new(ConstraintKind.AtMost, 120, 200)]; }
public struct Exactly75 : IMixedBound { public static SumPenalty[] Penalties { get; } = [new(ConstraintKind.Exactly, 75, 9)]; }
