using Qama.Contract;
using Qama.Problems;

namespace Qama.Annealing;

/// <summary>
/// Where tokens stand in tiles of 16 lanes, and which of them interact. A place is 16 times the tile plus the lane. No tile has tokens of two
/// blocks that reach beyond it: blocks of 16 tokens or more begin a tile of their own, smaller ones share one. Tiles in which a token's
/// partners lie are a group: all of them where there are no blocks, else those of a block.
/// </summary>
internal static class GeneralFactoredLayout<TPlan>
    where TPlan : struct, IAnnealingPlan
{
    private const int Width = RowLayout.Width;

    private static bool HasBlocks => TPlan.CouplingBlock > 0 && TPlan.CouplingBlock < TPlan.Tokens;

    /// <summary>Whether several blocks share a tile.</summary>
    public static bool SharesTiles => HasBlocks && TPlan.CouplingBlock < Width;

    /// <summary>Whether distance matters.</summary>
    public static bool IsWindowed => TPlan.CouplingWindow > 0 && TPlan.CouplingWindow < GroupTokens - 1;

    /// <summary>Whether all pairs interact.</summary>
    public static bool IsWhole => !HasBlocks && !IsWindowed;

    /// <summary>Whether the tokens of a tile have the same partners.</summary>
    public static bool IsUniform => !SharesTiles && !IsWindowed;

    /// <summary>Largest distance of places that interact; more than there is where only groups limit it.</summary>
    public static int Reach => IsWindowed ? TPlan.CouplingWindow : GroupPlaces + Width;

    /// <summary>Places of a group.</summary>
    public static int GroupPlaces => RowLayout.Stride(GroupTokens);

    private static int GroupTokens => !HasBlocks
        ? TPlan.Tokens
        : SharesTiles ? Width / TPlan.CouplingBlock * TPlan.CouplingBlock : TPlan.CouplingBlock;

    /// <summary>Tiles that so many tokens take.</summary>
    public static int Tiles(int tokens)
    {
        int tilesOfGroup = GroupPlaces / Width;
        return (tokens / GroupTokens * tilesOfGroup) + (RowLayout.Stride(tokens % GroupTokens) / Width);
    }

    /// <summary>The token in a tile's first lane.</summary>
    public static int FirstToken(int tile)
    {
        int tilesOfGroup = GroupPlaces / Width;
        return (tile / tilesOfGroup * GroupTokens) + (tile % tilesOfGroup * Width);
    }

    /// <summary>Lanes of a tile that hold one of so many tokens.</summary>
    public static int Lanes(int tile, int tokens)
    {
        int first = FirstToken(tile);
        int ofGroup = ((first / GroupTokens) + 1) * GroupTokens;
        return Math.Min(Width, Math.Min(ofGroup, tokens) - first);
    }

    /// <summary>A token's place.</summary>
    public static int PlaceOf(int token) => (token / GroupTokens * GroupPlaces) + (token % GroupTokens);

    /// <summary>The places of a tile's group.</summary>
    public static (int From, int To) GroupOf(int tile)
    {
        int from = tile * Width / GroupPlaces * GroupPlaces;
        return (from, from + GroupPlaces);
    }

    /// <summary>The places that interact with a place; a token does with itself.</summary>
    public static (int From, int To) PartnersOf(int place)
    {
        (int from, int to) = GroupOf(place / Width);
        if (SharesTiles)
        {
            from += (place - from) / TPlan.CouplingBlock * TPlan.CouplingBlock;
            to = Math.Min(to, from + TPlan.CouplingBlock);
        }

        return (Math.Max(from, place - Reach), Math.Min(to, place + Reach + 1));
    }

    /// <summary>The places that interact with any lane of a tile.</summary>
    public static (int From, int To) Any(int tile)
    {
        (int from, int to) = GroupOf(tile);
        int first = tile * Width;
        return (Math.Max(from, first - Reach), Math.Min(to, first + Width + Reach));
    }

    /// <summary>A bit per lane of a tile that interacts with a place of its group; a token does with itself.</summary>
    public static uint Partners(int place, int tile)
    {
        int lane = place - (tile * Width);
        uint lanes = IsWindowed ? Range(lane - Reach, lane + Reach + 1) : Range(0, Width);
        if (SharesTiles)
        {
            int first = lane / TPlan.CouplingBlock * TPlan.CouplingBlock;
            lanes &= Range(first, first + TPlan.CouplingBlock);
        }

        return lanes;
    }

    /// <summary>The bits from one lane to before another, as far as they exist.</summary>
    public static uint Range(int from, int to)
    {
        from = Math.Max(from, 0);
        to = Math.Min(to, Width);
        return from >= to ? 0 : ((1u << to) - 1) & ~((1u << from) - 1);
    }
}
