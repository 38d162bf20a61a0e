using System.Linq;
using Qama.Generators.Emission.Terms;
using Qama.Generators.Energy;
using Qama.Generators.Lowering;

namespace Qama.Generators.Emission;

/// <summary>The annealing kernel: what the driver is told about the model, as constants.</summary>
internal sealed class AnnealerPart(SourceWriter writer, KernelPlan plan)
{
    private readonly string _self = plan.Specification.Type.Name;

    public void Write()
    {
        string model = $"global::Qama.Attention.IQuboAttention<{_self}>";
        const string Driver = "global::Qama.Annealing.Annealer<AnnealingPlan>";
        writer.Write($$"""
            static int {{model}}.AnnealingScratch => {{Driver}}.ScratchLength;

            static void {{model}}.Anneal(
                in global::Qama.Problems.ProblemView problem, in global::Qama.Problems.AnnealingSchedule schedule,
                ref global::Qama.Numerics.RandomStream random, global::System.Span<byte> state, global::System.Span<float> scratch) =>
                {{Driver}}.Run(problem, schedule, ref random, state, scratch);

            static void {{model}}.WriteStructure(
                in global::Qama.Problems.ProblemView problem, global::Qama.Problems.StructuredEnergy destination) =>
                destination.Load<AnnealingPlan>(problem);

            static global::Qama.Problems.TemperatureScale? {{model}}.EnergyScale(in global::Qama.Problems.ProblemView problem, global::System.Span<float> scratch) =>
                {{Driver}}.EnergyScale(problem, scratch);

            """);
        writer.Write("/// <summary>The energy's structure: the driver is compiled for these numbers.</summary>");
        writer.Open("private readonly struct AnnealingPlan : global::Qama.Problems.IAnnealingPlan");
        PlannedPenalty? exclusion = plan.Penalties.FirstOrDefault(
            p => p.Penalty.Domain is PenaltyDomain.HeadPairsAtToken or PenaltyDomain.HeadPairsAtBit);
        bool onBits = exclusion?.Penalty.Domain == PenaltyDomain.HeadPairsAtBit;
        bool hard = exclusion is not null && plan.Specification.Exclusion!.Hard;
        bool curved = plan.Penalties.Any(p => p.Penalty.Domain == PenaltyDomain.Tokens);
        bool pairs = plan.PairPenalties.Any();
        PlannedPenalty[] sums = [.. plan.Penalties.Where(p => p.Sparsity is not null)];
        writer.Write($$"""
            public static int Tokens => {{plan.Specification.Tokens}};

            public static int Heads => HeadCount;

            public static int Bits => SelectionBits;

            public static float PairScale => (float)(-2 * CouplingWeight);

            public static float Exclusion => {{(exclusion is not null && !hard ? "(float)HeadExclusionWeight" : "0")}};

            public static bool ExclusionOnBits => {{(onBits ? "true" : "false")}};

            public static float Curvature => {{(curved ? "(float)CurvatureWeight" : "0")}};

            public static bool HasPairPenalties => {{(pairs ? "true" : "false")}};

            public static int SumPenaltyCount => {{sums.Length}};

            """);
        if (plan.Specification.Coupling.KeepDiagonal)
        {
            writer.Write("public static bool KeepsDiagonal => true;").Line();
        }

        if (exclusion is not null && hard)
        {
            string weight = exclusion.Weight is null ? $"problem.PenaltyWeights[{exclusion.ComputedIndex}]" : "HeadExclusionWeight";
            writer.Write($$"""
                public static bool ComputesExclusion => true;

                public static float GetExclusion(in global::Qama.Problems.ProblemView problem) => (float){{weight}};

                """);
        }

        writer.Block("public static void AddPairPenalties(int head, int token, global::System.Span<float> row)", () =>
        {
            if (pairs)
            {
                writer.Write("global::Qama.Numerics.Vectors.Rows.AddScaled<float>(1, global::System.MemoryExtensions.AsSpan(PairPenalties, " + PenaltyTables.PairRow(plan, "head", "token") + ", TokenStride), row);");
            }
        }).Line();
        writer.Block("public static global::Qama.Ising.SumPenalty GetSumPenalty(int index, in global::Qama.Problems.ProblemView problem) => index switch", () =>
        {
            for (int i = 0; i < sums.Length; i++)
            {
                writer.Write($"{i} => Sparsity{(i == 0 ? "" : (i + 1).ToString(System.Globalization.CultureInfo.InvariantCulture))}(problem.PenaltyWeights),");
            }

            writer.Write("_ => default,");
        }, "};").Line();
        writer.Open("public static void WriteLinear(in global::Qama.Problems.ProblemView problem, int head, global::System.Span<float> linear)");
        writer.Write("linear.Clear();");
        if (plan.HasField)
        {
            writer.Write("global::Qama.Numerics.Vectors.Rows.AddScaled((float)-FieldWeight, problem.Fields.Slice(head * TokenStride, TokenStride), linear);");
        }

        if (plan.TokenPenalties.Any())
        {
            writer.Write($"global::Qama.Numerics.Vectors.Rows.AddScaled<float>(1, global::System.MemoryExtensions.AsSpan(TokenPenalties, {PenaltyTables.TokenRow(plan, "head")}, TokenStride), linear);");
        }

        writer.Close().Close();
    }
}
