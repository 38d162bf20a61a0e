using System.Numerics;
using Qama.Layers;
using Qama.Training.Modules;

namespace Qama.Training.Storage;

/// <summary>
/// Imports what the authors' PyTorch operator learned (class <c>QAMultiheadAttention</c>, October 2025,
/// https://github.com/Dxee-e/QAMA), saved with <c>safetensors.torch.save_file(model.state_dict(), path)</c>, into a layer of
/// the <c>QamaV2</c> preset.
/// </summary>
public static class ReferenceStateDict
{
    /// <summary>The authors' names and ours.</summary>
    public static IReadOnlyDictionary<string, string> Names { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["norm_q.weight"] = "QueryNorm.Weight",
        ["norm_q.bias"] = "QueryNorm.Bias",
        ["norm_k.weight"] = "KeyNorm.Weight",
        ["norm_k.bias"] = "KeyNorm.Bias",
        ["norm_v.weight"] = "ValueNorm.Weight",
        ["norm_v.bias"] = "ValueNorm.Bias",
        ["Wq.weight"] = "QueryProjection",
        ["Wk.weight"] = "KeyProjection",
        ["Wv.weight"] = "ValueProjection",
        ["E2V"] = "EnergyToValue",
    };

    /// <summary>Names of the authors' parameters that their forward pass never uses; skipped.</summary>
    public static IReadOnlyList<string> UnusedNames { get; } = ["norm_h.weight", "norm_h.bias"];

    /// <summary>The prefixes in front of attention layers in a file: one per layer, for example
    /// <c>transformer.layers.0.0.attention.attn.</c>, or empty for a bare layer.</summary>
    /// <param name="file">The file.</param>
    public static IReadOnlyList<string> Prefixes(SafetensorsFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return
        [
            .. file.Tensors.Select(t => t.Name)
                .Where(n => n == "E2V" || n.EndsWith(".E2V", StringComparison.Ordinal))
                .Select(n => n[..^"E2V".Length])
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>Fills a layer's parameters. On any error the layer stays as it was.</summary>
    /// <param name="path">The file; tensors of other parts of a model may surround the layer's.</param>
    /// <param name="parameters">The layer's parameters.</param>
    /// <param name="prefix">What stands in front of the layer's names; null finds it where the file has one layer.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="ArgumentException">The parameters are not those of a <c>QamaV2</c> layer.</exception>
    /// <exception cref="InvalidDataException">The file breaks the format; a tensor is missing, of another shape, or unknown
    /// under the prefix; or the file has no layer or several and no prefix was given.</exception>
    public static void Load<T>(string path, ParameterCollection<T> parameters, string? prefix = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(parameters);
        string[] unknown = [.. parameters.Select(p => p.Name).Where(n => !Names.Values.Contains(n))];
        if (unknown.Length > 0 || parameters.Count != Names.Count)
        {
            throw new ArgumentException(
                $"Expected the parameters of a QamaV2 layer ({string.Join(", ", Names.Values)}), got {string.Join(", ", parameters.Select(p => p.Name))}.",
                nameof(parameters));
        }

        using SafetensorsFile file = SafetensorsFile.Open(path);
        prefix ??= OnlyPrefix(file);
        foreach (string name in file.Tensors.Select(t => t.Name).Where(n => n.StartsWith(prefix, StringComparison.Ordinal)))
        {
            string local = name[prefix.Length..];
            if (!Names.ContainsKey(local) && !UnusedNames.Contains(local))
            {
                throw new InvalidDataException($"Tensor '{name}' is unknown: the operator has no '{local}'.");
            }
        }

        ParameterStorage.Fill(
            file, [.. Names.Select(n => (prefix + n.Key, new NamedParameter<T>(n.Value, parameters[n.Value])))]);
    }

    private static string OnlyPrefix(SafetensorsFile file)
    {
        IReadOnlyList<string> prefixes = Prefixes(file);
        return prefixes.Count switch
        {
            1 => prefixes[0],
            0 => throw new InvalidDataException("The file has no attention layer: no tensor is named 'E2V'."),
            _ => throw new InvalidDataException(
                $"The file has several attention layers; name one of the prefixes {string.Join(", ", prefixes)}."),
        };
    }
}
