using System;
using Qama.Generators.Emission.Readouts;
using Qama.Generators.Lowering;
using Qama.Generators.Model;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Emission;

/// <summary>The output made of a selection, and its gradient.</summary>
internal static class ReadoutPart
{
    /// <summary>Whether the runtime has the readout: nothing is emitted for it but calls.</summary>
    public static bool IsInRuntime(KernelPlan plan) =>
        plan.Specification.Readout is ReadoutKind.LocalEnergy or ReadoutKind.Expectation or ReadoutKind.MarginalAttention
        && plan.ReadoutTerms is null;

    /// <summary>The call of the runtime inside the hook that computes the output.</summary>
    public static string Compute(KernelPlan plan) => plan.Specification.Readout == ReadoutKind.MarginalAttention
        ? $"{Marginal}.Read<{plan.ElementType.Name}>(sample, HeadCount, Tokens, output)"
        : LocalEnergyReadout.Compute(plan);

    /// <summary>The call of the runtime inside the hook of its gradient.</summary>
    public static string Backward(SourceWriter writer, KernelPlan plan) => plan.Specification.Readout == ReadoutKind.MarginalAttention
        ? $"{Marginal}.BackwardRead<{plan.ElementType.Name}>(sample, HeadCount, Tokens, outputGradient)"
        : LocalEnergyReadout.Backward(writer, plan);

    private const string Marginal = "global::Qama.Layers.Readouts.MarginalAttention";

    /// <summary>Writes kernels that the runtime does not have.</summary>
    public static void Write(SourceWriter writer, KernelPlan plan) => PartWriter.Nested(writer, () => WriteNested(writer, plan));

    private static void WriteNested(SourceWriter writer, KernelPlan plan)
    {
        if (plan.ReadoutTerms is not null)
        {
            new TermsReadout(writer, plan).Write();
            return;
        }

        switch (plan.Specification.Readout)
        {
            case ReadoutKind.EntropyShare:
                new EntropyShareReadout(writer, plan).Write();
                break;
            case ReadoutKind.SelectedAttention:
                new SelectedAttentionReadout(writer, plan).Write();
                break;
            default:
                throw new InvalidOperationException($"No readout {plan.Specification.Readout}.");
        }
    }

    private static string EnergyOf(ReadoutTermPlan terms, KernelPlan plan) =>
        terms.ReadsEnergy ? ", " + LocalEnergyKernels.Formula(plan) : "";

    /// <summary>The output as mathematics.</summary>
    public static string Formula(KernelPlan plan) => (plan.Specification.NormalizesOutput ? "batch norm of " : "")
        + Mean(plan.Specification) + Output(plan);

    // Expectations and marginals say so themselves.
    private static string Mean(ModelSpecification model) => model switch
    {
        { AveragesReads: true } => "",
        { HasTemperature: true } =>
            $"mean over {model.ReadoutOptions.Reads} reads at temperature {Energy.MathNotation.Write(model.ReadoutOptions.Temperature)} of ",
        { Gradient.Kind: GradientKind.Perturbed } =>
            $"mean over {model.Gradient.Samples} solves with noise of {Energy.MathNotation.Write(model.Gradient.Sigma)} of ",
        _ => "",
    };

    /// <summary>Of queries with a selection of their own, w[i,j] = s_j of the query's selection, 1 for keys that it always reads.</summary>
    private static string OfQuery(KernelPlan plan)
    {
        string field = plan.HasField ? " + f_j" : "";
        string pairs = plan.Specification.LearnedCoupling is null ? "" : " − Σ_{j≠k} L[j,k] s_j s_k";
        string energy = $"ε[h,i] = −Σ_j (J[h,i,j]{field}) w[i,j]{pairs}" + (plan.Specification.ReadoutOptions.Weighted ? ", each with its weight" : "");
        ReadoutOptions options = plan.Specification.ReadoutOptions;
        string reads = $"over {options.Reads} reads at temperature {Energy.MathNotation.Write(options.Temperature)}";
        return plan.Specification.Readout switch
        {
            ReadoutKind.LocalEnergy => $"y[i, h·D + d] = ε[h,i] g_d, {energy}",
            ReadoutKind.Expectation => $"y[i, h·D + d] = mean of ε[h,i] g_d {reads}, {energy}",
            ReadoutKind.MarginalAttention => $"y[i, h·D + d] = Σ_j ⟨w[i,j]⟩ v[j,d], the mean {reads}",
            _ => $"y[i, h·D + d] = Σ_j a[i,j] v[j,d], a[i,j] ∝ w[i,j] exp(J[h,i,j]{field})",
        } + "; w[i,j] = s_j of the selection of query i, 1 for keys that it always reads";
    }

    private static string Output(KernelPlan plan) => plan.Specification.HasOwnProblems ? OfQuery(plan) : plan.Specification.Readout switch
    {
        ReadoutKind.Expectation when plan.ReadoutTerms is { } terms =>
            $"y[i, h·D + d] = mean of {Energy.MathNotation.Write(terms.Definition)} over {plan.Specification.ReadoutOptions.Reads} reads at temperature "
            + Energy.MathNotation.Write(plan.Specification.ReadoutOptions.Temperature) + EnergyOf(terms, plan),
        ReadoutKind.Terms => $"y[i, h·D + d] = {Energy.MathNotation.Write(plan.ReadoutTerms!.Definition)}" + EnergyOf(plan.ReadoutTerms, plan),
        ReadoutKind.LocalEnergy => $"y[i, h·D + d] = ε[h,i] g_d with the local energy {LocalEnergyKernels.Formula(plan)}",
        ReadoutKind.Expectation =>
            $"y[i, h·D + d] = mean of ε[h,i] g_d over {plan.Specification.ReadoutOptions.Reads} reads at temperature "
            + $"{Energy.MathNotation.Write(plan.Specification.ReadoutOptions.Temperature)}, {LocalEnergyKernels.Formula(plan)}",
        ReadoutKind.MarginalAttention =>
            $"y[i, h·D + d] = Σ_j ⟨s_j⟩ v[j,d], ⟨s_j⟩ the mean over {plan.Specification.ReadoutOptions.Reads} reads at temperature "
            + Energy.MathNotation.Write(plan.Specification.ReadoutOptions.Temperature),
        ReadoutKind.EntropyShare => $"y[i, h·D + d] = −ε[h,i] (−u_d log₂ u_d) / f[h,i], u = v / Σ v, {LocalEnergyKernels.Formula(plan)}",
        _ => $"y[i, h·D + d] = Σ_j a[i,j] v[j,d], a[i,j] ∝ s_j exp(F[i,j]{(plan.HasField ? " + f_j" : "")}), F the similarity before it is made symmetric",
    };
}
