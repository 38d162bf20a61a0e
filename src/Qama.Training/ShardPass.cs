using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.InteropServices;
using Qama.Layers;
using Qama.Numerics.Matrices;
using Qama.Training.Modules;
using Qama.Training.Optimization;

namespace Qama.Training;

/// <summary>Forward pass, loss and backward pass of shards of a batch, and passes of evaluation: what a training computes from data.
/// What is made of gradients is a <see cref="GradientStep{T}"/>.</summary>
/// <typeparam name="T">Element type.</typeparam>
internal sealed class ShardPass<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Samples that memory is allocated for before there are data.</summary>
    private const int LargestFirstShard = 1024;

    private readonly TrainerOptions _options;
    private readonly ShardNumbers<T> _numbers;
    private readonly NamedParameter<T>[] _buffers;

    /// <summary>The buffers before the step.</summary>
    private readonly T[][] _before;

    /// <summary>Sums of blocks of 2^k shards that wait for their right neighbours, k from 0, and whether there is one.</summary>
    private readonly (T[] Numbers, LossSum Sum, bool Waits)[] _blocks;

    private Activations<T> _input;
    private Activations<T> _output;
    private Activations<T> _gradient;
    private int[] _labels;

    /// <summary>Allocates the model's memory.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">The training's settings.</param>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    public ShardPass(Module<T> model, TrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (options.Epochs < 1 || options.BatchSize < 1 || options.Shards < 1 || options.Threads < 0
            || !(options.MaxGradientNorm > 0) || !(options.LabelSmoothing is >= 0 and < 1))
        {
            throw new ArgumentException(
                "Expected Epochs, BatchSize and Shards of at least 1, Threads of at least 0, a positive MaxGradientNorm and LabelSmoothing in [0, 1).",
                nameof(options));
        }

        Model = model;
        _options = options;
        _numbers = new ShardNumbers<T>(model.Parameters, model.Buffers);
        bool several = Math.Min(options.Shards, options.BatchSize) > 1;
        _buffers = several ? [.. model.Buffers] : []; // one shard leaves them as they are to be
        _before = [.. _buffers.Select(b => new T[b.Parameter.Length])];
        _blocks = new (T[], LossSum, bool)[several ? BitOperations.Log2((uint)Math.Min(options.Shards, options.BatchSize)) + 1 : 0];
        Allocate(Math.Min(TrainingPlan.Of(options, options.BatchSize).LargestShard, LargestFirstShard));
    }

    /// <summary>The model.</summary>
    public Module<T> Model { get; }

    /// <summary>Checks data and has memory for their shards; samples of the largest one.</summary>
    /// <exception cref="ArgumentException">They do not fit the model, have a number that is NaN or infinite or that the model
    /// has no use for, or a shard of them is too large for the model's memory.</exception>
    public int Prepare(Dataset<T> data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (data.Shape != Model.InputShape)
        {
            throw new ArgumentException($"Expected samples of shape {Model.InputShape}, got {data.Shape}.", nameof(data));
        }

        (int rows, int classes) = (Model.OutputShape.Tokens, Model.OutputShape.Width);
        if (data.LabelRows != rows)
        {
            throw new ArgumentException(
                $"Expected {rows} labels per sample, one for each row of the model's output {Model.OutputShape}, got {data.LabelRows}.",
                nameof(data));
        }

        for (int s = 0; s < data.Count; s++)
        {
            RequireFinite(data, s);
            if (Model.FindFault(data.Values(s)) is { } fault)
            {
                throw new ArgumentException($"Sample {s}: {fault}", nameof(data));
            }

            foreach (int label in data.Labels(s))
            {
                if (label >= classes)
                {
                    throw new ArgumentException($"Sample {s}: expected a label in 0..{classes - 1}, got {label}.", nameof(data));
                }
            }
        }

        int size = TrainingPlan.Of(_options, data.Count).LargestShard;
        if (_input.Capacity < size || Model.Capacity < size)
        {
            Allocate(size);
        }

        return size;
    }

    /// <summary>Computes the shards of one node of the batch's <see cref="ShardTree"/>: the parameters' gradients become their sum,
    /// the buffers the sum of what each shard makes of them.</summary>
    /// <param name="data">The data.</param>
    /// <param name="batch">The batch's samples.</param>
    /// <param name="place">Number of the batch's first sample and step; the count is not used.</param>
    /// <param name="shards">Shards of the batch.</param>
    /// <param name="node">First shard, and one beyond the last.</param>
    /// <returns>Sums of losses, right answers and labelled rows.</returns>
    /// <exception cref="NotFiniteNumberException">A number that a layer needs is not finite. Buffers are then those before.</exception>
    public LossSum Run(
        Dataset<T> data, ReadOnlySpan<int> batch, BatchInfo place, int shards, (int First, int End) node)
    {
        for (int b = 0; b < _buffers.Length; b++)
        {
            _buffers[b].Parameter.Value.CopyTo(_before[b]);
        }

        for (int level = 0; level < _blocks.Length; level++)
        {
            _blocks[level].Waits = false; // what a pass that failed has left
        }

        try
        {
            return Sum(data, batch, place, shards, node);
        }
        catch (NotFiniteNumberException)
        {
            RestoreBuffers();
            throw;
        }
    }

    /// <summary>Sets the buffers as they were before the last pass, if the training has several shards.</summary>
    public void RestoreBuffers()
    {
        for (int b = 0; b < _buffers.Length; b++)
        {
            _before[b].CopyTo(_buffers[b].Parameter.Value);
        }
    }

    /// <summary>Sums of losses, right answers and labelled rows of neighbouring samples; the model is in evaluation
    /// mode.</summary>
    public LossSum Evaluate(Dataset<T> data, int first, int count)
    {
        for (int s = 0; s < count; s++)
        {
            Fill(data, first + s, s);
        }

        Model.Forward(_input, _output, new BatchInfo(count, 0, first));
        return SoftmaxCrossEntropy.Sum(_output, Labels(count), labelled: 1, gradient: null, smoothing: 0);
    }

    /// <summary>Checks one sample: data are not copied, they may have changed since they were checked.</summary>
    public static void RequireFinite(Dataset<T> data, int sample)
    {
        if (!IsFinite(data.Values(sample)))
        {
            throw new ArgumentException($"Sample {sample} has a number that is NaN or infinite.", nameof(data));
        }
    }

    /// <summary>Whether all numbers are finite.</summary>
    public static bool IsFinite(ReadOnlySpan<T> values)
    {
        if (typeof(T) == typeof(float))
        {
            return Padding.IsFinite(MemoryMarshal.Cast<T, float>(values));
        }

        foreach (T value in values)
        {
            if (!T.IsFinite(value))
            {
                return false;
            }
        }

        return true;
    }

    // Shards join as digits carry: two blocks of 2^k make one of 2^(k+1), and what is left in the end joins from the right.
    private LossSum Sum(Dataset<T> data, ReadOnlySpan<int> batch, BatchInfo place, int shards, (int First, int End) node)
    {
        int labelled = 0;
        foreach (int sample in batch)
        {
            labelled += data.LabelledRows(sample);
        }

        var sum = default(LossSum);
        for (int shard = node.First; shard < node.End; shard++)
        {
            (int first, int count) = ShardTree.Samples(shard, shards, batch.Length);
            RestoreBuffers();
            sum = Shard(data, batch, place, (first, count), labelled);
            int done = shard - node.First + 1;
            int level = 0;
            for (; (done & (1 << level)) == 0; level++)
            {
                sum = Join(level, sum);
            }

            if (shard < node.End - 1)
            {
                ref (T[] Numbers, LossSum Sum, bool Waits) block = ref _blocks[level];
                block.Numbers ??= new T[_numbers.Length];
                _numbers.CopyTo(block.Numbers);
                (block.Sum, block.Waits) = (sum, true);
            }
        }

        for (int level = 0; level < _blocks.Length; level++)
        {
            sum = _blocks[level].Waits ? Join(level, sum) : sum;
        }

        return sum;
    }

    private LossSum Join(int level, LossSum sum)
    {
        ref (T[] Numbers, LossSum Sum, bool Waits) block = ref _blocks[level];
        block.Waits = false;
        _numbers.Add(block.Numbers);
        return block.Sum + sum;
    }

    // The gradient is that of the mean over all labelled rows of the batch.
    private LossSum Shard(Dataset<T> data, ReadOnlySpan<int> batch, BatchInfo place, (int First, int Count) shard, int labelled)
    {
        (int first, int count) = shard;
        for (int s = 0; s < count; s++)
        {
            Fill(data, batch[first + s], s);
        }

        NamedParameter<T>.ZeroGradients(Model.Parameters);
        Model.Forward(_input, _output, place with { Count = count, FirstSample = place.FirstSample + first });
        LossSum result = SoftmaxCrossEntropy.Sum(_output, Labels(count), labelled, _gradient, _options.LabelSmoothing);
        Model.Backward(_input, _gradient, null);
        return result;
    }

    [MemberNotNull(nameof(_input), nameof(_output), nameof(_gradient), nameof(_labels))]
    private void Allocate(int size)
    {
        try
        {
            _input = new Activations<T>(size, Model.InputShape);
            _output = new Activations<T>(size, Model.OutputShape);
            _gradient = new Activations<T>(size, Model.OutputShape);
            _labels = new int[checked(size * Model.OutputShape.Tokens)];
            Model.Allocate(size, _options.Threads);
        }
        catch (ArgumentOutOfRangeException e)
        {
            throw new ArgumentException(
                $"A batch of {size} samples is too large for the model: lower TrainerOptions.BatchSize. {e.Message}", e);
        }
    }

    private void Fill(Dataset<T> data, int sample, int slot)
    {
        _input.Set(slot, data.Values(sample));
        data.Labels(sample).CopyTo(_labels.AsSpan(slot * Model.OutputShape.Tokens));
    }

    private Span<int> Labels(int count) => _labels.AsSpan(0, count * Model.OutputShape.Tokens);
}
