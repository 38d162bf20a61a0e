using Qama.Annealing;
using Qama.Ising;
using Qama.Layers;
using Qama.Numerics;
using Qama.Problems;

namespace Qama.Tests;

/// <summary>An energy whose couplings are a product of features.</summary>
public interface IFeatureEnergy : IDeclaredEnergy
{
    static int IDeclaredEnergy.Bits => 1;
    static double IDeclaredEnergy.CouplingWeight => 0.8;
    static virtual int Rank => 5;
    static virtual double Factor => 0.4;
}

/// <summary>Ten variables with everything: an odd rank, exclusion, fields, penalties of tokens.</summary>
public struct SmallFeatures : IFeatureEnergy
{
    public static int Tokens => 5;
    public static int Heads => 2;
    public static int Rank => 3;
    public static bool HasField => true;
    public static double FieldWeight => 0.7;
    public static bool HasExclusion => true;
    public static double GetExclusion(ReadOnlySpan<double> computed) => 0.6;
    public static int PositionPenaltyCount => 1;
    public static bool HasTokenPenalties => true;
    public static bool TokenPenaltiesPerHead => true;
    public static bool IsOfPairs(int penalty) => false;
    public static double TokenPenalty(int penalty, int head, int token) => 0.1 * (head + 1) * (token - 2);
}

/// <summary>Four variables, for comparisons of whole distributions.</summary>
public struct TinyFeatures : IFeatureEnergy
{
    public static int Tokens => 2;
    public static int Heads => 2;
    public static int Rank => 2;
    public static bool HasField => true;
    public static double FieldWeight => 1;
    public static bool HasExclusion => true;
    public static double GetExclusion(ReadOnlySpan<double> computed) => 0.75;
}

/// <summary>Three heads, of which one rests in every sweep.</summary>
public struct ThreeHeads : IFeatureEnergy
{
    public static int Tokens => 4;
    public static int Heads => 3;
    public static bool HasField => true;
    public static double FieldWeight => 1;
    public static bool HasExclusion => true;
    public static double GetExclusion(ReadOnlySpan<double> computed) => 1.5;
}

/// <summary>One head, nothing but couplings of rank one.</summary>
public struct OneHead : IFeatureEnergy
{
    public static int Tokens => 21;
    public static int Heads => 1;
    public static int Rank => 1;
}

/// <summary>Several blocks, the last one not full, heads without exclusion.</summary>
public struct FreeHeads : IFeatureEnergy
{
    public static int Tokens => 37;
    public static int Heads => 2;
    public static int Rank => 8;
    public static bool HasField => true;
    public static double FieldWeight => 2;
}

/// <summary>More than a thousand tokens: sums in single precision are drained into double.</summary>
public struct ManyTokens : IFeatureEnergy
{
    public static int Tokens => 1_100;
    public static int Heads => 4;
    public static int Rank => 9;
    public static bool HasField => true;
    public static double FieldWeight => 60;
    public static bool HasExclusion => true;
    public static double GetExclusion(ReadOnlySpan<double> computed) => 250;
}

/// <summary>512 tokens of four heads that exclude each other.</summary>
public struct MediumFeatures : IFeatureEnergy
{
    public static int Tokens => 512;
    public static int Heads => 4;
    public static int Rank => 8;
    public static bool HasField => true;
    public static double FieldWeight => 20;
    public static bool HasExclusion => true;
    public static double GetExclusion(ReadOnlySpan<double> computed) => 60;
}

/// <summary>So many tokens that couplings cannot be written out.</summary>
public struct TooManyToWriteOut : IFeatureEnergy
{
    public static int Tokens => 8_200;
    public static int Heads => 1;
    public static int Rank => 2;
}

/// <summary>Three heads, two blocks and a bit, annealed with features as bfloat16.</summary>
public struct CompactHeads : IFeatureEnergy
{
    public static int Tokens => 37;
    public static int Heads => 3;
    public static bool HasCompactFeatures => true;
    public static bool HasField => true;
    public static double FieldWeight => 0.8;
    public static bool HasExclusion => true;
    public static double GetExclusion(ReadOnlySpan<double> computed) => 0.9;
}

/// <summary>The same in single precision.</summary>
public struct SingleHeads : IFeatureEnergy
{
    public static int Tokens => 37;
    public static int Heads => 3;
    public static bool HasCompactFeatures => false;
    public static bool HasField => true;
    public static double FieldWeight => 0.8;
    public static bool HasExclusion => true;
    public static double GetExclusion(ReadOnlySpan<double> computed) => 0.9;
}

/// <summary>Few enough tokens to look at all states.</summary>
public struct FewTokens : IFeatureEnergy
{
    public static int Tokens => 6;
    public static int Heads => 2;
    public static bool HasCompactFeatures => false;
    public static bool HasField => true;
    public static double FieldWeight => 0.8;
    public static bool HasExclusion => true;
    public static double GetExclusion(ReadOnlySpan<double> computed) => 0.9;
}

/// <summary>More than a thousand tokens with features as bfloat16.</summary>
public struct ManyCompactTokens : IFeatureEnergy
{
    public static int Tokens => 1_100;
    public static int Heads => 4;
    public static bool HasCompactFeatures => true;
    public static bool HasField => true;
    public static double FieldWeight => 0.8;
    public static bool HasExclusion => true;
    public static double GetExclusion(ReadOnlySpan<double> computed) => 0.9;
}

/// <summary>A quarter of a million tokens.</summary>
public struct LongSingle : IFeatureEnergy
{
    public static int Tokens => 262_144;
    public static int Heads => 8;
    public static bool HasCompactFeatures => false;
    public static bool HasField => true;
    public static double FieldWeight => 0.8;
    public static bool HasExclusion => true;
    public static double GetExclusion(ReadOnlySpan<double> computed) => 0.9;
}

/// <summary>The same with features as bfloat16.</summary>
public struct LongCompact : IFeatureEnergy
{
    public static int Tokens => 262_144;
    public static int Heads => 8;
    public static bool HasCompactFeatures => true;
    public static bool HasField => true;
    public static double FieldWeight => 0.8;
    public static bool HasExclusion => true;
    public static double GetExclusion(ReadOnlySpan<double> computed) => 0.9;
}

/// <summary>So many tokens that several threads share a sweep; of five heads one rests.</summary>
public struct LongHeads : IFeatureEnergy
{
    public static int Tokens => 16_390;
    public static int Heads => 5;
    public static int Rank => 3;
    public static bool HasField => true;
    public static double FieldWeight => 60;
    public static bool HasExclusion => true;
    public static double GetExclusion(ReadOnlySpan<double> computed) => 250;
}

/// <summary>The same without exclusion, with features as bfloat16.</summary>
public struct LongCompactHeads : IFeatureEnergy
{
    public static int Tokens => 16_384;
    public static int Heads => 3;
    public static int Rank => 3;
    public static bool HasCompactFeatures => true;
    public static bool HasField => true;
    public static double FieldWeight => 60;
}

/// <summary>Two pairs of heads, and parts of the tokens for more.</summary>
public struct SeveralParts : IFeatureEnergy
{
    public static int Tokens => 1_300;
    public static int Heads => 4;
    public static int Rank => 2;
    public static bool HasField => true;
    public static double FieldWeight => 60;
    public static bool HasExclusion => true;
    public static double GetExclusion(ReadOnlySpan<double> computed) => 250;
}

/// <summary>A model written by hand around such an energy, with what the generator would emit.</summary>
public sealed class FactoredModel<TEnergy> : IFactoredAttention<FactoredModel<TEnergy>>
    where TEnergy : struct, IFeatureEnergy
{
    public static ModelDescriptor Descriptor { get; } = new()
    {
        Name = typeof(TEnergy).Name, Tokens = TEnergy.Tokens, EmbeddingDim = TEnergy.Heads * TEnergy.Rank, HeadCount = TEnergy.Heads,
        HeadDim = TEnergy.Rank, SelectionBits = 1, SlackCount = 0, HasField = TEnergy.HasField, HasLayerNorm = false,
        HasProjection = false, HasProjectionBias = false, Terms = [], Learnables = [],
        CouplingWeight = TEnergy.CouplingWeight, CouplingFactor = TEnergy.Factor, FieldWeight = TEnergy.FieldWeight, SpinCount = (TEnergy.Heads * TEnergy.Tokens) + 1,
    };

    public static int AnnealingScratch => Annealer<DeclaredPlan<TEnergy>>.ScratchLength;

    public static int FactoredScratch => FactoredAnnealer<DeclaredPlan<TEnergy>>.ScratchLength(TEnergy.Rank);

    public static double Energy(in ProblemView problem, ReadOnlySpan<byte> state) => DeclaredEnergy<TEnergy>.Of(problem, state);

    public static double Energy(in FactoredView problem, ReadOnlySpan<byte> state) => DeclaredEnergy<TEnergy>.Of(problem, state);

    public static void Slope(in FactoredView problem, ReadOnlySpan<float> state, Span<float> slope) =>
        DeclaredEnergy<TEnergy>.Slope(problem, state, slope);

    public static void Anneal(
        in ProblemView problem, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> scratch) =>
        Annealer<DeclaredPlan<TEnergy>>.Run(problem, schedule, ref random, state, scratch);

    public static void Anneal(
        in FactoredView problem, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> scratch) =>
        FactoredAnnealer<DeclaredPlan<TEnergy>>.Run(problem, schedule, ref random, state, scratch);

    public static TemperatureScale? EnergyScale(in ProblemView problem, Span<float> scratch) =>
        Annealer<DeclaredPlan<TEnergy>>.EnergyScale(problem, scratch);

    public static TemperatureScale EnergyScale(in FactoredView problem, Span<float> scratch) =>
        FactoredAnnealer<DeclaredPlan<TEnergy>>.EnergyScale(problem, scratch);

    public static void WriteStructure(in ProblemView problem, StructuredEnergy destination) =>
        destination.Load<DeclaredPlan<TEnergy>>(problem);

    public static void WriteStructure(in FactoredView problem, StructuredEnergy destination) =>
        destination.Load<DeclaredPlan<TEnergy>>(problem);

    public static void WriteQubo(in ProblemView problem, QuboMatrix destination) =>
        DeclaredEnergy<TEnergy>.Write(problem, destination);

    public static void WriteQubo(in FactoredView problem, QuboMatrix destination) =>
        DeclaredEnergy<TEnergy>.Write(problem, destination);
}

/// <summary>Random problems of such models, and the same with their couplings written out literally.</summary>
public static class FeatureProblems
{
    public static (FactoredProblemBatch<FactoredModel<TEnergy>> Factored, AttentionProblemBatch<FactoredModel<TEnergy>>? Dense) Batch<TEnergy>(
        int count, ulong seed, float scale = 1, bool dense = true)
        where TEnergy : struct, IFeatureEnergy
    {
        var random = new RandomStream(seed);
        (int n, int heads, int rank) = (TEnergy.Tokens, TEnergy.Heads, TEnergy.Rank);
        int width = heads * rank;
        List<(ReadOnlyMemory<float>, ReadOnlyMemory<float>, ReadOnlyMemory<float>)> factored = [];
        List<(ReadOnlyMemory<float>, ReadOnlyMemory<float>)> written = [];
        for (int p = 0; p < count; p++)
        {
            float[] query = Normal(n * width, scale), key = Normal(n * width, scale);
            float[] fields = Normal(TEnergy.HasField ? heads * n : 0, scale * scale);
            factored.Add((query, key, fields));
            if (dense)
            {
                written.Add((Couplings(query, key), fields));
            }
        }

        return (
            FactoredProblemBatch<FactoredModel<TEnergy>>.FromFeatures(factored),
            dense ? AttentionProblemBatch<FactoredModel<TEnergy>>.FromDense(written) : null);

        float[] Normal(int length, float size) =>
            [.. Enumerable.Range(0, length).Select(_ => size * (float)random.NextNormal())];

        float[] Couplings(float[] query, float[] key)
        {
            var couplings = new float[heads * n * n];
            for (int h = 0; h < heads; h++)
            {
                for (int i = 0; i < n; i++)
                {
                    for (int j = 0; j < n; j++)
                    {
                        double sum = 0;
                        for (int d = h * rank; d < (h + 1) * rank; d++)
                        {
                            sum += ((double)query[(i * width) + d] * key[(j * width) + d])
                                + ((double)query[(j * width) + d] * key[(i * width) + d]);
                        }

                        couplings[(((h * n) + i) * n) + j] = i == j ? 0 : (float)(0.5 * TEnergy.Factor * sum);
                    }
                }
            }

            return couplings;
        }
    }

    public static byte[] RandomState(ProblemBatch batch, int problem, ulong seed)
    {
        var random = new RandomStream(seed);
        return [.. Enumerable.Range(0, batch.VariableCount)
            .Select(v => (byte)(batch.IsPresent(problem, v) ? random.NextUInt64() & 1 : 0))];
    }
}
