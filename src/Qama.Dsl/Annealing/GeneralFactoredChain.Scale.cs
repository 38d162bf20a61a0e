using System.Numerics;
using Qama.Contract;
using Qama.Ising;
using Qama.Numerics.Vectors;
using Qama.Problems;

namespace Qama.Annealing;

/// <content>The temperatures to start and to end at.</content>
internal unsafe ref partial struct GeneralFactoredChain<TPlan, TVector>
{
    private const int SampleRows = 16; // tokens whose couplings are looked at one by one
    private const int SampleTiles = 32; // with so many tiles each

    // As in the dense annealer, but from a sample of couplings; and a bound on sums leaves a head fewer tokens to fluctuate.
    /// <inheritdoc/>
    public readonly TemperatureScale EnergyScale()
    {
        double variance = ((1L << (2 * TPlan.Bits)) - 1) / 3.0 * Unit * Unit / 4;
        double pairs = 0;
        for (int h = 0; h < TPlan.Heads; h++)
        {
            pairs += SquaresPerToken(h) / TPlan.Heads;
        }

        // Selected tokens are chosen ones, which do more to each other than random ones: twelve times as much. Of 3/16,
        // 3/4, 3, 12 and 48 times, 12 found the lowest energies in the mean of 8 kinds of random problems; on ten other
        // kinds 3, 12 and 48 did about as well as each other.
        double share = HasSums ? SelectedShare() : 0.5, lessened = Math.Min(1, 12 * 4 * share * (1 - share));
        pairs *= variance * lessened;
        double exclusion = (double)TPlan.Exclusion * TPlan.Exclusion * (TPlan.Heads - 1) * lessened * (CountsBits ? 0.25 : variance);
        double all = pairs + exclusion;
        (double fluctuation, double ratio) = (Math.Sqrt(all), Cooling.Ratio(pairs, all));
        if (HasSums || TPlan.ComputesExclusion)
        {
            return TemperatureScale.Of(fluctuation, ratio);
        }

        (double undecided, double attraction) = Look(fluctuation);
        double independent = fluctuation * ratio * ratio; // what couplings alone do
        double order = Cooling.AttractionWeight * (attraction - independent);
        return Cooling.Scale(fluctuation, ratio, Cooling.Share(undecided, TPlan.Heads * _tokenCount), order);
    }

    // Of the tokens and heads, how many the greedy state selects: bounds on sums, soft ones too, leave no more to fluctuate.
    private readonly double SelectedShare()
    {
        double sum = 0;
        for (int h = 0; h < TPlan.Heads; h++)
        {
            sum += Math.Max(1, _headSums[h] * (double)Unit) / ((double)TPlan.Heads * _tokenCount);
        }

        return Math.Min(sum, 1 - (0.5 / _tokenCount));
    }

    // In the present state: the weights whose change costs little, and the largest of the heads' Cooling.Attraction.
    private readonly (double Undecided, double Attraction) Look(double fluctuation)
    {
        var bound = TVector.All((float)fluctuation);
        double undecided = 0;
        Span<double> given = stackalloc double[TPlan.Heads];
        Span<int> counts = stackalloc int[TPlan.Heads];
        given.Clear();
        counts.Clear();
        StartPass();
        for (int tile = 0; tile < _tileCount; tile++)
        {
            for (int h = 0; h < TPlan.Heads; h++)
            {
                TVector raw = Field(tile, h);
                TVector from = TVector.Load(_levels + RowOf(tile, h));
                TVector change = LevelChange(RowOf(tile, h), CountsOf(tile), from, TVector.ExclusiveOr(from, LargestLevel), raw);
                undecided += BitOperations.PopCount(TVector.Below(TVector.Abs(change), bound));
                uint selected = _selected[SelectedOf(tile, h)];
                TVector own = TVector.All(Unit) * from * TVector.Load(_self + RowOf(tile, h));
                given[h] -= TVector.Sum(TVector.Keep(selected, raw - own));
                counts[h] += BitOperations.PopCount(selected);
            }
        }

        double attraction = 0;
        for (int h = 0; h < TPlan.Heads; h++)
        {
            attraction = Math.Max(attraction, given[h] / Math.Max(1, 2 * counts[h]));
        }

        return (undecided, attraction);
    }

    // Σ_j a_ij² of a token, from tokens and partners at equal distances.
    private readonly double SquaresPerToken(int head)
    {
        int rows = Math.Min(SampleRows, _tokenCount);
        double squares = 0;
        for (int k = 0; k < rows; k++)
        {
            int place = GeneralFactoredLayout<TPlan>.PlaceOf((int)((long)k * _tokenCount / rows));
            (int from, int to) = GeneralFactoredLayout<TPlan>.Any(place / Width);
            (int first, int end) = (from / Width, Math.Min((to + Width - 1) / Width, _tileCount));
            int tiles = Math.Min(SampleTiles, end - first);
            double ofRow = 0;
            for (int t = 0; t < tiles; t++)
            {
                ofRow += Squares(head, place, first + (int)((long)t * (end - first) / tiles));
            }

            squares += ofRow * (end - first) / tiles;
        }

        return squares / rows;
    }

    private readonly double Squares(int head, int place, int tile)
    {
        FactorTiles<TVector, SingleFeatures>.ReadPartner(TileOf(place / Width, head), place % Width, _quads, _partner);
        TVector row = Row(FactorTiles<TVector, SingleFeatures>.Dot(TileOf(tile, head), _partner, _quads, 0), head, place, tile, 1);
        TVector.Store(_sums, row);
        int lanes = GeneralFactoredLayout<TPlan>.Lanes(tile, _tokenCount);
        double squares = 0;
        for (int lane = 0; lane < lanes; lane++)
        {
            int distance = Math.Abs((tile * Width) + lane - place);
            bool interacts = (GeneralFactoredLayout<TPlan>.Partners(place, tile) >> lane & 1) != 0;
            double penalty = interacts && LongRangeKernel<TPlan>.IsPresent && distance > 0 ? TPlan.LongRange.Of(distance) : 0;
            double coefficient = _sums[lane] + penalty;
            squares += distance == 0 ? 0 : coefficient * coefficient;
        }

        return squares;
    }
}
