using Qama.Examples.LongTasks;
using Qama.Training;

namespace Qama.Examples.Tests.LongTasks;

/// <summary>Multi-query associative recall, read from the ids alone.</summary>
public class RecallTaskTests
{
    [Theory]
    [InlineData(64, 4, "zero")]
    [InlineData(128, 8, "zero")]
    [InlineData(256, 16, "zero")]
    [InlineData(512, 32, "zero")]
    [InlineData(64, 4, "random")]
    [InlineData(512, 32, "random")]
    public void Every_label_is_the_value_behind_the_key_that_is_asked(int tokens, int pairs, string blanks)
    {
        var task = new RecallTask(tokens, blanks: blanks);
        Dataset<float> data = task.Draw(100, seed: 4);
        var places = new int[pairs];
        for (int s = 0; s < data.Count; s++)
        {
            int[] ids = TokenTask.Ids(data.Values(s));
            int[] keys = [.. Enumerable.Range(0, pairs).Select(p => ids[2 * p])];
            int[] values = [.. Enumerable.Range(0, pairs).Select(p => ids[2 * p + 1])];
            Assert.All(keys, k => Assert.InRange(k, 1, 4095));
            Assert.All(values, v => Assert.InRange(v, 4096, 8191));
            Assert.Equal((pairs, pairs), (keys.Distinct().Count(), values.Distinct().Count()));

            task.FindAsked(ids, places);
            Assert.Equal(pairs, places.Distinct().Count());
            for (int row = 0; row < pairs; row++)
            {
                Assert.InRange(places[row], 2 * pairs, tokens - 2);
                Assert.Equal(values[Array.IndexOf(keys, ids[places[row]])], data.Labels(s)[row]);
            }

            Assert.Equal(Enumerable.Range(0, pairs).Select(p => 2 * p + 1), task.FindAnswers(ids));
            if (blanks == "zero")
            {
                int[] asked = [.. Enumerable.Range(2 * pairs, tokens - 2 * pairs).Where(t => ids[t] != 0)];
                Assert.Equal(places.Order(), asked);
                Assert.All(asked, t => Assert.Equal(0, t % 2));
            }
            else
            {
                Assert.InRange(ids[(2 * pairs)..].Count(id => id == 0), 0, 5);
            }
        }
    }

    // The r-th slot drawn asks for the r-th key: their places show the law of the first draw and that of the second,
    // given the first.
    [Fact]
    public void Slots_are_drawn_without_replacement_by_the_published_power_law()
    {
        const int Slots = 28, Draws = 20_000;
        var task = new RecallTask(64);
        Dataset<float> data = task.Draw(Draws, seed: 11);
        var places = new int[4];
        (int First, int Second)[] drawn = [.. Enumerable.Range(0, Draws).Select(s =>
        {
            task.FindAsked(TokenTask.Ids(data.Values(s)), places);
            return ((places[0] - 8) / 2, (places[1] - 8) / 2);
        })];
        double[] weights = [.. Enumerable.Range(1, Slots).Select(s => 0.01 * Math.Pow(s, 0.01 - 1))];
        double[] first = [.. weights.Select(w => w / weights.Sum())];
        double[] second = [.. first.Select((p, s) => first.Where((_, f) => f != s).Sum(f => f * p / (1 - f)))];
        ChiSquare.Check(ChiSquare.Count(drawn.Select(d => d.First), Slots), first);
        ChiSquare.Check(ChiSquare.Count(drawn.Select(d => d.Second), Slots), second);
    }

    [Fact]
    public void Keys_values_and_random_blanks_are_uniform()
    {
        const int Vocabulary = 66;
        int[][] sequences = Sequences(new RecallTask(64, Vocabulary, "random"), 3_000, seed: 12);
        ChiSquare.CheckUniform(ChiSquare.Count(sequences.Select(ids => ids[0] - 1), 32));
        ChiSquare.CheckUniform(ChiSquare.Count(sequences.Select(ids => ids[6] - 1), 32));
        ChiSquare.CheckUniform(ChiSquare.Count(sequences.Select(ids => ids[1] - 33), 33));
        ChiSquare.CheckUniform(ChiSquare.Count(sequences.Select(ids => ids[7] - 33), 33));
        IEnumerable<int> blanks = sequences.SelectMany(ids => ids.Where((_, t) => t >= 8 && t % 2 == 1));
        ChiSquare.CheckUniform(ChiSquare.Count(blanks, Vocabulary));
    }

    [Fact]
    public void Questions_are_found_in_the_order_of_the_keys()
    {
        int[] ids = [5, 40, 9, 50, 0, 5, 9, 0, 0, 0, 5, 9, .. new int[20]];
        var places = new int[2];
        new RecallTask(32).FindAsked(ids, places);
        Assert.Equal([10, 6], places);
    }

    [Fact]
    public void A_seed_gives_the_same_sequences_and_another_seed_others()
    {
        var task = new RecallTask(64);
        Assert.Equal(Sequences(task, 3, 1), Sequences(task, 3, 1));
        Assert.NotEqual(Sequences(task, 3, 1), Sequences(task, 3, 2));
    }

    [Fact]
    public void Shapes_that_do_not_exist_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new RecallTask(65));
        Assert.Throws<ArgumentException>(() => new RecallTask(0));
        Assert.Throws<ArgumentException>(() => new RecallTask(64, vocabulary: 67));
        Assert.Throws<ArgumentException>(() => new RecallTask(64, vocabulary: 64));
        Assert.Throws<ArgumentException>(() => new RecallTask(64, blanks: "other"));
    }

    private static int[][] Sequences(RecallTask task, int count, ulong seed)
    {
        Dataset<float> data = task.Draw(count, seed);
        return [.. Enumerable.Range(0, count).Select(s => TokenTask.Ids(data.Values(s)))];
    }
}
