using Qama.Layers;
using Qama.Training.Modules;
using Qama.Training.Storage;

namespace Qama.Tool.Serving;

/// <summary>Trained values of a layer, from a file that holds a whole model.</summary>
internal static class Checkpoint
{
    private const string OfOptimizer = "Optimizer.";

    /// <summary>Fills a layer.</summary>
    /// <param name="path">A safetensors file.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="prefix">What the names of its tensors begin with; null where one layer of the file fits.</param>
    /// <returns>The prefix.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is no such file, or no or several layers of it fit.</exception>
    public static string Load(string path, QuboAttentionLayer<float> layer, string? prefix)
    {
        Parameter<float>[] wanted = [.. layer.Parameters, .. layer.Buffers];
        try
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            string[] fitting = [.. file.Tensors.Where(t => IsOf(t.Name, wanted[0].Name)).Select(t => t.Name[..^wanted[0].Name.Length])
                .Where(p => !p.StartsWith(OfOptimizer, StringComparison.Ordinal) && wanted.All(w => Fits(file, p, w)))];
            string[] named = prefix is null ? fitting : [.. fitting.Where(p => p.Trim('.') == prefix.Trim('.'))];
            if (named.Length != 1)
            {
                throw new InvalidDataException($"{path}: {Complaint(layer, fitting, prefix)}");
            }

            foreach (Parameter<float> parameter in wanted)
            {
                file.Read(named[0] + parameter.Name, parameter.Value);
            }

            return named[0].TrimEnd('.');
        }
        catch (InvalidDataException e) when (!e.Message.StartsWith(path, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
    }

    private static string Complaint(QuboAttentionLayer<float> layer, string[] fitting, string? prefix)
    {
        string names = string.Join(", ", fitting.Select(p => p.TrimEnd('.')));
        return fitting.Length == 0
            ? $"it has no layer with the parameters of {layer.Model.Name}: {string.Join(", ", layer.Parameters.Take(4))} …"
            : prefix is null ? $"{fitting.Length} of its layers fit: say which with --layer. There are {names}."
            : $"there is no layer {prefix}. There are {names}.";
    }

    private static bool IsOf(string tensor, string parameter) =>
        tensor.EndsWith(parameter, StringComparison.Ordinal)
        && (tensor.Length == parameter.Length || tensor[^(parameter.Length + 1)] == '.');

    private static bool Fits(SafetensorsFile file, string prefix, Parameter<float> parameter)
    {
        string name = prefix + parameter.Name;
        return file.Contains(name) && file.Info(name).Shape.SequenceEqual(parameter.Shape.Select(d => (long)d))
            && file.Info(name).DataType is "F32" or "F64" or "F16" or "BF16";
    }
}
