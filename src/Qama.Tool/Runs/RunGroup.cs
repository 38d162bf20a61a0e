namespace Qama.Tool.Runs;

/// <summary>Runs that differ in the seed alone.</summary>
/// <param name="Name">What they are called in tables and legends: the settings in which groups differ.</param>
/// <param name="Runs">The runs.</param>
internal sealed record RunGroup(string Name, IReadOnlyList<RunFile> Runs)
{
    private const string Seed = "seed", Variant = "variant";

    /// <summary>Groups runs, in the order of their first ones.</summary>
    public static IReadOnlyList<RunGroup> Of(IReadOnlyList<RunFile> runs)
    {
        string[] differing = Telling(runs);
        return
        [
            .. runs.GroupBy(run => string.Join('\n', run.Settings.Where(s => s.Name != Seed).Select(s => $"{s.Name}={s.Value}")))
                .Select(g => new RunGroup(NameOf([.. g], differing), [.. g])),
        ];
    }

    /// <summary>Settings that are the same in all runs.</summary>
    public static IReadOnlyList<RunValue> Common(IReadOnlyList<RunFile> runs)
    {
        string[] differing = Differing(runs);
        return [.. runs[0].Settings.Where(s => !differing.Contains(s.Name))];
    }

    /// <summary>A finding of all runs: its mean where they are numbers, and the spread of several.</summary>
    public RunSummary Finding(string name) =>
        RunSummary.Of([.. Runs.SelectMany(r => r.Findings.Where(f => f.Name == name && f.Value.Length > 0))]);

    /// <summary>The last value of a column of a course: its mean over the runs, and the spread of several.</summary>
    public RunSummary Last(string course, string column) => RunSummary.Of(
    [
        .. Runs.Select(r => r.Courses.FirstOrDefault(c => c.Name == course)).OfType<RunList>().Where(c => c.Columns.Contains(column))
            .Select(c => c.Last(column)).Where(v => v.Value.Length > 0),
    ]);

    /// <summary>The course of a column: its number, and mean, least and largest value of the runs that got so far.</summary>
    public IReadOnlyList<CurvePoint> Curve(string course, string column)
    {
        var values = new SortedDictionary<double, List<double>>();
        foreach (RunList list in Runs.SelectMany(r => r.Courses.Where(c => c.Name == course && c.Columns.Contains(column))))
        {
            int index = list.Columns.ToList().IndexOf(column);
            foreach (IReadOnlyList<double> row in list.Numbers.Where(r => double.IsFinite(r[0]) && double.IsFinite(r[index])))
            {
                (values.TryGetValue(row[0], out List<double>? known) ? known : values[row[0]] = []).Add(row[index]);
            }
        }

        return [.. values.Select(v => new CurvePoint(v.Key, v.Value.Average(), v.Value.Min(), v.Value.Max()))];
    }

    /// <summary>The fewest settings that tell groups apart, the variant first: others follow from them.</summary>
    private static string[] Telling(IReadOnlyList<RunFile> runs)
    {
        List<string> chosen = [];
        int told = 1;
        foreach (string name in Differing(runs).Where(name => name != Seed).OrderBy(name => name == Variant ? 0 : 1))
        {
            int more = runs.Select(r => string.Join('\n', chosen.Append(name).Select(c => Value(r, c)))).Distinct().Count();
            if (more > told)
            {
                chosen.Add(name);
                told = more;
            }
        }

        return [.. chosen];
    }

    private static string? Value(RunFile run, string name) => run.Settings.FirstOrDefault(s => s.Name == name).Value;

    private static string[] Differing(IReadOnlyList<RunFile> runs) =>
    [
        .. runs.SelectMany(r => r.Settings.Select(s => s.Name)).Distinct()
            .Where(name => runs.Select(r => Value(r, name)).Distinct().Count() > 1),
    ];

    private static string NameOf(RunFile[] runs, string[] differing)
    {
        string[] parts = [.. differing.Select(name => (name, Value: Value(runs[0], name))).Where(p => p.Value is not null)
            .Select(p => p.name == Variant ? p.Value! : $"{p.name} {p.Value}")];
        return parts.Length > 0 ? string.Join(", ", parts)
            : runs.Length > 1 && Value(runs[0], Variant) is { } variant ? variant // the first one's file is named after its seed
            : Path.GetFileNameWithoutExtension(runs[0].Path);
    }
}

/// <summary>A point of a curve.</summary>
internal readonly record struct CurvePoint(double At, double Mean, double Least, double Largest);
