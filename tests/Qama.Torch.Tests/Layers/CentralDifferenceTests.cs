using System.Runtime.InteropServices;
using Qama.Layers;
using Qama.Torch.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch.Tests.Layers;

/// <summary>Gradients in float64 are those of central differences, the selections being held.</summary>
public class CentralDifferenceTests
{
    private const int Batch = 3;
    private const double Step = 1e-5;

    public static TheoryData<string> Kinds =>
    [
        nameof(Stable), nameof(FirstVersion), nameof(Blocks), nameof(NormedAttention), nameof(Windowed), nameof(Expected), nameof(Scaled),
    ];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_kind_of_model(string kind)
    {
        QuboAttentionLayer<float> layer = kind switch
        {
            nameof(Stable) => new Stable(5),
            nameof(FirstVersion) => new FirstVersion(5),
            nameof(Blocks) => new Blocks(5),
            nameof(NormedAttention) => new NormedAttention(5),
            nameof(Windowed) => new Windowed(5),
            nameof(Expected) => new Expected(5),
            _ => new Scaled(5),
        };
        ModelDescriptor model = layer.Model;
        foreach (Parameter<float> weight in layer.Parameters.Where(p => p.Name.Contains("Norm.", StringComparison.Ordinal)))
        {
            float[] noise = Numbers.Random(weight.Length, 3);
            for (int i = 0; i < noise.Length; i++)
            {
                weight.Value[i] = 1.5f + 0.5f * noise[i];
            }
        }

        using var run = new TensorRun(layer);
        run.Lengths = tensor(new[] { model.Tokens, 2, model.Tokens - 1 });
        float[] x = Numbers.Random(Batch * model.Tokens * model.EmbeddingDim, 1);
        Tensor[] inputs = [.. Enumerable.Range(0, 3).Select(i => run.Leaf(
            [.. Numbers.Random(x.Length, i).Select(v => model.HasProjection ? v : 0.3f + Math.Abs(v))],
            Batch, model.Tokens, model.EmbeddingDim))];
        Tensor states = tensor(Numbers.Random(Batch * model.ReadCount * model.VariableCount, 8)).gt(-0.3)
            .view(Batch, model.ReadCount, model.HeadCount, model.Tokens, model.SelectionBits);
        states = states & arange(model.Tokens).lt(run.Lengths.unsqueeze(1)).view(Batch, 1, 1, model.Tokens, 1);
        var sampler = new ReplaySampler((_, _) => states.clone());
        TensorResult first = run.Forward(inputs, sampler);
        Tensor slope = run.Leaf(Numbers.Random((int)first.Output.numel(), 4), first.Output.shape).detach();
        first.Output.backward([slope]);
        double[] factors = model.Temperature is null ? [] : Reads(first, slope, states, model, run);
        using IDisposable mode = no_grad();
        foreach (Tensor leaf in inputs.Concat(run.Parameters))
        {
            double[] gradient = TensorRun.Values(leaf.grad!);
            double scale = Math.Max(1, gradient.Max(Math.Abs));
            for (int i = 0; i < gradient.Length; i += 1 + gradient.Length / 12)
            {
                double before = MemoryMarshal.Cast<byte, double>(leaf.bytes)[i];
                double up = Loss(before + Step), down = Loss(before - Step);
                MemoryMarshal.Cast<byte, double>(leaf.bytes)[i] = before;
                double expected = (up - down) / (2 * Step);
                Assert.True(
                    Math.Abs(expected - gradient[i]) <= 1e-6 * scale,
                    $"[{string.Join(", ", leaf.shape)}] at {i}: {expected}, {gradient[i]}.");

                double Loss(double value)
                {
                    MemoryMarshal.Cast<byte, double>(leaf.bytes)[i] = value;
                    TensorResult result = run.Forward(inputs, sampler);
                    double direct = (result.Output * slope).sum().ToDouble();
                    return direct + LogProbabilities(result, states, model).Zip(factors, (p, f) => p * f).Sum();
                }
            }
        }
    }

    /// <summary>Of every sample and read: how much the loss grows with log p, (G_r − mean G)/(R − 1).</summary>
    private static double[] Reads(TensorResult first, Tensor slope, Tensor states, ModelDescriptor model, TensorRun run)
    {
        using IDisposable mode = no_grad();
        Tensor s = states.to(ScalarType.Float64).squeeze(4);
        Tensor j = first.Problem.Couplings!.unsqueeze(1), f = first.Problem.Fields!.unsqueeze(1);
        Tensor energies = -(s * (matmul(j, s.unsqueeze(4)).squeeze(4) + f));
        Tensor outputs = (energies.unsqueeze(4) * run.Parameter("EnergyToValue")).transpose(2, 3).flatten(3);
        Tensor slopes = (outputs * slope.unsqueeze(1)).sum([2, 3]);
        return TensorRun.Values((slopes - slopes.mean([1], keepdim: true)) / (model.ReadCount - 1));
    }

    /// <summary>−E/T of every sample and read, from the energy's definition.</summary>
    private static double[] LogProbabilities(TensorResult result, Tensor states, ModelDescriptor model)
    {
        if (model.Temperature is not double temperature)
        {
            return [];
        }

        Tensor s = states.to(ScalarType.Float64).squeeze(4);
        Tensor j = result.Problem.Couplings!.unsqueeze(1), f = result.Problem.Fields!.unsqueeze(1);
        Tensor reward = (s * (matmul(j, s.unsqueeze(4)).squeeze(4) * model.CouplingWeight + f * model.FieldWeight)).sum([2, 3]);
        return TensorRun.Values(reward / temperature);
    }
}
