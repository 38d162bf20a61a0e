using System.Runtime.InteropServices;
using Qama.Numerics.Vectors;
using Qama.Training;

namespace Qama.Cluster.Training;

/// <summary>Joins the sums of a batch's shards, in whatever order and by whatever cut of the tree they come, to the one of all.</summary>
/// <param name="shards">Shards of the batch.</param>
internal sealed class ShardJoin(int shards)
{
    private readonly Dictionary<(int First, int End), NodeSum> _nodes = [];

    /// <summary>The sum of all shards; null before they are all there.</summary>
    public NodeSum? Whole => _nodes.GetValueOrDefault((0, shards));

    /// <summary>Whether a shard is in one of the sums.</summary>
    public bool Has(int shard) => _nodes.Keys.Any(n => n.First <= shard && shard < n.End);

    /// <summary>Adds a sum; nothing happens if all of its shards are there. Its numbers are changed.</summary>
    public void Add(NodeSum node)
    {
        if (_nodes.Keys.Any(n => n.First <= node.First && node.End <= n.End))
        {
            return;
        }

        foreach ((int First, int End) part in _nodes.Keys.Where(n => node.First <= n.First && n.End <= node.End).ToArray())
        {
            _nodes.Remove(part);
        }

        _nodes[(node.First, node.End)] = node;
        while (Sibling(node) is { } sibling && _nodes.TryGetValue(sibling, out NodeSum? other))
        {
            (NodeSum left, NodeSum right) = node.First < other.First ? (node, other) : (other, node);
            Rows.AddScaled(1f, MemoryMarshal.Cast<byte, float>(left.Numbers.AsSpan()), MemoryMarshal.Cast<byte, float>(right.Numbers.AsSpan()));
            _nodes.Remove((left.First, left.End));
            _nodes.Remove((right.First, right.End));
            node = new NodeSum(
                left.First, right.End, left.Loss + right.Loss, left.Correct + right.Correct, left.Rows + right.Rows, right.Numbers);
            _nodes[(node.First, node.End)] = node;
        }
    }

    private (int First, int End)? Sibling(NodeSum node)
    {
        (int first, int end) = (0, shards);
        while (end - first > node.End - node.First)
        {
            int middle = ShardTree.Middle(first, end);
            if (node.First < middle)
            {
                if ((node.First, node.End) == (first, middle))
                {
                    return (middle, end);
                }

                end = middle;
            }
            else
            {
                if ((node.First, node.End) == (middle, end))
                {
                    return (first, middle);
                }

                first = middle;
            }
        }

        return null;
    }
}
