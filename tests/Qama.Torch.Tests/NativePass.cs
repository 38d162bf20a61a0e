using Qama.Layers;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Torch.Tests;

/// <summary>The native layer's own forward and backward pass: what a module must agree with.</summary>
internal sealed class NativePass
{
    public NativePass(
        QuboAttentionLayer<float> layer, float[][] inputs, float[] outputGradient, ISampler sampler, int[]? lengths = null, long step = 0,
        int[]? keyLengths = null)
    {
        ModelDescriptor model = layer.Model;
        int batch = inputs[0].Length / (model.Tokens * model.EmbeddingDim);
        LayerWorkspace<float> workspace = layer.CreateWorkspace(batch);
        workspace.Key = new SamplingKey(layer.Seed, step);
        Output = new float[batch * model.Tokens * model.OutputDim];
        InputGradients = [.. inputs.Select(i => new float[i.Length])];
        layer.Parameters.ZeroGradients();
        if (inputs.Length == 1)
        {
            layer.Forward(inputs[0], Output, workspace, sampler, lengths);
            layer.Backward(outputGradient, InputGradients[0], workspace);
        }
        else
        {
            layer.Forward(inputs[0], inputs[1], inputs[2], Output, workspace, sampler, lengths, keyLengths);
            layer.Backward(outputGradient, InputGradients[0], InputGradients[1], InputGradients[2], workspace);
        }

        ParameterGradients = layer.Parameters.ToDictionary(p => p.Name, p => p.Gradient.ToArray());
        Held = new FixedSampler(workspace.Samples);
    }

    public float[] Output { get; }

    public float[][] InputGradients { get; }

    public IReadOnlyDictionary<string, float[]> ParameterGradients { get; }

    /// <summary>Replays what was selected.</summary>
    public FixedSampler Held { get; }
}
