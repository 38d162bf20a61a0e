using Qama.Layers;
using Qama.Numerics;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Tool.Tests.Inspecting;

/// <summary>Layers of the declared models, by name.</summary>
internal sealed class Samples : IDisposable
{
    private readonly Dictionary<string, QuboAttentionLayer<float>> _layers = [];

    public ModelDescriptor Descriptor(string name) => Layer(name).Model;

    /// <summary>What one sample more adds to a workspace.</summary>
    public double Bytes(string name) => Layer(name).WorkspaceBytes(7, 3) - Layer(name).WorkspaceBytes(6, 3);

    /// <summary>Problems of random inputs.</summary>
    public ProblemBatch Problems(string name, int count)
    {
        QuboAttentionLayer<float> layer = Layer(name);
        LayerWorkspace<float> workspace = layer.CreateWorkspace(count, 1);
        var random = new RandomStream(1);
        float[] input = [.. Enumerable.Range(0, count * layer.Model.Tokens * layer.Model.EmbeddingDim).Select(_ =>
            (float)random.NextDouble() - 0.5f)];
        layer.Forward(input, new float[count * layer.Model.Tokens * layer.Model.OutputDim], workspace,
            new SimulatedAnnealingSampler());
        return workspace.Problems;
    }

    public void Dispose() => _layers.Clear();

    private QuboAttentionLayer<float> Layer(string name) =>
        _layers.TryGetValue(name, out QuboAttentionLayer<float>? layer)
        ? layer : _layers[name] = name switch
        {
            nameof(Dense) => new Dense(1),
            nameof(DenseTwice) => new DenseTwice(1),
            nameof(Factored) => new Factored(1),
            nameof(FactoredTwice) => new FactoredTwice(1),
            nameof(PerQuery) => new PerQuery(1),
            nameof(PerQueryTwice) => new PerQueryTwice(1),
            nameof(Causal) => new Causal(1),
            nameof(CausalTwice) => new CausalTwice(1),
            _ => throw new ArgumentException($"No such model: {name}.", nameof(name)),
        };
}
