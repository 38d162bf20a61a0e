using Qama.Generators.Lowering;
using Qama.Generators.Model;

namespace Qama.Generators.Emission.Readouts;

/// <summary>y[i, h·D + d] = −ε[h,i] (−u_d log₂ u_d) / f[h,i], before the batch norm of the base class.</summary>
internal sealed partial class EntropyShareReadout(SourceWriter writer, KernelPlan plan)
{
    private readonly string _element = plan.ElementType.Name;
    private readonly KernelWriter _kernels = new(writer, plan);

    /// <summary>Elements of scratch: a vector per token, two numbers per token, what local energies take, and what programs keep.</summary>
    public static int ScratchLength(KernelPlan plan) =>
        ((plan.Specification.HeadDim + (plan.Features is null ? 2 : 1 + LocalEnergyKernels.ScratchRows(plan))) * plan.Stride)
        + ScratchPlan.For(plan.EntropyShare!.Output, plan.EntropyShare.Gradient).Length(plan.Specification.HeadDim, plan.Specification.Tokens, plan.Stride);

    public void Write()
    {
        EntropySharePlan share = plan.EntropyShare!;
        LayerPart.OpenHook(writer, plan, GeneratedNames.ComputeReadout, $"global::System.Span<{_element}> output, ");
        writer.Write("int tokenCount = sample.TokenCount;");
        WriteScratch("result");
        writer.Open(LayerPart.Heads);
        writer.Write($"{LocalEnergyKernels.TypeOf(plan)}.Compute(sample, h, {LocalEnergyKernels.Rank(plan)}{LocalEnergyKernels.Weighted(plan)});");
        WriteInputs();
        _kernels.Comment("y_d", share.Output.Outputs[0].Value);
        _kernels.WriteProgram(share.Output, LaneScope.Tokens);
        writer.Write("""
            for (int i = 0; i < Tokens; i++)
            {
                for (int d = 0; d < HeadDim; d++)
                {
                    output[(i * HeadCount + h) * HeadDim + d] = result[d * TokenStride + i];
                }
            }
            """);
        writer.Close().Close().Line();

        LayerPart.OpenHook(writer, plan, GeneratedNames.BackwardReadout, $"global::System.ReadOnlySpan<{_element}> outputGradient, ");
        writer.Write("int tokenCount = sample.TokenCount;");
        WriteScratch("resultGradient");
        writer.Write("""
            var energiesGradient = global::Qama.Numerics.Scratch.Take(ref scratch, TokenStride);
            var fieldsGradient = global::Qama.Numerics.Scratch.Take(ref scratch, TokenStride);
            """);
        writer.Open(LayerPart.Heads);
        WriteInputs();
        writer.Write("""
            global::Qama.Numerics.Matrices.Padding.Transpose(
                outputGradient.Slice(h * HeadDim), HeadCount * HeadDim, resultGradient, TokenStride, Tokens, HeadDim);
            var valueGradient = OfHead(sample.ValueGradient, h);
            """);
        _kernels.WriteProgram(share.Gradient, LaneScope.Tokens);
        writer.Write($"""
            {LocalEnergyKernels.TypeOf(plan)}.{LocalEnergyKernels.Backward(plan)}
            global::Qama.Numerics.Vectors.Rows.AddScaled<{_element}>(1, fieldsGradient, sample.FieldsGradient.Slice(h * TokenStride, TokenStride));
            """);
        writer.Close().Close();
        if (plan.Specification.Gradient.NeedsSlopes)
        {
            WriteSelectionHook(share);
        }
    }

    private void WriteScratch(string vectors)
    {
        writer.Write($"""
            global::System.Span<{_element}> scratch = sample.Scratch;
            var {vectors} = global::Qama.Numerics.Scratch.Take(ref scratch, HeadDim * TokenStride);
            """);
        _kernels.WriteScratch(ScratchPlan.For(plan.EntropyShare!.Output, plan.EntropyShare.Gradient));
    }

    private void WriteInputs()
    {
        writer.Write($"global::System.ReadOnlySpan<{_element}> energies = sample.LocalEnergies.Slice(h * TokenStride, TokenStride);");
        WriteFieldsAndValue();
    }

    private void WriteFieldsAndValue() => writer.Write($"""
        global::System.ReadOnlySpan<{_element}> fields = sample.Fields.Slice(h * TokenStride, TokenStride);
        global::System.ReadOnlySpan<{_element}> value = OfHead(sample.Value, h);
        """);
}
