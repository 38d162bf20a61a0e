using Qama.Sampling;

namespace Qama.Kernels;

/// <content>The state, and what follows from it.</content>
internal unsafe ref partial struct BinaryAnnealer<TPlan, TLanes>
{
    private readonly void Randomise(ref RandomStream random)
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

        ComputeFields();
    }

    // The local fields and column sums, from nothing.
    private readonly void ComputeFields()
    {
        new Span<float>(_count, Stride).Fill(-0.5f);
        Copy(_linear, _local);
        for (int h = 0; h < TPlan.Heads; h++)
        {
            for (int i = 0; i < _tokenCount; i++)
            {
                if (_signs[h * Stride + i] < 0)
                {
                    _count[i]++;
                    AddRow(_local + h * Stride, _pairs + (h * TPlan.Tokens + i) * Stride, TLanes.Create(PairFactor));
                }
            }
        }
    }

    // Σ x (linear + local)/2 + w Σ_i C(C − 1)/2 with the column sums C.
    private readonly double Energy()
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

    private static void Copy(float* source, float* destination) =>
        new Span<float>(source, RowsLength).CopyTo(new Span<float>(destination, RowsLength));

    private readonly void Read(ReadOnlySpan<byte> state)
    {
        for (int h = 0; h < TPlan.Heads; h++)
        {
            for (int i = 0; i < _tokenCount; i++)
            {
                _signs[h * Stride + i] = 1 - 2 * state[h * TPlan.Tokens + i];
            }
        }

        ComputeFields();
    }

    private readonly void Write(Span<byte> state)
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
