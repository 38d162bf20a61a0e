using System.Numerics;
using Qama.Numerics.Vectors;

namespace Qama.Layers.Readouts;

/// <content>Slopes by selection weights, of tokens that are not selected too: with Z_i = Σ_k s_k w[i,k] and w[i,k] = exp(z[i,k] + f_k), that
/// by s_j is Σ_i w[i,j]/(Z_i + (1 − s_j) w[i,j]) (ā[i,j] − Σ_k a[i,k] ā[i,k]), the change of the output from s_j to 1 by that of s_j: the
/// derivative where s_j is 1, and bounded where a derivative, w[i,j]/Z_i, would grow with a score far above all that is
/// selected.</content>
public static partial class SelectedAttention
{
    /// <summary>The largest exponent: a token whose score is that far above all that is selected would be all of the output, in any
    /// precision.</summary>
    internal const int LargestExponent = 60;

    /// <summary>Slopes of L by s, of one head.</summary>
    /// <param name="similarity">z, [tokens, stride]; used up.</param>
    /// <param name="gradient">∂L/∂a = ā, [tokens, stride].</param>
    /// <param name="fields">f, [stride]; empty for none.</param>
    /// <param name="selection">s, [stride], 0 to 1.</param>
    /// <param name="interacting">1 for pairs that see each other, [tokens, stride]; empty for all. Tokens always see themselves.</param>
    /// <param name="tokenCount">Tokens present.</param>
    /// <param name="selectionGradient">Receives the slopes, [stride]; 0 for absent tokens. A row that sees nothing selected counts with the
    /// difference that the token alone would make, ā[i,j].</param>
    public static void BackwardSelection<T>(
        Span<T> similarity, ReadOnlySpan<T> gradient, ReadOnlySpan<T> fields, ReadOnlySpan<T> selection, ReadOnlySpan<T> interacting,
        int tokenCount, Span<T> selectionGradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var action = new SelectionAction<T>(
            similarity, gradient, fields, selection, interacting, tokenCount, selectionGradient);
        VectorPath.Run<T, SelectionAction<T>>(ref action);
    }

    private readonly ref struct SelectionAction<T>(
        Span<T> similarity, ReadOnlySpan<T> gradient, ReadOnlySpan<T> fields, ReadOnlySpan<T> selection, ReadOnlySpan<T> interacting,
        int tokenCount, Span<T> selectionGradient) : IVectorAction<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly Span<T> _similarity = similarity;
        private readonly ReadOnlySpan<T> _gradient = gradient;
        private readonly ReadOnlySpan<T> _fields = fields;
        private readonly ReadOnlySpan<T> _selection = selection;
        private readonly ReadOnlySpan<T> _interacting = interacting;
        private readonly int _tokenCount = tokenCount;
        private readonly Span<T> _selectionGradient = selectionGradient;

        public void Run<TVector>()
            where TVector : struct, IVector<TVector, T>
        {
            _selectionGradient.Clear();
            int stride = _selection.Length;
            for (int i = 0; i < _tokenCount; i++)
            {
                Span<T> row = _similarity.Slice(i * stride, stride);
                ReadOnlySpan<T> visible = _interacting.IsEmpty ? default : _interacting.Slice(i * stride, stride);
                Row<TVector>(row, _gradient.Slice(i * stride, stride), visible, i, _tokenCount);
            }
        }

        private void Row<TVector>(Span<T> row, ReadOnlySpan<T> gradient, ReadOnlySpan<T> visible, int i, int seen)
            where TVector : struct, IVector<TVector, T>
        {
            TVector nothing = TVector.All(T.NegativeInfinity), largest = nothing;
            for (int t = 0; t < row.Length; t += TVector.Count)
            {
                TVector index = TVector.Indices + TVector.All(T.CreateTruncating(t));
                TVector isSeen = TVector.LessThan(index, TVector.All(T.CreateTruncating(seen)));
                if (!visible.IsEmpty)
                {
                    TVector isSelf = TVector.EqualTo(index, TVector.All(T.CreateTruncating(i)));
                    isSeen = TVector.Choose(TVector.EqualTo(TVector.Load(visible, t), TVector.Zero), isSeen & isSelf, isSeen);
                }

                TVector score = TVector.Load(row, t);
                score = TVector.Choose(isSeen, _fields.IsEmpty ? score : score + TVector.Load(_fields, t), nothing);
                TVector isSelected = TVector.LessThan(TVector.Zero, TVector.Load(_selection, t));
                largest = TVector.Max(largest, TVector.Choose(isSelected, score, nothing));
                TVector.Store(row, t, score);
            }

            T top = TVector.Largest(largest);
            bool isEmpty = top == T.NegativeInfinity;
            (TVector sum, TVector shares) = (TVector.Zero, TVector.Zero);
            TVector shift = TVector.All(isEmpty ? T.Zero : top), cap = TVector.All(T.CreateTruncating(LargestExponent));
            for (int t = 0; t < row.Length; t += TVector.Count)
            {
                // With nothing selected all that is seen counts alike.
                TVector score = TVector.Load(row, t);
                TVector weight = isEmpty
                    ? TVector.Choose(TVector.EqualTo(score, nothing), TVector.Zero, TVector.All(T.One))
                    : SoftmaxWeights<TVector, T>.Of(TVector.Min(score - shift, cap));
                TVector.Store(row, t, weight);
                weight *= TVector.Load(_selection, t);
                sum += weight;
                shares = TVector.FusedMultiplyAdd(weight, TVector.Load(gradient, t), shares);
            }

            TVector total = TVector.All(TVector.Sum(sum)), one = TVector.All(T.One);
            TVector share = isEmpty ? TVector.Zero : TVector.All(TVector.Sum(shares)) / total;
            for (int t = 0; t < row.Length; t += TVector.Count)
            {
                TVector weight = TVector.Load(row, t);
                TVector with = isEmpty ? one : TVector.FusedMultiplyAdd(one - TVector.Load(_selection, t), weight, total);
                TVector.Add(_selectionGradient, t, weight / with * (TVector.Load(gradient, t) - share));
            }
        }
    }
}
