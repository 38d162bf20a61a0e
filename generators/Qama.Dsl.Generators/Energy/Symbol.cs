using System;

namespace Qama.Generators.Energy;

/// <summary>What an input of an expression stands for.</summary>
internal enum SymbolRole
{
    /// <summary>Query vector of token i.</summary>
    Query,

    /// <summary>Key vector of token j.</summary>
    Key,

    /// <summary>Value vector of the token.</summary>
    Value,

    /// <summary>A trainable parameter.</summary>
    Learnable,

    /// <summary>The derivative of the loss with respect to something computed earlier.</summary>
    Adjoint,

    /// <summary>Something computed earlier and kept: a token's scalar or vector, a pair's dot product.</summary>
    Intermediate,

    /// <summary>A selection weight in a penalty: s (of this token), s' (of the other one), or S (a head's sum).</summary>
    Selection,

    /// <summary>A function of positions: the distance d(i, j).</summary>
    Position,

    /// <summary>Weight of a hard constraint's penalty, where it is computed at run time.</summary>
    Weight,
}

/// <summary>Which tokens a value belongs to.</summary>
[Flags]
internal enum Tokens
{
    /// <summary>None: one number for the whole problem.</summary>
    None = 0,

    /// <summary>Token i, the row: the query's.</summary>
    Row = 1,

    /// <summary>Token j, the column: the key's; also "the token" of a field.</summary>
    Column = 2,

    /// <summary>The pair (i, j).</summary>
    Pair = Row | Column,
}

/// <summary>An input of an expression.</summary>
/// <param name="Name">Its name, in mathematics and in generated code.</param>
/// <param name="Role">What it stands for.</param>
/// <param name="IsVector">Whether it has one value per dimension of the head.</param>
/// <param name="Tokens">Which tokens it belongs to.</param>
internal sealed record Symbol(string Name, SymbolRole Role, bool IsVector, Tokens Tokens)
{
    public static readonly Symbol Query = new("q", SymbolRole.Query, true, Tokens.Row);
    public static readonly Symbol Key = new("k", SymbolRole.Key, true, Tokens.Column);
    public static readonly Symbol Value = new("v", SymbolRole.Value, true, Tokens.Column);
    public static readonly Symbol Selection = new("s", SymbolRole.Selection, false, Tokens.Row);
    public static readonly Symbol OtherSelection = new("s'", SymbolRole.Selection, false, Tokens.Column);

    /// <summary>A head's sum S = Σ_i s[h,i].</summary>
    public static readonly Symbol SelectionSum = new("S", SymbolRole.Selection, false, Tokens.None);

    /// <summary>A bit of this token's selection, and the bit of equal rank of the other one.</summary>
    public static readonly Symbol Bit = new("x", SymbolRole.Selection, false, Tokens.Row);
    public static readonly Symbol OtherBit = new("x'", SymbolRole.Selection, false, Tokens.Column);

    /// <summary>The slack of a head's inequality, in units of S.</summary>
    public static readonly Symbol Slack = new("z", SymbolRole.Selection, false, Tokens.None);

    /// <summary>The distance d(i, j).</summary>
    public static readonly Symbol Distance = new("d", SymbolRole.Position, false, Tokens.Pair);

    public static Symbol Adjoint(Symbol of) => new(of.Name + "Gradient", SymbolRole.Adjoint, of.IsVector, of.Tokens);

    /// <summary>A penalty's weight that is computed at run time.</summary>
    public static Symbol Weight(string name) => new(name, SymbolRole.Weight, false, Tokens.None);
}
