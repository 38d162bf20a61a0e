using Qama.Numerics.Matrices;
using Qama.Problems;

namespace Qama.Tests.Problems;

/// <summary>Sums over the selected tokens against their definitions.</summary>
public class SelectionTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(49)]
    [InlineData(70)]
    public void Sums_of_pairs_and_fields_equal_their_definitions(int tokens)
    {
        var random = new Random(tokens);
        int stride = Padding.Stride(tokens);
        float[] pairs = [.. Enumerable.Range(0, tokens * stride).Select(_ => random.NextSingle() - 0.5f)];
        foreach (double share in new[] { 0, 0.3, 1 })
        {
            byte[] bits = [.. Enumerable.Range(0, tokens).Select(_ => (byte)(random.NextDouble() < share ? 1 : 0))];
            double pairSum = 0, fieldSum = 0;
            for (int i = 0; i < tokens; i++)
            {
                fieldSum += bits[i] * (double)pairs[i];
                for (int j = i + 1; j < tokens; j++)
                {
                    pairSum += (double)pairs[(i * stride) + j] * bits[i] * bits[j];
                }
            }

            Assert.Equal(pairSum, Selection.PairSum(pairs, stride, bits), 1e-12 * tokens * tokens);
            Assert.Equal(fieldSum, Selection.FieldSum(pairs.AsSpan(0, stride), bits), 1e-12 * tokens);
        }
    }

    [Fact]
    public void Overlaps_are_pairs_of_heads_that_select_the_same_token()
    {
        byte[] bits = [1, 0, 1, 1, /**/ 1, 0, 0, 1, /**/ 1, 0, 1, 1];
        Assert.Equal(3 + 0 + 1, Selection.Overlaps(bits, 3, 4, 3));
        Assert.Equal(3 + 0 + 1 + 3, Selection.Overlaps(bits, 3, 4, 4));
        Assert.Equal(0, Selection.Overlaps(bits, 3, 4, 0));
    }
}
