using System.Globalization;

namespace Qama.Tool.Solving;

/// <summary>The best value against time, of several searches, as text: a column is a time, which grows by the same
/// factor from one to the next.</summary>
internal static class RaceChart
{
    private const int Height = 10;
    private const char Several = '*';

    /// <summary>Draws.</summary>
    /// <param name="races">What improved when, of each search; values in any unit, times above 0.</param>
    /// <param name="width">Columns of the drawing without its scale, at least 20.</param>
    /// <returns>Lines; none where nothing was found.</returns>
    public static IReadOnlyList<string> Draw(
        IReadOnlyList<(string Name, IReadOnlyList<(double Seconds, double Value)> Race)> races, int width)
    {
        (double Seconds, double Value)[] all = [.. races.SelectMany(r => r.Race)];
        if (all.Length == 0)
        {
            return [];
        }

        (double low, double high) = (all.Min(p => p.Value), all.Max(p => p.Value));
        double start = Math.Log(Math.Max(1e-6, all.Min(p => p.Seconds)));
        double end = Math.Max(Math.Log(Math.Max(1e-6, all.Max(p => p.Seconds))), start + 1e-9);
        char[][] cells = [.. Enumerable.Range(0, Height).Select(_ => Enumerable.Repeat(' ', width).ToArray())];
        for (int r = 0; r < races.Count; r++)
        {
            for (int x = 0; x < width; x++)
            {
                double time = Math.Exp(start + ((end - start) * (x + 1) / width)) * (1 + 1e-9);
                if (races[r].Race.Where(p => Math.Max(1e-6, p.Seconds) <= time).Select(
                    p => (double?)p.Value).LastOrDefault() is { } value)
                {
                    int y = high > low ? (int)Math.Round((Height - 1) * (high - value) / (high - low)) : Height / 2;
                    cells[y][x] = cells[y][x] == ' ' ? Mark(r) : Several;
                }
            }
        }

        string[] scale = [.. Enumerable.Range(0, Height).Select(y =>
            y == 0 || y == Height - 1 ? Text(y == 0 ? high : low) : "")];
        int room = scale.Max(s => s.Length);
        string legend = string.Join("   ", races.Select((r, k) => $"{Mark(k)} {r.Name}"));
        return
        [
            .. cells.Select((row, y) => $"{scale[y].PadLeft(room)} |{new string(row)}".TrimEnd()),
            $"{new string(' ', room)} +{new string('-', width)}",
            $"{new string(' ', room)}  {Text(Math.Exp(start))} "
            + $"s{$"{Text(Math.Exp(end))} s".PadLeft(width - Text(Math.Exp(start)).Length - 2)}",
            $"{new string(' ', room)}  {legend}   {Several} several",
        ];
    }

    private static char Mark(int race) => (char)('a' + race);

    private static string Text(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
}
