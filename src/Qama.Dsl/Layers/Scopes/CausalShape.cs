using Qama.Contract;
using Qama.Numerics.Matrices;

namespace Qama.Layers.Scopes;

/// <summary>The sizes of a causal layer: its blocks, problems, and the tiles of pairs that kernels work on.</summary>
internal readonly record struct CausalShape
{
    public CausalShape(ModelDescriptor model)
    {
        (Block, Kept, Candidates) = (model.BlockTokens, model.KeptTokens, model.Problem.Tokens);
        Tile = Kept > 0 ? Candidates : Math.Max(Block, RowLayout.Width);
        LargestKept = Kept > 0 ? Kept : model.Tokens;
        Tiles = Kept > 0 ? 1 : 1 + ((model.Tokens + Tile - 1) / Tile);
    }

    /// <summary>Tokens of a block B.</summary>
    public int Block { get; }

    /// <summary>Tokens that a head keeps; 0 where all selected tokens stay.</summary>
    public int Kept { get; }

    /// <summary>Tokens of a problem: a block's own, then those kept where they are variables too.</summary>
    public int Candidates { get; }

    /// <summary>Tokens of a tile's side, as kernels are compiled for.</summary>
    public int Tile { get; }

    /// <summary>Most tokens that can be kept of a sequence.</summary>
    public int LargestKept { get; }

    /// <summary>Most tiles in a row of queries: the first of a problem's candidates, the others of tokens that stay.</summary>
    public int Tiles { get; }

    /// <summary>Row length of a tile.</summary>
    public int Stride => Padding.Stride(Tile);

    /// <summary>Row length of a problem's couplings.</summary>
    public int ProblemStride => Padding.Stride(Candidates);

    /// <summary>Columns of a row of queries.</summary>
    public int RowLength => checked(Tiles * Stride);

    /// <summary>Tiles that so many kept tokens fill, that of the candidates among them.</summary>
    public int TilesOf(int kept) => Kept > 0 ? 1 : 1 + ((kept + Tile - 1) / Tile);

    /// <summary>Blocks of a sequence whose selection a later token reads.</summary>
    public int ProblemsOf(int tokens) => tokens < 1 ? 0 : (tokens - 1) / Block;
}
