using System.Numerics;
using Qama.Ising;
using Qama.Layers;
using Qama.Numerics;
using Qama.Problems;

namespace Qama.Tests.Layers;

/// <summary>
/// A layer written by hand, with everything the runtime offers to switch on: scaled dot product, value-projection field,
/// local-energy readout; two heads of width three, four tokens, two bits.
/// </summary>
internal sealed class HandwrittenLayer<T>(ModelDescriptor model, T[]? mask = null)
    : QuboAttentionLayer<T>(model, 7), IQuboAttention<HandwrittenLayer<T>>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public const int N = 4, H = 2, D = 3, Stride = 16, Variables = H * N * 2;

    public static ModelDescriptor Descriptor { get; } = new()
    {
        Name = "Handwritten", Tokens = N, EmbeddingDim = H * D, HeadCount = H, HeadDim = D, SelectionBits = 2, SlackCount = 0,
        HasField = true, HasLayerNorm = false, HasProjection = false, HasProjectionBias = false, Terms = [],
        Learnables = [new LearnableDescription("EnergyToValue", [D], double.NaN)], SpinCount = Variables + 1,
        CouplingWeight = 0.7, FieldWeight = 1.3,
    };

    public static int AnnealingScratch => 0;

    /// <summary>If set, receives the couplings that each readout sees.</summary>
    public List<T[]>? SeenCouplings { get; set; }

    protected override int ScratchLength => Stride;

    protected override ReadOnlySpan<T> PairMask => mask;

    public static double Energy(in ProblemView problem, ReadOnlySpan<byte> state)
    {
        double energy = 0;
        for (int h = 0; h < H; h++)
        {
            for (int i = 0; i < N; i++)
            {
                double own = Level(state, h, i);
                energy -= Descriptor.FieldWeight * problem.Fields[h * Stride + i] * own;
                for (int j = 0; j < N; j++)
                {
                    energy -= Descriptor.CouplingWeight * problem.Couplings[(h * N + i) * Stride + j] * own * Level(state, h, j);
                }
            }
        }

        return energy;

        static double Level(ReadOnlySpan<byte> state, int h, int i) =>
            (state[(h * N + i) * 2] + 2 * state[(h * N + i) * 2 + 1]) / 3.0;
    }

    public static void Anneal(
        in ProblemView problem, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> scratch) =>
        throw new NotSupportedException();

    public static void WriteStructure(in ProblemView problem, StructuredEnergy destination) =>
        destination.Load<HandwrittenPlan>(problem);

    public static void WriteQubo(in ProblemView problem, QuboMatrix destination) => throw new NotSupportedException();

    protected override AttentionProblemBatch CreateProblems(int capacity, float[] couplings, float[] fields) =>
        new AttentionProblemBatch<HandwrittenLayer<T>>(capacity, couplings, fields);

    protected override void ComputeCoefficients<TVector>(in SampleBuffers<T> sample)
    {
        T half = T.CreateTruncating(0.5);
        sample.Couplings.Clear();
        sample.Fields.Clear();
        for (int h = 0; h < H; h++)
        {
            for (int i = 0; i < sample.TokenCount; i++)
            {
                T field = T.Zero;
                for (int d = 0; d < D; d++)
                {
                    field += sample.Value[(h * D + d) * Stride + i] * Learnables[0].Value[d];
                }

                sample.Fields[h * Stride + i] = field;
                for (int j = 0; j < sample.TokenCount; j++)
                {
                    if (IsUsed(i, j))
                    {
                        sample.Couplings[(h * N + i) * Stride + j] = Model.HasSymmetricCouplings
                            ? half * (Product(sample, h, i, j) + Product(sample, h, j, i))
                            : Product(sample, h, i, j);
                    }
                }
            }
        }
    }

    protected override void ComputeReadout<TVector>(in SampleBuffers<T> sample, Span<T> output)
    {
        SeenCouplings?.Add(sample.Couplings.ToArray());
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
                    output[(i * H + h) * D + d] = energy * Learnables[0].Value[d];
                }
            }
        }
    }

    protected override void BackwardReadout<TVector>(in SampleBuffers<T> sample, ReadOnlySpan<T> outputGradient)
    {
        T half = T.CreateTruncating(0.5);
        Span<T> energyGradient = sample.Scratch[..N];
        for (int h = 0; h < H; h++)
        {
            for (int i = 0; i < N; i++)
            {
                energyGradient[i] = T.Zero;
                for (int d = 0; d < D; d++)
                {
                    T g = outputGradient[(i * H + h) * D + d];
                    energyGradient[i] += g * Learnables[0].Value[d];
                    sample.LearnablesGradient[d] += g * sample.LocalEnergies[h * Stride + i];
                }

                sample.FieldsGradient[h * Stride + i] = -energyGradient[i] * sample.Selection[h * Stride + i];
            }

            for (int i = 0; i < N; i++)
            {
                for (int j = 0; j < N; j++)
                {
                    T gradient = Model.HasSymmetricCouplings ? half * (energyGradient[i] + energyGradient[j]) : energyGradient[i];
                    sample.CouplingsGradient[(h * N + i) * Stride + j] = IsUsed(i, j)
                        ? -gradient * sample.Selection[h * Stride + i] * sample.Selection[h * Stride + j]
                        : T.Zero;
                }
            }
        }
    }

    protected override void BackwardSelection<TVector>(
        in SampleBuffers<T> sample, ReadOnlySpan<T> outputGradient, Span<T> selectionGradient)
    {
        selectionGradient.Clear();
        for (int h = 0; h < H; h++)
        {
            for (int i = 0; i < sample.TokenCount; i++)
            {
                T energyGradient = T.Zero, reward = sample.Fields[h * Stride + i];
                for (int d = 0; d < D; d++)
                {
                    energyGradient += outputGradient[(i * H + h) * D + d] * Learnables[0].Value[d];
                }

                for (int j = 0; j < sample.TokenCount; j++)
                {
                    T coupling = sample.Couplings[(h * N + i) * Stride + j];
                    reward += coupling * sample.Selection[h * Stride + j];
                    selectionGradient[h * Stride + j] -= energyGradient * sample.Selection[h * Stride + i] * coupling;
                }

                selectionGradient[h * Stride + i] -= energyGradient * reward;
            }
        }
    }

    protected override void BackwardCoefficients<TVector>(in SampleBuffers<T> sample)
    {
        T scale = T.CreateTruncating(1 / Math.Sqrt(D));
        for (int h = 0; h < H; h++)
        {
            for (int i = 0; i < sample.TokenCount; i++)
            {
                for (int d = 0; d < D; d++)
                {
                    int row = (h * D + d) * Stride;
                    T field = sample.FieldsGradient[h * Stride + i];
                    sample.ValueGradient[row + i] += field * Learnables[0].Value[d];
                    sample.LearnablesGradient[d] += field * sample.Value[row + i];
                    for (int j = 0; j < sample.TokenCount; j++)
                    {
                        T g = scale * sample.CouplingsGradient[(h * N + i) * Stride + j];
                        sample.QueryGradient[row + i] += g * sample.Key[row + j];
                        sample.KeyGradient[row + j] += g * sample.Query[row + i];
                    }
                }
            }
        }
    }

    private static T Product(in SampleBuffers<T> sample, int head, int i, int j)
    {
        T sum = T.Zero;
        for (int d = 0; d < D; d++)
        {
            sum += sample.Query[(head * D + d) * Stride + i] * sample.Key[(head * D + d) * Stride + j];
        }

        return sum * T.CreateTruncating(1 / Math.Sqrt(D));
    }

    private bool IsUsed(int i, int j) =>
        i == j ? !Model.HasSymmetricCouplings : mask is null || mask[i * Stride + j] != T.Zero;
}

/// <summary>The same energy for searches.</summary>
internal struct HandwrittenPlan : ITestPlan
{
    public static int Tokens => HandwrittenLayer<float>.N;
    public static int Heads => HandwrittenLayer<float>.H;
    public static int Bits => 2;
    public static float PairScale => -2 * (float)HandwrittenLayer<float>.Descriptor.CouplingWeight;
    public static bool KeepsDiagonal => true;
    public static void WriteLinear(in ProblemView problem, int head, Span<float> linear) =>
        PlanParts.WriteFields(problem, head, linear, -(float)HandwrittenLayer<float>.Descriptor.FieldWeight);
}
