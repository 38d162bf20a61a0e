using Qama.Cluster.Machine;
using Qama.Numerics;

namespace Qama.Cluster.Tests.Machine;

/// <summary>Whose turn it is.</summary>
public sealed class FairQueueTests
{
    [Fact]
    public void Callers_of_a_priority_take_turns_and_a_higher_priority_goes_first()
    {
        var queue = new FairQueue<string>();
        foreach (string item in new[] { "a1", "a2", "a3", "b1", "c1", "c2" })
        {
            queue.Add(item[..1], 0, item);
        }

        queue.Add("a", 5, "a urgent");
        queue.Add("d", -5, "d whenever");
        string[] expected = ["a urgent", "a1", "b1", "c1", "a2", "c2", "a3", "d whenever"];
        Assert.Equal(expected, queue.InOrder());
        Assert.Equal(expected, Enumerable.Range(0, 8).Select(_ => queue.Take()));
        Assert.Null(queue.Take());
        Assert.Equal(0, queue.Count);
    }

    [Fact]
    public void Whoever_hands_in_one_task_is_served_within_a_round_whatever_others_have_waiting()
    {
        var queue = new FairQueue<string>();
        for (int k = 0; k < 1000; k++)
        {
            queue.Add("many", 0, $"{k}");
        }

        queue.Take();
        queue.Add("one", 0, "mine");
        Assert.Contains("mine", new[] { queue.Take(), queue.Take() });
    }

    [Fact]
    public void Whatever_comes_and_goes_the_order_is_that_of_a_literal_account_of_the_rule()
    {
        for (ulong seed = 0; seed < 300; seed++)
        {
            var random = new RandomStream(seed);
            var queue = new FairQueue<string>();
            var literal = new List<(int Priority, string Caller, string Item)>();
            var rounds = new Dictionary<int, List<string>>(); // callers of a priority in the order of their turns
            for (int step = 0; step < 60; step++)
            {
                string caller = $"c{random.NextInt32(4)}";
                int priority = random.NextInt32(3) - 1;
                switch (random.NextInt32(5))
                {
                    case 0 or 1:
                        queue.Add(caller, priority, $"{step}");
                        literal.Add((priority, caller, $"{step}"));
                        List<string> round = rounds.TryGetValue(priority, out List<string>? r) ? r : rounds[priority] = [];
                        if (!round.Contains(caller))
                        {
                            round.Add(caller);
                        }

                        break;
                    case 2 when literal.Count > 0:
                        (int p, string c, string item) = literal[random.NextInt32(literal.Count)];
                        Assert.True(queue.Remove(c, p, item));
                        Assert.False(queue.Remove(c, p, item));
                        literal.Remove((p, c, item));
                        Tidy(p, c);
                        break;
                    default:
                        string? taken = queue.Take();
                        if (literal.Count == 0)
                        {
                            Assert.Null(taken);
                            break;
                        }

                        int highest = literal.Max(l => l.Priority);
                        string turn = rounds[highest][0];
                        var next = literal.First(l => l.Priority == highest && l.Caller == turn);
                        Assert.Equal(next.Item, taken);
                        literal.Remove(next);
                        rounds[highest].RemoveAt(0);
                        rounds[highest].Add(turn);
                        Tidy(highest, turn);
                        break;
                }

                Assert.Equal(literal.Count, queue.Count);
                Assert.Equal(literal.Select(l => l.Item).Order(), queue.InOrder().Order());
            }

            void Tidy(int priority, string caller)
            {
                if (!literal.Exists(l => l.Priority == priority && l.Caller == caller))
                {
                    rounds[priority].Remove(caller);
                }
            }
        }
    }
}
