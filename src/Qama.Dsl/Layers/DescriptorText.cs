using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Qama.Layers;

/// <summary>A declared model as lines of text: everything in its declaration that decides results.</summary>
internal static class DescriptorText
{
    public static string Write<T>(ModelDescriptor model, long seed, ReadOnlySpan<T> pairs)
        where T : unmanaged
    {
        List<string> lines =
        [
            model.Name,
            Line($"{model.Tokens} tokens of width {model.EmbeddingDim}, {model.HeadCount} heads of width {model.HeadDim}"),
            Line($"{model.SelectionBits} selection bits, {model.SlackCount} slack bits, {model.ReadCount} reads, seed {seed}"),
            Line($"temperature {model.Temperature}, w_J {model.CouplingWeight}, w_f {model.FieldWeight}"),
            "with " + string.Join(", ", Options(model)),
            $"pairs {Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(pairs)))[..16]}",
        ];
        if (model.CouplingWindow > 0 || model.CouplingBlock > 0)
        {
            lines.Add(Line($"couplings within {model.CouplingWindow} tokens, within blocks of {model.CouplingBlock}"));
        }

        if (model.Gradient.Kind != (model.Temperature is null ? GradientKind.Energy : GradientKind.Covariance))
        {
            lines.Add($"gradient {model.Gradient}");
        }

        if (model.Scope != SelectionScope.Head)
        {
            lines.Add(Line($"a selection per {model.Scope}: blocks of {model.QueryBlock} queries, units of {model.Unit} of {model.KeyTokens} keys"));
            lines.Add(Line($"mask {model.Mask} of {model.MaskSize}, read out by {model.ReadoutKind}{(model.WeighsReadout ? ", weighted" : "")}"));
            lines.Add(Line($"blocks of {model.BlockTokens} tokens, {model.KeptTokens} kept"));
        }

        lines.AddRange(model.Coefficients.Select(c => $"{c.Name} = {c.Formula}"));
        lines.AddRange(model.Terms.Select(t => Line($"{t.Name}: {t.Formula}, weight {t.Weight}")));
        lines.AddRange(model.Constraints.Select(c => Line($"{c.Kind} {c.Bound}")));
        lines.AddRange(model.Learnables.Select(l => $"{l.Name} [{string.Join(", ", l.Shape)}]"));
        if (model.LearnedCoupling is { } learned)
        {
            lines.Add(Line($"{LearnedCouplingDescription.Name} [{string.Join(", ", learned.Shape)}], {learned.Form}, weight {learned.Weight}"));
        }

        lines.Add(model.Readout);
        return string.Join('\n', lines);
    }

    private static IEnumerable<string> Options(ModelDescriptor model)
    {
        (string Name, bool Set)[] options =
        [
            ("field", model.HasField), ("layer norm", model.HasLayerNorm), ("projection", model.HasProjection),
            ("projection bias", model.HasProjectionBias), ("normalised couplings", model.NormalizesCouplings),
            ("normalised fields", model.NormalizesFields), ("normalised output", model.NormalizesOutput),
            ("symmetric couplings", model.HasSymmetricCouplings), ("diagonal", model.KeepsDiagonal),
            ("readout of the similarity", model.ReadsSimilarity), ("couplings as features", model.CouplingFactor is not null),
        ];
        return options.Where(o => o.Set).Select(o => o.Name);
    }

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
