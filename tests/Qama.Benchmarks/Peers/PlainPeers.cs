using Qama.Benchmarks.Plain;

namespace Qama.Benchmarks.Peers;

/// <summary>Mean gaps after a time on a plain problem; null where a peer was not run.</summary>
/// <param name="Problem">The problem.</param>
/// <param name="Variables">Variables.</param>
/// <param name="Milliseconds">The time.</param>
/// <param name="Ours">Our annealing with the settings of <c>solvers plain</c>.</param>
/// <param name="DWave">The annealing of dwave-samplers.</param>
/// <param name="MqLib">The best heuristic of MQLib.</param>
/// <param name="Heuristic">Which one that is.</param>
internal sealed record PeerGap(
    string Problem, int Variables, int Milliseconds, double Ours, double DWave, double MqLib, string Heuristic);

/// <summary>How the annealing of dwave-samplers spends a time.</summary>
/// <param name="Temperatures">First and last, in units of the problem's scale.</param>
/// <param name="Annealings">Annealings.</param>
internal sealed record PeerSetting((double, double) Temperatures, int Annealings);

/// <summary>Plain problems: our annealing beside the peers', the same time for all.</summary>
internal static class PlainPeers
{
    private static readonly int[] _reads = [20, 10, 5]; // for 10, 100 and 1,000 ms

    public static List<PeerGap> Measure(PlainInstance instance, FileInfo dwave, FileInfo mqlib, List<PeerSetting> settings)
    {
        List<PlainGap> ours = PlainRun.Gaps(instance);
        using var annealer = new DWaveAnnealing(dwave, instance.Batch);
        using var library = new MqLib(mqlib, instance.Problem);
        (double Mean, double Least)[] theirs = [.. PlainSettings.Milliseconds.Select((ms, b) =>
            Annealed(annealer, settings[b], 1000.0 * ms, _reads[b]))];
        List<(string Name, double Mean, double Least)>[] heuristics =
        [
            .. PlainSettings.Milliseconds.Select((ms, b) => MqLib.Heuristics.Select(name =>
            {
                double[] energies = [.. Enumerable.Range(1, _reads[b]).Select(seed => library.Run(name, 1e-3 * ms, seed))];
                return (name, energies.Average(), energies.Min());
            }).ToList()),
        ];

        // A peer may find what we did not: then our gaps are counted from there.
        double best = Math.Min(ours[0].Best, Math.Min(theirs.Min(t => t.Least), heuristics.SelectMany(h => h).Min(h => h.Least)));
        return
        [
            .. ours.Select((gap, b) =>
            {
                (string name, double mean, _) = heuristics[b].MinBy(h => h.Mean);
                return new PeerGap(
                    instance.Name, gap.Variables, gap.Budget, From(gap.Best + (gap.Gap * Math.Abs(gap.Best))), From(theirs[b].Mean),
                    From(mean), name);
            }),
        ];

        double From(double energy) => (energy - best) / Math.Abs(best);
    }

    /// <summary>Temperatures and numbers of annealings for the peer, for each time: the least mean energy on another problem of the
    /// same kind and size.</summary>
    public static List<PeerSetting> Tune(PlainInstance instance, FileInfo dwave)
    {
        const int Kept = 4; // of the settings, for numbers of annealings and for the longest time
        using var annealer = new DWaveAnnealing(dwave, instance.Batch);
        var ranked = DWaveAnnealing.Settings.OrderBy(s => Cost(new(s, 1), 100)).Take(Kept).ToList();
        return
        [
            .. PlainSettings.Milliseconds.Select(ms => (ms == 10 ? DWaveAnnealing.Settings : ranked)
                .SelectMany(s => new[] { 1, 3, 10 }.Where(n => ms > 10 || n == 1).Select(n => new PeerSetting(s, n)))
                .MinBy(s => Cost(s, ms))!),
        ];

        double Cost(PeerSetting s, int ms) => Annealed(annealer, s, 1000.0 * ms, ms == 10 ? 10 : 2).Mean;
    }

    private static (double Mean, double Least) Annealed(
        DWaveAnnealing annealer, PeerSetting peer, double microseconds, int reads)
    {
        ((double, double) setting, int annealings) = (peer.Temperatures, peer.Annealings);
        // The time of a sweep, from a run that is long enough to stand out from the set-up.
        double set = annealer.Run(1, 1, 1, setting).Microseconds;
        (int many, double time) = (50, 0);
        do
        {
            many *= 4;
            time = annealer.Run(many, 1, 1, setting).Microseconds;
        }
        while (time < (2 * set) + 2000);
        double sweep = (time - set) / (many - 1);
        double left = microseconds - Math.Max(0, set - sweep);
        int sweeps = Math.Max(1, (int)(left / sweep / annealings));

        // A long annealing flips less in a sweep than a short one.
        double taken = annealer.Run(sweeps, annealings, 2, setting).Microseconds;
        sweeps = Math.Max(1, (int)(sweeps * Math.Clamp(left / Math.Max(1, taken - microseconds + left), 0.5, 4)));
        double[] energies = [.. Enumerable.Range(1, reads).Select(k => annealer.Run(sweeps, annealings, (ulong)(1000 * k), setting).Energies[0])];
        return (energies.Average(), energies.Min());
    }
}
