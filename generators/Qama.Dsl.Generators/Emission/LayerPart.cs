using System;
using Qama.Generators.Emission.Readouts;
using Qama.Generators.Lowering;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Emission;

/// <summary>The layer class: construction, and the problems its sampler solves.</summary>
internal sealed class LayerPart(SourceWriter writer, KernelPlan plan)
{
    public void Write()
    {
        string self = plan.Specification.Type.Name;
        writer.Write($"private const int KernelScratchLength = {ScratchLength()};").Line();
        writer.Write($$"""
            /// <summary>Creates the layer with seeded initial parameters.</summary>
            /// <param name="seed">Seed of the initial values, and of sampling unless a workspace says otherwise.</param>
            public {{self}}(long seed)
                : base(Descriptor, seed)
            {
            }

            /// <inheritdoc/>
            protected override int ScratchLength => KernelScratchLength;

            /// <inheritdoc/>
            protected override global::Qama.Attention.AttentionProblemBatch CreateProblems(int capacity, float[] couplings, float[] fields) =>
                new global::Qama.Attention.AttentionProblemBatch<{{self}}>(capacity, couplings, fields);
            """);
        if (plan.HasPairMask)
        {
            writer.Line().Write($"""
                /// <inheritdoc/>
                protected override global::System.ReadOnlySpan<{plan.ElementType.Name}> PairMask => InteractingPairs;
                """);
        }
    }

    /// <summary>Kernels take turns with the scratch memory: the largest decides.</summary>
    private int ScratchLength()
    {
        int similarity = Length(ScratchPlan.For(plan.Coupling));
        int gradient = Length(ScratchPlan.For(plan.Coupling, plan.CouplingGradient, plan.HasSymmetricGradient));
        int fields = Length(ScratchPlan.For(plan.Field, plan.FieldGradient));
        int readout = plan.Specification.Readout switch
        {
            ReadoutKind.EntropyShare => EntropyShareReadout.ScratchLength(plan),
            ReadoutKind.SelectedAttention => similarity + SelectedAttentionReadout.ScratchLength(plan),
            _ => plan.Stride,
        };
        return Math.Max(Math.Max(similarity, gradient), Math.Max(fields, readout));
    }

    private int Length(ScratchPlan scratch) => scratch.Length(plan.Specification.HeadDim, plan.Specification.Tokens, plan.Stride);
}
