using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Qama.Generators.Reading.Terms;

/// <summary>The bodies of methods and the initial values of fields.</summary>
internal sealed class TermBodies(Compilation compilation, CancellationToken cancellationToken)
{
    // A model keeps what it has bound: one for each file, not one for each method.
    private readonly Dictionary<SyntaxTree, SemanticModel> _models = [];

    /// <summary>The body; null where there is none in the class.</summary>
    public IBlockOperation? BodyOf(IMethodSymbol method) =>
        Operation(method, syntax => syntax) is IMethodBodyOperation body ? body.BlockBody ?? body.ExpressionBody : null;

    /// <summary>The initial value; null where there is none in the class.</summary>
    public IOperation? ValueOf(IFieldSymbol field) =>
        Operation(field, syntax => (syntax as VariableDeclaratorSyntax)?.Initializer?.Value);

    private SemanticModel ModelOf(SyntaxTree tree)
    {
        if (!_models.TryGetValue(tree, out SemanticModel? model))
        {
            model = compilation.GetSemanticModel(tree);
            _models.Add(tree, model);
        }

        return model;
    }

    private IOperation? Operation(ISymbol symbol, Func<SyntaxNode, SyntaxNode?> part)
    {
        foreach (SyntaxReference reference in symbol.DeclaringSyntaxReferences.Where(r => compilation.ContainsSyntaxTree(r.SyntaxTree)))
        {
            if (part(reference.GetSyntax(cancellationToken)) is { } node
                && ModelOf(reference.SyntaxTree).GetOperation(node, cancellationToken) is { } operation)
            {
                return operation;
            }
        }

        return null;
    }
}
