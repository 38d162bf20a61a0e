namespace Qama.Generators.Tests.Energy;

using Qama.Generators.Energy;
using Qama.Generators.Vocabulary;

public class TokenGeometryTests
{
    [Fact]
    public void Distances_on_a_line_are_differences()
    {
        var line = new TokenGeometry(7, 0, MaskPattern.All, 0);
        Assert.Equal((3, 3, 6), (line.Distance(2, 5), line.Distance(5, 2), line.LargestDistance));
    }

    [Fact]
    public void Distances_on_a_grid_are_king_moves()
    {
        // 3 x 5: token 4 is the end of the first row, token 5 the start of the second.
        var grid = new TokenGeometry(15, 5, MaskPattern.All, 0);
        Assert.Equal((4, 1, 1, 2), (grid.Distance(4, 5), grid.Distance(0, 5), grid.Distance(0, 6), grid.Distance(0, 11)));
        Assert.Equal(4, grid.LargestDistance);
        Assert.Equal(5, new TokenGeometry(18, 3, MaskPattern.All, 0).LargestDistance);
    }

    [Fact]
    public void Windows_reach_to_their_size_and_blocks_end_at_their_border()
    {
        var window = new TokenGeometry(10, 0, MaskPattern.Window, 2);
        Assert.True(window.Interacts(3, 5) && window.Interacts(5, 3));
        Assert.False(window.Interacts(3, 6) || window.Interacts(3, 3));
        var block = new TokenGeometry(10, 0, MaskPattern.Block, 4);
        Assert.True(block.Interacts(4, 7) && block.Interacts(8, 9));
        Assert.False(block.Interacts(3, 4));
        Assert.True(new TokenGeometry(10, 0, MaskPattern.Causal, 0).Interacts(9, 0));
    }

    [Fact]
    public void Counts_agree_with_enumeration()
    {
        foreach ((int tokens, int columns) in new[] { (1, 0), (2, 0), (7, 0), (12, 0), (12, 4), (12, 3), (12, 12), (12, 1), (35, 7) })
        {
            foreach (MaskPattern mask in Enum.GetValues<MaskPattern>())
            {
                for (int size = 1; size <= tokens + 1; size++)
                {
                    var geometry = new TokenGeometry(tokens, columns, mask, size);
                    var pairs = (from i in Enumerable.Range(0, tokens)
                                 from j in Enumerable.Range(0, tokens)
                                 where geometry.Interacts(i, j)
                                 select (i, j)).ToList();
                    Assert.Equal(pairs.Count / 2, geometry.PairCount);
                    Assert.Equal(
                        pairs.Select(p => geometry.Distance(p.i, p.j)).DefaultIfEmpty(0).Max(), geometry.LargestInteractingDistance);
                    int most = pairs.GroupBy(p => p.i).Select(g => g.Count()).DefaultIfEmpty(0).Max();
                    Assert.InRange(geometry.MostPartners, most, tokens);
                    if (mask != MaskPattern.Window)
                    {
                        Assert.Equal(most, geometry.MostPartners);
                    }
                }
            }
        }
    }
}
