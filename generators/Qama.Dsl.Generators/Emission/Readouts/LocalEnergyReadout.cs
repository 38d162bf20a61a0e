using Qama.Generators.Energy;
using Qama.Generators.Lowering;
using Qama.Generators.Model;

namespace Qama.Generators.Emission.Readouts;

/// <summary>y[i, h·D + d] = ε[h,i] g_d, by the runtime, compiled for the model's energy; the mean over reads of it is the base class's
/// business.</summary>
internal static class LocalEnergyReadout
{
    /// <summary>The call inside the hook that computes the output.</summary>
    public static string Compute(KernelPlan plan) =>
        $"{TypeOf(plan)}.Read(sample, {LocalEnergyKernels.Rank(plan)}{Values(plan)}, {LocalEnergyKernels.Weighted(plan)}, output)";

    /// <summary>The call inside the hook of its gradient.</summary>
    public static string Backward(SourceWriter writer, KernelPlan plan) =>
        $"{TypeOf(plan)}.BackwardRead{(plan.Features is null ? VectorMethod.Registers : "")}(sample, {LocalEnergyKernels.Rank(plan)}{Values(plan)}, {LocalEnergyKernels.Weighted(plan)}, outputGradient, "
        + new KernelWriter(writer, plan).GradientOf(Generator(plan)) + ")";

    /// <summary>The call inside the hook of the gradient by selection weights.</summary>
    public static string BackwardSelection(KernelPlan plan) =>
        $"{TypeOf(plan)}.BackwardSelection(sample, {LocalEnergyKernels.Rank(plan)}{Values(plan)}, {LocalEnergyKernels.Weighted(plan)}, outputGradient, selectionGradient)";

    private static Learnable Generator(KernelPlan plan) => plan.Learnable(Importances.EnergyToValue);

    private static string Values(KernelPlan plan) => $"base.Learnables[{plan.Learnables.IndexOf(Generator(plan))}].Value";

    private static string TypeOf(KernelPlan plan) => LocalEnergyKernels.TypeOf(plan, GeneratedNames.Nested + ".");
}
