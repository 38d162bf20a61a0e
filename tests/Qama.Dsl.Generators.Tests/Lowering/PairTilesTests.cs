namespace Qama.Generators.Tests.Lowering;

using Qama.Generators.Energy;
using Qama.Generators.Lowering;
using Qama.Generators.Vocabulary;

public class PairTilesTests
{
    [Theory]
    [InlineData(Similarity.JensenShannon, 3, 4)]
    [InlineData(Similarity.JensenShannon, 4, 4)]
    [InlineData(Similarity.JensenShannon, 5, 2)]
    [InlineData(Similarity.JensenShannon, 8, 2)]
    [InlineData(Similarity.JensenShannon, 9, 1)]
    [InlineData(Similarity.JensenShannon, 49, 1)]
    [InlineData(Similarity.Cosine, 4, 1)]
    public void Few_tokens_share_vectors_where_a_pair_has_much_to_compute(Similarity similarity, int tokens, int rows)
    {
        var e = new ExpressionPool(64);
        CouplingPlan plan = CouplingPlan.Lower(Similarities.Define(similarity, e));
        Assert.Equal(rows, PairTiles.Rows(plan.PairProgram!, tokens, 64, lanes: 16));
    }
}
