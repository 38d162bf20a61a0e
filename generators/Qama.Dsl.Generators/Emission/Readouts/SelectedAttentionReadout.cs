using System;
using System.Collections.Generic;
using Qama.Generators.Contract;
using Qama.Generators.Energy;
using Qama.Generators.Lowering;
using Qama.Generators.Model;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Emission.Readouts;

/// <summary>y[i, h·D + d] = Σ_j a[i,j] v[j,d], attention over the tokens the head selected.</summary>
internal sealed partial class SelectedAttentionReadout(SourceWriter writer, KernelPlan plan)
{
    private readonly string _element = plan.ElementType.Name;
    private readonly KernelWriter _kernels = new(writer, plan);

    /// <summary>Elements of scratch besides those of the similarity kernel: weights, values token by token, outputs; where couplings are
    /// kept as features, what the runtime's class asks for.</summary>
    public static int ScratchLength(KernelPlan plan)
    {
        int tokens = plan.Specification.Tokens;
        int dimStride = RowLayout.Stride(plan.Specification.HeadDim);
        return plan.Features is { } features
            ? FactoredScratchLength(tokens, features.Rank, plan.Specification.HeadDim)
            : (tokens * plan.Stride) + (2 * tokens * dimStride);
    }

    /// <summary>Writes the kernels, or calls of the runtime, which computes attention from features.</summary>
    public void Write()
    {
        if (plan.Features is { } features)
        {
            WriteFactored(features);
        }
        else
        {
            WriteDense();
        }

        if (plan.Specification.Gradient.NeedsSlopes)
        {
            writer.Line();
            WriteSelectionHook();
        }
    }

    // FactoredSelectedAttention.ScratchLength: what is selected and its gradients, a block of tokens, chunks of it.
    private static int FactoredScratchLength(int tokens, int rank, int dim)
    {
        const int Block = 64;
        (int rankStride, int dimStride) = (RowLayout.Stride(rank), RowLayout.Stride(dim));
        long gathered = (long)tokens * (rank + dim + rankStride + dimStride + 6);
        return (int)Math.Min(int.MaxValue, gathered + (Block * (rankStride + (2L * dimStride) + dim + 3)) + (2 * Block * Block));
    }

    private void WriteFactored(FeaturePlan features)
    {
        string type = FactoredType, arguments = FactoredArguments(features);
        writer.Write($$"""
            {{LayerPart.Hook(plan, GeneratedNames.ComputeReadout, $"global::System.Span<{_element}> output, ")}}
            {
                {{type}}.Read({{arguments}}, output);
            }

            {{LayerPart.Hook(plan, GeneratedNames.BackwardReadout, $"global::System.ReadOnlySpan<{_element}> outputGradient, ")}}
            {
                {{type}}.BackwardRead({{arguments}}, outputGradient);
            }
            """);
    }

    private string FactoredType => $"global::Qama.Layers.Readouts.FactoredSelectedAttention<{EnergyWriter.Name}, {_element}>";

    private static string FactoredArguments(FeaturePlan features) =>
        $"sample, {SourceWriter.Double(features.Factor)}, {features.Rank}";

    private void WriteDense()
    {
        IReadOnlyList<Symbol> reads = [.. plan.Coupling.Reads];
        string output = $"global::System.Span<{_element}> output, ";
        string outputGradient = $"global::System.ReadOnlySpan<{_element}> outputGradient, ";
        int dimStride = RowLayout.Stride(plan.Specification.HeadDim);
        string fieldsGradient = plan.HasField ? "sample.FieldsGradient.Slice(h * TokenStride, TokenStride)" : "default";
        writer.Write($$"""
            /// <summary>Row length of a token's padded value.</summary>
            private const int DimStride = {{dimStride}};

            /// <summary>a[i,j] = s_j exp(F[i,j]{{(plan.HasField ? " + f_j" : "")}}) / Σ_k …, [Tokens, TokenStride], for one head.</summary>
            private static void AttentionKernel{{VectorMethod.Registers}}(
                {{LayerPart.HookParameters(plan)}},
                int h, global::System.Span<{{_element}}> attention, global::System.Span<{{_element}}> scratch)
                {{VectorMethod.Constraint(_element)}}
            {
                SimilarityKernel{{VectorMethod.Registers}}(
                    OfHead(sample.Query, h), OfHead(sample.Key, h){{_kernels.HeadValues(reads, plan.CouplingTables)}}, attention, sample.TokenCount, scratch);
                global::Qama.Layers.Readouts.SelectedAttention.Weights<{{_element}}>(
                    attention, {{Fields}}, sample.Selection.Slice(h * TokenStride, TokenStride), {{Interacting}}, Tokens, sample.TokenCount);
            }

            {{LayerPart.Hook(plan, GeneratedNames.ComputeReadout, output)}}
            {
                global::System.Span<{{_element}}> scratch = sample.Scratch;
                var attention = global::Qama.Numerics.Scratch.Take(ref scratch, Tokens * TokenStride);
                var values = global::Qama.Numerics.Scratch.Take(ref scratch, Tokens * DimStride);
                var results = global::Qama.Numerics.Scratch.Take(ref scratch, Tokens * DimStride);
                {{LayerPart.Heads}}
                {
                    AttentionKernel{{VectorMethod.Registers}}(sample, learnables, h, attention, scratch);
                    global::Qama.Numerics.Matrices.Padding.Transpose<{{_element}}>(OfHead(sample.Value, h), TokenStride, values, DimStride, HeadDim, Tokens);
                    global::Qama.Numerics.Matrices.MatrixProduct.Multiply<{{_element}}>(
                        attention, TokenStride, 1, values, DimStride, results, DimStride, Tokens, Tokens, DimStride);
                    for (int i = 0; i < Tokens; i++)
                    {
                        results.Slice(i * DimStride, HeadDim).CopyTo(output.Slice((i * HeadCount + h) * HeadDim, HeadDim));
                    }
                }
            }

            {{LayerPart.Hook(plan, GeneratedNames.BackwardReadout, outputGradient)}}
            {
                global::System.Span<{{_element}}> scratch = sample.Scratch;
                var attention = global::Qama.Numerics.Scratch.Take(ref scratch, Tokens * TokenStride);
                var gradients = global::Qama.Numerics.Scratch.Take(ref scratch, Tokens * DimStride);
                {{LayerPart.Heads}}
                {
                    AttentionKernel{{VectorMethod.Registers}}(sample, learnables, h, attention, scratch);
                    global::Qama.Numerics.Matrices.Padding.Copy(
                        outputGradient.Slice(h * HeadDim), HeadCount * HeadDim, gradients, DimStride, Tokens, HeadDim);

                    // v̄[d,j] += Σ_i ȳ[i,d] a[i,j];  ā[i,j] = Σ_d ȳ[i,d] v[d,j], then through the softmax to F and f.
                    global::Qama.Numerics.Matrices.MatrixProduct.Multiply<{{_element}}>(
                        gradients, 1, DimStride, attention, TokenStride, OfHead(sample.ValueGradient, h), TokenStride,
                        HeadDim, Tokens, TokenStride, accumulate: true);
                    var couplingsGradient = sample.CouplingsGradient.Slice(h * Tokens * TokenStride, Tokens * TokenStride);
                    global::Qama.Numerics.Matrices.MatrixProduct.Multiply<{{_element}}>(
                        gradients, DimStride, 1, OfHead(sample.Value, h), TokenStride, couplingsGradient, TokenStride,
                        Tokens, HeadDim, TokenStride);
                    global::Qama.Layers.Readouts.SelectedAttention.Backward<{{_element}}>(attention, couplingsGradient, {{fieldsGradient}}, Tokens);
                }
            }
            """);
    }
}
