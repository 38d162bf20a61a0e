using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Qama.Contract;
using Qama.Numerics.Vectors;

namespace Qama.Annealing;

/// <summary>
/// The features a and b of 16 tokens of a head as kernels read them: [4 features of a, or of b, at a time][token modulo 4]
/// [token / 4][4 features], zeros where features or tokens are missing. A product with a vector takes one load of 4 of the
/// vector's numbers per 4 x 16 features, gives its 16 results in the tokens' order, and a token's features lie in pieces of 16 bytes.
/// </summary>
internal static unsafe class FactorTiles<TVector>
    where TVector : struct, IVector<TVector, float>
{
    private const int Width = RowLayout.Width;
    private const int Quad = 4;
    private const int QuadLength = Quad * Width;

    /// <summary>Groups of four features: of a, then as many of b.</summary>
    public static int Quads(int rank) => 2 * ((rank + Quad - 1) / Quad);

    /// <summary>Floats of a tile.</summary>
    public static int Length(int rank) => Quads(rank) * QuadLength;

    /// <summary>Floats of a vector over the features of a and b, padded to whole registers.</summary>
    public static int VectorLength(int rank) => RowLayout.Stride(Quads(rank) * Quad);

    /// <summary>Writes a tile.</summary>
    /// <param name="a">The first token's first feature; features are <paramref name="pitch"/> apart.</param>
    /// <param name="b">The same of the other side.</param>
    /// <param name="pitch">From feature to feature.</param>
    /// <param name="rank">Features of either side.</param>
    /// <param name="present">Tokens that there are, the first ones of the tile.</param>
    /// <param name="tile">Receives the tile.</param>
    public static void Pack(float* a, float* b, long pitch, int rank, int present, float* tile)
    {
        int half = Quads(rank) / 2;
        for (int quad = 0; quad < half; quad++)
        {
            int features = Math.Min(Quad, rank - (quad * Quad));
            PackQuad(a + (quad * Quad * pitch), pitch, features, present, tile + (quad * QuadLength));
            PackQuad(b + (quad * Quad * pitch), pitch, features, present, tile + ((half + quad) * QuadLength));
        }
    }

    /// <summary>The products of 16 tokens' features with a vector over them.</summary>
    /// <remarks>Eight sums at once, because one would wait for itself.</remarks>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static TVector Dot(float* tile, float* vector, int quads)
    {
        TVector a = TVector.Zero, b = TVector.Zero, c = TVector.Zero, d = TVector.Zero;
        TVector a2 = TVector.Zero, b2 = TVector.Zero, c2 = TVector.Zero, d2 = TVector.Zero;
        float* end = vector + (quads / 2 * Quad);
        float* tile2 = tile + (quads / 2 * QuadLength);
        for (float* vector2 = end; vector < end; vector += Quad, vector2 += Quad, tile += QuadLength, tile2 += QuadLength)
        {
            TVector four = TVector.Repeat(vector), four2 = TVector.Repeat(vector2);
            a = TVector.FusedMultiplyAdd(TVector.Load(tile), four, a);
            a2 = TVector.FusedMultiplyAdd(TVector.Load(tile2), four2, a2);
            b = TVector.FusedMultiplyAdd(TVector.Load(tile + Width), four, b);
            b2 = TVector.FusedMultiplyAdd(TVector.Load(tile2 + Width), four2, b2);
            c = TVector.FusedMultiplyAdd(TVector.Load(tile + (2 * Width)), four, c);
            c2 = TVector.FusedMultiplyAdd(TVector.Load(tile2 + (2 * Width)), four2, c2);
            d = TVector.FusedMultiplyAdd(TVector.Load(tile + (3 * Width)), four, d);
            d2 = TVector.FusedMultiplyAdd(TVector.Load(tile2 + (3 * Width)), four2, d2);
        }

        return Fold(a + a2, b + b2, c + c2, d + d2);
    }

    /// <summary>Every token's product of a with its own b.</summary>
    public static TVector Self(float* tile, int quads)
    {
        float* other = tile + (quads / 2 * QuadLength);
        TVector a = TVector.Zero, b = TVector.Zero, c = TVector.Zero, d = TVector.Zero;
        for (float* end = other; tile < end; tile += QuadLength, other += QuadLength)
        {
            a = TVector.FusedMultiplyAdd(TVector.Load(tile), TVector.Load(other), a);
            b = TVector.FusedMultiplyAdd(TVector.Load(tile + Width), TVector.Load(other + Width), b);
            c = TVector.FusedMultiplyAdd(TVector.Load(tile + (2 * Width)), TVector.Load(other + (2 * Width)), c);
            d = TVector.FusedMultiplyAdd(TVector.Load(tile + (3 * Width)), TVector.Load(other + (3 * Width)), d);
        }

        return Fold(a, b, c, d);
    }

    /// <summary>Adds one token's features, b before a and times a factor, to a vector; the products of the tile's tokens with them, without
    /// the factor: what other tokens' fields get from the token.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static TVector AddPartner(float* tile, int lane, float factor, float* vector, int quads)
    {
        // The vector 16 bytes at a time: it is read again as such, and a load of 64 would wait for four stores.
        Vector128<float> factors = Vector128.Create(factor);
        TVector a = TVector.Zero, b = TVector.Zero, c = TVector.Zero, d = TVector.Zero;
        TVector a2 = TVector.Zero, b2 = TVector.Zero, c2 = TVector.Zero, d2 = TVector.Zero;
        float* end = vector + (quads / 2 * Quad);
        float* tile2 = tile + (quads / 2 * QuadLength);
        float* part2 = tile + ((lane & 3) * Width) + ((lane >> 2) * Quad);
        float* part = part2 + (quads / 2 * QuadLength);
        for (float* vector2 = end; vector < end; vector += Quad, vector2 += Quad)
        {
            TVector four = TVector.Repeat(part), four2 = TVector.Repeat(part2);
            Vector128.Store(Vector128.FusedMultiplyAdd(factors, Vector128.Load(part), Vector128.Load(vector)), vector);
            Vector128.Store(Vector128.FusedMultiplyAdd(factors, Vector128.Load(part2), Vector128.Load(vector2)), vector2);
            a = TVector.FusedMultiplyAdd(TVector.Load(tile), four, a);
            a2 = TVector.FusedMultiplyAdd(TVector.Load(tile2), four2, a2);
            b = TVector.FusedMultiplyAdd(TVector.Load(tile + Width), four, b);
            b2 = TVector.FusedMultiplyAdd(TVector.Load(tile2 + Width), four2, b2);
            c = TVector.FusedMultiplyAdd(TVector.Load(tile + (2 * Width)), four, c);
            c2 = TVector.FusedMultiplyAdd(TVector.Load(tile2 + (2 * Width)), four2, c2);
            d = TVector.FusedMultiplyAdd(TVector.Load(tile + (3 * Width)), four, d);
            d2 = TVector.FusedMultiplyAdd(TVector.Load(tile2 + (3 * Width)), four2, d2);
            part += QuadLength;
            part2 += QuadLength;
            tile += QuadLength;
            tile2 += QuadLength;
        }

        return Fold(a + a2, b + b2, c + c2, d + d2);
    }

    /// <summary>One token's features, b before a: its product with a tile is what other tokens' fields get from it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ReadPartner(float* tile, int lane, int quads, float* vector)
    {
        float* a = tile + ((lane & 3) * Width) + (lane >> 2) * Quad;
        float* b = a + (quads / 2 * QuadLength);
        float* second = vector + (quads / 2 * Quad);
        for (float* end = second; vector < end; vector += Quad, second += Quad, a += QuadLength, b += QuadLength)
        {
            Vector128.Store(Vector128.Load(b), vector);
            Vector128.Store(Vector128.Load(a), second);
        }
    }

    /// <summary>Adds the features of 16 tokens, times a weight of each, to sums per feature and quarter of the tokens,
    /// [quads, 16]: token 4t + g goes to numbers 4t to 4t + 3, g = 0 first.</summary>
    public static void AddWeighted(float* tile, TVector weights, float* sums, int quads)
    {
        TVector a = weights, b = weights, c = weights, d = weights;
        TVector.Transpose(ref a, ref b, ref c, ref d);
        for (float* end = sums + (quads * Width); sums < end; sums += Width, tile += QuadLength)
        {
            TVector sum = TVector.FusedMultiplyAdd(TVector.Load(tile), a, TVector.Load(sums));
            sum = TVector.FusedMultiplyAdd(TVector.Load(tile + Width), b, sum);
            sum = TVector.FusedMultiplyAdd(TVector.Load(tile + (2 * Width)), c, sum);
            TVector.Store(sums, TVector.FusedMultiplyAdd(TVector.Load(tile + (3 * Width)), d, sum));
        }
    }

    /// <summary>Moves such sums to sums per feature in double.</summary>
    public static void Drain(float* sums, double* totals, int quads)
    {
        for (int f = 0; f < quads * Quad; f++)
        {
            float* four = sums + (f / Quad * Width) + (f % Quad);
            totals[f] += ((double)four[0] + four[4]) + ((double)four[8] + four[12]);
        }

        new Span<float>(sums, quads * Width).Clear();
    }

    // Sums of 4 features each, token 4t + g in numbers 4t to 4t + 3 of vector g: their sums in the tokens' order.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Fold(TVector a, TVector b, TVector c, TVector d)
    {
        TVector.Transpose(ref a, ref b, ref c, ref d);
        return a + c + (b + d);
    }

    private static void PackQuad(float* source, long pitch, int features, int present, float* tile)
    {
        TVector a = Row(source, present);
        TVector b = features > 1 ? Row(source + pitch, present) : TVector.Zero;
        TVector c = features > 2 ? Row(source + (2 * pitch), present) : TVector.Zero;
        TVector d = features > 3 ? Row(source + (3 * pitch), present) : TVector.Zero;
        TVector.Transpose(ref a, ref b, ref c, ref d);
        TVector.Store(tile, a);
        TVector.Store(tile + Width, b);
        TVector.Store(tile + (2 * Width), c);
        TVector.Store(tile + (3 * Width), d);
    }

    private static TVector Row(float* source, int present) =>
        present >= Width ? TVector.Load(source) : TVector.Keep((1u << present) - 1, TVector.Load(source));
}
