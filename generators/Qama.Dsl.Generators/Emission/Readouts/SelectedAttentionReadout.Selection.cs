using System.Collections.Generic;
using Qama.Generators.Energy;
using Qama.Generators.Model;

namespace Qama.Generators.Emission.Readouts;

// The gradient by selection weights, those of tokens that are not selected among them.
internal sealed partial class SelectedAttentionReadout
{
    private void WriteSelectionHook()
    {
        string parameters = $"global::System.ReadOnlySpan<{_element}> outputGradient, global::System.Span<{_element}> selectionGradient, ";
        string hook = LayerPart.Hook(plan, GeneratedNames.BackwardSelection, parameters);
        if (plan.Features is { } features)
        {
            writer.Write($$"""
                {{hook}}
                {
                    {{FactoredType}}.BackwardSelection({{FactoredArguments(features)}}, outputGradient, selectionGradient);
                }
                """);
            return;
        }

        IReadOnlyList<Symbol> reads = [.. plan.Coupling.Reads];
        writer.Write($$"""
            {{hook}}
            {
                global::System.Span<{{_element}}> scratch = sample.Scratch;
                var similarity = global::Qama.Numerics.Scratch.Take(ref scratch, Tokens * TokenStride);
                var gradients = global::Qama.Numerics.Scratch.Take(ref scratch, Tokens * DimStride);
                for (int h = 0; h < HeadCount; h++)
                {
                    SimilarityKernel{{VectorMethod.Registers}}(
                        OfHead(sample.Query, h), OfHead(sample.Key, h){{_kernels.HeadValues(reads, plan.CouplingTables)}}, similarity, sample.TokenCount, scratch);
                    global::Qama.Numerics.Matrices.Padding.Copy(
                        outputGradient.Slice(h * HeadDim), HeadCount * HeadDim, gradients, DimStride, Tokens, HeadDim);

                    // ā[i,j] = Σ_d ȳ[i,d] v[j,d].
                    var attentionGradient = sample.CouplingsGradient.Slice(h * Tokens * TokenStride, Tokens * TokenStride);
                    global::Qama.Numerics.Matrices.MatrixProduct.Multiply<{{_element}}>(
                        gradients, DimStride, 1, OfHead(sample.Value, h), TokenStride, attentionGradient, TokenStride,
                        Tokens, HeadDim, TokenStride);
                    global::Qama.Layers.Readouts.SelectedAttention.BackwardSelection<{{_element}}>(
                        similarity, attentionGradient, {{Fields}}, sample.Selection.Slice(h * TokenStride, TokenStride), {{Interacting}},
                        sample.TokenCount, selectionGradient.Slice(h * TokenStride, TokenStride));
                }
            }
            """);
    }

    private string Fields => plan.HasField ? "sample.Fields.Slice(h * TokenStride, TokenStride)" : "default";

    private string Interacting => plan.HasPairMask ? "InteractingPairs" : "default";
}
