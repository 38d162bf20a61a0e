using System.Globalization;
using Qama.Generators.Model;

namespace Qama.Generators.Tests.Forms;

/// <summary>A random declaration whose couplings factor, in both forms.</summary>
internal sealed class FormDeclaration
{
    private readonly string _attributes;
    private readonly string _terms;

    public FormDeclaration(int number)
    {
        Number = number;
        var random = new Random(number);
        Tokens = random.Next(16) == 0 ? random.Next(65, 200) : random.Next(2, 22); // many: several blocks of whatever works in blocks
        int heads = random.Next(1, 4), dim = random.Next(1, 6);
        string readout = One("LocalEnergy", "LocalEnergy", "Expectation", "SelectedAttention", dim > 1 ? "EntropyShare" : "LocalEnergy");
        SharesEntropy = readout == "EntropyShare";
        string field = SharesEntropy ? "ValueEntropy" : One("None", "ValueProjection", "ValueNorm");
        var attributes = new List<string>
        {
            $"QuboAttention(Tokens = {Tokens}, EmbeddingDim = {random.Next(1, 7)})", $"Heads({heads}, HeadDim = {dim})",
            $"Inputs(LayerNorm = false, Bias = {Boolean()})",
            $"Field(Importance.{field}, Weight = {Weight()}, Normalize = Normalization.{One("None", "Batch")})",
            $"Readout(ReadoutKind.{readout}, Reads = 3, Temperature = 0.7, Weighted = {Boolean()}, Normalize = Normalization.{(One("None", "None", "Batch") == "Batch" && HasMany ? "Batch" : "None")})",
        };
        if (heads > 1)
        {
            attributes.Add($"HeadExclusion(Weight = {Weight()})");
        }

        IsMasked = random.Next(3) == 0;
        IsNormalised = !IsMasked && random.Next(3) == 0 && HasMany;
        attributes.AddRange(Structures(random));
        int terms = random.Next(3);
        string similarity = terms > 0 && random.Next(3) == 0
            ? "None" : One("ScaledDotProduct", "ScaledDotProduct", "NegativeSquaredDistance", dim > 3 ? "Cosine" : "ScaledDotProduct");
        IsApproximate = similarity == "Cosine";
        Coupling = $"Similarity.{similarity}, Weight = {Weight()}, Normalize = Normalization.{(IsNormalised ? "Batch" : "None")}";
        _attributes = string.Concat(attributes.Select(a => $"[{a}]\n"));
        _terms = string.Concat(Enumerable.Range(0, terms).Select(t => Term($"T{t}")));

        string One(params string[] choices) => choices[random.Next(choices.Length)];

        string Boolean() => One("true", "false");

        string Weight() => (random.Next(1, 17) / 8.0).ToString(CultureInfo.InvariantCulture);

        string Term(string name) => $$"""
                [CouplingTerm(Weight = {{Weight()}})]
                static float {{name}}(Vec q, Vec k, TokenPair pair, [Learnable(0.7{{One("", ", PerHead = true")}})] float a, [Learnable(0.9{{One("", ", PerHead = true")}})] Vec w) =>
                    {{new FactoredTerm(random).Next()}} + 0.1f * a * Vec.Dot(w * q, k) + 0.01f * pair.I;

            """;
    }

    public int Number { get; }

    public int Tokens { get; }

    /// <summary>Whether outputs are divided by entropies.</summary>
    public bool SharesEntropy { get; }

    /// <summary>Whether the two forms differ by where ε is.</summary>
    public bool IsApproximate { get; }

    private bool IsNormalised { get; }

    private bool IsMasked { get; }

    // One pair of tokens has a variance of 0, and its normalisation multiplies rounding by 300.
    private bool HasMany => Tokens > 4;

    private string Coupling { get; }

    public string NameOf(CouplingForm form) => $"{form}{Number}";

    public string Source(CouplingForm form) => $$"""
        using System;
        using Qama;
        {{_attributes}}[Coupling({{Coupling}}, Form = CouplingForm.{{form}})]
        public sealed partial class {{NameOf(form)}}
        {
        {{_terms}}}
        """;

    public override string ToString() => Source(CouplingForm.Factored);

    private IEnumerable<string> Structures(Random random)
    {
        if (IsMasked)
        {
            bool window = random.Next(2) == 0;
            yield return window
                ? $"Mask(MaskPattern.Window, Size = {random.Next(1, Math.Max(2, Tokens - 1))})" : $"Mask(MaskPattern.Block, Size = {random.Next(2, Tokens + 1)})";
        }

        if (random.Next(3) == 0)
        {
            yield return $"SoftSelection(Bits = {random.Next(2, 4)}, Curvature = 0.5)";
        }

        if (random.Next(4) == 0)
        {
            yield return $"Sparsity(AtMost = {random.Next(1, Tokens)}, Weight = 30)";
        }

        if (!IsMasked && Tokens > 3 && random.Next(3) == 0)
        {
            yield return $"LongRange(MinDistance = 2, Weight = 0.4, Decay = Decay.{(Decay)random.Next(3)}, Form = LongRangeForm.{(LongRangeForm)random.Next(2)})";
        }
    }
}
