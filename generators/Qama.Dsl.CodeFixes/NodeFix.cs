using System;
using Microsoft.CodeAnalysis.Editing;

namespace Qama.CodeFixes;

/// <summary>One way to fix one diagnostic.</summary>
/// <param name="title">What the user reads.</param>
/// <param name="equivalenceKey">The same for the same kind of fix elsewhere: what Fix All repeats.</param>
/// <param name="edit">Makes the change. Edits compose, so a node may be edited by several fixes.</param>
internal sealed class NodeFix(string title, string equivalenceKey, Action<DocumentEditor> edit)
{
    public string Title { get; } = title;

    public string EquivalenceKey { get; } = equivalenceKey;

    public Action<DocumentEditor> Edit { get; } = edit;
}
