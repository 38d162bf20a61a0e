using System.Numerics;
using Qama.Numerics.Vectors;

namespace Qama.Layers.Readouts;

// What slopes by weights are made of.
internal static partial class QueryAttention
{
    /// <summary>e_j = e^(z_j + f_j) of one query in units of the largest with a weight, 0 below ε², of keys without weight
    /// too, and what the query reads: Z = Σ_k w_k e_k and Σ_k a_k ā_k.</summary>
    /// <param name="scores">z, [stride], finite in padding too.</param>
    /// <param name="fields">f, [stride]; empty for none.</param>
    /// <param name="weights">w, [stride], 0 to 1; 0 in padding.</param>
    /// <param name="gradient">∂L/∂a = ā, [stride].</param>
    /// <param name="powers">Receives e, [stride], at most e to the power of <see cref="SelectedAttention.LargestExponent"/>.</param>
    /// <param name="total">Z.</param>
    /// <param name="mean">Σ_k a_k ā_k.</param>
    /// <returns>False where no key has a weight: nothing is received.</returns>
    public static bool WritePowers<T>(
        ReadOnlySpan<T> scores, ReadOnlySpan<T> fields, ReadOnlySpan<T> weights, ReadOnlySpan<T> gradient, Span<T> powers,
        out T total, out T mean)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var action = new PowersAction<T>(scores, fields, weights, gradient, powers);
        VectorPath.Run<T, PowersAction<T>>(ref action);
        (total, mean) = (action.Total, action.Mean);
        return total > T.Zero;
    }

    private ref struct PowersAction<T>(
        ReadOnlySpan<T> scores, ReadOnlySpan<T> fields, ReadOnlySpan<T> weights, ReadOnlySpan<T> gradient, Span<T> powers)
        : IVectorAction<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly ReadOnlySpan<T> _scores = scores;
        private readonly ReadOnlySpan<T> _fields = fields;
        private readonly ReadOnlySpan<T> _weights = weights;
        private readonly ReadOnlySpan<T> _gradient = gradient;
        private readonly Span<T> _powers = powers;

        public T Total { get; private set; }

        public T Mean { get; private set; }

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
            if (top == T.NegativeInfinity)
            {
                return;
            }

            (TVector sum, TVector shares) = (TVector.Zero, TVector.Zero);
            TVector shift = TVector.All(top), cap = TVector.All(T.CreateTruncating(SelectedAttention.LargestExponent));
            for (int t = 0; t < _scores.Length; t += TVector.Count)
            {
                TVector power = SoftmaxWeights<TVector, T>.Of(TVector.Min(Exponent<TVector>(t) - shift, cap));
                TVector share = TVector.Load(_weights, t) * power;
                TVector.Store(_powers, t, power);
                sum += share;
                shares = TVector.FusedMultiplyAdd(share, TVector.Load(_gradient, t), shares);
            }

            Total = TVector.Sum(sum);
            Mean = TVector.Sum(shares) / Total;
        }

        private readonly TVector Exponent<TVector>(int t)
            where TVector : struct, IVector<TVector, T>
        {
            TVector score = TVector.Load(_scores, t);
            return _fields.IsEmpty ? score : score + TVector.Load(_fields, t);
        }
    }
}
