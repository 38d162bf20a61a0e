using System.ComponentModel;
using System.Numerics;
using Qama.Numerics;
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
    private const long WeightsWork = 4 * InnerParts.PerNumber; // per number: three passes and an exponential

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
        long work = WeightsWork * tokenCount * Padding.Stride(tokens);
        int part = InnerParts.Rows(tokenCount, work, tile: 1);
        var rows = new WeightRows<T, TVector>(similarity, fields, selection, interacting, Padding.Stride(tokens), tokenCount, part);
        InnerLoop<WeightRows<T, TVector>>.Run(ref rows, InnerParts.Count(tokenCount, part), work);
        similarity[(tokenCount * Padding.Stride(tokens))..(tokens * Padding.Stride(tokens))].Clear();
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
        long work = InnerParts.PerNumber * tokens * stride;
        int part = InnerParts.Rows(tokens, work, tile: 1);
        var rows = new GradientRows<T>(weights, gradient, tokens, stride, part);
        InnerLoop<GradientRows<T>>.Run(ref rows, InnerParts.Count(tokens, part), work);
        if (!fieldsGradient.IsEmpty)
        {
            fieldsGradient.Clear();
            part = InnerParts.Rows(stride, work, tile: 16);
            var columns = new GradientColumns<T>(gradient[..(tokens * stride)], fieldsGradient, stride, part);
            InnerLoop<GradientColumns<T>>.Run(ref columns, InnerParts.Count(stride, part), work);
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
            TVector weight = TVector.Load(selection, t) * SoftmaxWeights<TVector, T>.Of(TVector.Load(row, t) - shift);
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

    private readonly ref struct WeightRows<T, TVector>(
        Span<T> similarity, ReadOnlySpan<T> fields, ReadOnlySpan<T> selection, ReadOnlySpan<T> interacting, int stride,
        int tokenCount, int part) : IInnerBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TVector : struct, IVector<TVector, T>
    {
        private readonly Span<T> _similarity = similarity;
        private readonly ReadOnlySpan<T> _fields = fields;
        private readonly ReadOnlySpan<T> _selection = selection;
        private readonly ReadOnlySpan<T> _interacting = interacting;

        public void Run(int index)
        {
            for (int i = index * part; i < Math.Min((index + 1) * part, tokenCount); i++)
            {
                Span<T> row = _similarity.Slice(i * stride, stride);
                ReadOnlySpan<T> visible = _interacting.IsEmpty ? default : _interacting.Slice(i * stride, stride);
                T largest = Mask<T, TVector>(row, _fields, _selection, visible, i, tokenCount);
                if (largest == T.NegativeInfinity)
                {
                    row.Clear();
                    continue;
                }

                Normalise<T, TVector>(row, _selection, largest);
            }
        }
    }

    private readonly ref struct GradientRows<T>(ReadOnlySpan<T> weights, Span<T> gradient, int tokens, int stride, int part) : IInnerBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly ReadOnlySpan<T> _weights = weights;
        private readonly Span<T> _gradient = gradient;

        public void Run(int index)
        {
            for (int i = index * part; i < Math.Min((index + 1) * part, tokens); i++)
            {
                ReadOnlySpan<T> a = _weights.Slice(i * stride, stride);
                Span<T> g = _gradient.Slice(i * stride, stride);
                Rows.ShiftAndMultiply(g, Rows.Dot(a, g), a, g);
            }
        }
    }

    // Sums down some columns, in order of the rows.
    private readonly ref struct GradientColumns<T>(ReadOnlySpan<T> gradient, Span<T> sums, int stride, int part) : IInnerBody
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly ReadOnlySpan<T> _gradient = gradient;
        private readonly Span<T> _sums = sums;

        public void Run(int index)
        {
            int first = index * part, count = Math.Min(part, stride - first);
            for (int start = first; start < _gradient.Length; start += stride)
            {
                Rows.AddScaled(T.One, _gradient.Slice(start, count), _sums.Slice(first, count));
            }
        }
    }
}
