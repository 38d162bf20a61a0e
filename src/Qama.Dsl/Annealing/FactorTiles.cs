using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Qama.Contract;
using Qama.Numerics.Vectors;

namespace Qama.Annealing;

/// <summary>How the features of a token lie in memory; a struct, so that kernels are compiled for each.</summary>
internal interface IFeatureFormat
{
    /// <summary>Whether a feature of a and the same of b share 32 bits.</summary>
    static abstract bool IsPaired { get; }
}

/// <summary>A float each.</summary>
internal readonly struct SingleFeatures : IFeatureFormat
{
    public static bool IsPaired => false;
}

/// <summary>
/// Two in 32 bits: a as a bfloat16 in the lower half; the whole word, taken as a float, is b. What the lower half adds to b is part of b's
/// rounding, as large as that of a bfloat16: the upper half is chosen such that the fewest floats lie between the word and b.
/// </summary>
internal readonly struct PairedFeatures : IFeatureFormat
{
    private const int LeastUpper = 0x1000; // about 2⁻⁹⁵: beside a lower half, zero would be a number too small to compute with fast

    public static bool IsPaired => true;

    /// <summary>The words of four features and as many; halves are even where two are as near.</summary>
    public static Vector128<float> Pair(Vector128<float> a, Vector128<float> b)
    {
        Vector128<int> sign = Vector128.Create(int.MinValue);
        Vector128<int> lower = Upper(Vector128.AndNot(a.AsInt32(), sign)) | Vector128.ShiftRightLogical(a.AsInt32() & sign, 16);
        Vector128<int> upper = Vector128.Max(Upper(Vector128.AndNot(b.AsInt32(), sign) - lower), Vector128<int>.Zero);
        upper = Vector128.ConditionalSelect(
            Vector128.Equals(lower, Vector128<int>.Zero), upper, Vector128.Max(upper, Vector128.Create(LeastUpper)));
        return ((upper << 16) | (b.AsInt32() & sign) | lower).AsSingle();
    }

    // Divided by 2¹⁶ and rounded.
    private static Vector128<int> Upper(Vector128<int> number) =>
        (number + Vector128.Create(0x7FFF) + ((number >> 16) & Vector128<int>.One)) >> 16;
}

/// <summary>
/// The features a and b of 16 tokens of a head as kernels read them: [4 features of a, or of b, or pairs, at a time][token modulo 4]
/// [token / 4][4 features], zeros where features or tokens are missing. A product with a vector takes one load of 4 of the
/// vector's numbers per 4 x 16 features, gives its 16 results in the tokens' order, and a token's features lie in pieces of 16 bytes.
/// </summary>
internal static unsafe class FactorTiles<TVector, TFormat>
    where TVector : struct, IVector<TVector, float>
    where TFormat : struct, IFeatureFormat
{
    private const int Width = RowLayout.Width;
    private const int Quad = 4;
    private const int QuadLength = Quad * Width;

    /// <summary>Groups of four features of a side.</summary>
    public static int Quads(int rank) => (rank + Quad - 1) / Quad;

    /// <summary>Floats of a tile, or of as many bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Length(int quads) => quads * (TFormat.IsPaired ? QuadLength : 2 * QuadLength);

    /// <summary>Floats of a vector over the features of a and b, padded to whole registers.</summary>
    public static int VectorLength(int quads) => RowLayout.Stride(2 * quads * Quad);

    /// <summary>Writes a tile.</summary>
    /// <param name="a">The first token's first feature; features are <paramref name="pitch"/> apart.</param>
    /// <param name="b">The same of the other side.</param>
    /// <param name="pitch">From feature to feature.</param>
    /// <param name="rank">Features of either side.</param>
    /// <param name="present">Tokens that there are, the first ones of the tile.</param>
    /// <param name="tile">Receives the tile.</param>
    public static void Pack(float* a, float* b, long pitch, int rank, int present, float* tile)
    {
        int quads = Quads(rank);
        float* other = stackalloc float[TFormat.IsPaired ? QuadLength : 1];
        for (int quad = 0; quad < quads; quad++, tile += QuadLength)
        {
            int features = Math.Min(Quad, rank - (quad * Quad));
            float* second = TFormat.IsPaired ? other : tile + (quads * QuadLength);
            PackQuad(a + (quad * Quad * pitch), pitch, features, present, tile);
            PackQuad(b + (quad * Quad * pitch), pitch, features, present, second);
            for (int k = 0; TFormat.IsPaired && k < QuadLength; k += Quad)
            {
                Vector128.Store(PairedFeatures.Pair(Vector128.Load(tile + k), Vector128.Load(other + k)), tile + k);
            }
        }
    }

    /// <summary>The products of 16 tokens' features with a vector over them. Asks for what lies <paramref name="ahead"/> floats behind
    /// the tile, unless that is 0.</summary>
    /// <remarks>Eight sums at once, because one would wait for itself.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Dot(float* tile, float* vector, int quads, long ahead)
    {
        TVector a = TVector.Zero, b = TVector.Zero, c = TVector.Zero, d = TVector.Zero;
        TVector a2 = TVector.Zero, b2 = TVector.Zero, c2 = TVector.Zero, d2 = TVector.Zero;
        float* end = vector + (quads * Quad);
        long side = (long)quads * QuadLength;
        for (float* vector2 = end; vector < end; vector += Quad, vector2 += Quad, tile += QuadLength)
        {
            if (Sse.IsSupported && ahead != 0)
            {
                Fetch(tile + ahead);
                if (!TFormat.IsPaired)
                {
                    Fetch(tile + side + ahead);
                }
            }

            TVector four = TVector.Repeat(vector), four2 = TVector.Repeat(vector2);
            Add(tile, side, four, four2, ref a, ref a2);
            Add(tile + Width, side, four, four2, ref b, ref b2);
            Add(tile + (2 * Width), side, four, four2, ref c, ref c2);
            Add(tile + (3 * Width), side, four, four2, ref d, ref d2);
        }

        return TVector.SumFours(a + a2, b + b2, c + c2, d + d2);
    }

    /// <summary>Every token's product of a with its own b.</summary>
    public static TVector Self(float* tile, int quads)
    {
        TVector a = TVector.Zero, b = TVector.Zero, c = TVector.Zero, d = TVector.Zero;
        long side = (long)quads * QuadLength;
        for (float* end = tile + side; tile < end; tile += QuadLength)
        {
            a = TVector.FusedMultiplyAdd(First(tile), Second(tile, side), a);
            b = TVector.FusedMultiplyAdd(First(tile + Width), Second(tile + Width, side), b);
            c = TVector.FusedMultiplyAdd(First(tile + (2 * Width)), Second(tile + (2 * Width), side), c);
            d = TVector.FusedMultiplyAdd(First(tile + (3 * Width)), Second(tile + (3 * Width), side), d);
        }

        return TVector.SumFours(a, b, c, d);
    }

    /// <summary>Adds one token's features, b before a and times a factor, to a vector.</summary>
    /// <returns>The products of the other tokens' features in the tile with them, without the factor: what others' fields get from the token.
    /// 0 for the token itself.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector AddPartner(float* tile, int lane, float factor, float* vector, int quads) =>
        TVector.Keep(~(1u << lane), AddToAll(tile, lane, factor, vector, quads));

    /// <summary><see cref="AddPartner"/> with the token's product with itself in its own place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector AddToAll(float* tile, int lane, float factor, float* vector, int quads)
    {
        // The vector 16 bytes at a time: it is read again as such, and a load of 64 would wait for four stores.
        Vector128<float> factors = Vector128.Create(factor);
        TVector a = TVector.Zero, b = TVector.Zero, c = TVector.Zero, d = TVector.Zero;
        TVector a2 = TVector.Zero, b2 = TVector.Zero, c2 = TVector.Zero, d2 = TVector.Zero;
        long side = (long)quads * QuadLength;
        float* part = tile + ((lane & 3) * Width) + ((lane >> 2) * Quad);
        float* end = vector + (quads * Quad);
        for (float* vector2 = end; vector < end; vector += Quad, vector2 += Quad, tile += QuadLength, part += QuadLength)
        {
            Vector128<float> word = Vector128.Load(part);
            Vector128<float> ofA = TFormat.IsPaired ? Vector128.ShiftLeft(word.AsUInt32(), 16).AsSingle() : word;
            Vector128<float> ofB = TFormat.IsPaired ? word : Vector128.Load(part + side);
            Vector128.Store(Vector128.FusedMultiplyAdd(factors, ofB, Vector128.Load(vector)), vector);
            Vector128.Store(Vector128.FusedMultiplyAdd(factors, ofA, Vector128.Load(vector2)), vector2);
            TVector four = TVector.Repeat(TFormat.IsPaired ? part : part + side);
            TVector four2 = TFormat.IsPaired ? TVector.ShiftLeft(four, 16) : TVector.Repeat(part);
            Add(tile, side, four, four2, ref a, ref a2);
            Add(tile + Width, side, four, four2, ref b, ref b2);
            Add(tile + (2 * Width), side, four, four2, ref c, ref c2);
            Add(tile + (3 * Width), side, four, four2, ref d, ref d2);
        }

        return TVector.SumFours(a + a2, b + b2, c + c2, d + d2);
    }

    /// <summary>One token's features, b before a: its product with a tile is what other tokens' fields get from it.</summary>
    public static void ReadPartner(float* tile, int lane, int quads, float* vector)
    {
        new Span<float>(vector, 2 * quads * Quad).Clear();
        AddToAll(tile, lane, 1, vector, quads);
    }

    /// <summary>Adds the features of 16 tokens, times a weight of each, to sums per feature and quarter of the tokens,
    /// [2 quads, 16]: token 4t + g goes to numbers 4t to 4t + 3, g = 0 first.</summary>
    public static void AddWeighted(float* tile, TVector weights, float* sums, int quads)
    {
        TVector a = weights, b = weights, c = weights, d = weights;
        TVector.Transpose(ref a, ref b, ref c, ref d);
        long side = (long)quads * QuadLength;
        float* sums2 = sums + (quads * Width);
        for (float* end = sums2; sums < end; sums += Width, sums2 += Width, tile += QuadLength)
        {
            TVector sum = TVector.FusedMultiplyAdd(First(tile), a, TVector.Load(sums));
            sum = TVector.FusedMultiplyAdd(First(tile + Width), b, sum);
            sum = TVector.FusedMultiplyAdd(First(tile + (2 * Width)), c, sum);
            TVector.Store(sums, TVector.FusedMultiplyAdd(First(tile + (3 * Width)), d, sum));
            sum = TVector.FusedMultiplyAdd(Second(tile, side), a, TVector.Load(sums2));
            sum = TVector.FusedMultiplyAdd(Second(tile + Width, side), b, sum);
            sum = TVector.FusedMultiplyAdd(Second(tile + (2 * Width), side), c, sum);
            TVector.Store(sums2, TVector.FusedMultiplyAdd(Second(tile + (3 * Width), side), d, sum));
        }
    }

    /// <summary>Moves such sums to sums per feature in double.</summary>
    public static void Drain(float* sums, double* totals, int quads)
    {
        for (int f = 0; f < 2 * quads * Quad; f++)
        {
            float* four = sums + (f / Quad * Width) + (f % Quad);
            totals[f] += ((double)four[0] + four[4]) + ((double)four[8] + four[12]);
        }

        new Span<float>(sums, 2 * quads * Width).Clear();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float* tile, long side, TVector four, TVector four2, ref TVector sum, ref TVector sum2)
    {
        if (TFormat.IsPaired)
        {
            TVector word = TVector.Load(tile);
            sum = TVector.FusedMultiplyAdd(TVector.ShiftLeft(word, 16), four, sum);
            sum2 = TVector.FusedMultiplyAdd(word, four2, sum2);
        }
        else
        {
            sum = TVector.FusedMultiplyAdd(tile, four, sum);
            sum2 = TVector.FusedMultiplyAdd(tile + side, four2, sum2);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector First(float* tile) =>
        TFormat.IsPaired ? TVector.ShiftLeft(TVector.Load(tile), 16) : TVector.Load(tile);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Second(float* tile, long side) => TVector.Load(TFormat.IsPaired ? tile : tile + side);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fetch(float* quad)
    {
        Sse.Prefetch0(quad);
        Sse.Prefetch0(quad + Width);
        Sse.Prefetch0(quad + (2 * Width));
        Sse.Prefetch0(quad + (3 * Width));
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
