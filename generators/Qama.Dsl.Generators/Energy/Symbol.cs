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

    /// <summary>A function of positions and the head's number: known when the model is compiled.</summary>
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

    /// <summary>Query, selection weight and local energy of the one token of a readout.</summary>
    public static readonly Symbol OwnQuery = new("q", SymbolRole.Query, true, Tokens.Column);
    public static readonly Symbol OwnSelection = new("s", SymbolRole.Selection, false, Tokens.Column);
    public static readonly Symbol LocalEnergy = new("ε", SymbolRole.Intermediate, false, Tokens.Column);

    /// <summary>A head's sum S = Σ_i s[h,i].</summary>
    public static readonly Symbol SelectionSum = new("S", SymbolRole.Selection, false, Tokens.None);

    /// <summary>A bit of this token's selection, and the bit of equal rank of the other one.</summary>
    public static readonly Symbol Bit = new("x", SymbolRole.Selection, false, Tokens.Row);
    public static readonly Symbol OtherBit = new("x'", SymbolRole.Selection, false, Tokens.Column);

    /// <summary>The slack of a head's inequality, in units of S.</summary>
    public static readonly Symbol Slack = new("z", SymbolRole.Selection, false, Tokens.None);

    /// <summary>L of a pair: what is learned of its coupling.</summary>
    public static readonly Symbol LearnedCoupling = new("L[i,j]", SymbolRole.Learnable, false, Tokens.Pair);

    /// <summary>The distance d(i, j).</summary>
    public static readonly Symbol Distance = new("d", SymbolRole.Position, false, Tokens.Pair);

    /// <summary>Numbers of the two tokens of a pair, from 0.</summary>
    public static readonly Symbol First = new("i", SymbolRole.Position, false, Tokens.Row);
    public static readonly Symbol Second = new("j", SymbolRole.Position, false, Tokens.Column);

    /// <summary>Row and column of token j minus those of token i; on a line all tokens are in row 0.</summary>
    public static readonly Symbol RowDifference = new("Δrow", SymbolRole.Position, false, Tokens.Pair);
    public static readonly Symbol ColumnDifference = new("Δcolumn", SymbolRole.Position, false, Tokens.Pair);

    /// <summary>Number, row and column of the one token of a field.</summary>
    public static readonly Symbol Index = new("i", SymbolRole.Position, false, Tokens.Column);
    public static readonly Symbol GridRow = new("row", SymbolRole.Position, false, Tokens.Column);
    public static readonly Symbol GridColumn = new("column", SymbolRole.Position, false, Tokens.Column);

    /// <summary>The head's number, from 0.</summary>
    public static readonly Symbol Head = new("h", SymbolRole.Position, false, Tokens.None);

    public static Symbol Adjoint(Symbol of) => new(of.Name + "Gradient", SymbolRole.Adjoint, of.IsVector, of.Tokens);

    /// <summary>A penalty's weight that is computed at run time.</summary>
    public static Symbol Weight(string name) => new(name, SymbolRole.Weight, false, Tokens.None);
}
