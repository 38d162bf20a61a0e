using System.Numerics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Qama.Generators.Tests.Harness;
using Qama.Layers;

namespace Qama.Generators.Tests.Layers;

/// <summary>Declarations generated, compiled together and loaded, in single or double precision.</summary>
internal sealed class CompiledOperators<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private static readonly Lazy<CompiledOperators<T>> _shared = new(() => new CompiledOperators<T>(Operators.All));
    private readonly LoadedAssembly _loaded;

    public CompiledOperators(IReadOnlyList<Operator> operators)
    {
        CSharpCompilation compilation = Compile.Sources([.. operators.Select(o => "using Qama;\n" + o.Source())]);
        compilation = compilation.WithOptions(compilation.Options.WithOptimizationLevel(OptimizationLevel.Release));
        var options = new Dictionary<string, string>
        {
            ["build_property.QamaElementType"] = typeof(T) == typeof(double) ? "double" : "float",
        };
        GeneratorRun run = Generate.Run(new QuboAttentionGenerator(), compilation, options);
        _loaded = LoadedAssembly.From(run.Output);
    }

    public delegate void Couplings(ReadOnlySpan<T> query, ReadOnlySpan<T> key, Span<T> couplings);

    public delegate void Fields(ReadOnlySpan<T> value, Span<T> fields);

    public delegate void LearnedFields(ReadOnlySpan<T> value, ReadOnlySpan<T> energyToValue, Span<T> fields);

    /// <summary>All of <see cref="Operators.All"/>, compiled once.</summary>
    public static CompiledOperators<T> Shared => _shared.Value;

    public QuboAttentionLayer<T> Create(Operator declared, long seed = 1) =>
        _loaded.Create<QuboAttentionLayer<T>>(declared.Name, seed);

    /// <summary>A generated static method.</summary>
    public TDelegate Method<TDelegate>(Operator declared, string name)
        where TDelegate : Delegate => _loaded.Type(declared.Name).GetMethod(name)!.CreateDelegate<TDelegate>();
}
