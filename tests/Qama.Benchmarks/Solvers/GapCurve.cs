namespace Qama.Benchmarks.Solvers;

/// <summary>Time against gap of one sampler: the time that a gap takes, interpolated between budgets.</summary>
internal sealed class GapCurve
{
    private readonly List<(double Gap, double Time)> _points = []; // both falling from left to right: gap falls, time rises

    public GapCurve(IEnumerable<Measurement> measurements)
    {
        // A budget that is slower and no better than another does not belong to the curve.
        foreach (Measurement m in measurements.OrderBy(m => m.Microseconds))
        {
            if (m.Gap > 0 && (_points.Count == 0 || m.Gap < _points[^1].Gap))
            {
                _points.Add((m.Gap, m.Microseconds));
            }
        }
    }

    /// <summary>Microseconds for a gap, linear in the logarithms; null outside the measured gaps.</summary>
    public double? TimeAt(double gap)
    {
        for (int k = 1; k < _points.Count; k++)
        {
            ((double above, double fast), (double below, double slow)) = (_points[k - 1], _points[k]);
            if (gap <= above && gap >= below)
            {
                double share = Math.Log(above / gap) / Math.Log(above / below);
                return fast * Math.Pow(slow / fast, share);
            }
        }

        return null;
    }
}
