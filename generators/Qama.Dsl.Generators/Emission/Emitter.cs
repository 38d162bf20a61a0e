using System;
using System.Collections.Generic;
using Qama.Generators.Emission.Tensors;
using Qama.Generators.Lowering;

namespace Qama.Generators.Emission;

/// <summary>Writes all files of a model.</summary>
internal static class Emitter
{
    /// <param name="plan">The model.</param>
    /// <param name="torch">Whether its modules of TorchSharp are wanted too.</param>
    public static IEnumerable<GeneratedFile> Emit(KernelPlan plan, bool torch = false)
    {
        string layer = $"global::Qama.Layers.QuboAttentionLayer<{plan.ElementType.Name}>";
        if (!plan.Specification.HasOwnProblems)
        {
            layer += $", {EnergyPart.InterfaceOf(plan)}";
        }

        yield return Part("Layer", w => WriteLayer(w, plan), ModelPart.Summary(plan), layer);
        if (plan.Specification.HasOwnProblems)
        {
            yield return EmitProblem(plan);
        }

        if (torch)
        {
            yield return Part("TorchModule", w => new TorchModulePart(w, plan).Write());
        }

        if (torch && !plan.Specification.HasOwnProblems)
        {
            yield return Part("Tensors", w => new TensorPart(w, plan).Write());
        }

        GeneratedFile Part(
            string name, Action<SourceWriter> body, string? summary = null, string? baseTypes = null) =>
            PartWriter.Write(plan.Specification.Type, name, body, summary, baseTypes);
    }

    private static void WriteLayer(SourceWriter writer, KernelPlan plan)
    {
        new ModelPart(writer, plan).Write();
        new CoefficientsPart(writer, plan).Write();
        if (!plan.Specification.HasOwnProblems)
        {
            new EnergyPart(writer, plan).Write();
            if (!ReadoutPart.IsInRuntime(plan))
            {
                ReadoutPart.Write(writer, plan);
            }
        }

        new GradientPart(writer, plan).Write();
        new LayerPart(writer, plan).Write();
    }

    /// <summary>What samplers see of a layer with several problems of a sample: a model without parameters.</summary>
    private static GeneratedFile EmitProblem(KernelPlan layer)
    {
        KernelPlan plan = KernelPlan.Lower(layer.Specification.Problem, layer.ElementType);
        return PartWriter.Write(
            plan.Specification.Type, "Problem", Write, ModelPart.SummaryOfProblem(plan), EnergyPart.InterfaceOf(plan), "public sealed ");

        void Write(SourceWriter writer)
        {
            new ModelPart(writer, plan).Write();
            new EnergyPart(writer, plan).Write();
        }
    }
}
