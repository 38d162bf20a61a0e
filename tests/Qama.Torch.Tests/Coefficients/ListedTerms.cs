using System.Globalization;
using Qama.Layers;

namespace Qama.Torch.Tests.Coefficients;

/// <summary>Classes of one coupling term each, from bodies that a test lists.</summary>
internal sealed class ListedTerms
{
    public const int Tokens = 5, Heads = 2, Dim = 3;

    private readonly DeclaredModels _models;
    private readonly IReadOnlyList<string> _bodies;

    public ListedTerms(IReadOnlyList<string> bodies)
    {
        _bodies = bodies;
        _models = new DeclaredModels(bodies.Select((body, n) => $$"""
            using System;
            using Qama;
            [QuboAttention(Tokens = {{Tokens}}, EmbeddingDim = {{Heads * Dim}}), Heads({{Heads}})]
            {{(n % 3 == 0 ? "[Readout(ReadoutKind.SelectedAttention)]" : "")}}
            public sealed partial class {{NameOf(n)}}
            {
                [CouplingTerm]
                static float Term(Vec q, Vec k, TokenPair pair, [Learnable(0.7, PerHead = true)] float a, [Learnable(0.9)] Vec w)
                {
                    {{(body.Contains("return", StringComparison.Ordinal) ? body : "return " + body + ";")}}
                }

                static float Half(float x) => 0.5f * x;
            }
            """));
    }

    /// <summary>Whether a body could be compiled.</summary>
    public bool IsLayer(int body) => _models.IsLayer(NameOf(body));

    public QuboAttentionLayer<double> Layer(int body) => _models.Layer(NameOf(body));

    /// <summary>Fails unless values and gradients are those of the native kernels.</summary>
    /// <param name="body">Which of them.</param>
    /// <param name="points">A batch.</param>
    /// <param name="layer">The native layer.</param>
    /// <param name="tolerance">Relative to the largest number.</param>
    public void AssertSame(int body, QuboAttentionLayer<double> layer, CoefficientPoint[] points, double tolerance)
    {
        try
        {
            CoefficientComparison.AssertSame(
                layer, _models.Tensors(NameOf(body)), points, TorchSharp.torch.ScalarType.Float64, tolerance, tolerance);
        }
        catch (Xunit.Sdk.XunitException e)
        {
            Assert.Fail($"{_bodies[body]}\n{e.Message}");
        }
    }

    private static string NameOf(int body) => "L" + body.ToString(CultureInfo.InvariantCulture);
}
