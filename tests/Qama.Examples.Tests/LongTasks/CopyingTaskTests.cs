using Qama.Examples.LongTasks;
using Qama.Training;

namespace Qama.Examples.Tests.LongTasks;

/// <summary>Selective copying and induction, read from the ids alone.</summary>
public class CopyingTaskTests
{
    [Theory]
    [InlineData(256)]
    [InlineData(4096)]
    public void Markers_ask_for_the_data_tokens_in_their_order(int length)
    {
        var task = new CopyingTask(length);
        Assert.Equal(length + 32, task.Tokens);
        Dataset<float> data = task.Draw(50, seed: 2);
        var places = new int[16];
        for (int s = 0; s < data.Count; s++)
        {
            int[] ids = TokenTask.Ids(data.Values(s));
            int[] data16 = [.. ids[..(length + 16)].Where(id => id != 0)];
            Assert.Equal(16, data16.Length);
            Assert.All(data16, id => Assert.InRange(id, 1, 14));
            Assert.Equal(Enumerable.Repeat(15, 16), ids[^16..]);
            Assert.Equal(data16, data.Labels(s).ToArray());
            task.FindAsked(ids, places);
            Assert.Equal(Enumerable.Range(length + 16, 16), places);
            Assert.Equal(data16, task.FindAnswers(ids).Select(t => ids[t]));
        }
    }

    [Fact]
    public void Data_tokens_and_their_places_are_uniform()
    {
        const int Length = 24;
        Dataset<float> data = new CopyingTask(Length).Draw(1_000, seed: 3);
        int[][] sequences =
            [.. Enumerable.Range(0, data.Count).Select(s => TokenTask.Ids(data.Values(s))[..(Length + 16)])];
        IEnumerable<int> kinds = sequences.SelectMany(ids => ids).Where(id => id != 0).Select(id => id - 1);
        ChiSquare.CheckUniform(ChiSquare.Count(kinds, 14));
        ChiSquare.CheckUniform(ChiSquare.Count(
            sequences.SelectMany(ids => Enumerable.Range(0, ids.Length).Where(t => ids[t] != 0)), Length + 16));
    }

    [Fact]
    public void The_last_token_asks_for_what_stood_behind_the_prefix()
    {
        const int Tokens = 20;
        var task = new InductionTask(Tokens);
        Dataset<float> data = task.Draw(6_000, seed: 5);
        var place = new int[1];
        var firsts = new List<int>();
        var others = new List<int>();
        for (int s = 0; s < data.Count; s++)
        {
            int[] ids = TokenTask.Ids(data.Values(s));
            int first = Array.IndexOf(ids, 16);
            firsts.Add(first);
            Assert.Equal([first, Tokens - 1], Enumerable.Range(0, Tokens).Where(t => ids[t] == 16));
            Assert.Equal(ids[first + 1], data.Labels(s)[0]);
            Assert.InRange(data.Labels(s)[0], 0, 15);
            task.FindAsked(ids, place);
            Assert.Equal(Tokens - 1, place[0]);
            Assert.Equal([first + 1], task.FindAnswers(ids));
            others.AddRange(ids.Where(id => id != 16));
        }

        ChiSquare.CheckUniform(ChiSquare.Count(firsts, Tokens - 2));
        ChiSquare.CheckUniform(ChiSquare.Count(others, 16));
    }

    [Fact]
    public void Lengths_that_do_not_exist_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new CopyingTask(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new InductionTask(2));
    }
}
