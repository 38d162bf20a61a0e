using System.Linq;
using Qama.Generators.Energy;
using Qama.Generators.Lowering;

namespace Qama.Generators.Emission;

/// <summary>The annealing kernel: what the driver is told about the model, as constants.</summary>
internal sealed class AnnealerPart(SourceWriter writer, KernelPlan plan)
{
    private readonly string _self = plan.Specification.Type.Name;

    public void Write()
    {
        string model = $"global::Qama.Model.IQuboAttention<{_self}>";
        const string Driver = "global::Qama.Kernels.Annealer<AnnealingPlan>";
        writer.Write($$"""
            static int {{model}}.AnnealingScratch => {{Driver}}.ScratchLength;

            static void {{model}}.Anneal(
                in global::Qama.Sampling.ProblemView problem, in global::Qama.Sampling.AnnealingSchedule schedule,
                ref global::Qama.Sampling.RandomStream random, global::System.Span<byte> state, global::System.Span<float> scratch) =>
                {{Driver}}.Run(problem, schedule, ref random, state, scratch);

            """);
        writer.Write("/// <summary>The energy's structure: the driver is compiled for these numbers.</summary>");
        writer.Open("private readonly struct AnnealingPlan : global::Qama.Kernels.IAnnealingPlan");
        bool excludes = plan.Penalties.Any(p => p.Domain == PenaltyDomain.HeadPairsAtToken);
        writer.Write($$"""
            public static int Tokens => {{_self}}.Tokens;

            public static int Heads => HeadCount;

            public static int Bits => SelectionBits;

            public static float PairScale => (float)(-2 * CouplingWeight);

            public static float Exclusion => {{(excludes ? "(float)HeadExclusionWeight" : "0")}};

            public static bool ExclusionOnBits => false;

            public static float Curvature => 0;

            public static bool HasPairPenalties => false;

            public static int SumPenaltyCount => 0;

            public static void AddPairPenalties(int head, int token, global::System.Span<float> row)
            {
            }

            public static global::Qama.Kernels.SumPenalty GetSumPenalty(int index, in global::Qama.Sampling.ProblemView problem) => default;

            """);
        writer.Open("public static void WriteLinear(in global::Qama.Sampling.ProblemView problem, int head, global::System.Span<float> linear)");
        writer.Write("linear.Clear();");
        if (plan.HasField)
        {
            writer.Write("QamaLanes.AddScaled((float)-FieldWeight, problem.Fields.Slice(head * TokenStride, TokenStride), linear);");
        }

        writer.Close().Close();
    }
}
