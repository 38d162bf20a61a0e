using Qama.Generators.Lowering;

namespace Qama.Generators.Emission;

/// <summary>The layer class: construction, and the problems its sampler solves.</summary>
internal sealed class LayerPart(SourceWriter writer, KernelPlan plan)
{
    public void Write()
    {
        string self = plan.Specification.Type.Name;
        int forward = System.Math.Max(
            ScratchPlan.For(plan.Coupling).Length(plan.Specification.HeadDim, plan.Specification.Tokens, plan.Stride),
            ScratchPlan.For(plan.Field).Length(plan.Specification.HeadDim, plan.Specification.Tokens, plan.Stride));
        int backward = System.Math.Max(
            ScratchPlan.For(plan.Coupling, plan.CouplingGradient).Length(plan.Specification.HeadDim, plan.Specification.Tokens, plan.Stride),
            ScratchPlan.For(plan.FieldGradient).Length(plan.Specification.HeadDim, plan.Specification.Tokens, plan.Stride));

        // A readout needs one row.
        int scratch = System.Math.Max(System.Math.Max(forward, backward), plan.Stride);
        writer.Write($$"""
            private const int KernelScratchLength = {{scratch}};

            /// <summary>Creates the layer with seeded initial parameters.</summary>
            /// <param name="seed">Seed of the initial values, and of sampling unless a workspace says otherwise.</param>
            public {{self}}(long seed)
                : base(Descriptor, seed)
            {
            }

            /// <inheritdoc/>
            protected override int ScratchLength => KernelScratchLength;

            /// <inheritdoc/>
            protected override global::Qama.Sampling.AttentionProblemBatch CreateProblems(int capacity, float[] couplings, float[] fields) =>
                new global::Qama.Sampling.AttentionProblemBatch<{{self}}>(capacity, couplings, fields);
            """);
    }
}
