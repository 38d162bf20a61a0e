using System;
using System.Collections.Generic;
using System.Linq;
using Qama.Generators.Emission.Terms;
using Qama.Generators.Energy;
using Qama.Generators.Lowering;
using Qama.Generators.Reading;

namespace Qama.Generators.Emission;

/// <summary>Writes all files of a model.</summary>
internal static class Emitter
{
    /// <param name="plan">The model.</param>
    /// <param name="torch">Whether its modules of TorchSharp are wanted too.</param>
    public static IEnumerable<GeneratedFile> Emit(KernelPlan plan, TorchSupport torch = TorchSupport.None)
    {
        string self = plan.Specification.Type.Name;
        string layer = $"global::Qama.Attention.QuboAttentionLayer<{plan.ElementType.Name}>, global::Qama.Attention.IQuboAttention<{self}>";
        yield return Part("Model", w => new ModelPart(w, plan).Write(), ModelPart.Summary(plan), layer);
        yield return Part("Coefficients", w => new CoefficientsPart(w, plan).Write());
        yield return Part("Qubo", w => new QuboPart(w, plan).Write());
        yield return Part("Ising", w => new IsingPart(w, plan).Write());
        yield return Part("Energy", w => new EnergyPart(w, plan).Write());
        if (plan.ConstraintWeights.Length > 0)
        {
            yield return Part("Constraints", w => new ConstraintsPart(w, plan).Write());
        }

        yield return Part("Annealer", w => new AnnealerPart(w, plan).Write());
        yield return Part("Readout", w => ReadoutPart.Write(w, plan));
        yield return Part("Gradient", w => new GradientPart(w, plan).Write());
        yield return Part("Layer", w => new LayerPart(w, plan).Write());

        if (torch == TorchSupport.Available)
        {
            yield return Part("TorchModule", w => new TorchModulePart(w, plan).Write());
        }

        GeneratedFile Part(
            string name, Action<SourceWriter> body, string? summary = null, string? baseTypes = null) =>
            PartWriter.Write(plan.Specification.Type, name, body, summary, baseTypes);
    }

    /// <summary>The writers of the model's penalties.</summary>
    public static IEnumerable<TermWriter> Terms(this KernelPlan plan) => plan.Penalties.Select(p => p.Penalty.Domain switch
    {
        PenaltyDomain.HeadPairsAtToken => new HeadExclusionWriter(p, plan.SelectionBits),
        PenaltyDomain.HeadPairsAtBit => new BitExclusionWriter(p),
        PenaltyDomain.Tokens => new CurvatureWriter(p),
        PenaltyDomain.TokenPairs => new PairPenaltyWriter(p, plan, p == plan.PairPenalties.First()),
        PenaltyDomain.TokenFields => new TokenPenaltyWriter(p, plan, p == plan.TokenPenalties.First()),
        PenaltyDomain.Heads => (TermWriter)new SparsityWriter(p, plan),
        _ => throw new InvalidOperationException($"No writer for {p.Penalty.Domain}."),
    });
}
