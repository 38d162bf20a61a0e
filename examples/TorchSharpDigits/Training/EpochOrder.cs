using System.Collections;

namespace Qama.Examples.TorchSharpDigits;

/// <summary>The order of the images: another one every epoch, which depends on the seed and the epoch alone, so that a run that
/// goes on sees what it would have seen.</summary>
internal sealed class EpochOrder(int count, int seed) : IEnumerable<long>
{
    public int Epoch { get; set; }

    public IEnumerator<long> GetEnumerator()
    {
        long[] order = [.. Enumerable.Range(0, count).Select(i => (long)i)];
        new Random(unchecked(seed * 10_007 + Epoch)).Shuffle(order);
        return order.AsEnumerable().GetEnumerator();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
