using System.Numerics;
using Qama.Numerics;
using Qama.Problems;

namespace Qama.Annealing;

/// <content>The state, and what follows from it.</content>
internal unsafe ref partial struct BinaryAnnealer<TPlan, TVector>
{
    public readonly void Randomise(scoped ref RandomStream random)
    {
        for (int h = 0; h < TPlan.Heads; h++)
        {
            var signs = new Span<float>(_signs + h * Stride, Stride);
            RandomBits.Fill(ref random, signs, _tokenCount);
            for (int i = 0; i < signs.Length; i++)
            {
                signs[i] = 1 - 2 * signs[i];
            }
        }

        Refresh();
    }

    // The local fields and column sums, from nothing.
    public readonly void Refresh()
    {
        new Span<float>(_count, Stride).Fill(-0.5f);
        Copy(_linear, _local);
        for (int h = 0; h < TPlan.Heads; h++)
        {
            float* signs = _signs + h * Stride;
            for (int block = 0; block < Stride; block += Width)
            {
                uint selected = Selected(signs, block);
                TVector.Store(_count + block, TVector.Load(_count + block) + TVector.Keep(selected, TVector.All(1)));
                if (Stride > 4 * Width)
                {
                    for (; selected != 0; selected &= selected - 1)
                    {
                        AddRow(_local + h * Stride, Row(h, block + BitOperations.TrailingZeroCount(selected)), TVector.All(PairFactor));
                    }
                }
            }

            if (Stride <= 4 * Width)
            {
                AddRows(h);
            }
        }
    }

    // The rows of a head's selected tokens, added to its local fields, which stay in registers meanwhile.
    private readonly void AddRows(int head)
    {
        float* local = _local + head * Stride;
        TVector factor = TVector.All(PairFactor);
        TVector a = TVector.Load(local);
        TVector b = TVector.Load(local + Second);
        TVector c = TVector.Load(local + Third);
        TVector d = TVector.Load(local + Fourth);
        for (int block = 0; block < Stride; block += Width)
        {
            for (uint selected = Selected(_signs + head * Stride, block); selected != 0; selected &= selected - 1)
            {
                float* row = Row(head, block + BitOperations.TrailingZeroCount(selected));
                a = TVector.FusedMultiplyAdd(factor, TVector.Load(row), a);
                b = TVector.FusedMultiplyAdd(factor, TVector.Load(row + Second), b);
                c = TVector.FusedMultiplyAdd(factor, TVector.Load(row + Third), c);
                d = TVector.FusedMultiplyAdd(factor, TVector.Load(row + Fourth), d);
            }
        }

        TVector.Store(local + Fourth, d); // of shorter rows a block that is there already
        TVector.Store(local + Third, c);
        TVector.Store(local + Second, b);
        TVector.Store(local, a);
    }

    private static int Second => Stride > Width ? Width : 0;

    private static int Third => Stride > 2 * Width ? 2 * Width : 0;

    private static int Fourth => Stride > 3 * Width ? 3 * Width : 0;

    private readonly float* Row(int head, int token) => _pairs + (head * TPlan.Tokens + token) * PairCoefficients<TPlan>.RowPitch;

    // Which of 16 tokens are selected; padded ones never are.
    private static uint Selected(float* signs, int block) => TVector.Below(TVector.Load(signs + block), TVector.Zero);

    // Σ x (linear + local)/2 + w Σ_i C(C − 1)/2 with the column sums C.
    public readonly double ComputeEnergy()
    {
        double energy = 0;
        for (int h = 0; h < TPlan.Heads; h++)
        {
            for (int k = h * Stride; k < h * Stride + _tokenCount; k++)
            {
                energy += _signs[k] < 0 ? 0.5 * ((double)_linear[k] + _local[k]) : 0;
            }
        }

        for (int i = 0; TPlan.Exclusion != 0 && i < _tokenCount; i++)
        {
            double count = _count[i] + 0.5;
            energy += 0.5 * TPlan.Exclusion * count * (count - 1);
        }

        return energy;
    }

    public readonly void KeepBest() => Copy(_signs, _best);

    public readonly void TakeBest(bool isPresent)
    {
        if (!isPresent)
        {
            Copy(_best, _signs);
            Refresh();
        }
    }

    public readonly void KeepLowest() => Copy(_signs, _kept);

    public readonly void TakeLowest() => Copy(_kept, _signs);

    private static void Copy(float* source, float* destination) =>
        new Span<float>(source, RowsLength).CopyTo(new Span<float>(destination, RowsLength));

    public readonly void Read(scoped ReadOnlySpan<byte> state)
    {
        for (int h = 0; h < TPlan.Heads; h++)
        {
            for (int i = 0; i < _tokenCount; i++)
            {
                _signs[h * Stride + i] = 1 - 2 * state[h * TPlan.Tokens + i];
            }
        }

        Refresh();
    }

    public readonly void Write(scoped Span<byte> state)
    {
        for (int h = 0; h < TPlan.Heads; h++)
        {
            for (int i = 0; i < TPlan.Tokens; i++)
            {
                state[h * TPlan.Tokens + i] = _signs[h * Stride + i] < 0 ? (byte)1 : (byte)0;
            }
        }
    }
}
