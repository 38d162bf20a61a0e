using System.Numerics;
using Qama.Layers;
using Qama.Numerics;
using Qama.Sampling;

namespace Qama.Tests.Layers;

/// <summary>A layer, its inputs, and what passes make of them.</summary>
internal sealed class LayerRun<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public const int Batch = 3;
    private readonly int[] _tokenCounts;

    public LayerRun(ModelDescriptor model, int[]? tokenCounts = null, T[]? mask = null, int threads = 1, LayerMode mode = LayerMode.Training)
    {
        Layer = new HandwrittenLayer<T>(model, mask) { Mode = mode };
        Workspace = Layer.CreateWorkspace(Batch, threads);
        _tokenCounts = tokenCounts ?? [HandwrittenLayer<T>.N, HandwrittenLayer<T>.N, HandwrittenLayer<T>.N];
        var random = new RandomStream(5);
        int length = Batch * HandwrittenLayer<T>.N * model.EmbeddingDim;
        Inputs = [Normal(length), Normal(length), Normal(length)];
        OutputGradient = Normal(length);
        Output = new T[length];
        InputGradients = [new T[length], new T[length], new T[length]];
        foreach (Parameter<T> parameter in Layer.Parameters)
        {
            Normal(parameter.Length).CopyTo(parameter.Value);
        }

        foreach (Parameter<T> buffer in Layer.Buffers)
        {
            foreach (ref T value in buffer.Value)
            {
                value = T.CreateTruncating(0.5 + random.NextDouble());
            }
        }

        States = [.. Enumerable.Range(0, Batch).Select(s => State(_tokenCounts[s]))];
        Sampler = new FixedSampler(States);

        T[] Normal(int count) => [.. Enumerable.Range(0, count).Select(_ => T.CreateTruncating(random.NextNormal()))];

        byte[] State(int tokens) => [.. Enumerable.Range(0, HandwrittenLayer<T>.Variables).Select(
            v => (byte)(v / 2 % HandwrittenLayer<T>.N < tokens && random.NextInt32(3) > 0 ? 1 : 0))];
    }

    public HandwrittenLayer<T> Layer { get; }

    public LayerWorkspace<T> Workspace { get; }

    /// <summary>Query, key and value.</summary>
    public T[][] Inputs { get; }

    public T[] OutputGradient { get; set; }

    public T[] Output { get; }

    public T[][] InputGradients { get; }

    public byte[][] States { get; }

    public ISampler Sampler { get; set; }

    public LayerRun<T> Forward()
    {
        Layer.Forward(Inputs[0], Inputs[1], Inputs[2], Output, Workspace, Sampler, _tokenCounts);
        return this;
    }

    public LayerRun<T> Backward()
    {
        Layer.Parameters.ZeroGradients();
        Layer.Backward(OutputGradient, InputGradients[0], InputGradients[1], InputGradients[2], Workspace);
        return this;
    }

    /// <summary>Σ y·G of a forward pass.</summary>
    public double Loss()
    {
        Forward();
        return Output.Zip(OutputGradient, (y, g) => double.CreateTruncating(y * g)).Sum();
    }
}
