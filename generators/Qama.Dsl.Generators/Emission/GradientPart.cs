using System.Collections.Generic;
using System.Linq;
using Qama.Generators.Energy;
using Qama.Generators.Lowering;
using Qama.Generators.Model;
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

    public void Write() => PartWriter.Nested(writer, WriteNested);

    private void WriteNested()
    {
        WriteLayerHook();
        if (plan.Features is null)
        {
            writer.Line();
            WriteCouplingKernel();
        }
        else if (plan.Features.AreComputed)
        {
            writer.Line();
            new FeaturesWriter(writer, plan).WriteGradientKernel();
        }

        if (plan.FieldGradient is not null)
        {
            writer.Line();
            WriteFieldKernel();
        }
    }

    private void WriteLayerHook()
    {
        LayerPart.OpenHook(writer, plan, GeneratedNames.BackwardCoefficients);
        if (plan.IsRectangular)
        {
            WriteCalls();
            return;
        }

        string heads = _kernels.HeadsThatWrite(_couplingWrites.Concat(_fieldWrites));
        if (plan.HasPairMask && plan.Features is null && plan.Specification.Readout != ReadoutKind.SelectedAttention)
        {
            writer.Open(heads);
            writer.Write($"global::Qama.Numerics.Matrices.PairMatrix.Mask<{_element}>(sample.CouplingsGradient.Slice(h * Tokens * TokenStride, Tokens * TokenStride), InteractingPairs, TokenStride);");
            writer.Close().Line();
        }

        writer.Open(heads);
        WriteCouplingCall();
        if (plan.FieldGradient is not null)
        {
            writer.Write($"""
                FieldGradientKernel{VectorMethod.Registers}(
                    OfHead(sample.Value, h){_kernels.HeadValues(_fieldReads, plan.FieldTables)}, sample.FieldsGradient.Slice(h * TokenStride, TokenStride),
                    OfHead(sample.ValueGradient, h){_kernels.GradientValues(_fieldWrites)}, sample.TokenCount, sample.Scratch);
                """);
        }

        writer.Close().Close();
    }

    /// <summary>Of one head and some tokens: from the gradient of similarities, or from that of fields.</summary>
    private void WriteCalls()
    {
        writer.Write("int h = sample.Head;");
        writer.Block("if (!sample.CouplingsGradient.IsEmpty)", () => writer.Write($"""
            CouplingGradientKernel{VectorMethod.Registers}(
                sample.Query, sample.Key{_kernels.HeadValues(_couplingReads, plan.CouplingTables)}, sample.CouplingsGradient,
                sample.QueryGradient, sample.KeyGradient{_kernels.GradientValues(_couplingWrites)},
                {_kernels.PairValues}sample.TokenCount, sample.Scratch);
            """));
        if (plan.FieldGradient is not null)
        {
            writer.Line().Block("if (!sample.FieldsGradient.IsEmpty)", () => writer.Write($"""
                FieldGradientKernel{VectorMethod.Registers}(
                    sample.Value{_kernels.HeadValues(_fieldReads, plan.FieldTables)}, sample.FieldsGradient,
                    sample.ValueGradient{_kernels.GradientValues(_fieldWrites)}, {_kernels.TokenValues}sample.TokenCount, sample.Scratch);
                """));
        }

        writer.Close();
    }

    /// <summary>Features get their gradients from the readout, which are those of query and key where nothing is computed.</summary>
    private void WriteCouplingCall()
    {
        if (plan.Features is { } features)
        {
            if (features.AreComputed)
            {
                new FeaturesWriter(writer, plan).WriteGradientCall();
            }

            return;
        }

        writer.Write($"""
            CouplingGradientKernel{VectorMethod.Registers}(
                OfHead(sample.Query, h), OfHead(sample.Key, h){_kernels.HeadValues(_couplingReads, plan.CouplingTables)},
                sample.CouplingsGradient.Slice(h * Tokens * TokenStride, Tokens * TokenStride),
                OfHead(sample.QueryGradient, h), OfHead(sample.KeyGradient, h){_kernels.GradientValues(_couplingWrites)},
                sample.TokenCount, sample.Scratch);
            """);
    }

    private void WriteCouplingKernel()
    {
        const string Summary = """
            /// <summary>Adds one head's part of the gradients of query and key, from that of the similarity F,
            /// [Tokens, TokenStride].</summary>
            """;
        _kernels.Open(
            Summary, "CouplingGradientKernel", $"""
            global::System.ReadOnlySpan<{_element}> query, global::System.ReadOnlySpan<{_element}> key{_kernels.HeadParameters(_couplingReads, plan.CouplingTables)},
            global::System.ReadOnlySpan<{_element}> couplingGradient,
            global::System.Span<{_element}> queryGradient, global::System.Span<{_element}> keyGradient{_kernels.GradientParameters(_couplingWrites)},
            {_kernels.PairParameters}int tokenCount, global::System.Span<{_element}> scratch
            """);
        _positions.WriteLocals(plan.CouplingTables, _couplingReads);
        _kernels.WriteScratch(ScratchPlan.For(plan.Coupling, _coupling, plan.HasSymmetricGradient));
        _kernels.WriteSlots(plan.Coupling);
        if (_coupling.Pair is { } pairs)
        {
            foreach (Output output in pairs.Outputs)
            {
                _kernels.Comment($"{_kernels.Names[output.Target]} of a pair", output.Value);
            }
        }

        // Matrices over pairs exist for some rows at a time only.
        ILookup<bool, ProductGradient> products = _coupling.Products.ToLookup(p => p.Transposes(plan.HasSymmetricGradient));
        bool blocks = !PairRows.AreAll(plan) && (_coupling.RecomputesProducts || products[true].Any());
        PairRows? rows = blocks ? new PairRows(_coupling.MemoriesOfBlocks) : null;
        if (blocks)
        {
            writer.Open($"for (int {PairRows.First} = 0; {PairRows.First} < {PairRows.All(plan)}; {PairRows.First} += {PairRows.Size})");
            writer.Write($"""
                int rows = global::System.Math.Min({PairRows.Size}, {PairRows.All(plan)} - {PairRows.First});
                int end = global::System.Math.Max({PairRows.First}, global::System.Math.Min({PairRows.First} + rows, {PairRows.Present(plan)}));
                """);
        }

        if (_coupling.RecomputesProducts)
        {
            foreach (Product product in plan.Coupling.Products)
            {
                _kernels.WriteProduct(product, product.Symbol.Name, rows: rows);
            }
        }

        _kernels.WriteProgram(_coupling.Pair, LaneScope.Pairs, rows);
        foreach (ProductGradient gradient in products[true])
        {
            WriteTransposedProductGradient(gradient, rows);
        }

        if (blocks)
        {
            writer.Close();
        }

        foreach (ProductGradient gradient in products[false])
        {
            WriteProductGradient(gradient, "couplingGradient", "couplingGradient", null);
        }

        _kernels.WriteProgram(_coupling.Query, LaneScope.Tokens, side: Energy.Tokens.Row);
        _kernels.WriteProgram(_coupling.Key, LaneScope.Tokens);
        writer.Close();
    }

    private void WriteTransposedProductGradient(ProductGradient gradient, PairRows? rows)
    {
        string adjoint = gradient.Adjoint.Name;
        if (gradient.Factor is null)
        {
            // The program above wrote the rows of present tokens only.
            string present = rows is null ? PairRows.Present(plan) : $"({PairRows.End} - {PairRows.First})";
            writer.Write($"{adjoint}.Slice({present} * TokenStride).Clear();");
        }
        else if (rows is not null)
        {
            adjoint += $".Slice({PairRows.First} * TokenStride)";
        }

        string transposed = ScratchPlan.Transposed.Name;
        writer.Write($"global::Qama.Numerics.Matrices.Padding.Transpose<{_element}>({adjoint}, TokenStride, {transposed}, {(rows is null ? "TokenStride" : PairRows.Size)}, {PairRows.Count(plan, rows)}, Tokens);");
        WriteProductGradient(gradient, adjoint, transposed, rows);
    }

    /// <summary>P = Σ_d A[d,i] B[d,j] gives Ā[d,i] += Σ_j B[d,j] P̄[i,j] and B̄[d,j] += Σ_i A[d,i] P̄[i,j].</summary>
    private void WriteProductGradient(ProductGradient gradient, string adjoint, string transposed, PairRows? rows)
    {
        Product product = gradient.Product;
        string scale = SourceWriter.Literal(plan.ElementType, gradient.Factor ?? 1);
        string stride = rows is null ? "TokenStride" : PairRows.Size;
        string columns = rows is null ? stride : $"global::System.Math.Min({stride}, TokenStride - {PairRows.First})";
        string row = _kernels.Names[product.Row], rowGradient = _kernels.Names[Symbol.Adjoint(product.Row)];
        writer.Write($"""
            global::Qama.Numerics.Matrices.MatrixProduct.Multiply<{_element}>(
                {_kernels.Names[product.Column]}, TokenStride, 1, {transposed}, {stride}, {PairRows.From(rows, rowGradient)}, TokenStride,
                HeadDim, Tokens, {columns}, {scale}, accumulate: true);
            global::Qama.Numerics.Matrices.MatrixProduct.Multiply<{_element}>(
                {PairRows.From(rows, row)}, TokenStride, 1, {adjoint}, TokenStride, {_kernels.Names[Symbol.Adjoint(product.Column)]}, TokenStride,
                HeadDim, {PairRows.Count(plan, rows)}, TokenStride, {scale}, accumulate: true);
            """);
    }

    private void WriteFieldKernel()
    {
        _kernels.Open(
            "/// <summary>Adds one head's part of the gradients that the field's gives, [TokenStride].</summary>", "FieldGradientKernel", $"""
            global::System.ReadOnlySpan<{_element}> value{_kernels.HeadParameters(_fieldReads, plan.FieldTables)}, global::System.ReadOnlySpan<{_element}> fieldGradient,
            global::System.Span<{_element}> valueGradient{_kernels.GradientParameters(_fieldWrites)}, {_kernels.TokenParameters}int tokenCount, global::System.Span<{_element}> scratch
            """);
        _positions.WriteLocals(plan.FieldTables, _fieldReads);
        _kernels.WriteScratch(ScratchPlan.For(plan.FieldGradient));
        _kernels.WriteProgram(plan.FieldGradient, LaneScope.Tokens);
        writer.Close();
    }
}
