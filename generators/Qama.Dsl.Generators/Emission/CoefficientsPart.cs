using System.Collections.Generic;
using System.Linq;
using Qama.Generators.Energy;
using Qama.Generators.Lowering;
using Qama.Generators.Model;

namespace Qama.Generators.Emission;

/// <summary>Couplings and fields from projected query, key and value.</summary>
internal sealed class CoefficientsPart(SourceWriter writer, KernelPlan plan)
{
    private readonly KernelWriter _kernels = new(writer, plan);
    private readonly PositionFunctions _positions = new(writer, plan);
    private readonly string _element = plan.ElementType.Name;
    private readonly IReadOnlyList<Symbol> _couplingReads = [.. plan.Coupling.Reads];
    private readonly IReadOnlyList<Symbol> _fieldReads = [.. plan.Field?.Reads ?? []];

    /// <summary>A layer that keeps couplings as features has no scratch memory for pairs.</summary>
    private string ScratchLength => plan.Features is null || !plan.CanWriteCouplings
        ? $"{GeneratedNames.Nested}.KernelScratchLength"
        : $"{GeneratedNames.Nested}.KernelScratchLength + {LayerPart.Length(plan, ScratchPlan.For(plan.Coupling))}";

    /// <summary>The argument of what is learned of couplings, which the table is made of.</summary>
    private const string LearnedParameter = "learnedCoupling";

    private string LearnedPairs => ReadsLearned ? $", global::System.ReadOnlySpan<{_element}> {LearnedParameter}" : "";

    private bool ReadsLearned => KernelWriter.ReadsLearnedCouplings(_couplingReads);

    public void Write()
    {
        if (plan.CanWriteCouplings)
        {
            DocumentComputeCouplings();
            string learned = ReadsLearned ? $", {LearnedParameter}, readsLearnedCoupling: true" : "";
            WriteComputation(GeneratedNames.ComputeCouplings, CouplingParameters, "query, key", _couplingReads, CouplingComputation, $"couplings{learned}");
        }

        if (plan.HasField && !plan.IsRectangular)
        {
            DocumentComputeFields();
            WriteComputation(GeneratedNames.ComputeFields, FieldParameters, "value", _fieldReads, FieldComputation, "fields");
        }

        PartWriter.Nested(writer, WriteNested);
    }

    // Types of the nested one, each a kernel of the runtime.
    private const string CouplingComputation = "CouplingComputation", FieldComputation = "FieldComputation";

    private string CouplingParameters => $"""
            global::System.ReadOnlySpan<{_element}> query, global::System.ReadOnlySpan<{_element}> key{_kernels.LearnableParameters(_couplingReads)}{LearnedPairs},
            global::System.Span<{_element}> couplings
            """;

    private string FieldParameters => $"""
            global::System.ReadOnlySpan<{_element}> value{_kernels.LearnableParameters(_fieldReads)}, global::System.Span<{_element}> fields
            """;

    /// <summary>A public method that computes a coefficient of all heads outside a layer.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="inputs">Projected inputs that it needs.</param>
    /// <param name="reads">Symbols of learnables among what it reads.</param>
    /// <param name="kernel">What computes it for one head.</param>
    /// <param name="rest">The arguments behind the learnables.</param>
    private void WriteComputation(
        string name, string parameters, string inputs, IReadOnlyList<Symbol> reads, string kernel, string rest)
    {
        Learnable[] learnables = [.. _kernels.LearnablesOf(reads)];
        string description = $"{GeneratedNames.Nested}.Description";
        writer.Mark().Write($"public static void {name}(").Open("    " + parameters.Replace("\n", "\n    ") + ")");
        if (learnables.Length > 0)
        {
            writer.Write($"var learnables = {Runtime}.LearnablesOf<{_element}>({description});");
        }

        foreach (Learnable learnable in learnables)
        {
            string argument = _kernels.Names.Of(learnable);
            writer.Write($"{Runtime}.Set<{_element}>(learnables[{plan.Learnables.IndexOf(learnable)}], {argument}, \"{argument}\");");
        }

        string values = learnables.Length > 0 ? "learnables" : $"global::System.Array.Empty<global::Qama.Layers.Parameter<{_element}>>()";
        writer.Write($"""
            {Runtime}.{name}<{_element}, {GeneratedNames.Nested}.{kernel}>(
                {description}, {ScratchLength}, {inputs}, {values}, {rest});
            """).Close().Line();
    }

    private const string Runtime = "global::Qama.Layers.HeadKernels";

    /// <summary>Opens a coefficient's computation for one head, which layers and the runtime call.</summary>
    private void OpenComputation(string type)
    {
        writer.Open($"public readonly struct {type} : global::Qama.Layers.IHeadKernel<{_element}>");
        writer.Open($"""
            public static void Run{VectorMethod.Registers}({LayerPart.HookParameters(plan)}, int h)
                {VectorMethod.Constraint(_element)}
            """);
    }

    private void WriteNested()
    {
        _positions.WriteTables(plan.CouplingTables);
        _positions.WriteTables(plan.FieldTables);
        WriteLayerHook();
        if (plan.CanWriteCouplings)
        {
            writer.Line();
            WriteCouplingKernel();
        }
        else if (plan.IsRectangular)
        {
            writer.Line();
            WriteSimilarityKernel();
        }

        if (plan.Features is { AreComputed: true })
        {
            writer.Line();
            new FeaturesWriter(writer, plan).WriteKernel();
        }

        if (plan.HasField)
        {
            writer.Line();
            WriteFieldKernel();
            if (!plan.IsRectangular)
            {
                writer.Line();
                WriteFieldComputation();
            }
        }
    }

    private void DocumentComputeCouplings()
    {
        writer.Write($"""
            /// <summary>Couplings from projected query and key: J[h,i,j] = {SourceWriter.Xml(MathNotation.Write(plan.CouplingDefinition))},
            /// {ModelPart.CouplingShape(plan)}.</summary>
            /// <param name="query">Projected query, [Tokens, HeadCount * HeadDim].</param>
            /// <param name="key">Projected key, [Tokens, HeadCount * HeadDim].</param>
            """);
        DocumentLearnables(_couplingReads);
        if (ReadsLearned)
        {
            writer.Write($"/// <param name=\"{LearnedParameter}\">The parameter LearnedCoupling, of the shape that the descriptor has.</param>");
        }

        writer.Write($"""
            /// <param name="couplings">Receives J, [HeadCount, Tokens, Tokens].</param>
            /// <exception cref="global::System.ArgumentException">A length does not match the model.</exception>
            """);
    }

    private void DocumentComputeFields()
    {
        writer.Write($"""
            /// <summary>Fields from the projected value: f[h,i] = {SourceWriter.Xml(MathNotation.Write(plan.FieldDefinition))}.</summary>
            /// <param name="value">Projected value, [Tokens, HeadCount * HeadDim].</param>
            """);
        DocumentLearnables(_fieldReads);
        writer.Write("""
            /// <param name="fields">Receives f, [HeadCount, Tokens].</param>
            /// <exception cref="global::System.ArgumentException">A length does not match the model.</exception>
            """);
    }

    private void WriteLayerHook()
    {
        LayerPart.OpenHook(writer, plan, GeneratedNames.ComputeCoefficients);
        if (plan.IsRectangular)
        {
            WriteCalls();
            return;
        }

        writer.Open(LayerPart.Heads);
        if (plan.Features is { AreComputed: true })
        {
            new FeaturesWriter(writer, plan).WriteCall();
        }
        else if (plan.Features is null)
        {
            writer.Write($"{CouplingComputation}.Run{VectorMethod.Registers}(sample, learnables, h);");
        }

        if (plan.HasField)
        {
            writer.Write($"{FieldComputation}.Run{VectorMethod.Registers}(sample, learnables, h);");
        }

        writer.Close().Close().Line();
        writer.Write($"""
            private static global::System.Span<{_element}> OfHead(global::System.Span<{_element}> features, int head) =>
                features.Slice(head * HeadDim * TokenStride, HeadDim * TokenStride);
            """);
    }

    /// <summary>Of one head and some tokens: the similarities, or the fields.</summary>
    private void WriteCalls()
    {
        writer.Write("int h = sample.Head;");
        writer.Block("if (!sample.Couplings.IsEmpty)", () => writer.Write($"""
            SimilarityKernel{VectorMethod.Registers}(
                sample.Query, sample.Key{_kernels.HeadValues(_couplingReads, plan.CouplingTables)}, sample.Couplings,
                {_kernels.PairValues}sample.TokenCount, sample.Scratch);
            """));
        if (plan.HasField)
        {
            writer.Line().Block("if (!sample.Fields.IsEmpty)", () => writer.Write($"""
                FieldKernel{VectorMethod.Registers}(
                    sample.Value{_kernels.HeadValues(_fieldReads, plan.FieldTables)}, sample.Fields,
                    {_kernels.TokenValues}sample.TokenCount, sample.Scratch);
                """));
        }

        writer.Close();
    }

    private void WriteCouplingKernel()
    {
        writer.Write("/// <summary>J of one head, [Tokens, TokenStride], from query and key [HeadDim, TokenStride].</summary>");
        OpenComputation(CouplingComputation);
        writer.Write($"""
            var couplings = sample.Couplings.Slice(h * Tokens * TokenStride, Tokens * TokenStride);
            SimilarityKernel{VectorMethod.Registers}(
                OfHead(sample.Query, h), OfHead(sample.Key, h){_kernels.HeadValues(_couplingReads, plan.CouplingTables)},
                couplings, sample.TokenCount, sample.Scratch);
            """);
        writer.Write(plan.Specification.Coupling.Symmetrise
            ? $"global::Qama.Numerics.Matrices.PairMatrix.Symmetrise<{_element}>(couplings, Tokens, TokenStride, sample.TokenCount, 1);"
            : $"global::Qama.Numerics.Matrices.PairMatrix.ClearAbsent(couplings, Tokens, TokenStride, sample.TokenCount);");
        if (plan.HasPairMask)
        {
            writer.Write(plan.Features is null
                ? $"global::Qama.Numerics.Matrices.PairMatrix.Mask<{_element}>(couplings, InteractingPairs, TokenStride);"
                : $"global::Qama.Numerics.Matrices.PairMatrix.Interact<{_element}>(couplings, TokenStride, sample.TokenCount, {plan.Window}, {plan.Block}, 0);");
        }

        writer.Close().Close().Line();
        WriteSimilarityKernel();
    }

    private void WriteFieldComputation()
    {
        OpenComputation(FieldComputation);
        writer.Write($"""
            FieldKernel{VectorMethod.Registers}(
                OfHead(sample.Value, h){_kernels.HeadValues(_fieldReads, plan.FieldTables)},
                sample.Fields.Slice(h * TokenStride, TokenStride), sample.TokenCount, sample.Scratch);
            """);
        writer.Close().Close();
    }

    private void WriteSimilarityKernel()
    {
        CouplingPlan coupling = plan.Coupling;
        _kernels.Open(
            "/// <summary>The similarity of every query with every key of one head, [Tokens, TokenStride].</summary>",
            "SimilarityKernel", $"""
            global::System.ReadOnlySpan<{_element}> query, global::System.ReadOnlySpan<{_element}> key{_kernels.HeadParameters(_couplingReads, plan.CouplingTables)},
            global::System.Span<{_element}> couplings, {_kernels.PairParameters}int tokenCount, global::System.Span<{_element}> scratch
            """);
        _kernels.Comment("F[i,j]", plan.CouplingDefinition);
        _positions.WriteLocals(plan.CouplingTables, [.. coupling.Reads]);
        _kernels.WriteScratch(ScratchPlan.For(coupling));
        if (coupling.Products.Length > 0 && coupling.ScaleOfOnlyProduct is null)
        {
            writer.Write($"var {coupling.Products[0].Symbol.Name} = couplings;");
        }

        _kernels.WriteSlots(coupling);
        foreach (Product product in coupling.Products)
        {
            _kernels.WriteProduct(
                product, product == coupling.Products[0] ? "couplings" : product.Symbol.Name, coupling.ScaleOfOnlyProduct ?? 1);
        }

        if (coupling.PairProgram is { } pairs)
        {
            _kernels.WriteProgram(pairs, LaneScope.Pairs);
        }

        writer.Close();
    }

    private void WriteFieldKernel()
    {
        _kernels.Open(
            "/// <summary>f of one head, [TokenStride], from value [HeadDim, TokenStride].</summary>", "FieldKernel", $"""
            global::System.ReadOnlySpan<{_element}> value{_kernels.HeadParameters(_fieldReads, plan.FieldTables)},
            global::System.Span<{_element}> field, {_kernels.TokenParameters}int tokenCount, global::System.Span<{_element}> scratch
            """);
        _kernels.Comment("f[i]", plan.FieldDefinition);
        _positions.WriteLocals(plan.FieldTables, [.. plan.Field!.Reads]);
        _kernels.WriteScratch(ScratchPlan.For(plan.Field));
        _kernels.WriteProgram(plan.Field, LaneScope.Tokens);
        writer.Close();
    }

    private void DocumentLearnables(IEnumerable<Symbol> reads)
    {
        foreach (Learnable learnable in _kernels.LearnablesOf(reads))
        {
            writer.Write($"/// <param name=\"{_kernels.Names.Of(learnable)}\">The parameter {learnable.Name}, {learnable.Length} numbers.</param>");
        }
    }
}
