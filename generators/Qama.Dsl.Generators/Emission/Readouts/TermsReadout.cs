using System.Collections.Generic;
using System.Linq;
using Qama.Generators.Energy;
using Qama.Generators.Lowering;
using Qama.Generators.Model;

namespace Qama.Generators.Emission.Readouts;

/// <summary>y[i, h·D + d] of the class's own terms, token by token; the mean over reads is the base class's business.</summary>
internal sealed partial class TermsReadout(SourceWriter writer, KernelPlan plan)
{
    private readonly string _element = plan.ElementType.Name;
    private readonly KernelWriter _kernels = new(writer, plan);
    private readonly PositionFunctions _positions = new(writer, plan);
    private readonly ReadoutTermPlan _terms = plan.ReadoutTerms!;

    /// <summary>Elements of scratch: a vector and two numbers per token, what local energies take, and what programs keep.</summary>
    public static int ScratchLength(KernelPlan plan) =>
        ((plan.Specification.HeadDim + 2 + LocalEnergyKernels.ScratchRows(plan)) * plan.Stride)
        + ScratchPlan.For(plan.ReadoutTerms!.Output, plan.ReadoutTerms.Gradient, plan.ReadoutTerms.Slopes).Length(
            plan.Specification.HeadDim, plan.Specification.Tokens, plan.Stride);

    public void Write()
    {
        _positions.WriteTables(_terms.Tables);
        WriteOutputHook();
        writer.Line();
        WriteGradientHook();
        writer.Line();
        WriteOutputKernel();
        if (_terms.Gradient is not null)
        {
            writer.Line();
            WriteGradientKernel();
        }

        if (plan.Specification.Gradient.NeedsSlopes)
        {
            writer.Line();
            WriteSelectionHook();
        }
    }

    private void WriteOutputHook()
    {
        LayerPart.OpenHook(writer, plan, GeneratedNames.ComputeReadout, $"global::System.Span<{_element}> output, ");
        writer.Write($"""
            global::System.Span<{_element}> scratch = sample.Scratch;
            var result = global::Qama.Numerics.Scratch.Take(ref scratch, HeadDim * TokenStride);
            """);
        writer.Open(LayerPart.Heads);
        if (_terms.ReadsEnergy)
        {
            writer.Write($"{LocalEnergyKernels.TypeOf(plan)}.Compute(sample, h, {LocalEnergyKernels.Rank(plan)}{LocalEnergyKernels.Weighted(plan)});");
        }

        writer.Write($"""
            ReadoutKernel{VectorMethod.Registers}(
                {Arguments(_terms.OutputReads)}result{_kernels.HeadValues(_terms.OutputReads, _terms.Tables)}, sample.TokenCount, scratch);
            for (int i = 0; i < Tokens; i++)
            """);
        writer.Write("""
            {
                for (int d = 0; d < HeadDim; d++)
                {
                    output[(i * HeadCount + h) * HeadDim + d] = result[d * TokenStride + i];
                }
            }
            """);
        writer.Close().Close();
    }

    private void WriteGradientHook()
    {
        LayerPart.OpenHook(writer, plan, GeneratedNames.BackwardReadout, $"global::System.ReadOnlySpan<{_element}> outputGradient, ");
        bool reachesEnergy = _terms.Reaches(Symbol.LocalEnergy);
        if (!reachesEnergy)
        {
            writer.Write("sample.CouplingsGradient.Clear();").Write("sample.FieldsGradient.Clear();");
        }

        if (_terms.Gradient is null)
        {
            writer.Close();
            return;
        }

        writer.Write($"""
            global::System.Span<{_element}> scratch = sample.Scratch;
            var resultGradient = global::Qama.Numerics.Scratch.Take(ref scratch, HeadDim * TokenStride);
            """);
        foreach (Symbol kept in new[] { Symbol.LocalEnergy, Symbol.OwnSelection }.Where(_terms.Reaches))
        {
            writer.Write($"var {_kernels.Names[Symbol.Adjoint(kept)]} = global::Qama.Numerics.Scratch.Take(ref scratch, TokenStride);");
        }

        writer.Open(_kernels.HeadsThatWrite(_terms.GradientWrites));
        writer.Write($"""
            global::Qama.Numerics.Matrices.Padding.Transpose(
                outputGradient.Slice(h * HeadDim), HeadCount * HeadDim, resultGradient, TokenStride, Tokens, HeadDim);
            ReadoutGradientKernel{VectorMethod.Registers}(
                {Arguments(_terms.GradientReads)}resultGradient{GradientArguments()}{_kernels.HeadValues(_terms.GradientReads, _terms.Tables)}{_kernels.GradientValues(_terms.GradientWrites)},
                sample.TokenCount, scratch);
            """);
        if (reachesEnergy)
        {
            writer.Write($"{LocalEnergyKernels.TypeOf(plan)}.{LocalEnergyKernels.Backward(plan)}");
        }

        writer.Close().Close();
    }

    private void WriteOutputKernel()
    {
        _kernels.Open(
            "/// <summary>The output of one head, [HeadDim, TokenStride].</summary>", "ReadoutKernel", $"""
            {Parameters(_terms.OutputReads)}global::System.Span<{_element}> result{_kernels.HeadParameters(_terms.OutputReads, _terms.Tables)},
            int tokenCount, global::System.Span<{_element}> scratch
            """);
        _kernels.Comment("y", _terms.Definition);
        _positions.WriteLocals(_terms.Tables, _terms.OutputReads);
        _kernels.WriteScratch(ScratchPlan.For(_terms.Output));
        _kernels.WriteProgram(_terms.Output, LaneScope.Tokens);
        writer.Close();
    }

    private void WriteGradientKernel()
    {
        _kernels.Open(
            "/// <summary>Gradients of what the output of one head depends on: of selection and energies replaced, of others added to.</summary>",
            "ReadoutGradientKernel", $"""
            {Parameters(_terms.GradientReads)}global::System.ReadOnlySpan<{_element}> resultGradient{GradientParameters()}{_kernels.HeadParameters(_terms.GradientReads, _terms.Tables)}{_kernels.GradientParameters(_terms.GradientWrites)},
            int tokenCount, global::System.Span<{_element}> scratch
            """);
        _positions.WriteLocals(_terms.Tables, _terms.GradientReads);
        _kernels.WriteScratch(ScratchPlan.For(_terms.Gradient));
        _kernels.WriteProgram(_terms.Gradient, LaneScope.Tokens);
        writer.Close();
    }

    // What is read, each with a comma behind it.
    private string Parameters(IReadOnlyList<Symbol> reads) => string.Concat(ReadoutTermPlan.Inputs.Where(reads.Contains)
        .Select(i => $"global::System.ReadOnlySpan<{_element}> {_kernels.Names[i]}, "));

    private static string Arguments(IReadOnlyList<Symbol> reads) => string.Concat(ReadoutTermPlan.Inputs.Where(reads.Contains).Select(i =>
        i == Symbol.OwnQuery ? "OfHead(sample.Query, h), "
        : i == Symbol.Key ? "OfHead(sample.Key, h), "
        : i == Symbol.Value ? "OfHead(sample.Value, h), "
        : i == Symbol.OwnSelection ? "sample.Selection.Slice(h * TokenStride, TokenStride), "
        : "sample.LocalEnergies.Slice(h * TokenStride, TokenStride), "));

    // What gradients are of, each with a comma in front.
    private string GradientParameters() => string.Concat(ReadoutTermPlan.Inputs.Where(_terms.Reaches)
        .Select(i => $", global::System.Span<{_element}> {_kernels.Names[Symbol.Adjoint(i)]}"));

    private string GradientArguments() => string.Concat(ReadoutTermPlan.Inputs.Where(_terms.Reaches).Select(i =>
        i == Symbol.OwnQuery ? ", OfHead(sample.QueryGradient, h)"
        : i == Symbol.Key ? ", OfHead(sample.KeyGradient, h)"
        : i == Symbol.Value ? ", OfHead(sample.ValueGradient, h)"
        : ", " + _kernels.Names[Symbol.Adjoint(i)]));
}
