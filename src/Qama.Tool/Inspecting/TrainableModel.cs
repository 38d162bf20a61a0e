using System.Reflection;
using Qama.Layers;

namespace Qama.Tool.Inspecting;

/// <summary>A declared model of an assembly that this program can run.</summary>
/// <param name="Name">The class.</param>
/// <param name="Descriptor">What is declared.</param>
/// <param name="Create">Makes a layer with initial values from a seed.</param>
internal sealed record TrainableModel(string Name, ModelDescriptor Descriptor, Func<long, QuboAttentionLayer<float>> Create)
{
    /// <summary>The class without its namespace.</summary>
    public string ShortName => Name[(Name.LastIndexOf('.') + 1)..];

    /// <summary>Loads a model.</summary>
    /// <param name="path">The assembly, with what it needs beside it or in the folder of packages.</param>
    /// <param name="name">The class, or the end of its name; null where there is one model alone.</param>
    /// <param name="packages">The folder of packages; null for the usual one.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is no assembly with that model, there are several and no name, or the model cannot be
    /// run here.</exception>
    public static TrainableModel Load(string path, string? name, string? packages)
    {
        path = Path.GetFullPath(path);
        using (File.OpenRead(path))
        {
            // Whatever keeps it from being read is said as of any other file.
        }

        try
        {
            Assembly assembly = new ModelContext(path, packages, shared: true).LoadFromAssemblyPath(path);
            var warnings = new List<string>();
            Type[] declared = [.. ModelAssembly.Types(assembly, path, warnings).Where(t => ModelAssembly.IsModel(t, path, warnings))];
            Type[] found = ModelAssembly.Named(declared, name, path, warnings);
            if (found.Length != 1)
            {
                string names = string.Join(", ", found.Select(ModelAssembly.Name).Order(StringComparer.Ordinal));
                throw new InvalidDataException(found.Length == 0
                    ? $"{path}: no class with [QuboAttention] was compiled into it.{string.Concat(warnings.Select(w => $" {w}"))}"
                    : $"{path}: say which model with --model: there are {names}.");
            }

            return Of(found[0], path);
        }
        catch (Exception e) when (e is BadImageFormatException or FileLoadException)
        {
            throw new InvalidDataException(
                $"{path}: it is no .NET assembly that can be loaded: name the .dll that was built, or the project. "
                    + $"{ModelAssembly.Missing(e)}", e);
        }
    }

    private static TrainableModel Of(Type type, string path)
    {
        string name = ModelAssembly.Name(type);
        if (type.IsAssignableTo(typeof(QuboAttentionLayer<double>)))
        {
            throw new InvalidDataException($"{path}: {name} computes in double: build the project without QamaElementType to train it "
                + "here.");
        }

        if (!type.IsAssignableTo(typeof(QuboAttentionLayer<float>)) || type.GetConstructor([typeof(long)]) is not { } constructor)
        {
            throw new InvalidDataException(
                $"{path}: {name} is no layer of this qama's Qama.Dsl ({typeof(ModelDescriptor).Assembly.GetName().Version}): build the "
                    + "project with that version.");
        }

        try
        {
            return new(name, Create(0).Model, Create);
        }
        catch (Exception e) when (e is TypeLoadException or MissingMemberException or IOException)
        {
            throw new InvalidDataException($"{path}: {name} cannot be made: it was built with another Qama.Dsl: "
                + $"{ModelAssembly.Missing(e)}.", e);
        }

        QuboAttentionLayer<float> Create(long seed)
        {
            try
            {
                return (QuboAttentionLayer<float>)constructor.Invoke([seed]);
            }
            catch (TargetInvocationException e)
            {
                throw new InvalidDataException($"{path}: {name} cannot be made: {ModelAssembly.Missing(e)}.", e);
            }
        }
    }
}
