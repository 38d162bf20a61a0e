using Qama.Generators.Lowering;

namespace Qama.Generators.Emission.Readouts;

/// <summary>Local energies, which two readouts share: the runtime computes them, compiled for the model's energy.</summary>
internal static class LocalEnergyKernels
{
    /// <summary>The local energy as mathematics.</summary>
    public static string Formula(KernelPlan plan) =>
        $"ε[h,i] = −s_i ({Factor(plan, plan.CouplingWeight)}Σ_j J[h,i,j] s_j{(plan.HasField ? $" + {Factor(plan, plan.FieldWeight)}f[h,i])" : ")")}";

    /// <summary>The runtime's class.</summary>
    /// <param name="plan">The model.</param>
    /// <param name="scope">What the energy is found in, with a dot.</param>
    public static string TypeOf(KernelPlan plan, string scope = "") =>
        $"global::Qama.Layers.Readouts.{(plan.Features is null ? "" : "Factored")}LocalEnergy<{scope}{EnergyWriter.Name}, {plan.ElementType.Name}>";

    /// <summary>Rows of scratch memory that they need.</summary>
    public static int ScratchRows(KernelPlan plan) => plan.Features is null ? 1 : 4;

    /// <summary>The rank of couplings that are kept as features, as an argument with a comma behind it.</summary>
    public static string Rank(KernelPlan plan) => plan.Features is { } features ? $"{features.Rank}, " : "";

    /// <summary>The call, inside <see cref="TypeOf"/>, that takes <c>energiesGradient</c> of head <c>h</c> to couplings and fields.</summary>
    public static string Backward(KernelPlan plan) => plan.Features is null
        ? $"Backward{VectorMethod.Registers}(sample, h, {Weighted(plan)}, energiesGradient);"
        : $"Backward(sample, h, {Rank(plan)}{Weighted(plan)}, energiesGradient, scratch);";

    /// <summary>Whether the solver's weights count, as an argument.</summary>
    public static string Weighted(KernelPlan plan) => "weighted: " + (plan.Specification.ReadoutOptions.Weighted ? "true" : "false");

    private static string Factor(KernelPlan plan, double weight) =>
        plan.Specification.ReadoutOptions.Weighted ? Energy.MathNotation.Write(weight) + " " : "";
}
