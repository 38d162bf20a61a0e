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
            ReadOnlySpan<T> visible = interacting.IsEmpty ? default : interacting.Slice(i * stride, stride);
            T largest = Mask(row, fields, selection, visible, i, seen);
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

    /// <summary>Adds the fields where token i sees a selected token, writes −∞ elsewhere, and returns the largest number.</summary>
    private static T Mask<T>(
        Span<T> row, ReadOnlySpan<T> fields, ReadOnlySpan<T> selection, ReadOnlySpan<T> visible, int i, int seen)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector512<T> nothing = Vector512.Create(T.NegativeInfinity);
        Vector512<T> largest = nothing;
        for (int t = 0; t < row.Length; t += Vector512<T>.Count)
        {
            Vector512<T> index = Vector512<T>.Indices + Vector512.Create(T.CreateTruncating(t));
            Vector512<T> isSeen = Vector512.LessThan(index, Vector512.Create(T.CreateTruncating(seen)))
                & Vector512.GreaterThan(Lanes.Load(selection, t), Vector512<T>.Zero);
            if (!visible.IsEmpty)
            {
                isSeen &= ~Vector512.Equals(Lanes.Load(visible, t), Vector512<T>.Zero)
                    | Vector512.Equals(index, Vector512.Create(T.CreateTruncating(i)));
            }

            Vector512<T> value = Lanes.Load<T>(row, t);
            value = fields.IsEmpty ? value : value + Lanes.Load(fields, t);
            value = Vector512.ConditionalSelect(isSeen, value, nothing);
            largest = Vector512.Max(largest, value);
            Lanes.Store(row, t, value);
        }

        return Lanes.Max(largest);
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
