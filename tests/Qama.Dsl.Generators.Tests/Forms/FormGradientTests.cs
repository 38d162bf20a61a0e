using Qama.Generators.Tests.Terms;
using Qama.Layers;

namespace Qama.Generators.Tests.Forms;

/// <summary>Gradients through features, and through their batch normalisation, are the central differences of the output.</summary>
public class FormGradientTests
{
    [Fact]
    public void Gradients_through_features_are_central_differences()
    {
        (string Coupling, string Body)[] cases =
        [
            ("Similarity.ScaledDotProduct, Normalize = Normalization.Batch", ""),
            ("Similarity.NegativeSquaredDistance, Normalize = Normalization.Batch", "a * Vec.Dot(Vec.Tanh(w * q), k) - pair.I * Vec.Sum(k)"),
            ("Similarity.Cosine", "Vec.Norm(q) * Vec.LogSumExp(k) / (1f + a * a)"),
            ("Similarity.None, Normalize = Normalization.Batch", "(pair.J < 3 ? a : 1f) * Vec.Dot(Vec.Softmax(q), w * k) + Vec.Sum(q)"),
        ];
        using var model = new TermModel<double>([.. cases.Select((one, n) => $$"""
            using System;
            using Qama;
            [QuboAttention(Tokens = 7, EmbeddingDim = 6)] [Heads(2)]
            [Coupling({{one.Coupling}}, Form = CouplingForm.Factored)]
            [Field(Importance.ValueProjection)]
            public sealed partial class Case{{n}}
            {
                {{(one.Body.Length == 0 ? "" : $"""
                [CouplingTerm(Weight = 0.5)]
                static float Term(Vec q, Vec k, TokenPair pair, [Learnable(0.7, PerHead = true)] float a, [Learnable(0.9)] Vec w) =>
                    {one.Body} + 0.1f * a * Vec.Sum(w * k) + 0.01f * pair.I;
                """)}}
            }
            """)]);
        for (int n = 0; n < cases.Length; n++)
        {
            foreach (LayerMode mode in Enum.GetValues<LayerMode>())
            {
                var random = new Random(n);
                QuboAttentionLayer<double> layer = model.Create($"Case{n}");
                layer.Mode = mode;
                Assert.Equal("factored", layer.Model.CouplingForm);
                new HeldLoss(layer, random).AssertGradients(random, 1e-7, cases[n].Body);
            }
        }
    }
}
