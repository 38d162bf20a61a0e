using System.Numerics;

namespace Qama.Training.Layers;

/// <summary>The keys that each query sees: all, those up to itself, or the nearest ones.</summary>
/// <param name="Causal">Whether query i sees keys j ≤ i only.</param>
/// <param name="Window">Query i sees keys with |i − j| &lt; window only; 0 for no such limit.</param>
internal readonly record struct KeyView(bool Causal, int Window)
{
    /// <summary>Whether every query sees every key.</summary>
    public bool IsAll => !Causal && Window == 0;

    /// <summary>Whether query <paramref name="i"/> sees key <paramref name="j"/>.</summary>
    public bool Sees(int i, int j) => (!Causal || j <= i) && (Window == 0 || Math.Abs(i - j) < Window);

    /// <summary>The first key that one of neighbouring queries sees, and how many keys there are up to the last.</summary>
    /// <param name="first">The first query.</param>
    /// <param name="count">Number of queries.</param>
    /// <param name="tokens">Tokens.</param>
    public (int Low, int Keys) Keys(int first, int count, int tokens)
    {
        int low = Window > 0 ? Math.Max(0, first - Window + 1) : 0;
        int end = Causal ? first + count : Window > 0 ? (int)Math.Min(tokens, first + count - 1L + Window) : tokens;
        return (low, end - low);
    }

    /// <summary>Sets scores of keys that a query does not see to −∞.</summary>
    /// <param name="strip">Scores, a row for each key from <paramref name="low"/> on and a column for each query.</param>
    /// <param name="stride">Row length.</param>
    /// <param name="first">The first query.</param>
    /// <param name="count">Number of queries; columns behind them are left alone.</param>
    /// <param name="low">The first key.</param>
    /// <param name="keys">Number of keys.</param>
    public void Hide<T>(Span<T> strip, int stride, int first, int count, int low, int keys)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int k = 0; k < keys && !IsAll; k++)
        {
            // Query i sees key j exactly if i is in [from, to).
            int j = low + k;
            long from = Causal ? j : j - (long)Window + 1, to = Window > 0 ? j + (long)Window : first + count;
            int seen = (int)Math.Clamp(from - first, 0, count), unseen = (int)Math.Clamp(to - first, seen, count);
            Span<T> row = strip.Slice(k * stride, count);
            row[..seen].Fill(T.NegativeInfinity);
            row[unseen..].Fill(T.NegativeInfinity);
        }
    }
}
