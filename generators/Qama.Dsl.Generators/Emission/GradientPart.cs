using System.Collections.Generic;
using System.Linq;
using Qama.Generators.Energy;
using Qama.Generators.Lowering;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Emission;

/// <summary>From the gradients of couplings and fields to those of query, key, value and learnables.</summary>
internal sealed class GradientPart(SourceWriter writer, KernelPlan plan)
{
    private readonly KernelWriter _kernels = new(writer, plan);
    private readonly PositionFunctions _positions = new(writer, plan);
    private readonly string _element = plan.ElementType.Name;
    private readonly CouplingGradientPlan _coupling = plan.CouplingGradient;
    private readonly IReadOnlyList<Symbol> _couplingReads =
        [.. plan.Coupling.Reads.Concat(plan.CouplingGradient.Programs.SelectMany(p => p.Reads)).Distinct()];

    private readonly IReadOnlyList<Symbol> _couplingWrites = [.. plan.CouplingGradient.Programs.SelectMany(p => p.Writes).Distinct()];
    private readonly IReadOnlyList<Symbol> _fieldReads = [.. plan.FieldGradient?.Reads ?? []];
    private readonly IReadOnlyList<Symbol> _fieldWrites = [.. plan.FieldGradient?.Writes ?? []];

    public void Write()
    {
        WriteLayerHook();
        writer.Line();
        WriteCouplingKernel();
        if (plan.FieldGradient is not null)
        {
            writer.Line();
            WriteFieldKernel();
        }
    }

    private void WriteLayerHook()
    {
        writer.Write("/// <inheritdoc/>");
        writer.Open($"protected override void BackwardCoefficients(in global::Qama.Model.SampleBuffers<{_element}> sample)");
        if (plan.HasPairMask && plan.Specification.Readout != ReadoutKind.SelectedAttention)
        {
            writer.Open("for (int h = 0; h < HeadCount; h++)");
            writer.Write($"global::Qama.Kernels.PairMatrix.Mask<{_element}>(sample.CouplingsGradient.Slice(h * Tokens * TokenStride, Tokens * TokenStride), InteractingPairs, TokenStride);");
            writer.Close().Line();
        }

        writer.Open("for (int h = 0; h < HeadCount; h++)");
        writer.Write($"""
            CouplingGradientKernel(
                OfHead(sample.Query, h), OfHead(sample.Key, h){_kernels.HeadValues(_couplingReads, plan.CouplingTables)},
                sample.CouplingsGradient.Slice(h * Tokens * TokenStride, Tokens * TokenStride),
                OfHead(sample.QueryGradient, h), OfHead(sample.KeyGradient, h){_kernels.GradientValues(_couplingWrites)},
                sample.TokenCount, sample.Scratch);
            """);
        if (plan.FieldGradient is not null)
        {
            writer.Write($"""
                FieldGradientKernel(
                    OfHead(sample.Value, h){_kernels.HeadValues(_fieldReads, plan.FieldTables)}, sample.FieldsGradient.Slice(h * TokenStride, TokenStride),
                    OfHead(sample.ValueGradient, h){_kernels.GradientValues(_fieldWrites)}, sample.TokenCount, sample.Scratch);
                """);
        }

        writer.Close().Close();
    }

    private void WriteCouplingKernel()
    {
        writer.Write("""
            /// <summary>Adds one head's part of the gradients of query and key, from that of the similarity F,
            /// [Tokens, TokenStride].</summary>
            """);
        writer.Open($"""
            private static void CouplingGradientKernel(
                global::System.ReadOnlySpan<{_element}> query, global::System.ReadOnlySpan<{_element}> key{_kernels.HeadParameters(_couplingReads, plan.CouplingTables)},
                global::System.ReadOnlySpan<{_element}> couplingGradient,
                global::System.Span<{_element}> queryGradient, global::System.Span<{_element}> keyGradient{_kernels.GradientParameters(_couplingWrites)},
                int tokenCount, global::System.Span<{_element}> scratch)
            """);
        _positions.WriteLocals(plan.CouplingTables, _couplingReads);
        _kernels.WriteScratch(ScratchPlan.For(plan.Coupling, _coupling, plan.HasSymmetricGradient));
        _kernels.WriteSlots(plan.Coupling);
        if (_coupling.RecomputesProducts)
        {
            foreach (Product product in plan.Coupling.Products)
            {
                _kernels.WriteProduct(product, product.Symbol.Name);
            }
        }

        if (_coupling.Pair is { } pairs)
        {
            foreach (Output output in pairs.Outputs)
            {
                _kernels.Comment($"{_kernels.Names[output.Target]} of a pair", output.Value);
            }

            _kernels.WriteProgram(pairs, LaneScope.Pairs);
        }

        foreach (ProductGradient gradient in _coupling.Products)
        {
            WriteProductGradient(gradient);
        }

        _kernels.WriteProgram(_coupling.Query, LaneScope.Tokens);
        _kernels.WriteProgram(_coupling.Key, LaneScope.Tokens);
        writer.Close();
    }

    /// <summary>P = Σ_d A[d,i] B[d,j] gives Ā[d,i] += Σ_j B[d,j] P̄[i,j] and B̄[d,j] += Σ_i A[d,i] P̄[i,j].</summary>
    private void WriteProductGradient(ProductGradient gradient)
    {
        (Product product, double? factor) = gradient;
        string scale = SourceWriter.Literal(plan.ElementType, factor ?? 1);
        string adjoint = factor is null ? Symbol.Adjoint(product.Symbol).Name : "couplingGradient";
        bool transposes = factor is null || !plan.HasSymmetricGradient;
        string transposed = transposes ? ScratchPlan.Transposed.Name : "couplingGradient";
        if (factor is null)
        {
            // The program above wrote the rows of present tokens only.
            writer.Write($"global::Qama.Kernels.PairMatrix.ClearAbsent({adjoint}, Tokens, TokenStride, tokenCount);");
        }

        if (transposes)
        {
            writer.Write($"global::Qama.Kernels.Padding.Transpose<{_element}>({adjoint}, TokenStride, {transposed}, TokenStride, Tokens, Tokens);");
        }

        WriteProduct(product.Column, transposed, product.Row);
        WriteProduct(product.Row, adjoint, product.Column);

        void WriteProduct(Symbol factor, string matrix, Symbol target) =>
            writer.Write($"""
                global::Qama.Kernels.MatrixProduct.Multiply<{_element}>(
                    {_kernels.Names[factor]}, TokenStride, 1, {matrix}, TokenStride, {_kernels.Names[Symbol.Adjoint(target)]}, TokenStride,
                    HeadDim, Tokens, TokenStride, {scale}, accumulate: true);
                """);
    }

    private void WriteFieldKernel()
    {
        writer.Write("/// <summary>Adds one head's part of the gradients that the field's gives, [TokenStride].</summary>");
        writer.Open($"""
            private static void FieldGradientKernel(
                global::System.ReadOnlySpan<{_element}> value{_kernels.HeadParameters(_fieldReads, plan.FieldTables)}, global::System.ReadOnlySpan<{_element}> fieldGradient,
                global::System.Span<{_element}> valueGradient{_kernels.GradientParameters(_fieldWrites)}, int tokenCount, global::System.Span<{_element}> scratch)
            """);
        _positions.WriteLocals(plan.FieldTables, _fieldReads);
        _kernels.WriteScratch(ScratchPlan.For(plan.FieldGradient));
        _kernels.WriteProgram(plan.FieldGradient, LaneScope.Tokens);
        writer.Close();
    }
}
