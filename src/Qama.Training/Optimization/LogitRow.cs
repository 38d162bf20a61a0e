using System.Numerics;
using Qama.Numerics.Vectors;

namespace Qama.Training.Optimization;

/// <summary>Cross-entropy of one row of logits in registers of its element type, for outputs of many rows: the loss of each
/// token of a text would take as long as a layer otherwise.</summary>
internal static class LogitRow
{
    /// <summary>The row's loss, and the gradient of the mean of many such rows.</summary>
    /// <param name="logits">[classes].</param>
    /// <param name="label">The right class.</param>
    /// <param name="smoothing">Share of the target spread evenly over all classes.</param>
    /// <param name="rows">Rows that the mean is of.</param>
    /// <param name="gradient">Receives ∂mean/∂logits; empty if not wanted.</param>
    public static LossSum Compute<T>(ReadOnlySpan<T> logits, int label, double smoothing, int rows, Span<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var action = new RowAction<T>(logits, label, smoothing, rows, gradient);
        VectorPath.Run<T, RowAction<T>>(ref action);
        return action.Result;
    }

    /// <summary><see cref="Compute{T}"/> in given registers.</summary>
    internal static LossSum Compute<T, TVector>(ReadOnlySpan<T> logits, int label, double smoothing, int rows, Span<T> gradient)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TVector : struct, IVector<TVector, T>
    {
        // The last register's lanes beyond the classes repeat the first logit where the largest is sought, and count 0 in sums.
        int whole = logits.Length - logits.Length % TVector.Count, rest = logits.Length - whole;
        Span<T> last = stackalloc T[TVector.Count];
        last.Fill(logits[0]);
        logits[whole..].CopyTo(last);
        TVector top = TVector.Load(last, 0);
        for (int c = 0; c < whole; c += TVector.Count)
        {
            top = TVector.Max(top, TVector.Load(logits, c));
        }

        Span<T> lanes = stackalloc T[TVector.Count];
        TVector.Store(lanes, 0, top);
        T largest = lanes[0];
        foreach (T lane in lanes)
        {
            largest = T.Max(largest, lane);
        }

        top = TVector.All(largest);
        (TVector sum, TVector shifts) = (TVector.Zero, TVector.Zero);
        for (int c = 0; c < whole; c += TVector.Count)
        {
            TVector shifted = TVector.Load(logits, c) - top;
            sum += TVector.Exp(shifted);
            shifts += shifted;
        }

        TVector lastShifted = TVector.Load(last, 0) - top;
        sum += TVector.Keep(TVector.Exp(lastShifted), rest);
        shifts += TVector.Keep(lastShifted, rest);
        T total = TVector.Sum(sum);
        if (!gradient.IsEmpty)
        {
            TVector factor = TVector.All(T.One / (total * T.CreateTruncating(rows)));
            TVector spread = TVector.All(T.CreateTruncating(smoothing / logits.Length / rows));
            for (int c = 0; c < whole; c += TVector.Count)
            {
                TVector.Store(gradient, c, TVector.Exp(TVector.Load(logits, c) - top) * factor - spread);
            }

            TVector.Store(lanes, 0, TVector.Exp(lastShifted) * factor - spread);
            lanes[..rest].CopyTo(gradient[whole..]);
            gradient[label] -= T.CreateTruncating((1 - smoothing) / rows);
        }

        double own = double.CreateTruncating(logits[label] - largest);
        double mean = smoothing > 0 ? double.CreateTruncating(TVector.Sum(shifts)) / logits.Length : 0;
        double loss = Math.Log(double.CreateTruncating(total)) - (1 - smoothing) * own - smoothing * mean;
        return new LossSum(loss, logits[label] == largest && !logits[..label].Contains(largest) ? 1 : 0, 1);
    }

    private ref struct RowAction<T>(ReadOnlySpan<T> logits, int label, double smoothing, int rows, Span<T> gradient)
        : IVectorAction<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly ReadOnlySpan<T> _logits = logits;
        private readonly int _label = label;
        private readonly double _smoothing = smoothing;
        private readonly int _rows = rows;
        private readonly Span<T> _gradient = gradient;

        public LossSum Result { get; private set; }

        public void Run<TVector>()
            where TVector : struct, IVector<TVector, T> => Result = Compute<T, TVector>(_logits, _label, _smoothing, _rows, _gradient);
    }
}
