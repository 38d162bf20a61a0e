using System.Runtime.InteropServices;
using FsCheck;
using FsCheck.Fluent;
using Qama.Cluster.Training;
using Qama.Numerics;
using Qama.Training;

namespace Qama.Cluster.Tests.Training;

/// <summary>Sums of shards join to the same bits in whatever order, from whatever ranges, how often they come.</summary>
public class ShardJoinTests
{
    [Fact]
    public void Any_ranges_in_any_order_join_to_the_sum_of_the_tree() => Prop.ForAll(
        Gen.Choose(1, 40).ToArbitrary(), Gen.Choose(0, 99999).ToArbitrary(), (shards, seed) =>
        {
            var random = new RandomStream((ulong)seed);
            float[] leaves = [.. Enumerable.Range(0, shards).Select(_ => (float)random.NextNormal())];
            (float Number, double Loss, int Correct, int Rows) whole = Sum(0, shards);
            var join = new ShardJoin(shards);
            for (int calls = 0; join.Whole is null; calls++)
            {
                Assert.True(calls < 10_000);
                int first = random.NextInt32(shards);
                int end = first + 1 + random.NextInt32(shards - first);
                var seen = Enumerable.Range(0, shards).Select(join.Has).ToArray();
                foreach ((int from, int to) in ShardTree.Cover(first, end, shards))
                {
                    (float number, double loss, int correct, int rows) = Sum(from, to);
                    join.Add(new NodeSum(from, to, loss, correct, rows, MemoryMarshal.AsBytes([number]).ToArray()));
                }

                Assert.Equal(seen.Select((s, i) => s || (i >= first && i < end)), Enumerable.Range(0, shards).Select(join.Has));
            }

            Assert.Equal(whole.Number, MemoryMarshal.Read<float>(join.Whole.Numbers));
            Assert.Equal((whole.Loss, whole.Correct, whole.Rows), (join.Whole.Loss, join.Whole.Correct, join.Whole.Rows));

            (float Number, double Loss, int Correct, int Rows) Sum(int from, int to)
            {
                if (to - from == 1)
                {
                    return (leaves[from], leaves[from] / 3.0, from, 7 * from + 1);
                }

                int left = 1;
                while (left * 2 < to - from)
                {
                    left *= 2;
                }

                (float Number, double Loss, int Correct, int Rows) a = Sum(from, from + left);
                (float Number, double Loss, int Correct, int Rows) b = Sum(from + left, to);
                return (a.Number + b.Number, a.Loss + b.Loss, a.Correct + b.Correct, a.Rows + b.Rows);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
}
