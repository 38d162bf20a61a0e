using Qama.Examples.LongTasks;
using Qama.Training;

namespace Qama.Examples.Tests.LongTasks;

/// <summary>Bracket matching, read from the ids alone.</summary>
public class BracketTaskTests
{
    private const string Open = "([{", Close = ")]}";

    // By rewriting: what matches and stands side by side goes away, what is left is open, the last one is the answer.
    [Fact]
    public void Labels_name_the_innermost_bracket_that_is_open()
    {
        const int Tokens = 24;
        var task = new BracketTask(Tokens);
        Dataset<float> data = task.Draw(200, seed: 3);
        var places = new int[Tokens];
        for (int s = 0; s < data.Count; s++)
        {
            int[] ids = TokenTask.Ids(data.Values(s));
            task.FindAsked(ids, places);
            Assert.Equal(Enumerable.Range(0, Tokens), places);
            for (int t = 0; t < Tokens; t++)
            {
                string left = string.Concat(ids[..(t + 1)].Select(id => (Open + Close)[id]));
                for (string before = ""; before != left;)
                {
                    before = left;
                    left = left.Replace("()", "", StringComparison.Ordinal).Replace("[]", "", StringComparison.Ordinal)
                        .Replace("{}", "", StringComparison.Ordinal);
                }

                Assert.DoesNotContain(left, c => Close.Contains(c, StringComparison.Ordinal));
                Assert.Equal(left.Length == 0 ? 0 : 1 + Open.IndexOf(left[^1], StringComparison.Ordinal), data.Labels(s)[t]);
            }
        }
    }

    [Fact]
    public void Half_of_the_brackets_open_where_one_may_close_and_kinds_are_uniform()
    {
        Dataset<float> data = new BracketTask(2).Draw(8_000, seed: 4);
        int[][] sequences = [.. Enumerable.Range(0, data.Count).Select(s => TokenTask.Ids(data.Values(s)))];
        Assert.All(sequences, ids => Assert.InRange(ids[0], 0, 2));
        ChiSquare.CheckUniform(ChiSquare.Count(sequences.Select(ids => ids[0]), 3));
        ChiSquare.CheckUniform(ChiSquare.Count(sequences.Select(ids => ids[1] < 3 ? 0 : 1), 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BracketTask(1));
    }
}
