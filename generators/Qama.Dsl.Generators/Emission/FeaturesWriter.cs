using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Qama.Generators.Energy;
using Qama.Generators.Lowering;
using Qama.Generators.Model;

namespace Qama.Generators.Emission;

/// <summary>The kernels of couplings that are kept as features: features of one head from query and key, and back from their gradients.</summary>
internal sealed class FeaturesWriter(SourceWriter writer, KernelPlan plan)
{
    private readonly FeaturePlan _features = plan.Features!;
    private readonly KernelWriter _kernels = new(writer, plan);
    private readonly PositionFunctions _positions = new(writer, plan);
    private readonly string _element = plan.ElementType.Name;
    private readonly IReadOnlyList<Symbol> _reads = [.. plan.Features!.Programs.SelectMany(p => p.Reads).Distinct()];
    private readonly IReadOnlyList<Symbol> _gradientReads = [.. plan.Features!.Gradients.SelectMany(p => p.Reads).Distinct()];
    private readonly IReadOnlyList<Symbol> _writes = [.. plan.Features!.Gradients.SelectMany(p => p.Writes).Distinct()];

    private string ReadOnly => $"global::System.ReadOnlySpan<{_element}>";

    private string Writable => $"global::System.Span<{_element}>";

    /// <summary>The call inside the hook that computes coefficients.</summary>
    public void WriteCall() => writer.Write($"""
        FeatureKernel{VectorMethod.Registers}(
            OfHead(sample.Query, h), OfHead(sample.Key, h){_kernels.HeadValues(_reads, plan.CouplingTables)},
            {OfHead("sample.RowFeatures")}, {OfHead("sample.ColumnFeatures")}, sample.TokenCount, sample.Scratch);
        """);

    /// <summary>The call inside the hook of their gradient.</summary>
    public void WriteGradientCall() => writer.Write($"""
        FeatureGradientKernel{VectorMethod.Registers}(
            OfHead(sample.Query, h), OfHead(sample.Key, h){_kernels.HeadValues(_gradientReads, plan.CouplingTables)},
            {OfHead("sample.RowFeaturesGradient")}, {OfHead("sample.ColumnFeaturesGradient")},
            OfHead(sample.QueryGradient, h), OfHead(sample.KeyGradient, h){_kernels.GradientValues(_writes)},
            sample.TokenCount, sample.Scratch);
        """);

    /// <summary>The kernel that computes features.</summary>
    public void WriteKernel()
    {
        _kernels.Open(
            """
            /// <summary>Features of one head, [rank, TokenStride] of either side, from query and key [HeadDim, TokenStride]: F[i,j] is the sum
            /// of their products.</summary>
            """,
            "FeatureKernel", $"""
            {ReadOnly} query, {ReadOnly} key{_kernels.HeadParameters(_reads, plan.CouplingTables)},
            {Writable} rowFeatures, {Writable} columnFeatures, int tokenCount, {Writable} scratch
            """);
        _kernels.Comment("F[i,j]", plan.CouplingDefinition);
        _positions.WriteLocals(plan.CouplingTables, [.. _reads]);
        WriteParts(_features.Rows, "rowFeatures", "");
        WriteParts(_features.Columns, "columnFeatures", "");
        _kernels.WriteScratch(ScratchPlan.For(_features.RowProgram, _features.ColumnProgram));
        WriteSide(_features.Rows, _features.RowProgram);
        WriteSide(_features.Columns, _features.ColumnProgram);
        writer.Close();
    }

    /// <summary>The kernel of the gradient.</summary>
    public void WriteGradientKernel()
    {
        _kernels.Open(
            "/// <summary>Adds one head's part of the gradients that those of its features give, [rank, TokenStride] of either side.</summary>",
            "FeatureGradientKernel", $"""
            {ReadOnly} query, {ReadOnly} key{_kernels.HeadParameters(_gradientReads, plan.CouplingTables)},
            {ReadOnly} rowFeaturesGradient, {ReadOnly} columnFeaturesGradient,
            {Writable} queryGradient, {Writable} keyGradient{_kernels.GradientParameters(_writes)},
            int tokenCount, {Writable} scratch
            """);
        _positions.WriteLocals(plan.CouplingTables, [.. _gradientReads]);
        WriteParts(_features.Rows.Where(IsRead), "rowFeaturesGradient", "Gradient");
        WriteParts(_features.Columns.Where(IsRead), "columnFeaturesGradient", "Gradient");
        _kernels.WriteScratch(ScratchPlan.For(_features.RowGradient, _features.ColumnGradient));
        _kernels.WriteProgram(_features.RowGradient, LaneScope.Tokens);
        _kernels.WriteProgram(_features.ColumnGradient, LaneScope.Tokens);
        writer.Close();

        bool IsRead(Feature feature) => _gradientReads.Contains(Symbol.Adjoint(feature.Symbol));
    }

    private void WriteSide(IEnumerable<Feature> features, LaneProgram? program)
    {
        foreach (Feature feature in features)
        {
            _kernels.Comment(feature.Symbol.Name, feature.Value);
        }

        _kernels.WriteProgram(program, LaneScope.Tokens);
    }

    private void WriteParts(IEnumerable<Feature> features, string all, string ending)
    {
        foreach (Feature feature in features)
        {
            string length = feature.Symbol.IsVector ? "HeadDim * TokenStride" : "TokenStride";
            writer.Write($"var {feature.Symbol.Name}{ending} = {all}.Slice({Number(feature.First)} * TokenStride, {length});");
        }
    }

    private string OfHead(string memory)
    {
        string length = $"{Number(_features.Rank)} * TokenStride";
        return $"{memory}.Slice(h * {length}, {length})";
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
