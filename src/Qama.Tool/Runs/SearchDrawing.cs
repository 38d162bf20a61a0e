using System.Globalization;
using System.Net;

namespace Qama.Tool.Runs;

/// <summary>Searches on one problem as SVG: how often which value was found, and the best value against time.</summary>
internal static class SearchDrawing
{
    private const int MostBins = 24;

    /// <summary>A histogram: in every bin a bar of each search, in their order.</summary>
    /// <param name="title">What it shows.</param>
    /// <param name="searches">Values of reads; searches without any have no bars.</param>
    public static string Histogram(string title, IReadOnlyList<(string Name, IReadOnlyList<double> Values)> searches)
    {
        double[] all = [.. searches.SelectMany(s => s.Values)];
        if (all.Length == 0)
        {
            return "";
        }

        (double low, double high) = (all.Min(), all.Max());
        int different = all.Distinct().Count();
        int bins = high > low ? Math.Min(MostBins, Math.Max(8, different)) : 1;
        (double first, double last) = high > low ? (low, high) : (low - 0.5, low + 0.5);
        double[][] shares = [.. searches.Select(s => Shares(s.Values, first, last, bins))];
        IEnumerable<double> ticks = high > low ? CurveDrawing.Ticks(first, last) : [low];
        var frame = new DrawingFrame(
            title, (first, last), (0, Math.Max(0.01, shares.Max(s => s.Max()))), ticks.Select(t => (t, RunFile.Number(t))));
        double room = (frame.X(last) - frame.X(first)) / bins, width = Math.Max(1, (room - 2) / searches.Count);
        for (int s = 0; s < searches.Count; s++)
        {
            for (int b = 0; b < bins; b++)
            {
                if (shares[s][b] > 0)
                {
                    (double x, double y) = (frame.X(first) + (b * room) + 1 + (s * width), frame.Y(shares[s][b]));
                    string told = string.Create(
                        CultureInfo.InvariantCulture,
                        $"{searches[s].Name}: {100 * shares[s][b]:0.#} % of {searches[s].Values.Count} read{(searches[s].Values.Count == 1 ? "" : "s")}");
                    frame.Add($"<rect class=\"bar\" x=\"{x:0.##}\" y=\"{y:0.##}\" width=\"{width:0.##}\" ");
                    frame.Add($"height=\"{frame.Y(0) - y:0.##}\" fill=\"var(--c{s % CurveDrawing.Colours})\">");
                    frame.Add($"<title>{WebUtility.HtmlEncode(told)}</title></rect>");
                }
            }
        }

        return frame.End();
    }

    /// <summary>A race: the best value of each search against time, on a logarithmic scale.</summary>
    /// <param name="title">What it shows.</param>
    /// <param name="searches">What improved when; searches that tell nothing have no line.</param>
    public static string Race(string title, IReadOnlyList<(string Name, IReadOnlyList<(double Seconds, double Value)> Race)> searches)
    {
        (double Seconds, double Value)[] all = [.. searches.SelectMany(s => s.Race)];
        if (all.Length == 0)
        {
            return "";
        }

        static double Place(double seconds) => Math.Log10(Math.Max(1e-6, seconds));
        (double first, double last) = (Place(all.Min(p => p.Seconds)), Place(all.Max(p => p.Seconds)));
        (first, last) = last - first > 0.01 ? (first, last) : (first - 0.5, last + 0.5);
        (double low, double high) = (all.Min(p => p.Value), all.Max(p => p.Value));
        (low, high) = high > low ? (low, high) : (low - 0.5, high + 0.5);
        int[] powers = [.. Enumerable.Range((int)Math.Ceiling(first), Math.Max(0, (int)Math.Floor(last) - (int)Math.Ceiling(first) + 1))];
        (double, string)[] labels = powers.Length > 1 ? [.. powers.Select(p => ((double)p, Seconds(Math.Pow(10, p))))]
            : [(first, Seconds(Math.Pow(10, first))), (last, Seconds(Math.Pow(10, last)))];
        var frame = new DrawingFrame(title, (first, last), (low, high), labels);
        for (int s = 0; s < searches.Count; s++)
        {
            if (searches[s].Race is { Count: > 0 } race)
            {
                string steps = string.Concat(race.Skip(1).Select(p => string.Create(
                    CultureInfo.InvariantCulture, $"H{frame.X(Place(p.Seconds)):0.#}V{frame.Y(p.Value):0.#}")));
                frame.Add($"<path d=\"M{frame.X(Place(race[0].Seconds)):0.#} {frame.Y(race[0].Value):0.#}{steps}H{frame.X(last):0.#}\" ");
                frame.Add($"fill=\"none\" stroke-width=\"1.8\" {CurveDrawing.Stroke(s)}>");
                frame.Add($"<title>{WebUtility.HtmlEncode(searches[s].Name)}</title></path>");
            }
        }

        return frame.End();
    }

    private static string Seconds(double seconds) => $"{RunFile.Number(seconds)} s";

    private static double[] Shares(IReadOnlyList<double> values, double first, double last, int bins)
    {
        var shares = new double[bins];
        foreach (double value in values)
        {
            shares[Math.Min(bins - 1, (int)((value - first) / (last - first) * bins))] += 1.0 / values.Count;
        }

        return shares;
    }
}
