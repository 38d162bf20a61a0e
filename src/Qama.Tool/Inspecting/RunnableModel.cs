using System.Reflection;
using Qama.Layers;

namespace Qama.Tool.Inspecting;

/// <summary>A declared model of an assembly that was built with the Qama.Dsl of this program, so that its layer can be run.</summary>
internal static class RunnableModel
{
    /// <summary>Finds the one class.</summary>
    /// <param name="path">The assembly.</param>
    /// <param name="name">The class, or the end of its name; null where there is one alone.</param>
    /// <param name="packages">The folder of packages; null for the usual one.</param>
    /// <returns>The class, and what of the assembly could not be looked at.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">There is no such class, more than one, or one that cannot be run here.</exception>
    public static (Type Type, IReadOnlyList<string> Warnings) Find(string path, string? name, string? packages)
    {
        (Type[] types, List<string> warnings) = ModelAssembly.Declared(path, name, packages, sharesRuntime: true);
        if (types.Length > 1)
        {
            string names = string.Join(", ", types.Select(t => ModelAssembly.Name(t)).Order(StringComparer.Ordinal));
            throw new InvalidDataException($"{path}: it has {types.Length} models: say which with --model. There are {names}.");
        }

        Version? own = typeof(ModelDescriptor).Assembly.GetName().Version;
        Version? its = types[0].Assembly.GetReferencedAssemblies().FirstOrDefault(a => a.Name == "Qama.Dsl")?.Version;
        return its == own ? (types[0], warnings) : throw new InvalidDataException(
            $"{path}: it was built with Qama.Dsl {its?.ToString(3)}, and this qama runs layers of {own?.ToString(3)} alone: "
            + "install the qama of the same version.");
    }

    /// <summary>Makes a layer of the class, with first values of a seed.</summary>
    /// <param name="type">The class.</param>
    /// <param name="seed">The seed.</param>
    /// <exception cref="InvalidDataException">It is no layer in single precision, or its own code fails.</exception>
    public static QuboAttentionLayer<float> Create(Type type, long seed)
    {
        if (!type.IsAssignableTo(typeof(QuboAttentionLayer<float>)))
        {
            throw new InvalidDataException(
                $"{ModelAssembly.Name(type)} is no layer in single precision: only such ones are run here.");
        }

        try
        {
            return type.GetConstructor([typeof(long)])?.Invoke([seed]) as QuboAttentionLayer<float>
                ?? throw new InvalidDataException($"{ModelAssembly.Name(type)} has no constructor that takes a seed alone.");
        }
        catch (TargetInvocationException e)
        {
            throw new InvalidDataException($"{ModelAssembly.Name(type)} cannot be made: {ModelAssembly.Missing(e)}.", e);
        }
        catch (Exception e) when (e is MissingMemberException or TypeLoadException)
        {
            throw new InvalidDataException(
                $"{ModelAssembly.Name(type)} does not fit the Qama.Dsl of this qama: build it again with that one.", e);
        }
    }
}
