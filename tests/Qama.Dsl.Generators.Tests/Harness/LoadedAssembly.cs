using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Emit;

namespace Qama.Generators.Tests.Harness;

/// <summary>A compilation emitted to memory and loaded; its Qama.Dsl is the tests' own, so types unify.</summary>
internal sealed class LoadedAssembly : IDisposable
{
    private readonly Context _context;

    private LoadedAssembly(Stream image, bool isKept)
    {
        _context = new Context(isKept);
        Assembly = _context.LoadFromStream(image);
    }

    public Assembly Assembly { get; }

    /// <summary>Emits and loads; fails with the compiler's messages if it does not compile.</summary>
    /// <param name="compilation">What to emit.</param>
    /// <param name="isKept">Whether it stays: methods of assemblies that can be unloaded are optimised at once, which takes longer than
    /// running them a few times.</param>
    public static LoadedAssembly From(Compilation compilation, bool isKept = false)
    {
        using var image = new MemoryStream();
        EmitResult result = compilation.Emit(image);
        if (!result.Success)
        {
            Assert.Fail(string.Join("\n", result.Diagnostics
                .Where(d => d.Severity == DiagnosticSeverity.Error).Take(20).Select(Compile.Describe)));
        }

        image.Position = 0;
        return new LoadedAssembly(image, isKept);
    }

    /// <summary>A type by its full name.</summary>
    public Type Type(string fullName) => Assembly.GetType(fullName, throwOnError: true)!;

    /// <summary>A new instance of a type, seen as a type the tests know.</summary>
    public T Create<T>(string fullName, params object?[] arguments) =>
        (T)Activator.CreateInstance(Type(fullName), arguments)!;

    public void Dispose()
    {
        if (_context.IsCollectible)
        {
            _context.Unload();
        }
    }

    private sealed class Context(bool isKept) : AssemblyLoadContext("user code", isCollectible: !isKept)
    {
        private static readonly Assembly _runtime = typeof(QuboAttentionAttribute).Assembly;

        protected override Assembly? Load(AssemblyName assemblyName) =>
            assemblyName.Name == _runtime.GetName().Name ? _runtime : null;
    }
}
