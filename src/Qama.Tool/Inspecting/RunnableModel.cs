using System.Reflection;
using Qama.Layers;

namespace Qama.Tool.Inspecting;

/// <summary>A declared model of an assembly that was built with the Qama.Dsl of this program, so that its layer can be run.</summary>
/// <param name="Type">The class.</param>
/// <param name="Descriptor">What is declared.</param>
/// <param name="Create">Makes a layer with initial values from a seed.</param>
/// <param name="Warnings">What of the assembly could not be looked at, a sentence each.</param>
internal sealed record RunnableModel(
    Type Type, ModelDescriptor Descriptor, Func<long, QuboAttentionLayer<float>> Create, IReadOnlyList<string> Warnings)
{
    /// <summary>The class, with its namespace.</summary>
    public string Name => ModelAssembly.Name(Type);

    /// <summary>The class without its namespace.</summary>
    public string ShortName => Name[(Name.LastIndexOf('.') + 1)..];

    /// <summary>Loads a model.</summary>
    /// <param name="path">The assembly, with what it needs beside it or in the folder of packages.</param>
    /// <param name="name">The class, or the end of its name; null where there is one model alone.</param>
    /// <param name="packages">The folder of packages; null for the usual one.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is no assembly with that model, there are several and no name, or the model cannot be
    /// run here.</exception>
    public static RunnableModel Load(string path, string? name, string? packages)
    {
        (Type[] types, List<string> warnings) = ModelAssembly.Declared(path, name, packages, sharesRuntime: true);
        if (types.Length > 1)
        {
            string names = string.Join(", ", types.Select(ModelAssembly.Name).Order(StringComparer.Ordinal));
            throw new InvalidDataException($"{path}: it has {types.Length} models: say which with --model. There are {names}.");
        }

        Version? own = typeof(ModelDescriptor).Assembly.GetName().Version;
        Version? its = types[0].Assembly.GetReferencedAssemblies().FirstOrDefault(a => a.Name == "Qama.Dsl")?.Version;
        return its == own ? Of(types[0], path, warnings) : throw new InvalidDataException(
            $"{path}: it was built with Qama.Dsl {its?.ToString(3)}, and this qama runs layers of {own?.ToString(3)} alone: "
            + "install the qama of the same version.");
    }

    private static RunnableModel Of(Type type, string path, IReadOnlyList<string> warnings)
    {
        string name = ModelAssembly.Name(type);
        if (type.IsAssignableTo(typeof(QuboAttentionLayer<double>)))
        {
            throw new InvalidDataException(
                $"{path}: {name} computes in double: build the project without QamaElementType to run it here.");
        }

        if (!type.IsAssignableTo(typeof(QuboAttentionLayer<float>)) || type.GetConstructor([typeof(long)]) is not { } constructor)
        {
            throw new InvalidDataException($"{path}: {name} is no layer that a seed alone makes: only such ones are run here.");
        }

        try
        {
            return new(type, Create(0).Model, Create, warnings);
        }
        catch (Exception e) when (e is TypeLoadException or MissingMemberException or IOException)
        {
            throw new InvalidDataException(
                $"{path}: {name} does not fit the Qama.Dsl of this qama: build it again with that one. {ModelAssembly.Missing(e)}", e);
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
