using System.Numerics;
using Qama.Ising;
using Qama.Layers;
using Qama.Numerics;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Training.Tests;

/// <summary>A QUBO attention layer written by hand: what the tests of the adapter plug in. Scaled dot product,
/// value-projection field, local-energy readout; two heads, five tokens, width six.</summary>
internal sealed class HandwrittenAttention<T>(long seed)
    : QuboAttentionLayer<T>(Descriptor, seed), IQuboAttention<HandwrittenAttention<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int N = 5, H = 2, D = 3, Stride = 16;

    public static ModelDescriptor Descriptor { get; } = new()
    {
        Name = "Handwritten", Tokens = N, EmbeddingDim = 6, HeadCount = H, HeadDim = D, SelectionBits = 1, SlackCount = 0,
        HasField = true, HasLayerNorm = true, HasProjection = true, HasProjectionBias = false, Terms = [],
        Learnables = [new LearnableDescription("EnergyToValue", [D], double.NaN)], SpinCount = H * N + 1,
    };

    public static int AnnealingScratch => 0;

    protected override int ScratchLength => 0;

    public static double Energy(in ProblemView problem, ReadOnlySpan<byte> state)
    {
        double energy = 0;
        for (int h = 0; h < H; h++)
        {
            for (int i = 0; i < N; i++)
            {
                if (state[h * N + i] == 0)
                {
                    continue;
                }

                energy -= problem.Fields[h * Stride + i];
                for (int j = 0; j < N; j++)
                {
                    energy -= problem.Couplings[(h * N + i) * Stride + j] * state[h * N + j];
                }
            }
        }

        return energy;
    }

    public static void Anneal(
        in ProblemView problem, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> scratch) =>
        throw new NotSupportedException();

    public static void WriteQubo(in ProblemView problem, QuboMatrix destination) => throw new NotSupportedException();

    protected override AttentionProblemBatch CreateProblems(int capacity, float[] couplings, float[] fields) =>
        new AttentionProblemBatch<HandwrittenAttention<T>>(capacity, couplings, fields);

    protected override void ComputeCoefficients<TVector>(in SampleBuffers<T> sample)
    {
        T scale = T.One / T.Sqrt(T.CreateTruncating(D));
        for (int h = 0; h < H; h++)
        {
            for (int i = 0; i < N; i++)
            {
                T field = T.Zero;
                for (int d = 0; d < D; d++)
                {
                    field += sample.Value[(h * D + d) * Stride + i] * Learnables[0].Value[d];
                }

                sample.Fields[h * Stride + i] = field / T.CreateTruncating(D);
                for (int j = 0; j < N; j++)
                {
                    T sum = T.Zero;
                    for (int d = 0; d < D; d++)
                    {
                        int row = (h * D + d) * Stride;
                        sum += sample.Query[row + i] * sample.Key[row + j] + sample.Query[row + j] * sample.Key[row + i];
                    }

                    sample.Couplings[(h * N + i) * Stride + j] = i == j ? T.Zero : scale * sum / T.CreateTruncating(2);
                }
            }
        }
    }

    protected override void ComputeReadout<TVector>(in SampleBuffers<T> sample, Span<T> output)
    {
        for (int h = 0; h < H; h++)
        {
            for (int i = 0; i < N; i++)
            {
                T sum = sample.Fields[h * Stride + i];
                for (int j = 0; j < N; j++)
                {
                    sum += sample.Couplings[(h * N + i) * Stride + j] * sample.Selection[h * Stride + j];
                }

                T energy = sample.LocalEnergies[h * Stride + i] = -sum * sample.Selection[h * Stride + i];
                for (int d = 0; d < D; d++)
                {
                    output[i * H * D + h * D + d] = energy * Learnables[0].Value[d];
                }
            }
        }
    }

    protected override void BackwardReadout<TVector>(in SampleBuffers<T> sample, ReadOnlySpan<T> outputGradient)
    {
        for (int h = 0; h < H; h++)
        {
            for (int i = 0; i < N; i++)
            {
                T energyGradient = T.Zero;
                for (int d = 0; d < D; d++)
                {
                    T g = outputGradient[i * H * D + h * D + d];
                    energyGradient += g * Learnables[0].Value[d];
                    sample.LearnablesGradient[d] += g * sample.LocalEnergies[h * Stride + i];
                }

                T own = -energyGradient * sample.Selection[h * Stride + i];
                sample.FieldsGradient[h * Stride + i] = own;
                for (int j = 0; j < N; j++)
                {
                    sample.CouplingsGradient[(h * N + i) * Stride + j] = own * sample.Selection[h * Stride + j];
                }
            }
        }
    }

    protected override void BackwardCoefficients<TVector>(in SampleBuffers<T> sample)
    {
        sample.QueryGradient.Clear();
        sample.KeyGradient.Clear();
        sample.ValueGradient.Clear();
        T scale = T.One / T.Sqrt(T.CreateTruncating(D)) / T.CreateTruncating(2);
        for (int h = 0; h < H; h++)
        {
            for (int i = 0; i < N; i++)
            {
                T field = sample.FieldsGradient[h * Stride + i] / T.CreateTruncating(D);
                for (int d = 0; d < D; d++)
                {
                    int row = (h * D + d) * Stride;
                    sample.ValueGradient[row + i] = field * Learnables[0].Value[d];
                    sample.LearnablesGradient[d] += field * sample.Value[row + i];
                    for (int j = 0; j < N; j++)
                    {
                        if (i == j)
                        {
                            continue;
                        }

                        T g = scale * sample.CouplingsGradient[(h * N + i) * Stride + j];
                        sample.QueryGradient[row + i] += g * sample.Key[row + j];
                        sample.KeyGradient[row + j] += g * sample.Query[row + i];
                        sample.QueryGradient[row + j] += g * sample.Key[row + i];
                        sample.KeyGradient[row + i] += g * sample.Query[row + j];
                    }
                }
            }
        }
    }
}

/// <summary>Draws selections from the key's random streams alone: constant under small changes of the coefficients.</summary>
internal sealed class KeyedSampler : ISampler
{
    public List<SamplingKey> Keys { get; } = new(1024);

    public string Name => "keyed";

    public ValueTask SampleAsync(
        ProblemBatch problems, SampleSet result, SamplingKey key, CancellationToken cancellationToken = default)
    {
        Keys.Add(key);
        for (int p = 0; p < problems.Count; p++)
        {
            RandomStream random = key.Stream(p);
            Span<byte> state = result.State(p);
            foreach (ref byte bit in state)
            {
                bit = (byte)random.NextInt32(2);
            }

            result.Energy(p) = problems.Energy(p, state);
        }

        return ValueTask.CompletedTask;
    }
}
