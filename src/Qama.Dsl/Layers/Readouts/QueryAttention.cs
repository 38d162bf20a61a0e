using System.Numerics;
using Qama.Numerics.Vectors;

namespace Qama.Layers.Readouts;

/// <summary>
/// Attention of queries that each see keys with weights of their own: a[i,j] = w[i,j] exp(z[i,j] + f_j) / Σ_k w[i,k] exp(z[i,k] + f_k).
/// Rows are queries, one after another, each padded to a multiple of 16 keys.
/// </summary>
internal static partial class QueryAttention
{
    /// <summary>Attention of some queries; a row that sees nothing becomes zero.</summary>
    /// <param name="scores">z, [queries, stride].</param>
    /// <param name="fields">f, [stride]; empty for none.</param>
    /// <param name="weights">w, [queries, stride], 0 or more; 0 in padding.</param>
    /// <param name="attention">Receives a, [queries, stride]; may be the memory of z or of w.</param>
    /// <param name="stride">Length of a row, a multiple of 16.</param>
    /// <exception cref="ArgumentException">A length does not match.</exception>
    /// <remarks>The largest exponent of the keys that are seen is taken out of a row first: nothing overflows.</remarks>
    public static void Weights<T>(
        ReadOnlySpan<T> scores, ReadOnlySpan<T> fields, ReadOnlySpan<T> weights, Span<T> attention, int stride)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Require(scores.Length, weights.Length, stride, nameof(weights));
        Require(scores.Length, attention.Length, stride, nameof(attention));
        Require(stride, fields.IsEmpty ? stride : fields.Length, stride, nameof(fields));
        var action = new WeightsAction<T>(scores, fields, weights, attention, stride);
        VectorPath.Run<T, WeightsAction<T>>(ref action);
    }

    /// <summary>From ∂L/∂a to ∂L/∂z = a (ā − Σ_k a_k ā_k), in place; ∂L/∂f_j = Σ_i of it is added.</summary>
    /// <param name="attention">a, [queries, stride].</param>
    /// <param name="gradient">∂L/∂a, [queries, stride]; replaced by ∂L/∂z.</param>
    /// <param name="fieldsGradient">∂L/∂f, [stride]; added to; empty for none.</param>
    /// <param name="stride">Length of a row, a multiple of 16.</param>
    /// <exception cref="ArgumentException">A length does not match.</exception>
    public static void Backward<T>(ReadOnlySpan<T> attention, Span<T> gradient, Span<T> fieldsGradient, int stride)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Require(attention.Length, gradient.Length, stride, nameof(gradient));
        for (int row = 0; row < attention.Length; row += stride)
        {
            ReadOnlySpan<T> a = attention.Slice(row, stride);
            Span<T> g = gradient.Slice(row, stride);
            Rows.ShiftAndMultiply(g, Rows.Dot(a, g), a, g);
            if (!fieldsGradient.IsEmpty)
            {
                Rows.AddScaled<T>(T.One, g, fieldsGradient);
            }
        }
    }

    private static void Require(int expected, int length, int stride, string name)
    {
        if (length != expected || stride <= 0 || expected % stride != 0 || stride % 16 != 0)
        {
            throw new ArgumentException($"Expected {expected} numbers in rows of a multiple of 16, got {length} in rows of {stride}.", name);
        }
    }

    private readonly ref struct WeightsAction<T>(
        ReadOnlySpan<T> scores, ReadOnlySpan<T> fields, ReadOnlySpan<T> weights, Span<T> attention, int stride) : IVectorAction<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly ReadOnlySpan<T> _scores = scores;
        private readonly ReadOnlySpan<T> _fields = fields;
        private readonly ReadOnlySpan<T> _weights = weights;
        private readonly Span<T> _attention = attention;
        private readonly int _stride = stride;

        public void Run<TVector>()
            where TVector : struct, IVector<TVector, T>
        {
            for (int row = 0; row < _scores.Length; row += _stride)
            {
                Row<TVector>(
                    _scores.Slice(row, _stride), _weights.Slice(row, _stride), _attention.Slice(row, _stride));
            }
        }

        private void Row<TVector>(ReadOnlySpan<T> scores, ReadOnlySpan<T> weights, Span<T> attention)
            where TVector : struct, IVector<TVector, T>
        {
            TVector nothing = TVector.All(T.NegativeInfinity);
            TVector largest = nothing;
            for (int t = 0; t < scores.Length; t += TVector.Count)
            {
                TVector exponent = Exponent<TVector>(scores, t);
                TVector isSeen = TVector.LessThan(TVector.Zero, TVector.Load(weights, t));
                largest = TVector.Max(largest, TVector.Choose(isSeen, exponent, nothing));
            }

            T top = TVector.Largest(largest);
            if (top == T.NegativeInfinity)
            {
                attention.Clear();
                return;
            }

            TVector shift = TVector.All(top);
            TVector sum = TVector.Zero;
            for (int t = 0; t < scores.Length; t += TVector.Count)
            {
                TVector weight = TVector.Load(weights, t);
                TVector isSeen = TVector.LessThan(TVector.Zero, weight);

                // Chosen before the exponential: what is not seen may be larger than anything seen.
                TVector exponent = TVector.Choose(isSeen, Exponent<TVector>(scores, t) - shift, nothing);
                TVector share = weight * SoftmaxWeights<TVector, T>.Of(exponent);
                sum += share;
                TVector.Store(attention, t, share);
            }

            Rows.Scale(T.One / TVector.Sum(sum), attention, attention);
        }

        private TVector Exponent<TVector>(ReadOnlySpan<T> scores, int t)
            where TVector : struct, IVector<TVector, T>
        {
            TVector score = TVector.Load(scores, t);
            return _fields.IsEmpty ? score : score + TVector.Load(_fields, t);
        }
    }
}
