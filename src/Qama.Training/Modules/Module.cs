using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using Qama.Layers;
using Qama.Numerics;

namespace Qama.Training.Modules;

/// <summary>
/// A differentiable function of a batch with trainable parameters. Memory is allocated once for a largest batch; passes
/// allocate nothing. Results depend neither on the number of threads nor on the processor's vector width.
/// </summary>
/// <typeparam name="T">float; double for verification.</typeparam>
[SuppressMessage("Naming", "CA1716:Identifiers should not match keywords", Justification = "The field's word.")]
public abstract class Module<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private LayerMode _mode = LayerMode.Training;
    private int[] _tokenCounts = [];

    /// <summary>Sets the shapes.</summary>
    /// <param name="input">Shape of an input sample.</param>
    /// <param name="output">Shape of an output sample.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number of a shape is below 1.</exception>
    protected Module(TokenShape input, TokenShape output)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(input.Tokens, 1, nameof(input));
        ArgumentOutOfRangeException.ThrowIfLessThan(input.Width, 1, nameof(input));
        ArgumentOutOfRangeException.ThrowIfLessThan(output.Tokens, 1, nameof(output));
        ArgumentOutOfRangeException.ThrowIfLessThan(output.Width, 1, nameof(output));
        InputShape = input;
        OutputShape = output;
    }

    /// <summary>Shape of an input sample.</summary>
    public TokenShape InputShape { get; }

    /// <summary>Shape of an output sample.</summary>
    public TokenShape OutputShape { get; }

    /// <summary>The trainable parameters, in a fixed order.</summary>
    public IReadOnlyList<NamedParameter<T>> Parameters { get; protected init; } = [];

    /// <summary>State that is not trained: running statistics. Its gradients are unused.</summary>
    public IReadOnlyList<NamedParameter<T>> Buffers { get; protected init; } = [];

    /// <summary>Parameters and buffers: everything that a saved model needs.</summary>
    public IReadOnlyList<NamedParameter<T>> State => [.. Parameters, .. Buffers];

    /// <summary>What the module computes besides what its <see cref="State"/> says, as lines of text: modules with
    /// equal descriptions and states do the same. A checkpoint keeps it, so that no other model continues its
    /// training.</summary>
    /// <remarks>Type and shapes, unless a module says more: override it where a setting decides results and neither
    /// shapes nor state show it.</remarks>
    public virtual string Description => $"{GetType().Namespace}.{GetType().Name} {InputShape} to {OutputShape}";

    /// <summary>Largest batch that memory is allocated for; 0 before <see cref="Allocate"/>.</summary>
    public int Capacity { get; private set; }

    /// <summary>Threads that passes use.</summary>
    public int Threads { get; private set; }

    /// <summary>Training (initially) or evaluation.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not a mode.</exception>
    public LayerMode Mode
    {
        get => _mode;
        set
        {
            _mode = Enum.IsDefined(value)
                ? value
                : throw new ArgumentOutOfRangeException(nameof(value), value, "Expected Training or Evaluation.");
            OnModeChanged();
        }
    }

    /// <summary>Samples of the last forward pass; 0 before one.</summary>
    protected int Count { get; private set; }

    /// <summary>Tokens present in each sample of the last forward pass, [<see cref="Count"/>]; empty for all of every sample.</summary>
    protected ReadOnlySpan<int> TokenCounts => _tokenCounts.AsSpan(0, HasTokenCounts ? Count : 0);

    private bool HasTokenCounts { get; set; }

    /// <summary>What is wrong with the numbers of an input sample that its shape does not say, as a sentence; null if nothing
    /// is. Data are checked with it before a training or an evaluation begins.</summary>
    /// <param name="sample">[tokens, width], unpadded.</param>
    /// <remarks>Null unless a module says otherwise: override it where inputs must be whole numbers, or positive.</remarks>
    public virtual string? FindFault(ReadOnlySpan<T> sample) => null;

    /// <summary>Allocates the memory of passes, replacing what there was.</summary>
    /// <param name="capacity">Largest batch, at least 1.</param>
    /// <param name="threads">Threads; 0 for all processors.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is too small, or the capacity so large that the module's
    /// numbers fit into no array; the module then has no memory.</exception>
    public void Allocate(int capacity, int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        Capacity = capacity;
        Threads = threads == 0 ? WorkerPool.DefaultWorkers : threads;
        Count = 0;
        try
        {
            AllocateCore();
        }
        catch (Exception e)
        {
            Capacity = 0;
            if (e is OverflowException)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(capacity), capacity, $"{GetType().Name}: the numbers of so many samples fit into no array.");
            }

            throw;
        }
    }

    /// <summary>Computes the output of a batch.</summary>
    /// <param name="input">The batch; not changed. Keep it unchanged until <see cref="Backward"/>.</param>
    /// <param name="output">Receives the result.</param>
    /// <param name="batch">Number and position of the samples.</param>
    /// <exception cref="ArgumentException">A shape differs from the module's, the batch exceeds a capacity, or it has token counts that
    /// are not one of at least 1 for each sample.</exception>
    public void Forward(Activations<T> input, Activations<T> output, BatchInfo batch)
    {
        Check(input, InputShape, nameof(input), batch.Count);
        Check(output, OutputShape, nameof(output), batch.Count);
        if (batch.Count < 1 || batch.Count > Capacity)
        {
            throw new ArgumentException(
                $"Expected a batch of 1 to {Capacity} samples (what Allocate was called with), got {batch.Count}.", nameof(batch));
        }

        Keep(batch.TokenCounts.Span, batch.Count);
        Count = batch.Count;
        ForwardCore(input, output, batch);
    }

    /// <summary>Takes the loss's gradient back through the last forward pass; adds to the parameters' gradients.</summary>
    /// <param name="input">The input of that pass.</param>
    /// <param name="outputGradient">∂L/∂output.</param>
    /// <param name="inputGradient">Receives ∂L/∂input; null if not wanted.</param>
    /// <exception cref="ArgumentException">A shape differs from the module's, or a capacity is below the batch.</exception>
    /// <exception cref="InvalidOperationException">There was no forward pass in training mode.</exception>
    public void Backward(Activations<T> input, Activations<T> outputGradient, Activations<T>? inputGradient)
    {
        if (Count == 0 || Mode != LayerMode.Training)
        {
            throw new InvalidOperationException("Backward needs a Forward pass in training mode before it.");
        }

        Check(input, InputShape, nameof(input), Count);
        Check(outputGradient, OutputShape, nameof(outputGradient), Count);
        if (inputGradient is not null)
        {
            Check(inputGradient, InputShape, nameof(inputGradient), Count);
        }

        BackwardCore(input, outputGradient, inputGradient);
    }

    /// <summary>Tokens present in a sample of the last forward pass: all unless the batch said less.</summary>
    /// <param name="sample">Index in the batch.</param>
    protected int TokensOf(int sample) =>
        HasTokenCounts ? Math.Min(_tokenCounts[sample], InputShape.Tokens) : InputShape.Tokens;

    /// <summary>Allocates for <see cref="Capacity"/> samples and <see cref="Threads"/> threads.</summary>
    protected abstract void AllocateCore();

    /// <summary>The forward pass; arguments are checked.</summary>
    protected abstract void ForwardCore(Activations<T> input, Activations<T> output, BatchInfo batch);

    /// <summary>The backward pass; arguments are checked.</summary>
    protected abstract void BackwardCore(Activations<T> input, Activations<T> outputGradient, Activations<T>? inputGradient);

    /// <summary>Called after <see cref="Mode"/> was set.</summary>
    protected virtual void OnModeChanged()
    {
    }

    // Copied: a backward pass needs them too.
    private void Keep(ReadOnlySpan<int> counts, int samples)
    {
        if (!counts.IsEmpty && (counts.Length != samples || counts.ContainsAnyExceptInRange(1, int.MaxValue)))
        {
            throw new ArgumentException(
                $"Expected no token counts or {samples} of at least 1, got {counts.Length}: "
                    + $"{string.Join(", ", counts[..Math.Min(counts.Length, 8)].ToArray())}.",
                nameof(counts));
        }

        HasTokenCounts = !counts.IsEmpty;
        if (HasTokenCounts)
        {
            _tokenCounts = _tokenCounts.Length < Capacity ? new int[Capacity] : _tokenCounts;
            counts.CopyTo(_tokenCounts);
        }
    }

    private static void Check(Activations<T> activations, TokenShape shape, string name, int count)
    {
        ArgumentNullException.ThrowIfNull(activations, name);
        if (activations.Shape != shape || activations.Capacity < count)
        {
            throw new ArgumentException(
                $"Expected at least {count} samples of shape {shape}, got {activations.Capacity} of {activations.Shape}.", name);
        }
    }
}
