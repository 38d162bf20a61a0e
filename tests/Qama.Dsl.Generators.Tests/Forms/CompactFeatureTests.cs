using System.Reflection;
using Microsoft.CodeAnalysis;
using Qama.Annealing;
using Qama.Generators.Tests.Harness;
using Qama.Problems;

namespace Qama.Generators.Tests.Forms;

/// <summary>Features are compact exactly where the runtime's annealing knows them as such.</summary>
public class CompactFeatureTests
{
    [Fact]
    public void Compact_features_are_emitted_where_the_chain_of_plain_bits_anneals()
    {
        string[] structures =
        [
            "Heads(2)", "Heads(2), SoftSelection(Bits = 1, Curvature = 0.5)", "Heads(2), SoftSelection(Bits = 2)",
            "Heads(2), Sparsity(AtMost = 3, Weight = 9)", "Heads(2), Sparsity(Exactly = 3)", "Heads(2), HeadExclusion(Weight = 1)",
            "Heads(2), HeadExclusion(Hard = true)", "Heads(1), HeadExclusion(Hard = true)", "Heads(2), LongRange(MinDistance = 2, Weight = 1)",
            "Heads(2), LongRange(MinDistance = 20, Weight = 1)", "Heads(2), Mask(MaskPattern.Window, Size = 1)",
            "Heads(2), Mask(MaskPattern.Window, Size = 10)", "Heads(2), Mask(MaskPattern.Window, Size = 11)", "Heads(2), Mask(MaskPattern.Block, Size = 11)",
            "Heads(2), Mask(MaskPattern.Block, Size = 12)", "Heads(2), Grid(3, 4), Mask(MaskPattern.Block, Size = 4)", "Heads(2), Field(Importance.ValueNorm)",
            "Heads(2), Readout(ReadoutKind.SelectedAttention)",
        ];
        Compilation output = Generate.Run(new QuboAttentionGenerator(), Compile.Source("using Qama;\n" + string.Join("\n", structures.Select((s, n) => $"""
            [QuboAttention(Tokens = 12, EmbeddingDim = 4), {s}]
            [Coupling(Similarity.ScaledDotProduct, Form = CouplingForm.Factored, Features = FeaturePrecision.BFloat16)]
            public sealed partial class M{n};
            """)))).Output;
        using var loaded = LoadedAssembly.From(output);
        var compact = new List<bool>();
        for (int n = 0; n < structures.Length; n++)
        {
            Type energy = loaded.Type($"M{n}").GetNestedTypes(BindingFlags.Public | BindingFlags.NonPublic)
                .SelectMany(t => t.GetNestedTypes(BindingFlags.Public | BindingFlags.NonPublic).Append(t))
                .Single(t => t.IsAssignableTo(typeof(IDeclaredEnergy)));
            Type plan = typeof(ProblemBatch).Assembly.GetType("Qama.Problems.DeclaredPlan`1", throwOnError: true)!.MakeGenericType(energy);
            bool emitted = Flag(plan, "HasCompactFeatures"), plain = Flag(typeof(FactoredAnnealer<>).MakeGenericType(plan), "IsPlain");
            Assert.True(emitted == plain, $"{structures[n]}: {emitted}");
            compact.Add(emitted);
        }

        Assert.Equal(8, compact.Count(c => c));

        static bool Flag(Type type, string name) =>
            (bool)type.GetProperty(name, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)!.GetValue(null)!;
    }
}
