namespace Qama.Training;

/// <summary>The fixed order in which sums of a batch's shards are joined: a tree over the shards, where a node of several has on its
/// left the largest power of two of them that is less than all. Aligned blocks of 2^k shards are whole subtrees, so
/// whoever has one sums it alone.</summary>
internal static class ShardTree
{
    /// <summary>The first sample of a shard within the batch, and the samples it has.</summary>
    public static (int First, int Count) Samples(int shard, int shards, int count)
    {
        int first = (int)((long)shard * count / shards);
        return (first, (int)((shard + 1L) * count / shards) - first);
    }

    /// <summary>The first shard of a node's right part.</summary>
    /// <param name="first">The node's first shard.</param>
    /// <param name="end">One beyond its last; it has at least two.</param>
    public static int Middle(int first, int end) =>
        first + (int)(System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(end - first)) / 2);

    /// <summary>The largest nodes that lie within a range, from left to right: together, the range.</summary>
    /// <param name="first">First shard of the range.</param>
    /// <param name="end">One beyond its last.</param>
    /// <param name="shards">Shards of the batch.</param>
    public static List<(int First, int End)> Cover(int first, int end, int shards)
    {
        var nodes = new List<(int, int)>();
        Add(0, shards);
        return nodes;

        void Add(int left, int right)
        {
            if (left >= first && right <= end)
            {
                nodes.Add((left, right));
            }
            else if (left < end && right > first)
            {
                int middle = Middle(left, right);
                Add(left, middle);
                Add(middle, right);
            }
        }
    }
}
