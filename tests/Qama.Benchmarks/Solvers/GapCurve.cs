namespace Qama.Benchmarks.Solvers;

/// <summary>Time against gap of one sampler: the time that a gap takes, interpolated between budgets.</summary>
internal sealed class GapCurve
{
    private readonly List<(double Gap, double Time)> _points = []; // both falling from left to right: gap falls, time rises

    public GapCurve(IEnumerable<Measurement> measurements)
        : this(measurements.Select(m => (m.Gap, m.Microseconds)))
    {
    }

    public GapCurve(IEnumerable<(double Gap, double Time)> points)
    {
        // A budget that is slower and no better than another does not belong to the curve.
        foreach ((double gap, double time) in points.OrderBy(p => p.Time))
        {
            if (gap > 0 && (_points.Count == 0 || gap < _points[^1].Gap))
            {
                _points.Add((gap, time));
            }
        }
    }

    /// <summary>The same, but the least time measured where that is enough.</summary>
    public double? TimeToReach(double gap) =>
        _points.Count > 0 && _points[0].Gap <= gap ? _points[0].Time : TimeAt(gap);

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
