using System.Numerics;
using Qama.Numerics;
using Qama.Numerics.Vectors;
using Qama.Training.Modules;

namespace Qama.Training.Layers;

/// <summary>y = x + inner(x) (He et al., arXiv 1512.03385). Parameters keep the inner module's names.</summary>
/// <typeparam name="T">float; double for verification.</typeparam>
public sealed class Residual<T> : Module<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Module<T> _inner;
    private Sum? _sum;

    /// <summary>Wraps a module.</summary>
    /// <param name="inner">A module whose output has its input's shape.</param>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public Residual(Module<T> inner)
        : base(Checked(inner).InputShape, inner.OutputShape)
    {
        _inner = inner;
        Parameters = inner.Parameters;
        Buffers = inner.Buffers;
    }

    /// <inheritdoc/>
    public override string Description => $"{base.Description}\n{_inner.Description}";

    /// <inheritdoc/>
    protected override void AllocateCore()
    {
        _inner.Allocate(Capacity, Threads);
        _sum = new Sum();
    }

    /// <inheritdoc/>
    protected override void ForwardCore(Activations<T> input, Activations<T> output, BatchInfo batch)
    {
        _inner.Forward(input, output, batch);
        Add(input, output);
    }

    /// <inheritdoc/>
    protected override void BackwardCore(Activations<T> input, Activations<T> outputGradient, Activations<T>? inputGradient)
    {
        _inner.Backward(input, outputGradient, inputGradient);
        if (inputGradient is not null)
        {
            Add(outputGradient, inputGradient);
        }
    }

    /// <inheritdoc/>
    protected override void OnModeChanged() => _inner.Mode = Mode;

    private static Module<T> Checked(Module<T> inner)
    {
        ArgumentNullException.ThrowIfNull(inner);
        return inner.InputShape == inner.OutputShape
            ? inner
            : throw new ArgumentException(
                $"Expected a module with equal input and output shapes, got {inner.InputShape} and {inner.OutputShape}.", nameof(inner));
    }

    private void Add(Activations<T> source, Activations<T> target)
    {
        int length = Count * InputShape.Tokens * source.Stride;
        _sum!.Run(source.Values.AsMemory(0, length), target.Values.AsMemory(0, length), Threads);
    }

    // target ← target + source, a few pages at a time.
    private sealed class Sum : ParallelJob
    {
        private const int Part = 1 << 14;
        private ReadOnlyMemory<T> _source;
        private Memory<T> _target;

        public void Run(ReadOnlyMemory<T> source, Memory<T> target, int threads)
        {
            (_source, _target) = (source, target);
            WorkerPool.Shared.Run(this, (source.Length + Part - 1) / Part, threads);
            (_source, _target) = (default, default);
        }

        public override void Execute(int index, int worker)
        {
            int start = index * Part;
            Rows.AddScaled(T.One, _source.Span.Slice(start, Math.Min(Part, _source.Length - start)), _target.Span[start..]);
        }
    }
}
