namespace Qama.Cluster.Machine;

/// <summary>What waits for the machine: a higher priority first, callers of one priority in turns, of one caller the oldest.</summary>
/// <remarks>A caller that has been served goes to the end of its priority's round; one that comes, too. Not for several threads.</remarks>
internal sealed class FairQueue<T>
    where T : class
{
    private readonly SortedDictionary<int, LinkedList<Line>> _rounds = new(Comparer<int>.Create((a, b) => b.CompareTo(a)));

    /// <summary>What waits.</summary>
    public int Count { get; private set; }

    /// <summary>Adds something.</summary>
    public void Add(string caller, int priority, T item)
    {
        if (!_rounds.TryGetValue(priority, out LinkedList<Line>? round))
        {
            _rounds[priority] = round = [];
        }

        Line? line = round.FirstOrDefault(l => l.Caller == caller);
        if (line is null)
        {
            line = new Line(caller);
            round.AddLast(line);
        }

        line.Items.AddLast(item);
        Count++;
    }

    /// <summary>Takes what is next; null for nothing.</summary>
    public T? Take()
    {
        if (Count == 0)
        {
            return null;
        }

        (int priority, LinkedList<Line> round) = _rounds.First();
        Line line = round.First!.Value;
        T item = line.Items.First!.Value;
        line.Items.RemoveFirst();
        round.RemoveFirst();
        if (line.Items.Count > 0)
        {
            round.AddLast(line);
        }
        else if (round.Count == 0)
        {
            _rounds.Remove(priority);
        }

        Count--;
        return item;
    }

    /// <summary>Removes something; false where it does not wait.</summary>
    public bool Remove(string caller, int priority, T item)
    {
        if (!_rounds.TryGetValue(priority, out LinkedList<Line>? round)
            || round.FirstOrDefault(l => l.Caller == caller) is not { } line || !line.Items.Remove(item))
        {
            return false;
        }

        if (line.Items.Count == 0)
        {
            round.Remove(line);
        }

        if (round.Count == 0)
        {
            _rounds.Remove(priority);
        }

        Count--;
        return true;
    }

    /// <summary>Everything in the order in which it would be taken.</summary>
    public IEnumerable<T> InOrder()
    {
        foreach (LinkedList<Line> round in _rounds.Values)
        {
            IEnumerator<T>[] lines = [.. round.Select(l => (IEnumerator<T>)l.Items.GetEnumerator())];
            for (bool isMore = true; isMore;)
            {
                isMore = false;
                foreach (IEnumerator<T> line in lines)
                {
                    if (line.MoveNext())
                    {
                        isMore = true;
                        yield return line.Current;
                    }
                }
            }
        }
    }

    private sealed record Line(string Caller)
    {
        public LinkedList<T> Items { get; } = [];
    }
}
