using Qama.Generators.Lowering;
using Qama.Generators.Model;

namespace Qama.Generators.Emission.Readouts;

// The gradient by selection weights. y is linear in the local energy: its derivative is y at a local energy of 1.
internal sealed partial class EntropyShareReadout
{
    private void WriteSelectionHook(EntropySharePlan share)
    {
        string parameters = $"global::System.ReadOnlySpan<{_element}> outputGradient, global::System.Span<{_element}> selectionGradient, ";
        writer.Line();
        LayerPart.OpenHook(writer, plan, GeneratedNames.BackwardSelection, parameters);
        writer.Write("int tokenCount = sample.TokenCount;");
        WriteScratch("result");
        writer.Write("""
            var energies = global::Qama.Numerics.Scratch.Take(ref scratch, TokenStride);
            var energiesGradient = global::Qama.Numerics.Scratch.Take(ref scratch, TokenStride);
            energies.Fill(1);
            """);
        writer.Open("for (int h = 0; h < HeadCount; h++)");
        WriteFieldsAndValue();
        _kernels.WriteProgram(share.Output, LaneScope.Tokens);
        writer.Write($$"""
            energiesGradient.Clear();
            for (int i = 0; i < tokenCount; i++)
            {
                for (int d = 0; d < HeadDim; d++)
                {
                    energiesGradient[i] += outputGradient[(i * HeadCount + h) * HeadDim + d] * result[d * TokenStride + i];
                }
            }

            {{LocalEnergyKernels.TypeOf(plan)}}.BackwardSelection(
                sample, h, {{LocalEnergyKernels.Rank(plan)}}{{LocalEnergyKernels.Weighted(plan)}}, energiesGradient, selectionGradient.Slice(h * TokenStride, TokenStride){{(plan.Features is null ? "" : ", scratch")}});
            """);
        writer.Close().Close();
    }
}
