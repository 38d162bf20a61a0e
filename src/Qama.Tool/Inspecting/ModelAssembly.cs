using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Qama.Files;
using Qama.Layers;

namespace Qama.Tool.Inspecting;

/// <summary>The declared models of an assembly, whichever version of Qama.Dsl it was built with. Of its code nothing
/// runs but what makes the
/// descriptors: initialisers of the declared classes.</summary>
internal static class ModelAssembly
{
    private const string Description = "Qama.Layers.ModelDescriptor";

    // Numbers that a problem decides are NaN, and a descriptor is the one of its own problem.
    private static readonly JsonSerializerOptions _json = new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        ReferenceHandler = ReferenceHandler.IgnoreCycles,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>Reads the descriptors of the declared models.</summary>
    /// <param name="path">The assembly, with what it needs beside it or in the folder of packages.</param>
    /// <param name="name">The one class to look at, or the end of its name; null for all.</param>
    /// <param name="packages">The folder of packages; null for the usual one.</param>
    /// <returns>Descriptors by name; what could not be looked at; and models whose descriptor cannot be had: a sentence
    /// each.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is no assembly with declared models, or not with that one.</exception>
    public static (IReadOnlyList<ModelDescriptor> Models, IReadOnlyList<string> Warnings,
        IReadOnlyList<string> Errors) Read(
        string path, string? name, string? packages)
    {
        (Type[] types, List<string> warnings) = Declared(path, name, packages, sharesRuntime: false);
        var errors = new List<string>();
        List<ModelDescriptor> models = [];
        foreach (Type type in types)
        {
            if (Descriptor(type, path, errors) is { } model)
            {
                models.Add(model);
            }
        }

        return ([.. models.OrderBy(m => m.Name, StringComparer.Ordinal)], warnings, errors);
    }

    /// <summary>The declared classes of an assembly.</summary>
    /// <param name="path">The assembly.</param>
    /// <param name="name">The one class, or the end of its name; null for all.</param>
    /// <param name="packages">The folder of packages; null for the usual one.</param>
    /// <param name="sharesRuntime">Whether Qama.Dsl is the one of this program, so that layers are of types known here; otherwise the
    /// assembly's own.</param>
    /// <returns>At least one class, and what could not be looked at.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is no assembly with declared models, or not with that one.</exception>
    public static (Type[] Types, List<string> Warnings) Declared(string path, string? name, string? packages, bool sharesRuntime)
    {
        path = Path.GetFullPath(path);
        using (InputFile.OpenSized(path))
        {
            // Whatever keeps it from being read is said as of any other file.
        }

        var context = new ModelContext(path, packages, sharesRuntime);
        try
        {
            Assembly assembly = context.LoadFromAssemblyPath(path);
            var warnings = new List<string>();
            Type[] declared = [.. Types(assembly, path, warnings).Where(t => IsModel(t, path, warnings))];
            return (Named(declared, name, path, warnings), warnings);
        }
        catch (Exception e) when (e is BadImageFormatException or FileLoadException)
        {
            throw new InvalidDataException(
                $"{path}: it is no .NET assembly that can be loaded: name the .dll that was built, or the project.", e);
        }
    }

    /// <summary>The class of that name, or of a name that ends so; all where there is none.</summary>
    /// <exception cref="InvalidDataException">There is no such class.</exception>
    internal static Type[] Named(Type[] declared, string? name, string path, List<string> warnings)
    {
        string? end = name is null ? null : "." + name;
        Type[] exact = [.. declared.Where(t => Name(t) == name)];
        Type[] found = name is null ? declared : exact.Length > 0 ? exact
            : [.. declared.Where(t => Name(t).EndsWith(end!, StringComparison.Ordinal))];
        if (found.Length > 0)
        {
            return found;
        }

        string names = string.Join(", ", declared.Select(Name).Order(StringComparer.Ordinal));
        string rest = string.Concat(warnings.Select(w => $" {w}"));
        throw new InvalidDataException(declared.Length > 0 ? $"{path}: there is no model {name}. There are {names}."
            : $"{path}: no class with [QuboAttention] was compiled into it.{rest}");
    }

    /// <summary>The name of a class as it is declared.</summary>
    public static string Name(Type type) => type.FullName!.Replace('+', '.');

    /// <summary>The classes of an assembly that can be loaded.</summary>
    internal static Type[] Types(Assembly assembly, string path, List<string> warnings)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException e)
        {
            warnings.AddRange(e.LoaderExceptions.OfType<Exception>().Select(x => $"{path}: {Missing(x)}.").Distinct());
            return [.. e.Types.OfType<Type>()];
        }
    }

    // The problems of a layer have a descriptor too: it is part of the layer's.
    internal static bool IsModel(Type type, string path, List<string> warnings)
    {
        try
        {
            return Find(type) is not null && (type.DeclaringType is not { } outer || Find(outer) is null);
        }
        catch (Exception e) when (e is IOException or TypeLoadException or BadImageFormatException)
        {
            warnings.Add($"{path}: {Name(type)}: {Missing(e)}.");
            return false;
        }
    }

    // Public where the generator wrote it; whoever implements the contract by hand may hide it.
    private static PropertyInfo? Find(Type type)
    {
        const BindingFlags Own =
            BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        return type.IsInterface || type.ContainsGenericParameters ? null : type.GetProperties(Own).FirstOrDefault(
            p => (p.Name == "Descriptor" || p.Name.EndsWith(".Descriptor", StringComparison.Ordinal))
                && p.PropertyType.FullName == Description);
    }

    private static ModelDescriptor? Descriptor(Type type, string path, List<string> errors)
    {
        PropertyInfo property = Find(type)!;
        try
        {
            object descriptor = property.GetValue(null)!;
            string text = JsonSerializer.Serialize(descriptor, property.PropertyType, _json);
            return JsonSerializer.Deserialize<ModelDescriptor>(text, _json)!;
        }
        catch (JsonException e)
        {
            errors.Add($"{path}: {Name(type)} has another kind of descriptor (at {e.Path}): it was built with a Qama.Dsl that this qama does not "
                + "know. Install the qama of the same version.");
        }
        catch (Exception e)
        {
            // The user's initialisers may throw whatever they like.
            errors.Add($"{path}: the descriptor of {Name(type)} cannot be had: {Missing(e)}.");
        }

        return null;
    }

    /// <summary>What went wrong: the innermost says it.</summary>
    public static string Missing(Exception e)
    {
        while (e.InnerException is { } inner)
        {
            e = inner;
        }

        return e is FileNotFoundException { FileName: { } name }
            ? $"{name.Split(',')[0]} is neither beside it nor in the folder of packages"
            : e.Message.ReplaceLineEndings(" ").TrimEnd('.');
    }
}
