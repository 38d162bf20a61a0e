using System.Numerics;
using Qama.Files;
using Qama.Training.Modules;

namespace Qama.Training.Storage;

/// <summary>Saves and loads parameters as safetensors files, which PyTorch, JAX and others read.</summary>
public static class ParameterStorage
{
    /// <summary>Writes parameters as F32 (F64 for double). The file appears whole or not at all: it is written under
    /// another name in the same folder, flushed to the disk and then renamed over what was there.</summary>
    /// <param name="path">The file.</param>
    /// <param name="parameters">What to save; names must differ and not be <c>__metadata__</c>.</param>
    /// <param name="metadata">Free text to keep with them; null for none.</param>
    /// <exception cref="ArgumentException">A name is repeated or reserved.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save<T>(
        string path, IReadOnlyList<NamedParameter<T>> parameters, IReadOnlyDictionary<string, string>? metadata = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        RequireDistinct(parameters);
        AtomicFiles.Write(
            path, stream => SafetensorsWriter.Write(stream, parameters, metadata ?? new Dictionary<string, string>()));
    }

    /// <summary>Fills parameters from a file that holds exactly them; the <c>Declaration_…</c> that modules of Qama.Torch put beside them
    /// is passed over. On any error all parameters stay as they were.</summary>
    /// <param name="path">The file.</param>
    /// <param name="parameters">What to fill.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file breaks the format, or a tensor is missing, left over, of another
    /// shape or of a type that is not F32, F64, F16 or BF16.</exception>
    public static void Load<T>(string path, IReadOnlyList<NamedParameter<T>> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        RequireDistinct(parameters);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Fill(file, path, parameters);
    }

    /// <summary>Fills parameters from an open file that holds exactly them.</summary>
    /// <param name="file">The file.</param>
    /// <param name="path">Its name, for messages.</param>
    /// <param name="parameters">What to fill.</param>
    /// <exception cref="InvalidDataException">It holds others; the message has the file.</exception>
    internal static void Fill<T>(SafetensorsFile file, string path, IReadOnlyList<NamedParameter<T>> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> =>
        SafetensorsFile.Naming(path, () =>
        {
            Fill(file, parameters);
            return parameters;
        });

    private static void Fill<T>(SafetensorsFile file, IReadOnlyList<NamedParameter<T>> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var names = parameters.Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        string[] extra = [.. file.Tensors.Select(t => t.Name).Where(n => !names.Contains(n) && !IsMark(n))];
        if (extra.Length > 0)
        {
            throw new InvalidDataException($"The file has tensors that the model has not: {string.Join(", ", extra)}.");
        }

        Fill(file, [.. parameters.Select(p => (p.Name, p))]);
    }

    private static bool IsMark(string name) => name[(name.LastIndexOf('.') + 1)..].StartsWith("Declaration_", StringComparison.Ordinal);

    /// <summary>Reads tensors into parameters after checking all of them.</summary>
    internal static void Fill<T>(SafetensorsFile file, IReadOnlyList<(string Tensor, NamedParameter<T> Parameter)> pairs)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        string[] missing = [.. pairs.Select(p => p.Tensor).Where(n => !file.Contains(n))];
        if (missing.Length > 0)
        {
            throw new InvalidDataException($"The file lacks tensors of the model: {string.Join(", ", missing)}.");
        }

        foreach ((string tensor, NamedParameter<T> parameter) in pairs)
        {
            TensorInfo info = file.Info(tensor);
            if (!info.Shape.SequenceEqual(parameter.Parameter.Shape.Select(d => (long)d)))
            {
                throw new InvalidDataException(
                    $"Tensor '{tensor}': expected shape [{string.Join(", ", parameter.Parameter.Shape)}], the file has [{string.Join(", ", info.Shape)}].");
            }

            if (info.DataType is not ("F32" or "F64" or "F16" or "BF16"))
            {
                throw new InvalidDataException(
                    $"Tensor '{tensor}' has dtype {info.DataType}; F32, F64, F16 and BF16 can be read.");
            }
        }

        T[][] values = [.. pairs.Select(p => new T[p.Parameter.Parameter.Length])];
        for (int i = 0; i < pairs.Count; i++)
        {
            file.Read<T>(pairs[i].Tensor, values[i]);
        }

        for (int i = 0; i < pairs.Count; i++)
        {
            values[i].CopyTo(pairs[i].Parameter.Parameter.Value);
        }
    }

    /// <summary>Checks that every name is one that a file can have, once.</summary>
    internal static void RequireDistinct<T>(IReadOnlyList<NamedParameter<T>> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (NamedParameter<T> parameter in parameters)
        {
            if (parameter.Name == "__metadata__" || !names.Add(parameter.Name))
            {
                throw new ArgumentException($"The name '{parameter.Name}' is repeated or reserved.", nameof(parameters));
            }
        }
    }
}
