using System.Numerics;
using Qama.Numerics.Vectors;

namespace Qama.Training.Layers;

/// <summary>Softmax down the columns of a matrix, one column per lane.</summary>
internal static class ColumnSoftmax
{
    /// <summary>Scales scores and normalises every column.</summary>
    /// <param name="scores">The matrix, rows of <paramref name="stride"/>; replaced.</param>
    /// <param name="stride">Row length, a multiple of 16.</param>
    /// <param name="scale">What scores are multiplied by.</param>
    public static void Forward<T>(Span<T> scores, int stride, T scale)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var action = new ForwardAction<T>(scores, stride, scale);
        VectorPath.Run<T, ForwardAction<T>>(ref action);
    }

    /// <summary>∂L/∂scores = scale · P ∘ (∂L/∂P − Σ_j P ∘ ∂L/∂P), in place.</summary>
    /// <param name="probabilities">P.</param>
    /// <param name="gradient">∂L/∂P; replaced.</param>
    /// <param name="stride">Row length of both, a multiple of 16.</param>
    /// <param name="scale">What scores were multiplied by.</param>
    public static void Backward<T>(ReadOnlySpan<T> probabilities, Span<T> gradient, int stride, T scale)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var action = new BackwardAction<T>(probabilities, gradient, stride, scale);
        VectorPath.Run<T, BackwardAction<T>>(ref action);
    }

    /// <summary><see cref="Forward{T}"/> in given registers.</summary>
    internal static void Forward<T, TVector>(Span<T> scores, int stride, T scale)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TVector : struct, IVector<TVector, T>
    {
        for (int c = 0; c < stride; c += TVector.Count)
        {
            TVector largest = TVector.Load(scores, c);
            for (int i = c; i < scores.Length; i += stride)
            {
                largest = TVector.Max(largest, TVector.Load(scores, i));
            }

            TVector sum = TVector.Zero;
            for (int i = c; i < scores.Length; i += stride)
            {
                TVector share = TVector.Exp((TVector.Load(scores, i) - largest) * TVector.All(scale));
                TVector.Store(scores, i, share);
                sum += share;
            }

            for (int i = c; i < scores.Length; i += stride)
            {
                TVector.Store(scores, i, TVector.Load(scores, i) / sum);
            }
        }
    }

    /// <summary><see cref="Backward{T}"/> in given registers.</summary>
    internal static void Backward<T, TVector>(ReadOnlySpan<T> probabilities, Span<T> gradient, int stride, T scale)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TVector : struct, IVector<TVector, T>
    {
        for (int c = 0; c < stride; c += TVector.Count)
        {
            TVector mean = TVector.Zero;
            for (int i = c; i < gradient.Length; i += stride)
            {
                mean += TVector.Load(probabilities, i) * TVector.Load(gradient, i);
            }

            for (int i = c; i < gradient.Length; i += stride)
            {
                TVector.Store(
                    gradient, i, scale * TVector.Load(probabilities, i) * (TVector.Load(gradient, i) - mean));
            }
        }
    }

    private readonly ref struct ForwardAction<T>(Span<T> scores, int stride, T scale) : IVectorAction<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly Span<T> _scores = scores;
        private readonly int _stride = stride;
        private readonly T _scale = scale;

        public void Run<TVector>()
            where TVector : struct, IVector<TVector, T> => Forward<T, TVector>(_scores, _stride, _scale);
    }

    private readonly ref struct BackwardAction<T>(ReadOnlySpan<T> probabilities, Span<T> gradient, int stride, T scale)
        : IVectorAction<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly ReadOnlySpan<T> _probabilities = probabilities;
        private readonly Span<T> _gradient = gradient;
        private readonly int _stride = stride;
        private readonly T _scale = scale;

        public void Run<TVector>()
            where TVector : struct, IVector<TVector, T> => Backward<T, TVector>(_probabilities, _gradient, _stride, _scale);
    }
}
