using Qama.Annealing;
using Qama.Ising;
using Qama.Layers;
using Qama.Numerics;
using Qama.Numerics.Matrices;
using Qama.Problems;

namespace Qama.Tests;

/// <summary>A model written by hand around a plan, with what the generator would emit.</summary>
public sealed class TestModel<TPlan> : IQuboAttention<TestModel<TPlan>>
    where TPlan : struct, IAnnealingPlan
{
    public static ModelDescriptor Descriptor { get; } = new()
    {
        Name = typeof(TPlan).Name,
        Tokens = TPlan.Tokens,
        EmbeddingDim = TPlan.Heads,
        HeadCount = TPlan.Heads,
        HeadDim = 1,
        SelectionBits = TPlan.Bits,
        SlackCount = SlackBits * TPlan.Heads,
        HasField = true,
        KeepsDiagonal = TPlan.KeepsDiagonal,
        HasLayerNorm = false,
        HasProjection = false,
        HasProjectionBias = false,
        Terms = [],
        Learnables = [],
        SpinCount = TPlan.Heads * (TPlan.Tokens * TPlan.Bits + SlackBits) + 1,
    };

    public static int AnnealingScratch => Annealer<TPlan>.ScratchLength;

    private static double Step => 1.0 / ((1 << TPlan.Bits) - 1);

    private static int SlackBits => Enumerable.Range(0, TPlan.SumPenaltyCount)
        .Sum(c => SlackWeights(TPlan.GetSumPenalty(c, default)).Length);

    public static double Energy(in ProblemView problem, ReadOnlySpan<byte> state) =>
        LiteralModel<TPlan>.Energy(problem, state.ToArray().Select(x => (double)x).ToArray());

    public static void Anneal(
        in ProblemView problem, in AnnealingSchedule schedule, ref RandomStream random, Span<byte> state, Span<float> scratch) =>
        Annealer<TPlan>.Run(problem, schedule, ref random, state, scratch);

    public static void WriteStructure(in ProblemView problem, StructuredEnergy destination) => destination.Load<TPlan>(problem);

    public static TemperatureScale? EnergyScale(in ProblemView problem, Span<float> scratch) =>
        Annealer<TPlan>.EnergyScale(problem, scratch);

    public static void WriteQubo(in ProblemView problem, QuboMatrix destination)
    {
        destination.Clear();
        var linear = new float[Padding.Stride(TPlan.Tokens)];
        int slack = Descriptor.VariableCount;
        for (int h = 0; h < TPlan.Heads; h++)
        {
            TPlan.WriteLinear(problem, h, linear);
            for (int i = 0; i < TPlan.Tokens; i++)
            {
                AddProduct(destination, [(One, linear[i])], Weight(h, i));
                AddProduct(destination, Scaled(Weight(h, i), LiteralModel<TPlan>.Square(problem, h, i)), Weight(h, i));
                for (int j = i + 1; j < TPlan.Tokens; j++)
                {
                    double pair = LiteralModel<TPlan>.Pair(problem, h, i, j);
                    AddProduct(destination, Scaled(Weight(h, i), pair), Weight(h, j));
                }

                for (int other = h + 1; other < TPlan.Heads; other++)
                {
                    AddExclusion(destination, h, other, i, LiteralModel<TPlan>.Exclusion(problem));
                }
            }

            for (int c = 0; c < TPlan.SumPenaltyCount; c++)
            {
                AddPenalty(destination, h, TPlan.GetSumPenalty(c, problem), ref slack);
            }
        }
    }

    // A linear form Σ coefficient·x[variable]; this variable stands for the constant 1.
    private const int One = -1;

    private static (int Variable, double Coefficient)[] Weight(int head, int token) =>
        [.. Enumerable.Range(0, TPlan.Bits).Select(b => (LiteralModel<TPlan>.Index(head, token, b), (1 << b) * Step))];

    private static (int, double)[] Scaled((int Variable, double Coefficient)[] form, double factor) =>
        [.. form.Select(t => (t.Variable, factor * t.Coefficient))];

    private static void AddProduct(
        QuboMatrix qubo, (int Variable, double Coefficient)[] left, (int Variable, double Coefficient)[] right)
    {
        foreach ((int a, double ca) in left)
        {
            foreach ((int b, double cb) in right)
            {
                if (a == One && b == One)
                {
                    qubo.Offset += ca * cb;
                }
                else if (a == One || b == One)
                {
                    qubo.AddLinear(Math.Max(a, b), ca * cb);
                }
                else
                {
                    qubo.AddPair(a, b, ca * cb);
                }
            }
        }
    }

    private static void AddExclusion(QuboMatrix qubo, int a, int b, int token, double weight)
    {
        if (!TPlan.ExclusionOnBits)
        {
            AddProduct(qubo, Scaled(Weight(a, token), weight), Weight(b, token));
            return;
        }

        for (int bit = 0; bit < TPlan.Bits; bit++)
        {
            qubo.AddPair(LiteralModel<TPlan>.Index(a, token, bit), LiteralModel<TPlan>.Index(b, token, bit), weight);
        }
    }

    private static void AddPenalty(QuboMatrix qubo, int head, SumPenalty penalty, ref int slack)
    {
        double sign = penalty is { Kind: ConstraintKind.AtMost, Slack: SlackKind.Unbalanced } ? -1 : 1;
        List<(int, double)> g = [(One, -sign * penalty.Target)];
        for (int i = 0; i < TPlan.Tokens; i++)
        {
            g.AddRange(Scaled(Weight(head, i), sign));
        }

        if (penalty.Slack == SlackKind.Unbalanced)
        {
            AddProduct(qubo, [(One, -0.96 * penalty.Weight)], [.. g]);
            AddProduct(qubo, Scaled([.. g], 0.037 * penalty.Weight), [.. g]);
            return;
        }

        // AtMost: S + slack = k; AtLeast: S − slack = k.
        double direction = penalty.Kind == ConstraintKind.AtMost ? 1 : -1;
        foreach (double weight in SlackWeights(penalty))
        {
            g.Add((slack++, direction * weight));
        }

        AddProduct(qubo, Scaled([.. g], penalty.Weight), [.. g]);
    }

    // Powers of two in steps of a weight, the last one cut so that the slack's range is covered exactly.
    private static double[] SlackWeights(SumPenalty penalty)
    {
        double range = penalty.Kind switch
        {
            _ when penalty.Slack == SlackKind.Unbalanced => 0,
            ConstraintKind.AtMost => penalty.Target,
            ConstraintKind.AtLeast => TPlan.Tokens - penalty.Target,
            _ => 0,
        };
        List<double> weights = [];
        int left = (int)Math.Round(range / Step);
        for (int power = 1; left > 0; power *= 2)
        {
            weights.Add(Math.Min(power, left) * Step);
            left -= Math.Min(power, left);
        }

        return [.. weights];
    }
}
