using System.CommandLine;
using System.Globalization;

namespace Qama.Benchmarks.Settings;

/// <summary><c>solvers settings</c>: whether the samplers' defaults hold on problems that they were not chosen on.
/// </summary>
internal static class SettingsCommand
{
    public static Command Create()
    {
        var sampler = new Option<string?>("--sampler")
        {
            Description = "Only this one: " + string.Join(", ", SettingsFamily.For(true).Select(f => f.Name)) + ".",
        };
        sampler.AcceptOnlyFromAmong([.. SettingsFamily.For(true).Select(f => f.Name)]);
        var plain = new Option<bool>("--plain") { Description = "Only plain problems; none is trained." };
        var json = new Option<FileInfo?>("--json") { Description = "Also write the measurements to this file." };
        var command = new Command(
            "settings",
            "Settings of samplers beside their defaults: problems of models trained here, and generated ones.")
        {
            sampler, plain, json,
        };
        command.SetAction(parsed =>
        {
            IReadOnlyList<SettingsMeasurement> measured = Run(parsed.GetValue(sampler), parsed.GetValue(plain));
            foreach (SettingsComparison c in SettingsComparison.Of(measured))
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{c.Sampler,-23} {(c.IsModel ? "models" : "plain"),-7} {c.Setting,-34} tuning ")
                    + string.Create(
                        CultureInfo.InvariantCulture,
                        $"{c.TuningTime:F2} x time {c.TuningGap:F2} x gap, validation {c.ValidationTime:F2} x time {c.ValidationGap:F2} x gap"));
            }

            if (parsed.GetValue(json) is FileInfo file)
            {
                JsonReport.Write(file.FullName, "solvers settings", measured);
            }
        });
        return command;
    }

    private static List<SettingsMeasurement> Run(string? sampler, bool plain)
    {
        List<SettingsMeasurement> measured = [];
        foreach (ProblemGroup group in ProblemGroup.All.Where(g => !plain || !g.IsModel))
        {
            var run = new SettingsRun(group);
            foreach (SettingsMeasurement m in run.Measure(
                [.. SettingsFamily.For(group.IsModel).Where(f => sampler is null || f.Name == sampler)]))
            {
                measured.Add(m);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{m.Problems,-34} {m.Sampler,-23} {m.Setting,-34} 0.2 %: {m.Coarse,9:F1}  0.1 %: {m.Fine,9:F1}  ")
                    + string.Create(
                        CultureInfo.InvariantCulture,
                        $"90 % solved: {m.Solved,9:F1} µs; {m.Gap:P3} in {m.Slowest:F0} µs"));
            }
        }

        return measured;
    }
}
