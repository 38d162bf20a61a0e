namespace Qama.Layers;

/// <summary>A hard constraint of a declared model.</summary>
/// <param name="Kind">What it demands.</param>
/// <param name="Bound">The bound on a head's sum; 0 for exclusion.</param>
public sealed record ConstraintDescription(ConstraintKind Kind, double Bound = 0)
{
    /// <summary>Whether a selection fulfils it.</summary>
    /// <param name="model">The model.</param>
    /// <param name="state">Selection bits, each 0 or 1, ordered head, token, bit.</param>
    /// <exception cref="ArgumentException">Another length than the model's variables.</exception>
    public bool IsFulfilled(ModelDescriptor model, ReadOnlySpan<byte> state)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (state.Length != model.VariableCount)
        {
            throw new ArgumentException($"Expected {model.VariableCount} selection bits, got {state.Length}.", nameof(state));
        }

        int bits = model.SelectionBits;
        return Kind switch
        {
            ConstraintKind.ExclusiveTokens => IsExclusive(state, model.HeadCount, bits),
            ConstraintKind.ExclusiveBits => IsExclusive(state, model.HeadCount, 1),
            _ => SumsFit(state, model.Tokens * bits, bits),
        };
    }

    private static bool IsExclusive(ReadOnlySpan<byte> state, int heads, int group)
    {
        int perHead = state.Length / heads;
        for (int first = 0; first < perHead; first += group)
        {
            int selecting = 0;
            for (int head = 0; head < heads; head++)
            {
                selecting += state.Slice((head * perHead) + first, group).ContainsAnyExcept((byte)0) ? 1 : 0;
            }

            if (selecting > 1)
            {
                return false;
            }
        }

        return true;
    }

    // In steps of a weight, 1/(2^B − 1): integers.
    private bool SumsFit(ReadOnlySpan<byte> state, int perHead, int bits)
    {
        double bound = Math.Round(Bound * ((1 << bits) - 1));
        for (int first = 0; first < state.Length; first += perHead)
        {
            long sum = 0;
            for (int k = 0; k < perHead; k++)
            {
                sum += (long)state[first + k] << (k % bits);
            }

            if ((Kind != ConstraintKind.AtLeast && sum > bound) || (Kind != ConstraintKind.AtMost && sum < bound))
            {
                return false;
            }
        }

        return true;
    }
}
