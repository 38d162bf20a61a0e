using Qama.Layers;
using Qama.Sampling;

namespace Qama.Examples.Quickstart;

/// <summary>From random input to selections and output, and what the layer is.</summary>
internal static class ForwardPass
{
    public static void Run()
    {
        var layer = new FindMarked(seed: 1);
        LayerWorkspace<float> workspace = layer.CreateWorkspace(batch: 4);

        var random = new Random(1);
        float[] input = [.. Enumerable.Range(0, 4 * 8 * 8).Select(_ => random.NextSingle() - 0.5f)];
        var output = new float[4 * 8 * 8];                  // [batch, Tokens, HeadCount * HeadDim]
        layer.Forward(input, output, workspace, new SimulatedAnnealingSampler());

        for (int head = 0; head < FindMarked.HeadCount; head++)
        {
            Span<byte> selected = workspace.Samples.State(problem: 0).Slice(head * FindMarked.Tokens, FindMarked.Tokens);
            Console.WriteLine($"head {head} selects {string.Join("", selected.ToArray())}");
        }

        Console.WriteLine($"energy {workspace.Samples.Energy(0):0.000}");

        ModelDescriptor model = FindMarked.Descriptor;
        Console.WriteLine($"{model.VariableCount} variables, {model.SlackCount} slack bits, {model.SpinCount} spins");
        foreach (TermDescription term in model.Terms)
        {
            Console.WriteLine($"  {term.Name}: {term.Formula}");
        }

        foreach (Parameter<float> parameter in layer.Parameters)
        {
            Console.WriteLine($"  {parameter}");
        }
    }
}
