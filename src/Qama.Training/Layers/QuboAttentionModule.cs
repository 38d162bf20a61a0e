using System.Numerics;
using Qama.Layers;
using Qama.Problems;
using Qama.Sampling;
using Qama.Training.Modules;

namespace Qama.Training.Layers;

/// <summary>A declared QUBO attention layer and its sampler as a module of a trained model.</summary>
/// <typeparam name="T">Element type of the layer.</typeparam>
/// <remarks>The sampler's random numbers follow from the layer's seed, the training step and the sample's index
/// (<see cref="BatchInfo"/>).</remarks>
public sealed class QuboAttentionModule<T> : Module<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly QuboAttentionLayer<T> _layer;
    private LayerWorkspace<T>? _workspace;
    private T[] _packedInput = [];
    private T[] _packedOutput = [];

    /// <summary>Wraps a layer; the module trains the layer's own parameters.</summary>
    /// <param name="layer">The declared layer.</param>
    /// <param name="sampler">What finds its selections; may be exchanged later.</param>
    public QuboAttentionModule(QuboAttentionLayer<T> layer, ISampler sampler)
        : base(InputOf(layer), new TokenShape(layer.Model.Tokens, layer.Model.OutputDim))
    {
        ArgumentNullException.ThrowIfNull(sampler);
        _layer = layer;
        Sampler = sampler;
        Parameters = NamedParameter<T>.Of(layer.Parameters);
        Buffers = NamedParameter<T>.Of(layer.Buffers);
    }

    /// <summary>What finds the selections.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public ISampler Sampler
    {
        get;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    }

    /// <summary>The declared layer.</summary>
    public QuboAttentionLayer<T> Layer => _layer;

    /// <summary>What the sampler found in the last forward pass: selections and energies.</summary>
    /// <exception cref="InvalidOperationException">No memory was allocated yet.</exception>
    public SampleSet Samples => Workspace.Samples;

    /// <summary>The mean energy of the selections of the last forward pass, of all its problems, of several reads the first; NaN before
    /// one. Causal selections: of the last blocks alone.</summary>
    /// <exception cref="InvalidOperationException">No memory was allocated yet.</exception>
    public double MeanEnergy
    {
        get
        {
            int problems = Count == 0 ? 0 : Workspace.Problems.Count;
            double sum = 0;
            for (int p = 0; p < problems; p++)
            {
                sum += Samples.Energy(p);
            }

            return sum / problems;
        }
    }

    /// <summary>The declared layer and the sampler's name. (What has the sampler exchanged while it trains exchanges it
    /// after loading a checkpoint, too.)</summary>
    public override string Description => $"{base.Description}, by {Sampler.Name}\n{_layer.Description}";

    private LayerWorkspace<T> Workspace =>
        _workspace ?? throw new InvalidOperationException("Call Allocate first: the module has no memory yet.");

    /// <inheritdoc/>
    protected override void AllocateCore()
    {
        _workspace = _layer.CreateWorkspace(Capacity, Threads);
        _packedInput = new T[checked(Capacity * InputShape.Tokens * InputShape.Width)];
        _packedOutput = new T[checked(Capacity * OutputShape.Tokens * OutputShape.Width)];
    }

    /// <inheritdoc/>
    protected override void ForwardCore(Activations<T> input, Activations<T> output, BatchInfo batch)
    {
        Workspace.Key = new SamplingKey(_layer.Seed, batch.Step, batch.FirstSample);
        Span<T> x = Packed(input, _packedInput);
        Span<T> y = Packed(output, _packedOutput, copy: false);
        _layer.Forward(x, y, Workspace, Sampler, TokenCounts);
        Unpack(y, output);
    }

    /// <inheritdoc/>
    protected override void BackwardCore(Activations<T> input, Activations<T> outputGradient, Activations<T>? inputGradient)
    {
        Span<T> y = Packed(outputGradient, _packedOutput);
        Span<T> x = inputGradient is null ? [] : Packed(inputGradient, _packedInput, copy: false);
        _layer.Backward(y, x, Workspace);
        if (inputGradient is not null)
        {
            Unpack(x, inputGradient);
        }
    }

    /// <inheritdoc/>
    protected override void OnModeChanged() => _layer.Mode = Mode;

    private static TokenShape InputOf(QuboAttentionLayer<T> layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return new TokenShape(layer.Model.Tokens, layer.Model.EmbeddingDim);
    }

    /// <summary>The batch without padding: the activations themselves where rows have none, a copy otherwise.</summary>
    private Span<T> Packed(Activations<T> activations, T[] memory, bool copy = true)
    {
        int perSample = activations.Shape.Tokens * activations.Shape.Width;
        if (activations.Stride == activations.Shape.Width)
        {
            return activations.Values.AsSpan(0, Count * perSample);
        }

        for (int s = 0; s < Count && copy; s++)
        {
            activations.Get(s, memory.AsSpan(s * perSample, perSample));
        }

        return memory.AsSpan(0, Count * perSample);
    }

    private void Unpack(ReadOnlySpan<T> packed, Activations<T> activations)
    {
        if (activations.Stride == activations.Shape.Width)
        {
            return;
        }

        int perSample = activations.Shape.Tokens * activations.Shape.Width;
        for (int s = 0; s < Count; s++)
        {
            activations.Set(s, packed.Slice(s * perSample, perSample));
        }
    }
}
