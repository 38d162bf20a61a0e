using Qama.Problems;

namespace Qama.Annealing;

/// <summary>The temperatures of a read, one sweep after the other, in units of energy.</summary>
internal struct Cooling
{
    private readonly double _factor;
    private double _temperature;

    /// <summary>The share of variables that are undecided, not less than a tenth.</summary>
    public static double Share(double undecided, int variables) => Math.Max(0.1, undecided / Math.Max(1.0, variables));

    /// <summary>Cold over hot: the last temperature's unit is the geometric mean of what couplings alone and what all
    /// interactions do to a local field, given as variances.</summary>
    public static double Ratio(double ofPairs, double ofAll) => ofAll > 0 ? Math.Pow(ofPairs / ofAll, 0.25) : 1;

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
