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
        ? "KernelScratchLength" : $"KernelScratchLength + {LayerPart.Length(plan, ScratchPlan.For(plan.Coupling))}";

    /// <summary>The argument of what is learned of couplings, which the table is made of.</summary>
    private const string LearnedParameter = "learnedCoupling";

    private string LearnedPairs => ReadsLearned ? $", global::System.ReadOnlySpan<{_element}> {LearnedParameter}" : "";

    private bool ReadsLearned => KernelWriter.ReadsLearnedCouplings(_couplingReads);

    public void Write()
    {
        if (plan.CanWriteCouplings)
        {
            DocumentComputeCouplings();
            string[] learned = ReadsLearned ? [LearnedParameter] : [];
            WriteForward(
                GeneratedNames.ComputeCouplings, CouplingParameters,
                ["query", "key", .. Learned(_couplingReads), .. learned, "couplings"]);
        }

        if (plan.HasField && !plan.IsRectangular)
        {
            DocumentComputeFields();
            WriteForward(GeneratedNames.ComputeFields, FieldParameters, ["value", .. Learned(_fieldReads), "fields"]);
        }

        PartWriter.Nested(writer, WriteNested);
    }

    private string CouplingParameters => $"""
            global::System.ReadOnlySpan<{_element}> query, global::System.ReadOnlySpan<{_element}> key{_kernels.LearnableParameters(_couplingReads)}{LearnedPairs},
            global::System.Span<{_element}> couplings
            """;

    private string FieldParameters => $"""
            global::System.ReadOnlySpan<{_element}> value{_kernels.LearnableParameters(_fieldReads)}, global::System.Span<{_element}> fields
            """;

    private IEnumerable<string> Learned(IEnumerable<Symbol> reads) => _kernels.LearnablesOf(reads).Select(_kernels.Names.Of);

    /// <summary>A public method that the nested type's of the same name answers.</summary>
    private void WriteForward(string name, string parameters, string[] arguments)
    {
        writer.Mark().Write($"public static void {name}(").Write("    " + parameters.Replace("\n", "\n    ") + ") =>");
        writer.Write($"    {GeneratedNames.Nested}.{name}({string.Join(", ", arguments)});").Line();
    }

    private void WriteNested()
    {
        if (plan.CanWriteCouplings)
        {
            WriteComputeCouplings();
        }

        if (plan.HasField && !plan.IsRectangular)
        {
            writer.Line();
            WriteComputeFields();
        }

        writer.Line();
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

    private void WriteComputeCouplings()
    {
        writer.Write("public static void ComputeCouplings(");
        writer.Open("    " + CouplingParameters.Replace("\n", "\n    ") + ")");
        Require("query", "Tokens * HeadCount * HeadDim", "[Tokens, HeadCount * HeadDim]");
        Require("key", "Tokens * HeadCount * HeadDim", "[Tokens, HeadCount * HeadDim]");
        RequireLearnables(_couplingReads);
        Require("couplings", "HeadCount * Tokens * Tokens", "[HeadCount, Tokens, Tokens]");
        if (ReadsLearned)
        {
            Require(LearnedParameter, "Description.LearnedCoupling!.Length", "parameter LearnedCoupling");
            writer.Write($"""
                var {MemoryNames.LearnedCouplings} = new {_element}[Description.LearnedCoupling.TableLength];
                Description.LearnedCoupling.WriteTable<{_element}>({LearnedParameter}, {MemoryNames.LearnedCouplings});
                """);
        }

        WriteComputation(
            "CouplingComputation", ["query", "key"], _couplingReads, "couplings", "HeadCount * Tokens", $"""
            CouplingKernel{VectorMethod.Registers}(
                OfHead(query, h), OfHead(key, h){_kernels.HeadArguments(_couplingReads, plan.CouplingTables)},
                global::System.MemoryExtensions.AsSpan(couplings, h * Tokens * TokenStride, Tokens * TokenStride), Tokens, scratch);
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

    private void WriteComputeFields()
    {
        writer.Open($"public static void ComputeFields({FieldParameters})");
        Require("value", "Tokens * HeadCount * HeadDim", "[Tokens, HeadCount * HeadDim]");
        RequireLearnables(_fieldReads);
        Require("fields", "HeadCount * Tokens", "[HeadCount, Tokens]");
        WriteComputation(
            "FieldComputation", ["value"], _fieldReads, "fields", "HeadCount", $"""
            FieldKernel{VectorMethod.Registers}(
                OfHead(value, h){_kernels.HeadArguments(_fieldReads, plan.FieldTables)},
                global::System.MemoryExtensions.AsSpan(fields, h * TokenStride, TokenStride), Tokens, scratch);
            """);
    }

    /// <summary>Closes a method that computes a coefficient of all heads outside a layer, and writes the work as what the runtime runs
    /// in the machine's registers: no ref struct, for these implement interfaces since C# 13 only.</summary>
    /// <param name="name">The type of the work.</param>
    /// <param name="inputs">Projected inputs that it needs.</param>
    /// <param name="reads">Symbols of learnables among what it reads.</param>
    /// <param name="result">The coefficient.</param>
    /// <param name="rows">Rows of the coefficient.</param>
    /// <param name="kernel">The call for head h.</param>
    private void WriteComputation(
        string name, string[] inputs, IReadOnlyList<Symbol> reads, string result, string rows, string kernel)
    {
        string[] learnables = [.. _kernels.LearnablesOf(reads).Select(_kernels.Names.Of)];
        writer.Open($"var computation = new {name}");
        foreach (string input in inputs)
        {
            writer.Write($"{input} = global::Qama.Numerics.Matrices.Padding.ToFeatureMajor({input}, Tokens, HeadCount * HeadDim),");
        }

        foreach (string learnable in learnables)
        {
            writer.Write($"{learnable} = {learnable}.ToArray(),");
        }

        string[] tables = KernelWriter.ReadsLearnedCouplings(reads) ? [MemoryNames.LearnedCouplings] : [];
        foreach (string table in tables)
        {
            writer.Write($"{table} = {table},");
        }

        writer.Write($"{result} = new {_element}[{rows} * TokenStride],").Close("};");
        writer.Write($"""
            global::Qama.Numerics.Vectors.VectorPath.Run<{_element}, {name}>(ref computation);
            global::Qama.Numerics.Matrices.Padding.Copy<{_element}>(computation.{result}, TokenStride, {result}, Tokens, {rows}, Tokens);
            """);
        writer.Close().Line();
        writer.Open($"private struct {name} : global::Qama.Numerics.Vectors.IVectorAction<{_element}>");
        writer.Write($"public {_element}[] {string.Join(", ", [.. inputs, .. learnables, .. tables, result])};").Line();
        writer.Open($"void global::Qama.Numerics.Vectors.IVectorAction<{_element}>.Run{VectorMethod.Registers}()");
        foreach (string learnable in learnables)
        {
            writer.Write($"global::System.ReadOnlySpan<{_element}> {learnable} = this.{learnable};");
        }

        writer.Write($"var scratch = new {_element}[{ScratchLength}];");
        writer.Block("for (int h = 0; h < HeadCount; h++)", () => writer.Write(kernel));
        writer.Close().Close();
    }

    private void WriteLayerHook()
    {
        LayerPart.OpenHook(writer, plan, GeneratedNames.ComputeCoefficients);
        if (plan.IsRectangular)
        {
            WriteCalls();
            return;
        }

        writer.Open("for (int h = 0; h < HeadCount; h++)");
        if (plan.Features is { AreComputed: true })
        {
            new FeaturesWriter(writer, plan).WriteCall();
        }
        else if (plan.Features is null)
        {
            writer.Write($"""
                CouplingKernel{VectorMethod.Registers}(
                    OfHead(sample.Query, h), OfHead(sample.Key, h){_kernels.HeadValues(_couplingReads, plan.CouplingTables)},
                    sample.Couplings.Slice(h * Tokens * TokenStride, Tokens * TokenStride), sample.TokenCount, sample.Scratch);
                """);
        }

        if (plan.HasField)
        {
            writer.Write($"""
                FieldKernel{VectorMethod.Registers}(
                    OfHead(sample.Value, h){_kernels.HeadValues(_fieldReads, plan.FieldTables)},
                    sample.Fields.Slice(h * TokenStride, TokenStride), sample.TokenCount, sample.Scratch);
                """);
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
        _kernels.Open(
            "/// <summary>J of one head, [Tokens, TokenStride], from query and key [HeadDim, TokenStride].</summary>",
            "CouplingKernel", $"""
            global::System.ReadOnlySpan<{_element}> query, global::System.ReadOnlySpan<{_element}> key{_kernels.HeadParameters(_couplingReads, plan.CouplingTables)},
            global::System.Span<{_element}> couplings, int tokenCount, global::System.Span<{_element}> scratch
            """);
        writer.Write($"SimilarityKernel{VectorMethod.Registers}(query, key{_kernels.SameArguments(_couplingReads, plan.CouplingTables)}, couplings, tokenCount, scratch);");
        writer.Write(plan.Specification.Coupling.Symmetrise
            ? $"global::Qama.Numerics.Matrices.PairMatrix.Symmetrise<{_element}>(couplings, Tokens, TokenStride, tokenCount, 1);"
            : $"global::Qama.Numerics.Matrices.PairMatrix.ClearAbsent(couplings, Tokens, TokenStride, tokenCount);");
        if (plan.HasPairMask)
        {
            writer.Write(plan.Features is null
                ? $"global::Qama.Numerics.Matrices.PairMatrix.Mask<{_element}>(couplings, InteractingPairs, TokenStride);"
                : $"global::Qama.Numerics.Matrices.PairMatrix.Interact<{_element}>(couplings, TokenStride, tokenCount, {plan.Window}, {plan.Block}, 0);");
        }

        writer.Close().Line();
        WriteSimilarityKernel();
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

    private void RequireLearnables(IEnumerable<Symbol> reads)
    {
        foreach (Learnable learnable in _kernels.LearnablesOf(reads))
        {
            Require(_kernels.Names.Of(learnable), learnable.Length.ToString(System.Globalization.CultureInfo.InvariantCulture), "parameter " + learnable.Name);
        }
    }

    private void Require(string argument, string length, string shape) =>
        writer.Write($"global::Qama.Numerics.Shape.Require({argument}.Length, {length}, \"{shape}\", \"{argument}\");");
}
