using Qama.Layers;
using Qama.Problems;
using Qama.Sampling;
using Qama.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Examples.TorchSharpDigits;

/// <summary>An attention operator of one block: a module, and what the training asks of declared ones.</summary>
/// <param name="Module">[batch, tokens, width] to the same.</param>
internal sealed record Attention(nn.Module<Tensor, Tensor> Module)
{
    public const int Width = 64;
    public const int Heads = 4;

    /// <summary>Operators by the name that the command line has for them.</summary>
    public static readonly IReadOnlyDictionary<string, Func<Settings, long, Attention>> All =
        new Dictionary<string, Func<Settings, long, Attention>>
        {
            ["softmax"] = (_, _) => new Attention(new SoftmaxAttention(Width, Heads)),
            ["qamav2"] = (settings, seed) => Declared(new QamaV2Attention.TorchModule(seed, Annealing(settings)), settings),
            ["qamav2stable"] = (settings, seed) => Declared(new QamaV2StableAttention.TorchModule(seed, Annealing(settings)), settings),
            ["sparse"] = (settings, seed) => Declared(new SparseAttention.TorchModule(seed, Annealing(settings)), settings),
            ["selected"] = (settings, seed) => Declared(new SelectedAttention.TorchModule(seed, Annealing(settings)), settings),
        };

    /// <summary>Share of tokens that a head selected in the last call, for a batch of that size; softmax attention uses all.</summary>
    public Func<int, double> TokensUsed { get; private init; } = _ => 1;

    /// <summary>Goes on with the random numbers of a training step: what a resumed run needs beside parameters.</summary>
    public Action<long> MoveToStep { get; private init; } = _ => { };

    private static SimulatedAnnealingSampler Annealing(Settings settings) => new() { Sweeps = settings.Sweeps };

    private static Attention Declared<TModel>(QuboAttentionModule<TModel, float> module, Settings settings)
        where TModel : QuboAttentionLayer<float>, IQuboAttention<TModel>
    {
        module.Backend = settings.Backend;
        return new Attention(module)
        {
            TokensUsed = batch => module.SelectedBits is { } bits ? MeanOf(bits) : MeanOf(module.Samples!, batch),
            MoveToStep = step => module.SamplingKey = module.SamplingKey with { Step = step },
        };
    }

    private static double MeanOf(Tensor bits)
    {
        using DisposeScope scope = NewDisposeScope();
        return bits.to(ScalarType.Float32).mean().item<float>();
    }

    private static double MeanOf(SampleSet samples, int batch)
    {
        double selected = 0;
        for (int sample = 0; sample < batch; sample++)
        {
            selected += samples.State(sample).Count((byte)1);
        }

        return selected / ((double)batch * samples.VariableCount);
    }
}
