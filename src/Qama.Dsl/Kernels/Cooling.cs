using Qama.Sampling;

namespace Qama.Kernels;

/// <summary>The temperatures of a read, one sweep after the other, in units of energy.</summary>
internal struct Cooling
{
    private readonly double _factor;
    private double _temperature;

    /// <summary>The share of variables that are undecided, not less than a tenth.</summary>
    public static double Share(int undecided, int variables) => Math.Max(0.1, undecided / Math.Max(1.0, variables));

    /// <summary>Starts a schedule on a problem of the given energy scale.</summary>
    public Cooling(in AnnealingSchedule schedule, double energyScale)
    {
        if (schedule.FixedTemperature is double temperature)
        {
            _temperature = temperature;
            _factor = 1;
        }
        else if (schedule.Sweeps <= 1)
        {
            _temperature = schedule.Cold * energyScale;
            _factor = 1;
        }
        else
        {
            _temperature = schedule.Hot * energyScale;
            _factor = Math.Pow(schedule.Cold / schedule.Hot, 1.0 / (schedule.Sweeps - 1));
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
