using System.Reflection;
using System.Runtime.Loader;

namespace Qama.Cluster.Members;

/// <summary>Code of users that workers run, from an assembly beside which is what it refers to.</summary>
internal static class TaskAssembly
{
    /// <summary>Loads an assembly. Its references are looked for among what this process has, then beside it.</summary>
    /// <param name="path">The assembly's file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="BadImageFormatException">It is no .NET assembly.</exception>
    public static Assembly Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string whole = Path.GetFullPath(path);
        if (!File.Exists(whole))
        {
            throw new FileNotFoundException($"There is no file '{path}'.", path);
        }

        if (AssemblyLoadContext.Default.Assemblies.FirstOrDefault(a => !a.IsDynamic && a.Location == whole) is { } loaded)
        {
            return loaded;
        }

        var beside = new AssemblyDependencyResolver(whole);
        AssemblyLoadContext.Default.Resolving += (context, name) =>
            beside.ResolveAssemblyToPath(name) is { } file ? context.LoadFromAssemblyPath(file) : null;
        AssemblyLoadContext.Default.ResolvingUnmanagedDll += (_, name) =>
            beside.ResolveUnmanagedDllToPath(name) is { } file ? System.Runtime.InteropServices.NativeLibrary.Load(file) : 0;
        return AssemblyLoadContext.Default.LoadFromAssemblyPath(whole);
    }

    /// <summary>One object of every public class that implements an interface and has a constructor without parameters.</summary>
    /// <typeparam name="T">The interface.</typeparam>
    /// <param name="assembly">The assembly.</param>
    /// <exception cref="InvalidDataException">A type cannot be loaded, or a constructor fails; the message says why.</exception>
    public static IReadOnlyList<T> Create<T>(Assembly assembly)
        where T : class
    {
        try
        {
            return
            [
                .. assembly.GetExportedTypes()
                    .Where(t => t is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false }
                        && t.IsAssignableTo(typeof(T)) && t.GetConstructor(Type.EmptyTypes) is not null)
                    .Select(t => (T)Activator.CreateInstance(t)!),
            ];
        }
        catch (Exception e) when (e is TargetInvocationException or TypeLoadException or IOException or BadImageFormatException)
        {
            Exception cause = e is TargetInvocationException { InnerException: { } inner } ? inner : e;
            throw new InvalidDataException(
                $"The tasks of '{assembly.GetName().Name}' cannot be made: {cause.GetType().Name}: {cause.Message}", cause);
        }
    }
}
