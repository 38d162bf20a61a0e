using System.Numerics;
using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;
using Qama.Problems;

namespace Qama.Layers.Readouts;

/// <summary>From gradients of couplings that are sums of few products of token vectors to those of features, without a pair being
/// formed: all that readouts and the covariances of expectations need.</summary>
/// <remarks>Derivation: docs/mathematics.md, "Couplings of finite rank".</remarks>
internal static class FeatureGradient
{
    /// <summary>Tokens whose products are summed in single precision before they are added in double.</summary>
    private const int Chunk = 256;

    /// <summary>Rows of scratch memory that <see cref="Add"/> needs.</summary>
    public const int ScratchRows = 3;

    /// <summary>Adds what ∂L/∂J[i,j] = weight/2 (u_i v_j + v_i u_j) of the interacting pairs i ≠ j of a head gives.</summary>
    /// <param name="sample">Features; their gradients are added to, and the sums of a normalisation.</param>
    /// <param name="head">The head.</param>
    /// <param name="rank">Features of a token and head.</param>
    /// <param name="neighbours">Which tokens interact.</param>
    /// <param name="weight">The factor.</param>
    /// <param name="u">u, [stride]; 0 for absent tokens.</param>
    /// <param name="v">v, [stride]; likewise.</param>
    /// <param name="scratch"><see cref="ScratchRows"/> rows.</param>
    public static void Add<T>(
        in SampleBuffers<T> sample, int head, int rank, TokenNeighbours neighbours, T weight, ReadOnlySpan<T> u, ReadOnlySpan<T> v,
        Span<T> scratch)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int stride = u.Length, count = sample.TokenCount;
        T scale = weight * T.CreateTruncating(sample.CouplingScales[head]);
        T half = scale * T.CreateTruncating(0.5);
        Span<T> self = scratch[..stride], sums = scratch.Slice(stride, 2 * stride);
        Rows.Multiply(u, v, self);
        Rows.Scale(-scale, self, self);
        for (int d = 0; d < rank; d++)
        {
            ReadOnlySpan<T> a = Row(sample.RowFeatures, head, rank, d, stride), b = Row(sample.ColumnFeatures, head, rank, d, stride);
            AddSide(b, Row(sample.RowFeaturesGradient, head, rank, d, stride), u, v, self, sums);
            AddSide(a, Row(sample.ColumnFeaturesGradient, head, rank, d, stride), u, v, self, sums);
        }

        if (!sample.PairGradientSums.IsEmpty)
        {
            AddSums(sample, head, rank, double.CreateTruncating(weight), u, v);
        }

        void AddSide(
            ReadOnlySpan<T> other, Span<T> gradient, ReadOnlySpan<T> u, ReadOnlySpan<T> v, ReadOnlySpan<T> self, Span<T> sums)
        {
            neighbours.AddProducts(half, u, other, v, count, sums, gradient);
            neighbours.AddProducts(half, v, other, u, count, sums, gradient);
            Rows.MultiplyAdd(self, other, gradient, gradient);
        }
    }

    /// <summary>One feature of a head, a padded row.</summary>
    public static Span<T> Row<T>(Span<T> features, int head, int rank, int feature, int stride) =>
        features.Slice(((head * rank) + feature) * stride, stride);

    // Σ_{i≠j} G = w (Σu Σv − Σ uv) and Σ_{i≠j} G P with P = (a_i·b_j + b_i·a_j)/2; all pairs interact.
    private static void AddSums<T>(
        in SampleBuffers<T> sample, int head, int rank, double weight, ReadOnlySpan<T> u, ReadOnlySpan<T> v)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int stride = u.Length;
        double products = 0;
        for (int d = 0; d < rank; d++)
        {
            ReadOnlySpan<T> a = Row(sample.RowFeatures, head, rank, d, stride), b = Row(sample.ColumnFeatures, head, rank, d, stride);
            products += 0.5 * ((Dot(a, u) * Dot(b, v)) + (Dot(b, u) * Dot(a, v)));
            products -= Self(a, b, u, v);
        }

        sample.PairGradientSums[2 * head] += weight * ((Sum(u) * Sum(v)) - Dot(u, v));
        sample.PairGradientSums[(2 * head) + 1] += weight * products;
    }

    private static double Sum<T>(ReadOnlySpan<T> x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i += Chunk)
        {
            sum += double.CreateTruncating(Rows.Sum(x.Slice(i, Math.Min(Chunk, x.Length - i))));
        }

        return sum;
    }

    private static double Dot<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i += Chunk)
        {
            int length = Math.Min(Chunk, x.Length - i);
            sum += double.CreateTruncating(Rows.Dot(x.Slice(i, length), y.Slice(i, length)));
        }

        return sum;
    }

    private static double Self<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, ReadOnlySpan<T> u, ReadOnlySpan<T> v)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double sum = 0;
        for (int i = 0; i < u.Length; i++)
        {
            T both = u[i] * v[i];
            sum += both == T.Zero ? 0 : double.CreateTruncating(both) * double.CreateTruncating(a[i]) * double.CreateTruncating(b[i]);
        }

        return sum;
    }
}
