using System.Reflection;
using System.Runtime.Loader;

namespace Qama.Tool.Inspecting;

/// <summary>Where the assemblies of a declared model come from: what it needs is taken from its folder, then from the folder of packages,
/// then from here.</summary>
/// <param name="path">The assembly.</param>
/// <param name="packages">The folder of packages; null for the usual one.</param>
/// <param name="shared">Whether this project's own libraries are taken from here: then its layers are this program's, and can be run by
/// it. Otherwise the assembly may have been built with another version of them.</param>
internal sealed class ModelContext(string path, string? packages, bool shared) : AssemblyLoadContext("models")
{
    private static readonly string[] _own =
    [
        typeof(Layers.ModelDescriptor).Assembly.GetName().Name!, typeof(Training.TrainerOptions).Assembly.GetName().Name!,
        typeof(Cim.CimSampler).Assembly.GetName().Name!,
    ];

    private readonly AssemblyDependencyResolver? _resolver = Resolver(path);
    private readonly PackageFolder _packages = new(path, packages);

    protected override Assembly? Load(AssemblyName name)
    {
        if (shared && _own.Contains(name.Name))
        {
            return null;
        }

        string beside = Path.Combine(Path.GetDirectoryName(path)!, name.Name + ".dll");
        string? found = _resolver?.ResolveAssemblyToPath(name)
            ?? (File.Exists(beside) ? beside : _packages.Find(name.Name!));
        return found is null ? null : LoadFromAssemblyPath(found);
    }

    protected override nint LoadUnmanagedDll(string unmanagedDllName) =>
        _resolver?.ResolveUnmanagedDllToPath(unmanagedDllName) is { } found ? LoadUnmanagedDllFromPath(found) : 0;

    // It refuses what has no file of dependencies of the right kind; the folder is looked into all the same.
    private static AssemblyDependencyResolver? Resolver(string path)
    {
        try
        {
            return new AssemblyDependencyResolver(path);
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
