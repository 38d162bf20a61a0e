using Microsoft.CodeAnalysis.CSharp;
using Qama.Generators.Model;
using Qama.Generators.Reading;
using Qama.Generators.Tests.Harness;
using Qama.Generators.Validation.Machine;
using Qama.Ising;

namespace Qama.Generators.Tests.Diagnostics;

/// <summary>What is said about Ising coefficients at compile time holds for the problems that generated code assembles.</summary>
public class FootprintTests
{
    private delegate IsingProblem Assembly(ReadOnlySpan<float> couplings);

    [Theory]
    [InlineData("Sparsity(AtMost = 2)")]
    [InlineData("Sparsity(AtLeast = 2)")]
    [InlineData("Sparsity(Exactly = 2)")]
    [InlineData("Sparsity(Exactly = 5, Weight = 40), SoftSelection(Bits = 2)")]
    [InlineData("Sparsity(AtLeast = 4, Weight = 40), SoftSelection(Bits = 3)")]
    [InlineData("Sparsity(AtMost = 4.0 / 3, Weight = 40), SoftSelection(Bits = 2, Curvature = 0.5)")]
    [InlineData("Sparsity(AtMost = 2, Weight = 30, Slack = SlackKind.Unbalanced)")]
    [InlineData("Sparsity(AtLeast = 2, Weight = 300, Slack = SlackKind.Unbalanced)")]
    [InlineData("HeadExclusion(Weight = 9)")]
    [InlineData("HeadExclusion(Hard = true), SoftSelection(Bits = 2, Curvature = 3)")]
    [InlineData("HeadExclusion(Weight = 9, On = ExclusionTarget.Bits), SoftSelection(Bits = 2)")]
    [InlineData("LongRange(MinDistance = 3, Weight = 20, Decay = Decay.Linear)")]
    [InlineData("LongRange(MinDistance = 3, Weight = 20, Form = LongRangeForm.RewardFar), HeadExclusion(Weight = 2)")]
    [InlineData("SoftSelection(Bits = 2, Curvature = 50)")]
    public void No_problem_has_smaller_or_larger_coefficients_than_said(string attributes)
    {
        const int Tokens = 6, Heads = 2;
        CSharpCompilation source = Compile.Source(
            $"using Qama; [QuboAttention(Tokens = {Tokens}, EmbeddingDim = 8), Heads({Heads}), Coupling(Similarity.Cosine, Weight = 0.3), {attributes}] public sealed partial class M;");
        ModelFootprint footprint = ModelFootprint.Of(
            ModelSpecification.Resolve(DeclarationReader.Read(source.GetTypeByMetadataName("M")!, terms: [], default)));
        using LoadedAssembly loaded = LoadedAssembly.From(Generate.Run(new QuboAttentionGenerator(), source).AssertClean().Output);
        var assemble = loaded.Type("M").GetMethod("AssembleIsing")!.CreateDelegate<Assembly>();
        var random = new Random(3);
        double smallest = double.PositiveInfinity, largest = 0;
        for (int problem = 0; problem < 12; problem++)
        {
            double spread = problem % 3;
            var couplings = new float[Heads * Tokens * Tokens];
            for (int h = 0; h < Heads; h++)
            {
                for (int i = 0; i < Tokens; i++)
                {
                    for (int j = 0; j < i; j++)
                    {
                        float value = (float)Math.Clamp(spread * (2 * random.NextDouble() - 1), -1, 1);
                        couplings[(h * Tokens + i) * Tokens + j] = couplings[(h * Tokens + j) * Tokens + i] = value;
                    }
                }
            }

            double here = Largest(assemble(couplings));
            smallest = Math.Min(smallest, here);
            largest = Math.Max(largest, here);
        }

        Assert.True(footprint.LeastLargest <= smallest * (1 + 1e-6), $"{footprint.LeastLargest} said, {smallest} found");
        Assert.True(largest <= footprint.Terms.Sum(t => t.Largest) * (1 + 1e-6), $"{footprint.Terms.Sum(t => t.Largest)} said, {largest} found");

        // Not vacuous: the bound is within a factor of five of what happens.
        Assert.InRange(footprint.LeastLargest, smallest * 0.2, double.PositiveInfinity);
    }

    private static double Largest(IsingProblem problem)
    {
        double largest = 0;
        for (int i = 0; i < problem.Size; i++)
        {
            largest = Math.Max(largest, Math.Abs(problem.Fields[i]));
            for (int j = 0; j < i; j++)
            {
                largest = Math.Max(largest, Math.Abs(problem[i, j]));
            }
        }

        return largest;
    }
}
