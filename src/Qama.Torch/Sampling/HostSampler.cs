using System.Runtime.InteropServices;
using Qama.Layers;
using Qama.Problems;
using Qama.Sampling;
using Qama.Torch.Energies;
using TorchSharp;
using Padding = Qama.Numerics.Matrices.Padding;
using static TorchSharp.torch;

namespace Qama.Torch.Sampling;

/// <summary>A sampler of the host for problems on a device: coefficients are copied to the host, states back. For exact
/// enumeration, for a replay, for a machine.</summary>
/// <typeparam name="TModel">The declared class whose problems these are.</typeparam>
/// <remarks>Coefficients become float32, in which native samplers compute; weights of hard constraints are computed
/// from them on the host. Energies are those that the native sampler reports, rounded to the problem's type. The call
/// waits for the sampler.</remarks>
public sealed class HostSampler<TModel> : ITensorSampler
    where TModel : IQuboAttention<TModel>
{
    private readonly ISampler _sampler;

    /// <summary>Wraps a sampler.</summary>
    /// <param name="sampler">What finds the states.</param>
    public HostSampler(ISampler sampler)
    {
        ArgumentNullException.ThrowIfNull(sampler);
        _sampler = sampler;
    }

    /// <inheritdoc/>
    public string Name => _sampler.Name;

    /// <inheritdoc/>
    public bool SamplesAtTemperature => _sampler.SamplesAtTemperature;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A coefficient is NaN or infinite, or numbers are outside the range that
    /// native problems accept (<see cref="AttentionProblemBatch{TModel}"/>); or the problem is not one of
    /// <typeparamref name="TModel"/>; or the tokens present are not the first ones.</exception>
    public TensorSamples Sample(TensorProblem problem, int reads, double? temperature, SamplingKey key)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentOutOfRangeException.ThrowIfLessThan(reads, 1);
        ModelDescriptor model = TModel.Descriptor;
        TensorEnergy energy = problem.Energy;
        if ((model.HeadCount, model.Tokens, model.SelectionBits, model.HasField)
            != (energy.Heads, energy.Tokens, energy.Bits, energy.HasField))
        {
            throw new ArgumentException($"Expected a problem of {model.Name}.", nameof(problem));
        }

        using IDisposable mode = no_grad();
        using DisposeScope scope = NewDisposeScope();
        long[] shape = [problem.Count, reads, energy.Heads, energy.Tokens, energy.Bits];
        Tensor states = zeros(shape, ScalarType.Bool, CPU);
        Tensor energies = zeros([problem.Count, reads], ScalarType.Float64, CPU);
        if (problem.Count > 0)
        {
            AttentionProblemBatch<TModel> problems = ToHost(problem);
            var result = new SampleSet(problem.Count, reads, problems.VariableCount) { Temperature = temperature };
            _sampler.SampleAsync(problems, result, key).AsTask().GetAwaiter().GetResult();
            Copy(result, states.bytes, MemoryMarshal.Cast<byte, double>(energies.bytes));
        }

        return new TensorSamples(
            scope.MoveToOuter(states.to(problem.Device)),
            scope.MoveToOuter(energies.to(problem.NumberType, problem.Device)));
    }

    private static AttentionProblemBatch<TModel> ToHost(TensorProblem problem)
    {
        int[] counts = TokenCounts(problem);
        int tokens = problem.Energy.Tokens;
        int rows = problem.Count * problem.Energy.Heads;
        var problems = new AttentionProblemBatch<TModel>(
            problem.Count, Rows(problem.Couplings, rows * tokens, tokens), Rows(problem.Fields, rows, tokens));
        counts.CopyTo(problems.TokenCounts);
        for (int p = 0; p < problem.Count; p++)
        {
            problems.UpdatePenaltyWeights(p);
        }

        return problems;
    }

    private static int[] TokenCounts(TensorProblem problem)
    {
        ReadOnlySpan<byte> present = problem.Present.to(CPU).contiguous().bytes;
        int tokens = problem.Energy.Tokens;
        var counts = new int[problem.Count];
        for (int p = 0; p < counts.Length; p++)
        {
            ReadOnlySpan<byte> row = present.Slice(p * tokens, tokens);
            counts[p] = row.Count((byte)1);
            if (row[..counts[p]].Contains((byte)0))
            {
                throw new ArgumentException(
                    $"Problem {p} of the batch: expected the tokens present to be the first ones.", nameof(problem));
            }
        }

        return counts;
    }

    // Rows padded with zeros; zeros without a tensor.
    private static float[] Rows(Tensor? tensor, int rows, int tokens)
    {
        int stride = Padding.Stride(tokens);
        var padded = new float[rows * stride];
        if (tensor is not null)
        {
            Tensor host = tensor.to(ScalarType.Float32, CPU).contiguous();
            Padding.Copy(MemoryMarshal.Cast<byte, float>(host.bytes), tokens, padded.AsSpan(), stride, rows, tokens);
        }

        return padded;
    }

    private static void Copy(SampleSet result, Span<byte> states, Span<double> energies)
    {
        for (int k = 0; k < energies.Length; k++)
        {
            (int problem, int read) = (k / result.ReadCount, k % result.ReadCount);
            energies[k] = result.Energy(problem, read);
            result.State(problem, read).CopyTo(states[(k * result.VariableCount)..]);
        }
    }
}
