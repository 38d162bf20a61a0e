using System;
using System.Collections.Generic;
using Qama.Generators.Emission.Tensors;
using Qama.Generators.Lowering;
using Qama.Generators.Model;

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

        yield return Part("Model", w => new ModelPart(w, plan).Write(), ModelPart.Summary(plan), layer);
        yield return Part("Coefficients", w => new CoefficientsPart(w, plan).Write());
        if (plan.Specification.HasOwnProblems)
        {
            foreach (GeneratedFile file in EmitProblem(plan))
            {
                yield return file;
            }
        }
        else
        {
            yield return Part("Energy", w => new EnergyPart(w, plan).Write());
        }

        if (!plan.Specification.HasOwnProblems && !ReadoutPart.IsInRuntime(plan))
        {
            yield return Part("Readout", w => ReadoutPart.Write(w, plan));
        }

        yield return Part("Gradient", w => new GradientPart(w, plan).Write());
        yield return Part("Layer", w => new LayerPart(w, plan).Write());

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

    /// <summary>What samplers see of a layer with several problems of a sample: a model without parameters.</summary>
    private static IEnumerable<GeneratedFile> EmitProblem(KernelPlan layer)
    {
        KernelPlan plan = KernelPlan.Lower(layer.Specification.Problem, layer.ElementType);
        TypeIdentity type = plan.Specification.Type;
        yield return PartWriter.Write(
            type, "Model", w => new ModelPart(w, plan).Write(), ModelPart.SummaryOfProblem(plan), EnergyPart.InterfaceOf(plan), "public sealed ");
        yield return PartWriter.Write(type, "Energy", w => new EnergyPart(w, plan).Write());
    }
}
