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
    /// <param name="largest">Receives the largest score of each column, unscaled.</param>
    /// <param name="inverse">Receives 1 / Σ exp(scaled score − scaled largest) of each column.</param>
    public static void Forward<T>(Span<T> scores, int stride, T scale, Span<T> largest, Span<T> inverse)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var action = new ForwardAction<T>(scores, stride, scale, largest, inverse);
        VectorPath.Run<T, ForwardAction<T>>(ref action);
    }

    /// <summary>What <see cref="Forward{T}"/> made of the same scores, bit for bit.</summary>
    /// <param name="scores">The matrix, rows of <paramref name="stride"/>; replaced.</param>
    /// <param name="stride">Row length, a multiple of 16.</param>
    /// <param name="scale">What scores are multiplied by.</param>
    /// <param name="largest">What it found.</param>
    /// <param name="inverse">Likewise.</param>
    public static void Restore<T>(Span<T> scores, int stride, T scale, ReadOnlySpan<T> largest, ReadOnlySpan<T> inverse)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var action = new RestoreAction<T>(scores, stride, scale, largest, inverse);
        VectorPath.Run<T, RestoreAction<T>>(ref action);
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
    internal static void Forward<T, TVector>(Span<T> scores, int stride, T scale, Span<T> largest, Span<T> inverse)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TVector : struct, IVector<TVector, T>
    {
        TVector factor = TVector.All(scale);
        for (int c = 0; c < stride; c += TVector.Count)
        {
            TVector top = TVector.Load(scores, c);
            for (int i = c; i < scores.Length; i += stride)
            {
                top = TVector.Max(top, TVector.Load(scores, i));
            }

            TVector sum = TVector.Zero;
            for (int i = c; i < scores.Length; i += stride)
            {
                TVector share = SoftmaxWeights<TVector, T>.Of((TVector.Load(scores, i) - top) * factor);
                TVector.Store(scores, i, share);
                sum += share;
            }

            TVector own = TVector.All(T.One) / sum;
            TVector.Store(largest, c, top);
            TVector.Store(inverse, c, own);
            for (int i = c; i < scores.Length; i += stride)
            {
                TVector.Store(scores, i, TVector.Load(scores, i) * own);
            }
        }
    }

    /// <summary><see cref="Restore{T}"/> in given registers.</summary>
    internal static void Restore<T, TVector>(Span<T> scores, int stride, T scale, ReadOnlySpan<T> largest, ReadOnlySpan<T> inverse)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TVector : struct, IVector<TVector, T>
    {
        TVector factor = TVector.All(scale);
        for (int c = 0; c < stride; c += TVector.Count)
        {
            (TVector top, TVector own) = (TVector.Load(largest, c), TVector.Load(inverse, c));
            for (int i = c; i < scores.Length; i += stride)
            {
                TVector.Store(scores, i, SoftmaxWeights<TVector, T>.Of((TVector.Load(scores, i) - top) * factor) * own);
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

    private readonly ref struct ForwardAction<T>(Span<T> scores, int stride, T scale, Span<T> largest, Span<T> inverse)
        : IVectorAction<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly Span<T> _scores = scores;
        private readonly int _stride = stride;
        private readonly T _scale = scale;
        private readonly Span<T> _largest = largest;
        private readonly Span<T> _inverse = inverse;

        public void Run<TVector>()
            where TVector : struct, IVector<TVector, T> => Forward<T, TVector>(_scores, _stride, _scale, _largest, _inverse);
    }

    private readonly ref struct RestoreAction<T>(
        Span<T> scores, int stride, T scale, ReadOnlySpan<T> largest, ReadOnlySpan<T> inverse) : IVectorAction<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly Span<T> _scores = scores;
        private readonly int _stride = stride;
        private readonly T _scale = scale;
        private readonly ReadOnlySpan<T> _largest = largest;
        private readonly ReadOnlySpan<T> _inverse = inverse;

        public void Run<TVector>()
            where TVector : struct, IVector<TVector, T> => Restore<T, TVector>(_scores, _stride, _scale, _largest, _inverse);
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
