using System.ComponentModel;
using System.Numerics;
using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;

namespace Qama.Layers.Readouts;

/// <summary>
/// Attention over the tokens a head selected: a[i,j] = s_j exp(z[i,j] + f_j) / Σ_k s_k exp(z[i,k] + f_k), over present tokens that
/// interact with i, and i itself.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static partial class SelectedAttention
{
    /// <summary>Turns similarities into attention weights; a row that sees no selected token becomes zero.</summary>
    /// <param name="similarity">z, [tokens, stride]; replaced by a. Rows and columns of absent tokens become zero.</param>
    /// <param name="fields">f, [stride]; empty for none.</param>
    /// <param name="selection">s, [stride], 0 or more.</param>
    /// <param name="interacting">1 for pairs that see each other, [tokens, stride]; empty for all. Tokens always see themselves.</param>
    /// <param name="tokens">Tokens N.</param>
    /// <param name="tokenCount">Tokens present.</param>
    public static void Weights<T>(
        Span<T> similarity, ReadOnlySpan<T> fields, ReadOnlySpan<T> selection, ReadOnlySpan<T> interacting,
        int tokens, int tokenCount)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var action = new WeightsAction<T>(similarity, fields, selection, interacting, tokens, tokenCount);
        VectorPath.Run<T, WeightsAction<T>>(ref action);
    }

    private static void Weights<T, TVector>(
        Span<T> similarity, ReadOnlySpan<T> fields, ReadOnlySpan<T> selection, ReadOnlySpan<T> interacting,
        int tokens, int tokenCount)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TVector : struct, IVector<TVector, T>
    {
        int stride = Padding.Stride(tokens);
        for (int i = 0; i < tokenCount; i++)
        {
            Span<T> row = similarity.Slice(i * stride, stride);
            ReadOnlySpan<T> visible = interacting.IsEmpty ? default : interacting.Slice(i * stride, stride);
            T largest = Mask<T, TVector>(row, fields, selection, visible, i, tokenCount);
            if (largest == T.NegativeInfinity)
            {
                row.Clear();
                continue;
            }

            Normalise<T, TVector>(row, selection, largest);
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
            Rows.ShiftAndMultiply(g, Rows.Dot(a, g), a, g);

            if (!fieldsGradient.IsEmpty)
            {
                Rows.AddScaled<T>(T.One, g, fieldsGradient);
            }
        }
    }

    /// <summary>Adds the fields where token i sees a selected token, writes −∞ elsewhere, and returns the largest number.</summary>
    private static T Mask<T, TVector>(
        Span<T> row, ReadOnlySpan<T> fields, ReadOnlySpan<T> selection, ReadOnlySpan<T> visible, int i, int seen)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TVector : struct, IVector<TVector, T>
    {
        TVector nothing = TVector.All(T.NegativeInfinity);
        TVector largest = nothing;
        for (int t = 0; t < row.Length; t += TVector.Count)
        {
            TVector index = TVector.Indices + TVector.All(T.CreateTruncating(t));
            TVector isSeen = TVector.LessThan(index, TVector.All(T.CreateTruncating(seen)))
                & TVector.LessThan(TVector.Zero, TVector.Load(selection, t));
            if (!visible.IsEmpty)
            {
                TVector isSelf = TVector.EqualTo(index, TVector.All(T.CreateTruncating(i)));
                isSeen = TVector.Choose(TVector.EqualTo(TVector.Load(visible, t), TVector.Zero), isSeen & isSelf, isSeen);
            }

            TVector value = TVector.Load(row, t);
            value = fields.IsEmpty ? value : value + TVector.Load(fields, t);
            value = TVector.Choose(isSeen, value, nothing);
            largest = TVector.Max(largest, value);
            TVector.Store(row, t, value);
        }

        return TVector.Largest(largest);
    }

    private static void Normalise<T, TVector>(Span<T> row, ReadOnlySpan<T> selection, T largest)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TVector : struct, IVector<TVector, T>
    {
        TVector shift = TVector.All(largest);
        TVector sum = TVector.Zero;
        for (int t = 0; t < row.Length; t += TVector.Count)
        {
            TVector weight = TVector.Load(selection, t) * TVector.Exp(TVector.Load(row, t) - shift);
            sum += weight;
            TVector.Store(row, t, weight);
        }

        Rows.Scale(T.One / TVector.Sum(sum), row, row);
    }

    private readonly ref struct WeightsAction<T>(
        Span<T> similarity, ReadOnlySpan<T> fields, ReadOnlySpan<T> selection, ReadOnlySpan<T> interacting,
        int tokens, int tokenCount) : IVectorAction<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly Span<T> _similarity = similarity;
        private readonly ReadOnlySpan<T> _fields = fields;
        private readonly ReadOnlySpan<T> _selection = selection;
        private readonly ReadOnlySpan<T> _interacting = interacting;
        private readonly int _tokens = tokens;
        private readonly int _tokenCount = tokenCount;

        public void Run<TVector>()
            where TVector : struct, IVector<TVector, T> =>
            Weights<T, TVector>(_similarity, _fields, _selection, _interacting, _tokens, _tokenCount);
    }
}
