using System.Numerics;
using Qama.Numerics.Vectors;

namespace Qama.Layers.Readouts;

// Gradients by weights, taken as real numbers.
internal static partial class QueryAttention
{
    /// <summary>Adds ∂L/∂w_j = e^(z_j + f_j)/Z (ā_j − Σ_k a_k ā_k) of one query, Z = Σ_k w_k e^(z_k + f_k), of keys without weight too.</summary>
    /// <param name="scores">z, [stride], finite in padding too.</param>
    /// <param name="fields">f, [stride]; empty for none.</param>
    /// <param name="weights">w, [stride], 0 or more; 0 in padding.</param>
    /// <param name="gradient">∂L/∂a = ā, [stride].</param>
    /// <param name="slopes">∂L/∂w, [stride]; added to. Exponents are at most <see cref="SelectedAttention.LargestExponent"/> above the
    /// largest with a weight.</param>
    /// <returns>False where no key has a weight: there is no derivative, and nothing is added.</returns>
    public static bool AddSlopes<T>(
        ReadOnlySpan<T> scores, ReadOnlySpan<T> fields, ReadOnlySpan<T> weights, ReadOnlySpan<T> gradient, Span<T> slopes)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var action = new SlopesAction<T>(scores, fields, weights, gradient, slopes);
        VectorPath.Run<T, SlopesAction<T>>(ref action);
        return action.HasWeight;
    }

    private ref struct SlopesAction<T>(
        ReadOnlySpan<T> scores, ReadOnlySpan<T> fields, ReadOnlySpan<T> weights, ReadOnlySpan<T> gradient, Span<T> slopes) : IVectorAction<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly ReadOnlySpan<T> _scores = scores;
        private readonly ReadOnlySpan<T> _fields = fields;
        private readonly ReadOnlySpan<T> _weights = weights;
        private readonly ReadOnlySpan<T> _gradient = gradient;
        private readonly Span<T> _slopes = slopes;

        public bool HasWeight { get; private set; }

        public void Run<TVector>()
            where TVector : struct, IVector<TVector, T>
        {
            TVector nothing = TVector.All(T.NegativeInfinity), largest = nothing;
            for (int t = 0; t < _scores.Length; t += TVector.Count)
            {
                TVector isSeen = TVector.LessThan(TVector.Zero, TVector.Load(_weights, t));
                largest = TVector.Max(largest, TVector.Choose(isSeen, Exponent<TVector>(t), nothing));
            }

            T top = TVector.Largest(largest);
            HasWeight = top != T.NegativeInfinity;
            if (!HasWeight)
            {
                return;
            }

            (TVector sum, TVector shares, TVector shift) = (TVector.Zero, TVector.Zero, TVector.All(top));
            for (int t = 0; t < _scores.Length; t += TVector.Count)
            {
                TVector share = TVector.Load(_weights, t) * Power(t, shift);
                sum += share;
                shares = TVector.FusedMultiplyAdd(share, TVector.Load(_gradient, t), shares);
            }

            T inverse = T.One / TVector.Sum(sum);
            TVector mean = TVector.All(inverse * TVector.Sum(shares));
            for (int t = 0; t < _scores.Length; t += TVector.Count)
            {
                TVector.Add(_slopes, t, inverse * Power(t, shift) * (TVector.Load(_gradient, t) - mean));
            }
        }

        private readonly TVector Power<TVector>(int t, TVector shift)
            where TVector : struct, IVector<TVector, T> => TVector.Exp(
                TVector.Min(Exponent<TVector>(t) - shift, TVector.All(T.CreateTruncating(SelectedAttention.LargestExponent))));

        private readonly TVector Exponent<TVector>(int t)
            where TVector : struct, IVector<TVector, T>
        {
            TVector score = TVector.Load(_scores, t);
            return _fields.IsEmpty ? score : score + TVector.Load(_fields, t);
        }
    }
}
