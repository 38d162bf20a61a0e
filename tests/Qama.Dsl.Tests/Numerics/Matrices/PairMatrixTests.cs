using System.Numerics;
using System.Runtime.Intrinsics;
using Qama.Layers.Readouts;
using Qama.Numerics.Matrices;
using Qama.Numerics.Vectors;

namespace Qama.Tests.Numerics.Matrices;

/// <summary>Vectorised operations on matrices of pairs against loops over their entries, bit for bit.</summary>
public class PairMatrixTests
{
    public static TheoryData<int, int> Sizes
    {
        get
        {
            var sizes = new TheoryData<int, int>();
            foreach (int tokens in new[] { 1, 2, 3, 4, 5, 7, 15, 16, 17, 18, 31, 32, 33, 49, 65 })
            {
                foreach (int present in new[] { 0, 1, tokens / 2, tokens - 1, tokens }.Distinct())
                {
                    sizes.Add(tokens, present);
                }
            }

            return sizes;
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void The_symmetric_mean_is_the_loop_over_pairs(int tokens, int present)
    {
        Symmetrised<float>(tokens, present);
        Symmetrised<double>(tokens, present);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_mask_takes_pairs_out_and_leaves_the_diagonal(int tokens, int present)
    {
        Masked<float>(tokens, present);
        Masked<double>(tokens, present);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Attention_goes_to_the_selected_tokens_that_are_seen(int tokens, int present)
    {
        for (int variant = 0; variant < 4; variant++)
        {
            Attended<float>(tokens, present, (variant & 1) != 0, (variant & 2) != 0, 2e-5);
            Attended<double>(tokens, present, (variant & 1) != 0, (variant & 2) != 0, 1e-13);
        }
    }

    [Fact]
    public void The_largest_lane_is_found_wherever_it_is()
    {
        for (int k = 0; k < 16; k++)
        {
            var lanes = new float[16];
            Array.Fill(lanes, -2);
            lanes[k] = -1;
            Assert.Equal(-1, Register512<float>.Largest(new(Vector512.Create(lanes))));
            lanes[k] = float.NaN;
            Assert.True(float.IsNaN(Register512<float>.Largest(new(Vector512.Create(lanes)))));
            double[] wide = [.. Enumerable.Range(0, 8).Select(l => l == k % 8 ? 5.0 : l - 9)];
            Assert.Equal(5, Register512<double>.Largest(new(Vector512.Create(wide))));
        }
    }

    private static void Symmetrised<T>(int tokens, int present)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int stride = Padding.Stride(tokens);
        T[] matrix = Random<T>(tokens * stride, 1), expected = new T[matrix.Length];
        T scale = T.CreateTruncating(0.7), half = scale * T.CreateTruncating(0.5);
        for (int i = 0; i < present; i++)
        {
            for (int j = 0; j < present; j++)
            {
                expected[(i * stride) + j] =
                    i == j ? T.Zero : half * (matrix[(i * stride) + j] + matrix[(j * stride) + i]);
            }
        }

        PairMatrix.Symmetrise(matrix.AsSpan(), tokens, stride, present, scale);
        Assert.Equal(expected, matrix);
    }

    private static void Masked<T>(int tokens, int seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int stride = Padding.Stride(tokens);
        T[] matrix = Random<T>(tokens * stride, seed), mask = Random<T>(tokens * stride, seed + 1);
        mask = [.. mask.Select(m => m > T.Zero ? T.One : T.Zero)];
        T[] expected = [.. matrix.Select((m, k) => mask[k] == T.Zero && k / stride != k % stride ? T.Zero : m)];
        PairMatrix.Mask(matrix.AsSpan(), mask, stride);
        Assert.Equal(expected, matrix);
    }

    private static void Attended<T>(int tokens, int present, bool hasFields, bool hasMask, double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int stride = Padding.Stride(tokens);
        T[] z = Random<T>(tokens * stride, 2), f = Random<T>(stride, 3), mask = Random<T>(tokens * stride, 4);
        T[] s = [.. Random<T>(stride, 5).Select(x => x > T.Zero ? x : T.Zero)];
        mask = [.. mask.Select(m => m > T.Zero ? T.One : T.Zero)];
        var expected = new double[z.Length];
        for (int i = 0; i < present; i++)
        {
            for (int j = 0; j < present; j++)
            {
                bool seen = !hasMask || i == j || mask[(i * stride) + j] == T.One;
                double exponent = double.CreateTruncating(z[(i * stride) + j]) + (hasFields ? double.CreateTruncating(f[j]) : 0);
                expected[(i * stride) + j] = seen ? double.CreateTruncating(s[j]) * Math.Exp(exponent) : 0;
            }

            double sum = expected.AsSpan(i * stride, present).ToArray().Sum();
            for (int j = 0; j < present && sum > 0; j++)
            {
                expected[(i * stride) + j] /= sum;
            }
        }

        SelectedAttention.Weights(z.AsSpan(), hasFields ? f : [], s, hasMask ? mask : [], tokens, present);
        for (int k = 0; k < z.Length; k++)
        {
            Assert.Equal(expected[k], double.CreateTruncating(z[k]), tolerance * expected[k]);
        }
    }

    private static T[] Random<T>(int count, int seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => T.CreateTruncating((4 * random.NextDouble()) - 2))];
    }
}
