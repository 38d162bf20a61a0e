using System.Numerics;
using System.Runtime.Intrinsics;

namespace Qama.Kernels;

/// <summary>
/// Attention over the tokens a head selected: a[i,j] = s_j exp(z[i,j] + f_j) / Σ_k s_k exp(z[i,k] + f_k), over present tokens that
/// interact with i, and i itself.
/// </summary>
public static class SelectedAttention
{
    /// <summary>Turns similarities into attention weights; a row that sees no selected token becomes zero.</summary>
    /// <param name="similarity">z, [tokens, stride]; replaced by a. Rows and columns of absent tokens become zero.</param>
    /// <param name="fields">f, [stride]; empty for none.</param>
    /// <param name="selection">s, [stride], 0 or more.</param>
    /// <param name="interacting">1 for pairs that see each other, [tokens, stride]; empty for all. Tokens always see themselves.</param>
    /// <param name="causal">Whether token i sees only j ≤ i.</param>
    /// <param name="tokens">Tokens N.</param>
    /// <param name="tokenCount">Tokens present.</param>
    public static void Weights<T>(
        Span<T> similarity, ReadOnlySpan<T> fields, ReadOnlySpan<T> selection, ReadOnlySpan<T> interacting, bool causal,
        int tokens, int tokenCount)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int stride = Padding.Stride(tokens);
        for (int i = 0; i < tokenCount; i++)
        {
            Span<T> row = similarity.Slice(i * stride, stride);
            int seen = causal ? i + 1 : tokenCount;
            T largest = T.NegativeInfinity;
            for (int j = 0; j < seen; j++)
            {
                bool visible = selection[j] > T.Zero && (interacting.IsEmpty || i == j || interacting[(i * stride) + j] != T.Zero);
                row[j] = !visible ? T.NegativeInfinity : fields.IsEmpty ? row[j] : row[j] + fields[j];
                largest = T.Max(largest, row[j]);
            }

            row[seen..].Fill(T.NegativeInfinity);
            if (largest == T.NegativeInfinity)
            {
                row.Clear();
                continue;
            }

            Normalise(row, selection, largest);
        }

        similarity[(tokenCount * stride)..(tokens * stride)].Clear();
    }

    /// <summary>From ∂L/∂a to ∂L/∂z = a (ā − Σ_k a_k ā_k) in place, and ∂L/∂f_j = Σ_i of it.</summary>
    /// <param name="weights">a, [tokens, stride].</param>
    /// <param name="gradient">∂L/∂a, [tokens, stride]; replaced by ∂L/∂z.</param>
    /// <param name="fieldsGradient">Receives ∂L/∂f, [stride]; empty for none.</param>
    /// <param name="tokens">Tokens N.</param>
    public static void Backward<T>(ReadOnlySpan<T> weights, Span<T> gradient, Span<T> fieldsGradient, int tokens)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int stride = Padding.Stride(tokens);
        fieldsGradient.Clear();
        for (int i = 0; i < tokens; i++)
        {
            ReadOnlySpan<T> a = weights.Slice(i * stride, stride);
            Span<T> g = gradient.Slice(i * stride, stride);
            Vector512<T> mean = Vector512.Create(Lanes.Dot(a, g));
            for (int t = 0; t < stride; t += Vector512<T>.Count)
            {
                Lanes.Store(g, t, Lanes.Load(a, t) * (Lanes.Load<T>(g, t) - mean));
            }

            if (!fieldsGradient.IsEmpty)
            {
                Lanes.AddScaled<T>(T.One, g, fieldsGradient);
            }
        }
    }

    private static void Normalise<T>(Span<T> row, ReadOnlySpan<T> selection, T largest)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector512<T> shift = Vector512.Create(largest);
        Vector512<T> sum = Vector512<T>.Zero;
        for (int t = 0; t < row.Length; t += Vector512<T>.Count)
        {
            Vector512<T> weight = Lanes.Load(selection, t) * Lanes.Exp(Lanes.Load<T>(row, t) - shift);
            sum += weight;
            Lanes.Store(row, t, weight);
        }

        Vector512<T> scale = Vector512.Create(T.One / Lanes.Sum(sum));
        for (int t = 0; t < row.Length; t += Vector512<T>.Count)
        {
            Lanes.Store(row, t, scale * Lanes.Load<T>(row, t));
        }
    }
}
