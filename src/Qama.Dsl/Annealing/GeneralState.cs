using System.Runtime.CompilerServices;
using Qama.Contract;
using Qama.Numerics;
using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;
using Qama.Problems;

namespace Qama.Annealing;

/// <summary>
/// A state of weights with several levels and everything that follows from it: local fields, sums per token and per
/// head. Lives in scratch memory.
/// </summary>
internal readonly unsafe ref struct GeneralState<TPlan, TVector>
    where TPlan : struct, IAnnealingPlan
    where TVector : struct, IVector<TVector, float>
{
    private const int Width = RowLayout.Width;

    private readonly float* _linear; // [heads, stride], +infinity in padded tokens, whose level thus stays 0
    private readonly float* _counts; // [count rows, stride]: Σ_h level, or per bit Σ_h x
    private readonly float* _squares; // [heads, stride]: what s² costs
    private readonly float* _pairs; // [heads, tokens, stride], times PairFactor
    private readonly float _exclusion;

    public GeneralState(float* couplings, float* scratch, int tokenCount, float exclusion)
    {
        _exclusion = exclusion;
        TokenCount = tokenCount;
        _linear = scratch;
        Local = _linear + RowsLength;
        Levels = Local + RowsLength;
        Best = Levels + RowsLength;
        Kept = Best + RowsLength;
        _squares = Kept + RowsLength;
        _counts = _squares + RowsLength;
        HeadSums = (int*)(_counts + CountRows * Stride);
        Penalties = (float*)(HeadSums + Padding.Stride(TPlan.Heads));
        _pairs = PairCoefficients<TPlan>.AreOwn || !PairCoefficients<TPlan>.AreAny ? Penalties + Padding.Stride(SumPenaltyTable<TPlan>.Length) : couplings;
    }

    /// <summary>Floats of scratch memory needed.</summary>
    public static int ScratchLength =>
        6 * RowsLength + CountRows * Stride + Padding.Stride(TPlan.Heads) + Padding.Stride(SumPenaltyTable<TPlan>.Length)
        + (PairCoefficients<TPlan>.AreOwn ? PairCoefficients<TPlan>.Length : PairCoefficients<TPlan>.AreAny ? 0 : Stride);

    /// <summary>Length of a padded row.</summary>
    public static int Stride => Padding.Stride(TPlan.Tokens);

    /// <summary>One level of a weight: 1/(2^Bits − 1).</summary>
    public static float Step => 1f / LargestLevel;

    /// <summary>2^Bits − 1.</summary>
    public static int LargestLevel => (1 << TPlan.Bits) - 1;

    /// <summary>What the stored pair coefficients are still to be multiplied by.</summary>
    public static float PairFactor => PairCoefficients<TPlan>.Factor;

    /// <summary>Whether heads exclude each other.</summary>
    public static bool HasExclusion => TPlan.Heads > 1 && (TPlan.ComputesExclusion || TPlan.Exclusion != 0);

    /// <summary>Whether s² costs something.</summary>
    public static bool HasSquares => TPlan.Curvature != 0 || TPlan.KeepsDiagonal;

    /// <summary>Tokens present.</summary>
    public int TokenCount { get; }

    /// <summary>[heads, stride]: linear + Σ_j a_ij s_j.</summary>
    public float* Local { get; }

    /// <summary>[heads, stride]: 0 to <see cref="LargestLevel"/>.</summary>
    public float* Levels { get; }

    /// <summary>[heads, stride]: room for the best levels of an annealing.</summary>
    public float* Best { get; }

    /// <summary>[heads, stride]: room for the best levels of several annealings.</summary>
    public float* Kept { get; }

    /// <summary>[heads]: Σ_i level.</summary>
    public int* HeadSums { get; }

    /// <summary>See <see cref="SumPenaltyTable{TPlan}"/>.</summary>
    public float* Penalties { get; }

    private float Exclusion => TPlan.ComputesExclusion ? _exclusion : TPlan.Exclusion;

    private static int RowsLength => TPlan.Heads * Stride;

    private static bool CountsBits => TPlan.ExclusionOnBits && TPlan.Bits > 1;

    private static int CountRows => CountsBits ? TPlan.Bits : 1;

    /// <summary>Pair coefficients of a token with every other, before <see cref="PairFactor"/>.</summary>
    public float* Pairs(int head, int token) => _pairs + (head * TPlan.Tokens + token) * PairCoefficients<TPlan>.RowPitch;

    /// <summary>Reads the problem; nothing is selected.</summary>
    public void Start(in ProblemView problem)
    {
        SumPenaltyTable<TPlan>.Write(problem, Penalties);
        if (PairCoefficients<TPlan>.AreOwn)
        {
            PairCoefficients<TPlan>.Write(problem, new Span<float>(_pairs, PairCoefficients<TPlan>.Length));
        }
        else if (!PairCoefficients<TPlan>.AreAny)
        {
            new Span<float>(_pairs, Stride).Clear();
        }

        for (int h = 0; h < TPlan.Heads; h++)
        {
            var linear = new Span<float>(_linear + h * Stride, Stride);
            TPlan.WriteLinear(problem, h, linear);
            linear[TokenCount..].Fill(float.PositiveInfinity);
            PairCoefficients<TPlan>.WriteSquares(problem, h, new Span<float>(_squares + h * Stride, Stride));
        }

        new Span<float>(Levels, RowsLength).Clear();
        ComputeFields();
    }

    /// <summary>Draws every bit anew, 0 or 1 with equal probability.</summary>
    public void Randomise(scoped ref RandomStream random)
    {
        for (int h = 0; h < TPlan.Heads; h++)
        {
            for (int i = 0; i < TokenCount; i++)
            {
                Levels[h * Stride + i] = random.NextInt32(LargestLevel + 1);
            }
        }

        ComputeFields();
    }

    /// <summary>Local fields and sums of the present levels, from nothing.</summary>
    public void ComputeFields()
    {
        new Span<float>(_counts, CountRows * Stride).Clear();
        new Span<float>(_linear, RowsLength).CopyTo(new Span<float>(Local, RowsLength));
        for (int h = 0; h < TPlan.Heads; h++)
        {
            HeadSums[h] = 0;
            for (int i = 0; i < TokenCount; i++)
            {
                int level = (int)Levels[h * Stride + i];
                if (level != 0)
                {
                    Levels[h * Stride + i] = 0;
                    SetLevel(h, i, level);
                }
            }
        }
    }

    /// <summary>Changes one level and all that follows from it.</summary>
    public void SetLevel(int head, int token, int level)
    {
        int old = (int)Levels[head * Stride + token];
        Levels[head * Stride + token] = level;
        HeadSums[head] += level - old;
        if (CountsBits)
        {
            for (int b = 0; b < TPlan.Bits; b++)
            {
                _counts[b * Stride + token] += ((level >> b) & 1) - ((old >> b) & 1);
            }
        }
        else
        {
            _counts[token] += level - old;
        }

        float* pairs = Pairs(head, token);
        float* local = Local + head * Stride;
        TVector factor = TVector.All(PairFactor * Step * (level - old));
        for (int i = 0; i < Stride; i += Width)
        {
            TVector.Store(local + i, TVector.FusedMultiplyAdd(factor, TVector.Load(pairs + i), TVector.Load(local + i)));
        }
    }

    /// <summary>What the squares say to 16 tokens that change from one level to another in one head.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector SquareChange(int head, int block, TVector from, TVector to) =>
        SquareChange(TVector.Load(_squares + head * Stride + block), from, to);

    /// <summary>The same for one token that takes 16 alternative levels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector SquareChangeOf(int head, int token, TVector from, TVector to) =>
        SquareChange(TVector.All(_squares[head * Stride + token]), from, to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector SquareChange(TVector square, TVector from, TVector to) =>
        TVector.All(Step * Step) * square * ((to - from) * (to + from));

    /// <summary>What head exclusion says to 16 tokens that change from one level to another in one head: Σ over the other
    /// heads of what they hold, times the change.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector ExclusionChange(int block, TVector from, TVector to)
    {
        if (!CountsBits)
        {
            TVector others = TVector.Load(_counts + block) - from;
            return Excluding(block, TVector.All(Exclusion * Step * Step) * (to - from) * others);
        }

        TVector sum = TVector.Zero;
        for (int b = 0; b < TPlan.Bits; b++)
        {
            TVector old = TVector.Digit(from, b);
            TVector others = TVector.Load(_counts + b * Stride + block) - old;
            sum += (TVector.Digit(to, b) - old) * others;
        }

        return Excluding(block, TVector.All(Exclusion) * sum);
    }

    // What exclusion says to 16 tokens, of which it may be about the first or none.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Excluding(int block, TVector change) => TPlan.ExclusionTokens < TPlan.Tokens
        ? TVector.Keep(change, Math.Max(0, TPlan.ExclusionTokens - block)) : change;

    /// <summary>The same for one token that takes 16 alternative levels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector ExclusionChangeOf(int token, int from, TVector to)
    {
        if (token >= TPlan.ExclusionTokens)
        {
            return TVector.Zero;
        }

        if (!CountsBits)
        {
            return TVector.All(Exclusion * Step * Step * (_counts[token] - from)) * (to - TVector.All(from));
        }

        TVector sum = TVector.Zero;
        for (int b = 0; b < TPlan.Bits; b++)
        {
            int old = (from >> b) & 1;
            float others = _counts[b * Stride + token] - old;
            sum += TVector.All(others) * (TVector.Digit(to, b) - TVector.All(old));
        }

        return TVector.All(Exclusion) * sum;
    }

    /// <summary>The energy of the present levels.</summary>
    public double Energy()
    {
        double energy = 0;
        for (int h = 0; h < TPlan.Heads; h++)
        {
            for (int k = h * Stride; k < h * Stride + TokenCount; k++)
            {
                double s = Levels[k] * Step;
                energy += 0.5 * s * ((double)_linear[k] + Local[k]) + _squares[k] * s * s;
            }

            energy += TVector.Sum(SumPenaltyTable<TPlan>.Evaluate(Penalties, TVector.All(HeadSums[h] * Step))) / Width;
        }

        for (int i = 0; HasExclusion && i < Math.Min(TokenCount, TPlan.ExclusionTokens); i++)
        {
            energy += Exclusion * Overlap(i);
        }

        return energy;
    }

    // Σ_{a<b} s_a s_b, or of their bits, of one token: with the sum C and the sum of squares Q, (C² − Q)/2.
    private double Overlap(int token)
    {
        double twice = 0;
        if (CountsBits)
        {
            for (int b = 0; b < TPlan.Bits; b++)
            {
                double count = _counts[b * Stride + token];
                twice += count * (count - 1);
            }

            return twice / 2;
        }

        twice = (double)_counts[token] * _counts[token];
        for (int h = 0; h < TPlan.Heads; h++)
        {
            double level = Levels[h * Stride + token];
            twice -= level * level;
        }

        return twice * Step * Step / 2;
    }

    /// <summary>Standard deviation of a weight's local field under random bits, root mean square over the weights; what
    /// hard constraints say is left out.</summary>
    public (double Fluctuation, double Ratio) Fluctuation()
    {
        // The variance of a weight is Σ_b c_b²/4; in exclusion on bits, that of what the other heads say to Σ_b x_b.
        double variance = ((1L << (2 * TPlan.Bits)) - 1) / 3.0 * Step * Step / 4;
        double pairs = PairCoefficients<TPlan>.SquaresPerToken<TVector>(_pairs, TokenCount) * PairFactor * PairFactor;
        double exclusion = (double)TPlan.Exclusion * TPlan.Exclusion * (TPlan.Heads - 1);
        double all = pairs * variance + exclusion * (CountsBits ? 0.25 : variance);
        return (Math.Sqrt(all), Cooling.Ratio(pairs * variance, all));
    }

    /// <summary>The largest <see cref="Cooling.Attraction"/> of a head, all weights being 0 or 1.</summary>
    public double Attraction()
    {
        double largest = 0;
        for (int row = 0; row < RowsLength; row += Stride)
        {
            double ofHead = Cooling.Attraction<TVector>(_linear + row, Local + row, Levels + row, -1, Stride);
            largest = Math.Max(largest, ofHead);
        }

        return largest;
    }

    /// <summary>Copies the levels to another memory of as many rows.</summary>
    public void Keep(float* levels) => new Span<float>(Levels, RowsLength).CopyTo(new Span<float>(levels, RowsLength));

    /// <summary>Goes to levels that were kept.</summary>
    public void Restore(float* levels)
    {
        new Span<float>(levels, RowsLength).CopyTo(new Span<float>(Levels, RowsLength));
        ComputeFields();
    }

    /// <summary>Goes to a state, bits ordered head, token, bit.</summary>
    public void Read(scoped ReadOnlySpan<byte> state)
    {
        for (int h = 0; h < TPlan.Heads; h++)
        {
            for (int i = 0; i < TokenCount; i++)
            {
                int level = 0;
                for (int b = 0; b < TPlan.Bits; b++)
                {
                    level |= state[(h * TPlan.Tokens + i) * TPlan.Bits + b] << b;
                }

                Levels[h * Stride + i] = level;
            }
        }

        ComputeFields();
    }

    /// <summary>Writes the bits, ordered head, token, bit.</summary>
    public void Write(scoped Span<byte> state)
    {
        int k = 0;
        for (int h = 0; h < TPlan.Heads; h++)
        {
            for (int i = 0; i < TPlan.Tokens; i++)
            {
                for (int b = 0; b < TPlan.Bits; b++)
                {
                    state[k++] = (byte)(((int)Levels[h * Stride + i] >> b) & 1);
                }
            }
        }
    }
}
