using System.Reflection;
using Qama.Layers;
using Qama.Numerics;
using Qama.Problems;
using Qama.Sampling;
using Qama.Torch.Energies;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch.Tests.Sampling;

/// <summary>The same problems twice: for native samplers and as tensors.</summary>
public sealed record SamplerProblem(AttentionProblemBatch Native, TensorProblem Tensors)
{
    // Threads that wait for the next of many short operations would take the processors from everyone else.
    static SamplerProblem() => set_num_threads(1);

    public int Variables => Native.VariableCount;

    /// <summary>Random problems, of a symmetric J and f of unit variance.</summary>
    /// <param name="count">Number of problems.</param>
    /// <param name="seed">Of the coefficients.</param>
    /// <param name="lengths">Tokens present; null for all.</param>
    /// <param name="type">Of the tensors.</param>
    public static SamplerProblem Of<TModel>(
        int count, int seed, int[]? lengths = null, ScalarType type = ScalarType.Float32, float scale = 1)
        where TModel : IQuboAttention<TModel>
    {
        TensorEnergy energy = EnergyOf(typeof(TModel));
        (int heads, int tokens) = (energy.Heads, energy.Tokens);
        var random = new RandomStream((ulong)seed);
        var problems = new (ReadOnlyMemory<float>, ReadOnlyMemory<float>)[count];
        var couplings = new float[count, heads, tokens, tokens];
        var fields = new float[count, heads, tokens];
        var present = new bool[count, tokens];
        for (int p = 0; p < count; p++)
        {
            int length = lengths?[p] ?? tokens;
            var j = new float[heads * tokens * tokens];
            var f = new float[energy.HasField ? heads * tokens : 0];
            for (int h = 0; h < heads; h++)
            {
                for (int a = 0; a < tokens; a++)
                {
                    present[p, a] = a < length;
                    for (int b = energy.KeepsDiagonal ? a : a + 1; b < tokens; b++)
                    {
                        // Binary fractions, so that half precision holds them too.
                        float value = energy.HasCoupling && b < length ? scale * MathF.Round((float)random.NextNormal() * 64) / 64 : 0;
                        couplings[p, h, a, b] = couplings[p, h, b, a] = value;
                        j[(((h * tokens) + a) * tokens) + b] = j[(((h * tokens) + b) * tokens) + a] = value;
                    }

                    if (energy.HasField && a < length)
                    {
                        f[(h * tokens) + a] = fields[p, h, a] = scale * MathF.Round((float)random.NextNormal() * 64) / 64;
                    }
                }
            }

            problems[p] = (j, f);
        }

        AttentionProblemBatch<TModel> native = AttentionProblemBatch<TModel>.FromDense(problems);
        for (int p = 0; p < count; p++)
        {
            native.TokenCounts[p] = lengths?[p] ?? tokens;
            native.UpdatePenaltyWeights(p);
        }

        var tensors = new TensorProblem(
            energy, energy.HasCoupling ? tensor(couplings).to(type) : null, energy.HasField ? tensor(fields).to(type) : null,
            tensor(present));
        if (energy.ComputedWeightCount > 0)
        {
            var weights = new double[count * energy.ComputedWeightCount];
            for (int p = 0; p < count; p++)
            {
                native.View(p).PenaltyWeights.CopyTo(weights.AsSpan(p * energy.ComputedWeightCount));
            }

            tensors.ComputedWeights = tensor(weights, [count, energy.ComputedWeightCount], ScalarType.Float64).to(type);
        }

        return new SamplerProblem(native, tensors);
    }

    /// <summary>Of a model by its type.</summary>
    public static SamplerProblem Of(
        Type model, int count, int seed, int[]? lengths = null, ScalarType type = ScalarType.Float32, float scale = 1) =>
        (SamplerProblem)typeof(SamplerProblem).GetMethods().Single(m => m.Name == nameof(Of) && m.IsGenericMethod)
            .MakeGenericMethod(model).Invoke(null, [count, seed, lengths, type, scale])!;

    /// <summary>What generated code says about the energy of a model.</summary>
    public static TensorEnergy EnergyOf(Type model)
    {
        Type energy = Nested(model).Single(t => t.IsAssignableTo(typeof(IDeclaredEnergy)));
        return (TensorEnergy)typeof(TensorEnergy).GetMethod(nameof(TensorEnergy.Of))!.MakeGenericMethod(energy).Invoke(null, null)!;
    }

    /// <summary>The lowest energy of every problem, by enumeration.</summary>
    public double[] Minima()
    {
        var set = new SampleSet(Native.Count, 1, Variables);
        new ExactSampler().SampleAsync(Native, set, default).AsTask().GetAwaiter().GetResult();
        return [.. Enumerable.Range(0, Native.Count).Select(p => set.Energy(p))];
    }

    /// <summary>The share of reads of a native sampler that end in a state of lowest energy.</summary>
    public double SuccessOf(ISampler sampler, int reads, int seed, double[] minima)
    {
        var set = new SampleSet(Native.Count, reads, Variables);
        sampler.SampleAsync(Native, set, new SamplingKey(seed)).AsTask().GetAwaiter().GetResult();
        return (from p in Enumerable.Range(0, Native.Count) from r in Enumerable.Range(0, reads) select set.Energy(p, r) <= Near(minima[p]) ? 1.0 : 0)
            .Average();
    }

    /// <summary>The same of a sampler on tensors.</summary>
    public double SuccessOf(Qama.Torch.Sampling.ITensorSampler sampler, int reads, int seed, double[] minima)
    {
        using Qama.Torch.Sampling.TensorSamples samples = sampler.Sample(Tensors, reads, null, new SamplingKey(seed));
        byte[][] states = States(samples.States);
        return states.Select((s, k) => Native.Energy(k / reads, s) <= Near(minima[k / reads]) ? 1.0 : 0).Average();
    }

    /// <summary>States as native ones, problem by problem, read by read.</summary>
    public byte[][] States(Tensor states)
    {
        using Tensor host = states.to(ScalarType.Byte, CPU).contiguous();
        return [.. host.bytes.ToArray().Chunk(Variables)];
    }

    private static double Near(double minimum) => minimum + 1e-5 + (1e-5 * Math.Abs(minimum));

    private static IEnumerable<Type> Nested(Type type) => type
        .GetNestedTypes(BindingFlags.Public | BindingFlags.NonPublic).SelectMany(t => Nested(t).Prepend(t));
}
