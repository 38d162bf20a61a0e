using System;
using System.Globalization;
using System.Linq;
using Qama.Generators.Emission.Readouts;
using Qama.Generators.Lowering;
using Qama.Generators.Model;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Emission;

/// <summary>The layer class: construction, and the problems its sampler solves.</summary>
internal sealed class LayerPart(SourceWriter writer, KernelPlan plan)
{
    public void Write()
    {
        string self = plan.Specification.Type.Name;
        writer.Write("""
            /// <summary>Creates the layer with seeded initial parameters.</summary>
            /// <param name="seed">Seed of the initial values, and of sampling unless a workspace says otherwise.</param>
            """).Mark().Write($$"""
            public {{self}}(long seed)
                : base(Descriptor, seed)
            {
            }

            """);
        Override($"int {GeneratedNames.ScratchLength} => {GeneratedNames.Nested}.KernelScratchLength;");
        Override($"""
            global::Qama.Layers.AttentionProblemBatch {GeneratedNames.CreateProblems}(int capacity, float[] couplings, float[] fields) =>
                new global::Qama.Layers.{(plan.Features is null ? "AttentionProblemBatch" : "FactoredProblemBatch")}<{(plan.Specification.HasOwnProblems ? GeneratedNames.SelectionProblem : self)}>(capacity, couplings, fields{SharedTables});
            """);
        if (plan.HasPairMask && plan.Features is null && !plan.IsCausal)
        {
            Override($"global::System.ReadOnlySpan<{plan.ElementType.Name}> {GeneratedNames.PairMask} => {GeneratedNames.Nested}.InteractingPairs;");
        }

        WriteHook(GeneratedNames.ComputeCoefficients, "", "sample, base.Learnables");
        if (plan.Specification.HasOwnProblems)
        {
            new PositionHooks(writer, plan).Write();
        }
        else if (ReadoutPart.IsInRuntime(plan))
        {
            WriteHook(GeneratedNames.ComputeReadout, Output, ReadoutPart.Compute(plan), isCall: true);
            WriteHook(GeneratedNames.BackwardReadout, OutputGradient, ReadoutPart.Backward(writer, plan), isCall: true);
        }
        else
        {
            WriteHook(GeneratedNames.ComputeReadout, Output, "sample, output, base.Learnables");
            WriteHook(GeneratedNames.BackwardReadout, OutputGradient, "sample, outputGradient, base.Learnables");
        }

        if (plan.Specification.Gradient.NeedsSlopes && !plan.Specification.HasOwnProblems)
        {
            bool isCall = ReadoutPart.IsInRuntime(plan);
            WriteHook(
                GeneratedNames.BackwardSelection, SelectionGradient,
                isCall ? LocalEnergyReadout.BackwardSelection(plan) : "sample, outputGradient, selectionGradient, base.Learnables", isCall);
        }

        WriteHook(GeneratedNames.BackwardCoefficients, "", "sample, base.Learnables");
        PartWriter.Nested(writer, () => writer.Write($"public const int KernelScratchLength = {ScratchLength()};"));
    }

    /// <summary>Tables of couplings that problems share, as an argument: one where all select among the same first tokens, else one for every
    /// problem of a sample.</summary>
    private string SharedTables => plan.Specification.Select.Scope != SelectionScope.Query ? ""
        : ", " + (plan.Specification.Queries.StartsAtZero ? 1 : plan.Specification.ProblemCount).ToString(CultureInfo.InvariantCulture);

    private string Output => $", global::System.Span<{plan.ElementType.Name}> output";

    private string OutputGradient => $", global::System.ReadOnlySpan<{plan.ElementType.Name}> outputGradient";

    private string SelectionGradient => $"{OutputGradient}, global::System.Span<{plan.ElementType.Name}> selectionGradient";

    /// <summary>A hook of the base class: a call of the runtime, or the arguments of a method of the same name in the nested type.</summary>
    private void WriteHook(string name, string parameter, string value, bool isCall = false) => Override($"""
        void {name}{VectorMethod.Registers}(in global::Qama.Layers.SampleBuffers<{plan.ElementType.Name}> sample{parameter}) =>
            {(isCall ? value : $"{GeneratedNames.Nested}.{name}{VectorMethod.Registers}({value})")};
        """);

    private void Override(string member) =>
        writer.Write("/// <inheritdoc/>").Mark().Write("protected override " + member).Line();

    /// <summary>A loop over the heads that a hook is asked for: all, or a part of them while other threads do the others.</summary>
    public const string Heads = "for (int h = sample.HeadsBefore; h < HeadCount - sample.HeadsAfter; h++)";

    /// <summary>Parameters of a hook's method in the nested type: the sample, what the hook has besides, and the learned vectors.</summary>
    public static string HookParameters(KernelPlan plan, string parameter = "")
    {
        string element = plan.ElementType.Name;
        return $"in global::Qama.Layers.SampleBuffers<{element}> sample, {parameter}"
            + $"global::System.Collections.Generic.IReadOnlyList<global::Qama.Layers.Parameter<{element}>> learnables";
    }

    /// <summary>A hook's method in the nested type.</summary>
    public static string Hook(KernelPlan plan, string name, string parameter = "") => $"""
        public static void {name}{VectorMethod.Registers}({HookParameters(plan, parameter)})
            {VectorMethod.Constraint(plan.ElementType.Name)}
        """;

    /// <summary>Opens a hook's method in the nested type.</summary>
    public static void OpenHook(SourceWriter writer, KernelPlan plan, string name, string parameter = "") =>
        writer.Open(Hook(plan, name, parameter));

    /// <summary>Kernels take turns with the scratch memory: the largest decides.</summary>
    private int ScratchLength()
    {
        (int similarity, int gradient) = plan.Features is { } features
            ? (Length(ScratchPlan.For(features.RowProgram, features.ColumnProgram)),
                Length(ScratchPlan.For(features.RowGradient, features.ColumnGradient)))
            : (Length(ScratchPlan.For(plan.Coupling)),
                Length(ScratchPlan.For(plan.Coupling, plan.CouplingGradient, plan.HasSymmetricGradient)));
        int fields = Length(ScratchPlan.For(plan.Field, plan.FieldGradient));
        if (plan.IsCausal)
        {
            // Tables are made in front of everything else.
            return Tables(plan.CouplingTables) + Tables(plan.FieldTables) + Math.Max(Math.Max(similarity, gradient), fields);
        }

        int readout = plan.Specification.Readout switch
        {
            _ when plan.Specification.HasOwnProblems => 0,
            ReadoutKind.EntropyShare => EntropyShareReadout.ScratchLength(plan),
            ReadoutKind.SelectedAttention => similarity + SelectedAttentionReadout.ScratchLength(plan),
            _ when plan.ReadoutTerms is not null => TermsReadout.ScratchLength(plan),
            _ => LocalEnergyKernels.ScratchRows(plan) * plan.Stride,
        };
        return Math.Max(Math.Max(similarity, gradient), Math.Max(fields, readout));
    }

    private int Tables(PositionTables tables) =>
        tables.Tables.Sum(t => (t.Symbol.Tokens == Energy.Tokens.Pair ? plan.KernelTokens : 1) * plan.Stride);

    private int Length(ScratchPlan scratch) => Length(plan, scratch);

    /// <summary>Elements of a kernel's scratch memory.</summary>
    public static int Length(KernelPlan plan, ScratchPlan scratch) =>
        scratch.Length(plan.Specification.HeadDim, plan.KernelTokens, plan.Stride);
}
