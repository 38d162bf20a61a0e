using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Qama.Numerics;
using Qama.Problems;

namespace Qama.Annealing;

/// <content>The sweep, and the temperature it should start at.</content>
internal unsafe ref partial struct BinaryAnnealer<TPlan, TVector>
{
    // One proposal per variable; whether any was accepted. A lane that is behind is not looked at again, so a block's signs
    // and column sums are changed once, when it is done; its fields are changed in memory and in a register alike.
    private bool Sweep<TRule>(float temperature, scoped ref RandomStream random)
        where TRule : struct, IAcceptanceRule
    {
        RandomStream stream = random;
        TVector scale = TVector.All(TRule.Scale(temperature));
        TVector energy = TVector.Zero;
        bool moved = false;
        ulong bits = 0;
        for (int h = 0; h < TPlan.Heads; h++)
        {
            float* local = _local + h * Stride;
            float* signs = _signs + h * Stride;
            float* pairs = Row(h, 0);
            for (int block = 0; block < Stride; block += Width)
            {
                if (TRule.IsRandom)
                {
                    bits = (block & Width) == 0 ? stream.NextUInt64() : bits >> 24; // one number serves two blocks
                }

                TVector threshold = scale * TRule.Thresholds<TVector>(bits);
                TVector sign = TVector.Load(signs + block);
                TVector field = Field(local, block);
                TVector change = Change(sign, field);
                uint accepted = TVector.Below(change, threshold);
                if (accepted == 0)
                {
                    continue;
                }

                uint flipped = 0;
                do
                {
                    int lane = BitOperations.TrailingZeroCount(accepted);
                    flipped |= 1u << lane;
                    energy += TVector.Only(lane, change);
                    float* row = pairs + (block + lane) * PairCoefficients<TPlan>.RowPitch;
                    TVector factor = TVector.All(PairFactor * signs[block + lane]);
                    field = TVector.FusedMultiplyAdd(factor, TVector.Load(row + block), field);
                    change = Change(sign, field);
                    accepted = TVector.Below(change, threshold) & uint.MaxValue - 1 << lane;
                    if (OutgrowsCache)
                    {
                        int next = accepted != 0 ? block + BitOperations.TrailingZeroCount(accepted) : Likely(signs, local, block + Width);
                        AddRowAndFetch(local, row, factor, pairs + next * Stride);
                    }
                    else
                    {
                        AddRow(local, row, factor);
                    }
                }
                while (accepted != 0);
                Flip(signs, block, flipped);
                moved = true;
            }
        }

        _energy += TVector.Sum(energy);
        random = stream;
        return moved;
    }

    // Local fields of 16 tokens and what the column sums say.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly TVector Field(float* local, int block) => TPlan.Exclusion == 0
        ? TVector.Load(local + block)
        : TVector.FusedMultiplyAdd(TVector.All(TPlan.Exclusion), TVector.Load(_count + block), TVector.Load(local + block));

    // What flipping each of 16 variables costs. With x = (1 − s)/2 the other heads' selections Σx − x are (Σx − ½) + s/2,
    // and s² = 1.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Change(TVector sign, TVector field) => TPlan.Exclusion == 0
        ? sign * field
        : TVector.FusedMultiplyAdd(sign, field, TVector.All(TPlan.Exclusion / 2));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddRow(float* local, float* pairs, TVector factor)
    {
        for (int i = 0; i < Stride; i += Width)
        {
            TVector.Store(local + i, TVector.FusedMultiplyAdd(factor, TVector.Load(pairs + i), TVector.Load(local + i)));
        }
    }

    // Asks for the row that will be needed next while this one is worked on: where couplings do not fit the caches, a flip would
    // otherwise wait for memory. Line by line, because a burst of requests waits for itself.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddRowAndFetch(float* local, float* pairs, TVector factor, float* next)
    {
        for (int i = 0; i < Stride; i += Width)
        {
            if (Sse.IsSupported)
            {
                Sse.Prefetch0(next + i);
            }

            TVector.Store(local + i, TVector.FusedMultiplyAdd(factor, TVector.Load(pairs + i), TVector.Load(local + i)));
        }
    }

    // The first token of a block that would gain by a flip now; nothing depends on the guess but time.
    private readonly int Likely(float* signs, float* local, int block)
    {
        if (block >= Stride)
        {
            return 0;
        }

        uint gaining = TVector.Below(Change(TVector.Load(signs + block), Field(local, block)), TVector.Zero);
        return Math.Min(block + BitOperations.TrailingZeroCount(gaining | 1u << Width - 1), TPlan.Tokens - 1);
    }

    // Turns the signs of some lanes of a block over.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Flip(float* signs, int block, uint lanes)
    {
        TVector sign = TVector.Load(signs + block);
        TVector change = TVector.Keep(lanes, sign);
        TVector.Store(_count + block, TVector.Load(_count + block) + change);
        TVector.Store(signs + block, sign - (change + change));
    }

    // How much a random state moves a local field (its standard deviation, root mean square over the variables): Σ_j a_ij²/4
    // from the couplings and w²(H − 1)/4 from the other heads. Times the share of variables whose field is smaller than
    // that: where fields decide most variables, the rest order at a lower temperature.
    public readonly TemperatureScale EnergyScale()
    {
        double pairs = PairCoefficients<TPlan>.SquaresPerToken<TVector>(_pairs, _tokenCount) * PairFactor * PairFactor;
        double perVariable = pairs + (double)TPlan.Exclusion * TPlan.Exclusion * (TPlan.Heads - 1);
        double fluctuation = 0.5 * Math.Sqrt(perVariable);
        var bound = TVector.All((float)fluctuation);
        int undecided = 0;
        for (int h = 0; h < TPlan.Heads; h++)
        {
            for (int block = 0; block < Stride; block += Width)
            {
                TVector change = Change(TVector.Load(_signs + h * Stride + block), Field(_local + h * Stride, block));
                undecided += BitOperations.PopCount(TVector.Below(TVector.Abs(change), bound));
            }
        }

        return Cooling.Scale(
            fluctuation, Cooling.Ratio(pairs, perVariable), Cooling.Share(undecided, TPlan.Heads * _tokenCount),
            Order(pairs, perVariable));
    }
}
