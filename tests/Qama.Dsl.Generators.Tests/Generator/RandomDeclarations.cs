using System.Globalization;

namespace Qama.Generators.Tests.Generator;

/// <summary>Declarations over the whole language, sensible more often than not.</summary>
internal sealed class RandomDeclarations(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>A class with attributes.</summary>
    public string Next(string name)
    {
        int tokens = One(1, 2, 4, 6, 16, 17, 24);
        int heads = One(1, 2, 3, 4);
        int bits = One(1, 1, 2, 3, 4);
        var attributes = new List<string>
        {
            $"QuboAttention(Tokens = {Wild(tokens)}, EmbeddingDim = {Wild(heads * One(1, 3, 4, 8))}{Maybe($", Preset = Preset.{One("None", "QamaV1", "QamaV2")}", 0.4)})",
            $"Heads({Wild(heads)}{Maybe($", HeadDim = {Wild(One(1, 3, 4, 5))}", 0.3)})",
        };
        Add(0.3, $"Grid({Wild(One(1, 2, tokens))}, {Wild(Math.Max(1, tokens / One(1, 2, 1)))})");
        Add(0.5, $"SoftSelection({List($"Bits = {Wild(bits)}", Maybe($"Curvature = {Weight()}", 0.6))})");
        Add(0.6, $"Coupling(Similarity.{One("ScaledDotProduct", "Cosine", "NegativeSquaredDistance", "JensenShannon")}{Optional("Weight", Weight())}{Optional("Normalize", Word("Normalization", "None", "Batch"))})");
        Add(0.6, $"Field(Importance.{One("None", "ValueProjection", "ValueEntropy", "ValueNorm")}{Optional("Weight", Weight())}{Optional("Scale", Word("TermScale", "None", "Tokens", "MeanField"))}{Optional("Normalize", Word("Normalization", "None", "Batch"))})");
        Add(0.5, $"HeadExclusion({List(Maybe($"Weight = {Weight()}", 0.7), Maybe($"Scale = {Word("TermScale", "None", "MeanField", "Pairs", "Tokens")}", 0.5), Maybe($"On = {Word("ExclusionTarget", "Weights", "Bits")}", 0.4), Maybe($"Hard = {One("true", "false")}", 0.5))})");
        for (int i = One(0, 0, 1, 2); i > 0; i--)
        {
            string k = One(One(0, 1, 2, tokens).ToString(CultureInfo.InvariantCulture), "1.5", "4.0 / 3", "-1", $"{tokens - 1}");
            attributes.Add($"Sparsity({List($"{One("AtMost", "AtLeast", "Exactly")} = {k}", Maybe($"Weight = {Weight()}", 0.4), Maybe($"Slack = {Word("SlackKind", "Binary", "Unbalanced")}", 0.4))})");
        }

        Add(0.4, $"LongRange({List(Maybe($"MinDistance = {Wild(One(1, 2, 3, tokens))}", 0.9), Maybe($"Weight = {Weight()}", 0.9), Maybe($"Form = {Word("LongRangeForm", "PenaliseNear", "RewardFar")}", 0.5), Maybe($"Decay = {Word("Decay", "Constant", "Linear", "Exponential")}", 0.6))})");
        Add(0.4, $"Mask(MaskPattern.{One("All", "Causal", "Window", "Block", "Window")}{Optional("Size", Wild(One(1, 2, 3)), 0.7)})");
        Add(0.2, $"LearnedCoupling(Form = LearnedCouplingForm.{One("Static", "Relative")}, PerHead = {One("true", "false")}{Optional("Weight", Weight(), 0.3)})");
        Add(0.6, $"Readout(ReadoutKind.{One("LocalEnergy", "EntropyShare", "SelectedAttention", "Expectation")}{Optional("Reads", Wild(3), 0.2)}{Optional("Temperature", Weight(), 0.2)}{Optional("Weighted", One("true", "false"), 0.3)})");
        Add(0.3, $"Inputs({List(Maybe("LayerNorm = " + One("true", "false"), 0.7), Maybe("Projected = " + One("true", "false"), 0.4), Maybe("Bias = true", 0.3))})");
        Add(0.3, $"Target(Device.{One("Cpqc550", "Cpqc1000", "Custom")}{Optional("Spins", Wild(1000), 0.5)}{Optional("Bits", Wild(8), 0.5)})");
        return $"[{string.Join("]\n[", attributes)}]\npublic sealed partial class {name};\n";

        void Add(double chance, string attribute)
        {
            if (_random.NextDouble() < chance)
            {
                attributes.Add(attribute);
            }
        }
    }

    private string Wild(int value) => _random.Next(60) == 0
        ? One("0", "-1", "int.MaxValue", "int.MinValue", "1 << 20")
        : value.ToString(CultureInfo.InvariantCulture);

    private string Weight() => _random.Next(15) == 0
        ? One("0", "-1", "double.NaN", "1e300", "double.Epsilon", "double.NegativeInfinity")
        : One("1", "0.5", "0.16", "3", "1e-7", "200");

    private string Word(string type, params string[] words) =>
        _random.Next(60) == 0 ? $"({type})77" : $"{type}.{One(words)}";

    private string Optional(string name, string value, double chance = 0.3) => Maybe($", {name} = {value}", chance);

    private string Maybe(string text, double chance) => _random.NextDouble() < chance ? text : "";

    private static string List(params string[] arguments) => string.Join(", ", arguments.Where(a => a.Length > 0));

    private T One<T>(params T[] choices) => choices[_random.Next(choices.Length)];
}
