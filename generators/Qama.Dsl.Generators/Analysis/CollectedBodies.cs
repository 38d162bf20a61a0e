using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Qama.Generators.Reading.Terms;

namespace Qama.Generators.Analysis;

/// <summary>Bodies of a class's members as the analyzer driver hands them over.</summary>
internal sealed class CollectedBodies : ITermBodies
{
    private readonly ConcurrentDictionary<ISymbol, ImmutableArray<IOperation>> _blocks = new(SymbolEqualityComparer.Default);

    public void Add(ISymbol owner, ImmutableArray<IOperation> blocks) => _blocks[owner] = blocks;

    public IBlockOperation? BodyOf(IMethodSymbol method) =>
        Blocks(method).OfType<IBlockOperation>().FirstOrDefault()
        ?? (method.PartialDefinitionPart is { } definition ? BodyOf(definition) : null);

    public IOperation? ValueOf(IFieldSymbol field) => Blocks(field).OfType<IFieldInitializerOperation>().FirstOrDefault()?.Value;

    private ImmutableArray<IOperation> Blocks(ISymbol owner) =>
        _blocks.TryGetValue(owner, out ImmutableArray<IOperation> blocks) ? blocks : [];
}
