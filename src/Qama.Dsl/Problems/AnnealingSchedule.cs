namespace Qama.Problems;

/// <summary>
/// The annealing schedule of one read: <paramref name="Sweeps"/> sweeps, the temperature falling geometrically from
/// <paramref name="Hot"/> to <paramref name="Cold"/> times the problem's own scale (<see cref="TemperatureScale"/>), or staying
/// at <paramref name="FixedTemperature"/>.
/// </summary>
/// <param name="Sweeps">Sweeps over all variables, at least 1; 0 in a schedule that continues, for a descent alone.</param>
/// <param name="Hot">First temperature, in units of the problem's hot scale, positive.</param>
/// <param name="Cold">Last temperature, in units of the problem's cold scale, positive, at most <paramref name="Hot"/>.</param>
/// <param name="FixedTemperature">If given: the temperature of every sweep, in units of energy; no greedy finish.</param>
/// <param name="Restarts">Annealings, of which the best is kept; at least 1. Without effect at a fixed temperature.</param>
/// <param name="Continues">Whether to start from the state given rather than from one of the kernel's own.</param>
/// <remarks>
/// The hot scale of a problem is how far a random state moves a local field (its standard deviation, root mean square
/// over the variables), times the share of variables whose field after one greedy sweep is smaller than that, at least a
/// tenth: what fields have decided does not order any more. In these units a problem without fields (Sherrington and
/// Kirkpatrick's, Phys. Rev. Lett. 35, 1792 (1975)) freezes at 0.5 / share; with strong fields the freezing temperature falls
/// as the density of undecided variables does (de Almeida and Thouless, J. Phys. A 11, 983 (1978)). For weights of several
/// bits it is the field of the weight. In a plain matrix a field that is as large after the greedy sweep, but not on average
/// over random states, is due to couplings that have ordered, and counts half: couplings that agree, as in a sparse problem
/// without frustration, order at about the temperature at which those that do not freeze. Penalties on a head's sum are left
/// out, they are not what orders the selection.
/// Couplings that agree, as of tokens that form clusters, order at higher temperatures, up to half their largest
/// eigenvalue. In declared models whose heads softly exclude each other the hot scale is therefore at least five times
/// what a head's couplings give a selected token after the greedy sweep (half of that field, in the mean) beyond what
/// independent ones would; with plain bits whose couplings prevail over exclusion also at least what their largest
/// eigenvalue exceeds that of independent ones by; both times the same share. The cold scale does not follow.
/// Couplings that are kept as features know more: their hot scale is no less than what brings the default first temperature, 0.6 of it, to
/// half the largest eigenvalue of the weighted couplings, where those that agree order.
/// The cold scale is lower where head exclusion exceeds the couplings: exclusion orders first, and couplings choose among what
/// it leaves. It is the geometric mean of the hot scale and of what couplings alone do to a local field; in a plain matrix,
/// whose interactions have no names, the hot scale times Σ|q| / √(m Σq²) over its m interactions, or times what the greedy sweep
/// leaves of the fields (their root mean square over that of random states) if that is less: a penalty on a sum moves random
/// states a lot and low ones little. Never below a tenth of the hot scale without clusters.
/// </remarks>
public readonly record struct AnnealingSchedule(
    int Sweeps, double Hot, double Cold, double? FixedTemperature = null, int Restarts = 1, bool Continues = false)
{
    /// <summary>Shown the state after every sweep of an annealing; null for none. Not called at a fixed temperature.</summary>
    public AnnealingObserver? Observer { get; init; }

    /// <summary>Told the number of sweeps done after each of them, at a fixed temperature too; null for none. With several annealings it
    /// counts on, to <see cref="Sweeps"/> times <see cref="Restarts"/>. The descent at the end is no sweep.</summary>
    public IProgress<long>? Progress { get; init; }

    /// <summary>Ends the annealing with <see cref="OperationCanceledException"/>: looked at before every sweep, and
    /// every 4,096 tokens of a sweep where couplings are kept as features. The state then has no meaning.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>From a given state, only down.</summary>
    public static AnnealingSchedule Descent => new(0, 1, 1, Continues: true);

    /// <summary>Checks the numbers.</summary>
    /// <exception cref="ArgumentException">Fewer than one sweep, or a temperature that is not positive and finite, or rising
    /// temperatures.</exception>
    public void Check()
    {
        if (Sweeps < (Continues ? 0 : 1))
        {
            throw new ArgumentException($"Expected at least 1 sweep, got {Sweeps}.", nameof(Sweeps));
        }

        if (Restarts < 1)
        {
            throw new ArgumentException($"Expected at least 1 annealing, got {Restarts}.", nameof(Restarts));
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

/// <summary>Shown the state of an annealing.</summary>
/// <param name="state">Values 0 or 1, in the problem's order; valid during the call only.</param>
public delegate void AnnealingObserver(ReadOnlySpan<byte> state);
