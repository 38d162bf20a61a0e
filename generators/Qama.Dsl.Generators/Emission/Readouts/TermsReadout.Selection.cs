using System.Linq;
using Qama.Generators.Energy;
using Qama.Generators.Lowering;
using Qama.Generators.Model;

namespace Qama.Generators.Emission.Readouts;

// The gradient by selection weights: of the terms themselves, and by way of local energies.
internal sealed partial class TermsReadout
{
    private void WriteSelectionHook()
    {
        string parameters = $"global::System.ReadOnlySpan<{_element}> outputGradient, global::System.Span<{_element}> selectionGradient, ";
        LayerPart.OpenHook(writer, plan, GeneratedNames.BackwardSelection, parameters);
        if (_terms.Slopes is null)
        {
            writer.Write("selectionGradient.Clear();").Close();
            return;
        }

        Symbol[] reached = [.. new[] { Symbol.OwnSelection, Symbol.LocalEnergy }.Where(_terms.Reaches)];
        writer.Write($"""
            global::System.Span<{_element}> scratch = sample.Scratch;
            var resultGradient = global::Qama.Numerics.Scratch.Take(ref scratch, HeadDim * TokenStride);
            """);
        foreach (Symbol input in reached)
        {
            writer.Write($"var {_kernels.Names[Symbol.Adjoint(input)]} = global::Qama.Numerics.Scratch.Take(ref scratch, TokenStride);");
        }

        writer.Open("for (int h = 0; h < HeadCount; h++)");
        if (_terms.SlopeReads.Contains(Symbol.LocalEnergy))
        {
            writer.Write($"{LocalEnergyKernels.TypeOf(plan)}.Compute(sample, h, {LocalEnergyKernels.Rank(plan)}{LocalEnergyKernels.Weighted(plan)});");
        }

        writer.Write($"""
            var slopes = selectionGradient.Slice(h * TokenStride, TokenStride);
            global::Qama.Numerics.Matrices.Padding.Transpose(
                outputGradient.Slice(h * HeadDim), HeadCount * HeadDim, resultGradient, TokenStride, Tokens, HeadDim);
            SlopeKernel{VectorMethod.Registers}(
                {Arguments(_terms.SlopeReads)}resultGradient{string.Concat(reached.Select(i => ", " + _kernels.Names[Symbol.Adjoint(i)]))}{_kernels.HeadValues(_terms.SlopeReads, _terms.Tables)},
                sample.TokenCount, scratch);
            """);
        writer.Write(_terms.Reaches(Symbol.LocalEnergy)
            ? $"{LocalEnergyKernels.TypeOf(plan)}.BackwardSelection(sample, h, {LocalEnergyKernels.Rank(plan)}{LocalEnergyKernels.Weighted(plan)}, "
                + $"{_kernels.Names[Symbol.Adjoint(Symbol.LocalEnergy)]}, slopes{(plan.Features is null ? "" : ", scratch")});"
            : "slopes.Clear();");
        if (_terms.Reaches(Symbol.OwnSelection))
        {
            writer.Write($"global::Qama.Numerics.Vectors.Rows.AddScaled<{_element}>(1, {_kernels.Names[Symbol.Adjoint(Symbol.OwnSelection)]}, slopes);");
        }

        writer.Write("slopes.Slice(sample.TokenCount).Clear();").Close().Close().Line();
        WriteSlopeKernel(reached);
    }

    private void WriteSlopeKernel(Symbol[] reached)
    {
        string gradients = string.Concat(reached.Select(i => $", global::System.Span<{_element}> {_kernels.Names[Symbol.Adjoint(i)]}"));
        _kernels.Open(
            "/// <summary>Gradients of the selection weights and the local energies of one head, [TokenStride] each.</summary>", "SlopeKernel", $"""
            {Parameters(_terms.SlopeReads)}global::System.ReadOnlySpan<{_element}> resultGradient{gradients}{_kernels.HeadParameters(_terms.SlopeReads, _terms.Tables)},
            int tokenCount, global::System.Span<{_element}> scratch
            """);
        _positions.WriteLocals(_terms.Tables, _terms.SlopeReads);
        _kernels.WriteScratch(ScratchPlan.For(_terms.Slopes));
        _kernels.WriteProgram(_terms.Slopes!, LaneScope.Tokens);
        writer.Close();
    }
}
