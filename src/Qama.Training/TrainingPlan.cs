using Qama.Numerics;

namespace Qama.Training;

/// <summary>How a training cuts its data: epochs into batches, batches into shards.</summary>
/// <param name="Samples">Samples of the data.</param>
/// <param name="BatchSize">Samples of a whole batch, at most those of the data.</param>
/// <param name="Shards">Shards of a batch of at least as many samples.</param>
/// <param name="Epochs">Passes over the data.</param>
internal readonly record struct TrainingPlan(int Samples, int BatchSize, int Shards, int Epochs)
{
    /// <summary>Batches of an epoch.</summary>
    public int Batches => (int)((Samples + (long)BatchSize - 1) / BatchSize);

    /// <summary>Steps of the whole training.</summary>
    public long Steps => (long)Batches * Epochs;

    /// <summary>Samples of the largest shard.</summary>
    public int LargestShard
    {
        get
        {
            int shards = ShardsOf(BatchSize);
            return (int)((BatchSize + (long)shards - 1) / shards);
        }
    }

    public static TrainingPlan Of(TrainerOptions options, int samples) =>
        new(samples, Math.Min(options.BatchSize, samples), options.Shards, options.Epochs);

    /// <summary>Place of a batch's first sample in the epoch, and its samples.</summary>
    /// <param name="batch">The batch, from 1.</param>
    public (int First, int Count) Batch(int batch)
    {
        int first = (batch - 1) * BatchSize;
        return (first, Math.Min(BatchSize, Samples - first));
    }

    /// <summary>Shards of a batch.</summary>
    /// <param name="count">Its samples.</param>
    public int ShardsOf(int count) => Math.Min(Shards, count);
}

/// <summary>The order of samples in an epoch: what follows from the seed and the epoch's number alone.</summary>
/// <param name="samples">Samples of the data.</param>
/// <param name="seed">The training's seed.</param>
internal sealed class SampleOrder(int samples, long seed)
{
    private readonly int[] _order = new int[samples];
    private RandomStream _random = new((ulong)seed);
    private int _epoch;

    /// <summary>The order of an epoch.</summary>
    /// <param name="epoch">The epoch, from 1; cheapest in rising order.</param>
    public ReadOnlySpan<int> Of(int epoch)
    {
        if (epoch < _epoch)
        {
            (_random, _epoch) = (new RandomStream((ulong)seed), 0);
        }

        for (; _epoch < epoch; _epoch++)
        {
            Shuffle();
        }

        return _order;
    }

    /// <summary>A fresh permutation of 0..n−1 (Fisher-Yates).</summary>
    private void Shuffle()
    {
        for (int i = 0; i < _order.Length; i++)
        {
            int j = _random.NextInt32(i + 1);
            _order[i] = _order[j];
            _order[j] = i;
        }
    }
}
