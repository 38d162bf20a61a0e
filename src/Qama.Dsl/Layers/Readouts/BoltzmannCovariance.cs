using System.Numerics;
using Qama.Numerics.Vectors;

namespace Qama.Layers.Readouts;

/// <summary>
/// The gradient of an expectation ⟨y⟩ under p ∝ exp(−βE) that goes through the distribution itself:
/// ∂⟨y⟩/∂θ = ⟨∂y/∂θ⟩ − β Cov(y, ∂E/∂θ). E has −w_J J_ij s_i s_j and −w_f f_i s_i, so J_ij receives β w_J Cov(G, s_i s_j) and
/// f_i receives β w_f Cov(G, s_i), where G is the loss's slope along a read's output.
/// </summary>
/// <remarks>Covariances are estimated from R independent reads with divisor R − 1, which makes the gradient's expectation
/// the exact gradient.</remarks>
internal static class BoltzmannCovariance
{
    /// <summary>From G_r of every read to its factor (G_r − mean) / (R − 1).</summary>
    public static void Centre(Span<double> contributions)
    {
        double mean = 0;
        foreach (double contribution in contributions)
        {
            mean += contribution / contributions.Length;
        }

        foreach (ref double contribution in contributions)
        {
            contribution = (contribution - mean) / (contributions.Length - 1);
        }
    }

    /// <summary>Adds factor·s_i s_j for one head to the gradient of J, [tokens, stride].</summary>
    /// <param name="factor">The read's factor times β w_J.</param>
    /// <param name="selection">s, [stride].</param>
    /// <param name="pairs">1 where i and j may have a coupling, else 0; 0 on the diagonal, [tokens, stride].</param>
    /// <param name="hasDiagonal">Whether E has J_ii s_i².</param>
    /// <param name="gradient">∂L/∂J; added to.</param>
    public static void AddToCouplings<T>(
        T factor, ReadOnlySpan<T> selection, ReadOnlySpan<T> pairs, bool hasDiagonal, Span<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var action = new CouplingAction<T>(factor, selection, pairs, hasDiagonal, gradient);
        VectorPath.Run<T, CouplingAction<T>>(ref action);
    }

    private readonly ref struct CouplingAction<T>(
        T factor, ReadOnlySpan<T> selection, ReadOnlySpan<T> pairs, bool hasDiagonal, Span<T> gradient) : IVectorAction<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly T _factor = factor;
        private readonly ReadOnlySpan<T> _selection = selection;
        private readonly ReadOnlySpan<T> _pairs = pairs;
        private readonly bool _hasDiagonal = hasDiagonal;
        private readonly Span<T> _gradient = gradient;

        public void Run<TVector>()
            where TVector : struct, IVector<TVector, T>
        {
            int stride = _selection.Length;
            for (int i = 0; i < _gradient.Length / stride; i++)
            {
                if (_selection[i] == T.Zero)
                {
                    continue;
                }

                T own = _factor * _selection[i];
                Span<T> row = _gradient.Slice(i * stride, stride);
                for (int t = 0; t < stride; t += TVector.Count)
                {
                    TVector.Add(row, t, own * TVector.Load(_selection, t) * TVector.Load(_pairs, i * stride + t));
                }

                if (_hasDiagonal)
                {
                    row[i] += own * _selection[i];
                }
            }
        }
    }
}
