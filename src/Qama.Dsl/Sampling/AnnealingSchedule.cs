namespace Qama.Sampling;

/// <summary>
/// How one annealing read cools: <paramref name="Sweeps"/> sweeps, temperature falling geometrically from
/// <paramref name="Hot"/> to <paramref name="Cold"/> times the problem's own energy scale, or staying at
/// <paramref name="FixedTemperature"/>.
/// </summary>
/// <param name="Sweeps">Sweeps over all variables, at least 1.</param>
/// <param name="Hot">First temperature, in units of the problem's energy scale, positive.</param>
/// <param name="Cold">Last temperature, in units of the problem's energy scale, positive, at most <paramref name="Hot"/>.</param>
/// <param name="FixedTemperature">If given: the temperature of every sweep, in units of energy; no greedy finish.</param>
/// <remarks>
/// The energy scale of a problem is the root mean square, over its variables, of the local field that a random state
/// exerts (its standard deviation): the size of the couplings' say, whatever the fields. For weights of several bits it is
/// the field of the weight; penalties on a head's sum are left out, they are not what orders the selection.
/// </remarks>
public readonly record struct AnnealingSchedule(int Sweeps, double Hot, double Cold, double? FixedTemperature = null)
{
    /// <summary>Checks the numbers.</summary>
    /// <exception cref="ArgumentException">Fewer than one sweep, or a temperature that is not positive and finite, or rising
    /// temperatures.</exception>
    public void Check()
    {
        if (Sweeps < 1)
        {
            throw new ArgumentException($"Expected at least 1 sweep, got {Sweeps}.", nameof(Sweeps));
        }

        if (FixedTemperature is double temperature)
        {
            if (!(temperature > 0 && double.IsFinite(temperature)))
            {
                throw new ArgumentException(
                    $"Expected a positive, finite temperature, got {temperature}.", nameof(FixedTemperature));
            }
        }
        else if (!(Cold > 0 && Hot >= Cold && double.IsFinite(Hot)))
        {
            throw new ArgumentException(
                $"Expected 0 < cold <= hot, both finite, got hot {Hot} and cold {Cold}.", nameof(Hot));
        }
    }
}
