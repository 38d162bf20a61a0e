using System.Numerics;
using Qama.Contract;
using Qama.Numerics;
using Qama.Numerics.Vectors;
using Qama.Problems;

namespace Qama.Annealing;

/// <summary>The temperatures of a read, one sweep after the other, in units of energy.</summary>
internal struct Cooling
{
    /// <summary>What attraction counts against what random states do: chosen by measurement on trained layers and on
    /// clustered tokens.</summary>
    public const double AttractionWeight = 5;

    /// <summary>Times what random states do, it is hot enough not to look further.</summary>
    public const double Enough = 3;

    private readonly double _factor;
    private double _temperature;

    /// <summary>The share of variables that are undecided, not less than a tenth.</summary>
    public static double Share(double undecided, int variables) => Math.Max(0.1, undecided / Math.Max(1.0, variables));

    /// <summary>Cold over hot: the last temperature's unit is the geometric mean of what couplings alone and what all
    /// interactions do to a local field, given as variances.</summary>
    public static double Ratio(double ofPairs, double ofAll) => ofAll > 0 ? Math.Pow(ofPairs / ofAll, 0.25) : 1;

    /// <summary>Half of what its head's couplings give a selected token, in the mean; not negative. It is the Rayleigh
    /// quotient of the couplings, at most their largest eigenvalue; of independent couplings, in a low state, about
    /// what random states do to a field; far above that where tokens form clusters.</summary>
    /// <param name="linear">The fields without couplings, a padded row.</param>
    /// <param name="local">The fields.</param>
    /// <param name="state">What stands for selected tokens and others.</param>
    /// <param name="direction">Tokens are selected whose entry is negative when multiplied by it.</param>
    /// <param name="stride">Length of the rows.</param>
    public static unsafe double Attraction<TVector>(
        float* linear, float* local, float* state, float direction, int stride)
        where TVector : struct, IVector<TVector, float>
    {
        TVector given = TVector.Zero;
        int count = 0;
        for (int block = 0; block < stride; block += RowLayout.Width)
        {
            uint selected = TVector.Below(direction * TVector.Load(state + block), TVector.Zero);
            given += TVector.Keep(selected, TVector.Load(linear + block) - TVector.Load(local + block));
            count += BitOperations.PopCount(selected);
        }

        return Math.Max(0, TVector.Sum(given) / Math.Max(1, 2 * count));
    }

    /// <summary>The units of a problem's temperatures; see <see cref="AnnealingSchedule"/>.</summary>
    /// <param name="fluctuation">What random states do to a local field.</param>
    /// <param name="ratio">See <see cref="Ratio"/>.</param>
    /// <param name="share">See <see cref="Share"/>.</param>
    /// <param name="order">What couplings that agree do to a field beyond independent ones; 0 where it is left
    /// out.</param>
    public static TemperatureScale Scale(double fluctuation, double ratio, double share, double order)
    {
        TemperatureScale scale = TemperatureScale.Of(fluctuation * share, ratio);
        return scale with { Hot = Math.Max(scale.Hot, order * share) };
    }

    /// <summary>Starts a schedule on a problem of the given scale.</summary>
    public Cooling(in AnnealingSchedule schedule, TemperatureScale scale)
    {
        if (schedule.FixedTemperature is double temperature)
        {
            _temperature = temperature;
            _factor = 1;
        }
        else if (schedule.Sweeps <= 1)
        {
            _temperature = schedule.Cold * scale.Cold;
            _factor = 1;
        }
        else
        {
            _temperature = schedule.Hot * scale.Hot;
            double last = schedule.Cold * scale.Cold;
            _factor = _temperature > 0 ? Math.Pow(last / _temperature, 1.0 / (schedule.Sweeps - 1)) : 1;
        }
    }

    /// <summary>The next sweep's temperature.</summary>
    public float Next()
    {
        float temperature = (float)_temperature;
        _temperature *= _factor;
        return temperature;
    }
}
