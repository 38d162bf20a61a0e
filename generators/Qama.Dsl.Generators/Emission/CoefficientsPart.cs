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

    public void Write()
    {
        DocumentComputeCouplings();
        WriteForward(GeneratedNames.ComputeCouplings, CouplingParameters, ["query", "key", .. Learned(_couplingReads), "couplings"]);
        if (plan.HasField)
        {
            DocumentComputeFields();
            WriteForward(GeneratedNames.ComputeFields, FieldParameters, ["value", .. Learned(_fieldReads), "fields"]);
        }

        PartWriter.Nested(writer, WriteNested);
    }

    private string CouplingParameters => $"""
            global::System.ReadOnlySpan<{_element}> query, global::System.ReadOnlySpan<{_element}> key{_kernels.LearnableParameters(_couplingReads)},
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
        WriteComputeCouplings();
        if (plan.HasField)
        {
            writer.Line();
            WriteComputeFields();
        }

        writer.Line();
        _positions.WriteTables(plan.CouplingTables);
        _positions.WriteTables(plan.FieldTables);
        WriteLayerHook();
        writer.Line();
        WriteCouplingKernel();
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
        writer.Write($$"""
            var queries = global::Qama.Numerics.Matrices.Padding.ToFeatureMajor(query, Tokens, HeadCount * HeadDim);
            var keys = global::Qama.Numerics.Matrices.Padding.ToFeatureMajor(key, Tokens, HeadCount * HeadDim);
            var padded = new {{_element}}[Tokens * TokenStride];
            var scratch = new {{_element}}[KernelScratchLength];
            for (int h = 0; h < HeadCount; h++)
            {
                CouplingKernel(
                    OfHead(queries, h), OfHead(keys, h){{_kernels.HeadArguments(_couplingReads, plan.CouplingTables)}}, padded, Tokens, scratch);
                global::Qama.Numerics.Matrices.Padding.Copy<{{_element}}>(
                    padded, TokenStride, couplings.Slice(h * Tokens * Tokens, Tokens * Tokens), Tokens, Tokens, Tokens);
            }
            """);
        writer.Close();
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
        writer.Write($$"""
            var values = global::Qama.Numerics.Matrices.Padding.ToFeatureMajor(value, Tokens, HeadCount * HeadDim);
            var padded = new {{_element}}[TokenStride];
            var scratch = new {{_element}}[KernelScratchLength];
            for (int h = 0; h < HeadCount; h++)
            {
                FieldKernel(OfHead(values, h){{_kernels.HeadArguments(_fieldReads, plan.FieldTables)}}, padded, Tokens, scratch);
                global::System.MemoryExtensions.AsSpan(padded, 0, Tokens).CopyTo(fields.Slice(h * Tokens, Tokens));
            }
            """);
        writer.Close();
    }

    private void WriteLayerHook()
    {
        writer.Open($"public static void ComputeCoefficients({LayerPart.HookParameters(plan)})");
        writer.Open("for (int h = 0; h < HeadCount; h++)");
        writer.Write($"""
            CouplingKernel(
                OfHead(sample.Query, h), OfHead(sample.Key, h){_kernels.HeadValues(_couplingReads, plan.CouplingTables)},
                sample.Couplings.Slice(h * Tokens * TokenStride, Tokens * TokenStride), sample.TokenCount, sample.Scratch);
            """);
        if (plan.HasField)
        {
            writer.Write($"""
                FieldKernel(
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

    private void WriteCouplingKernel()
    {
        writer.Write("/// <summary>J of one head, [Tokens, TokenStride], from query and key [HeadDim, TokenStride].</summary>");
        writer.Open($"""
            private static void CouplingKernel(
                global::System.ReadOnlySpan<{_element}> query, global::System.ReadOnlySpan<{_element}> key{_kernels.HeadParameters(_couplingReads, plan.CouplingTables)},
                global::System.Span<{_element}> couplings, int tokenCount, global::System.Span<{_element}> scratch)
            """);
        writer.Write($"SimilarityKernel(query, key{_kernels.SameArguments(_couplingReads, plan.CouplingTables)}, couplings, tokenCount, scratch);");
        writer.Write(plan.Specification.Coupling.Symmetrise
            ? $"global::Qama.Numerics.Matrices.PairMatrix.Symmetrise<{_element}>(couplings, Tokens, TokenStride, tokenCount, 1);"
            : $"global::Qama.Numerics.Matrices.PairMatrix.ClearAbsent(couplings, Tokens, TokenStride, tokenCount);");
        if (plan.HasPairMask)
        {
            writer.Write($"global::Qama.Numerics.Matrices.PairMatrix.Mask<{_element}>(couplings, InteractingPairs, TokenStride);");
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
            global::System.Span<{_element}> couplings, int tokenCount, global::System.Span<{_element}> scratch
            """,
            coupling.Programs.Any());
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
            global::System.Span<{_element}> field, int tokenCount, global::System.Span<{_element}> scratch
            """,
            usesVectors: true);
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
