using Qama.Torch.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch.Tests.Coefficients;

/// <summary>Numbers for every pair and dimension are made for some rows at a time.</summary>
public class RowsTests
{
    [Theory]
    [InlineData(20, false)]
    [InlineData(400, true)]
    public void Blocks_of_rows_are_the_whole(int tokens, bool inBlocks)
    {
        using var scope = NewDisposeScope();
        Tensor query = rand([1, 1, tokens, 1, 64], float64, requires_grad: true);
        Tensor key = rand([1, 1, 1, tokens, 64], float64);
        var counts = new List<long>();
        Tensor result = Exposed.Distances(query, key, counts.Add);
        Assert.Equal(inBlocks, counts.Count > 1);
        Assert.Equal(tokens, counts.Sum());
        Assert.True(counts.Max() * tokens * 64 * sizeof(double) <= 64 << 20);
        Tensor whole = (query - key).square().sum(-1);
        Assert.True(result.allclose(whole));
        result.sum().backward();
        Tensor gradient = query.grad!.clone();
        query.grad.zero_();
        whole.sum().backward();
        Assert.True(gradient.allclose(query.grad));
    }

    private sealed class Exposed : TensorMath
    {
        public static Tensor Distances(Tensor query, Tensor key, Action<long> count) => ByRows(query, rows =>
        {
            count(rows.Count);
            return (rows.Of(query) - rows.Of(key)).square().sum(-1);
        });
    }
}
