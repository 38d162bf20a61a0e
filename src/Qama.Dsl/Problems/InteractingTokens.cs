namespace Qama.Problems;

/// <summary>The tokens that a token interacts with: of a window, of its block, or all. They stand side by side, so that
/// sums over them are
/// differences of running sums, in time that does not depend on how many they are.</summary>
internal sealed class InteractingTokens
{
    private int _window;
    private int _block;
    private int _count;
    private double[] _sums = []; // of what comes before a token

    /// <summary>Whether all tokens interact with each other.</summary>
    public bool AreAll { get; private set; }

    /// <summary>Takes the pairs that interact.</summary>
    /// <param name="window">Largest |i − j|; 0 for any.</param>
    /// <param name="block">Tokens of a block, i / block = j / block; 0 for one of all tokens.</param>
    /// <param name="count">Tokens present.</param>
    public void Load(int window, int block, int count)
    {
        (_window, _block, _count) = (window, block, count);
        AreAll = (window == 0 || window >= count - 1) && (block == 0 || block >= count);
        if (!AreAll && _sums.Length <= count)
        {
            _sums = new double[count + 1];
        }
    }

    /// <summary>The first token that interacts with a token, and the one after the last; the token itself among
    /// them.</summary>
    public (int From, int To) Of(int token)
    {
        (int from, int to) = (0, _count);
        if (_window > 0)
        {
            (from, to) = (Math.Max(0, token - _window), (int)Math.Min(_count, token + (long)_window + 1));
        }

        if (_block > 0)
        {
            int first = token / _block * _block;
            (from, to) = (Math.Max(from, first), (int)Math.Min(to, first + (long)_block));
        }

        return (from, to);
    }

    /// <summary>target_i += factor · own_i · Σ_j partner_j s_j over the tokens j that i interacts with, itself among
    /// them.</summary>
    public void AddSums(
        double factor, ReadOnlySpan<float> own, ReadOnlySpan<float> partner, ReadOnlySpan<float> s, Span<float> target)
    {
        double sum = 0;
        for (int j = 0; j < _count; j++)
        {
            _sums[j] = sum;
            sum += (double)partner[j] * s[j];
        }

        _sums[_count] = sum;
        for (int i = 0; i < _count; i++)
        {
            (int from, int to) = Of(i);
            target[i] += (float)(factor * own[i] * (_sums[to] - _sums[from]));
        }
    }
}
