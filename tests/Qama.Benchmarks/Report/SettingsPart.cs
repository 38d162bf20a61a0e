using Qama.Benchmarks.Settings;
using static Qama.Benchmarks.Report.Markdown;

namespace Qama.Benchmarks.Report;

/// <summary>The part about the samplers' defaults.</summary>
internal static class SettingsPart
{
    public static void Write(Markdown page, JsonReport<List<SettingsMeasurement>>? file)
    {
        if (file is null)
        {
            return;
        }

        List<SettingsMeasurement> measured = file.Measurements;
        page.Heading("Samplers: whether the defaults hold");
        page.Paragraph(Format($"""
            Problems that none of the sections above was tuned on: of models that the command trains itself, on the UCI
            digits enlarged to patches of 4x4 pixels, with several seeds, lengths of training, presets and sizes; and plain
            ones from a generator. A setting may be chosen on the problems for tuning only; those for validation have other
            seeds, lengths and sizes, and say whether the choice carries over. One thread, processor time, all settings of a
            sampler in turns with the same budgets and keys.
            Measured on: {file.Processor}, which others used too: ratios mean more than microseconds.
            """));
        WriteAnnealing(page, measured);
        WriteComparisons(page, measured);
    }

    private static void WriteAnnealing(Markdown page, List<SettingsMeasurement> measured)
    {
        page.Paragraph("""
            Annealing with its defaults beside the first temperature 0.2, which the longer annealings of the sections above
            use: µs per problem to a mean gap of 0.2 %, of 0.1 %, and to the best-known energy on 90 % of problems. A dash:
            not with any budget.
            """);
        page.Header("problems", "for", "defaults: 0.2 %", "0.1 %", "90 %", "0.2: 0.2 %", "0.1 %", "90 %");
        foreach (SettingsMeasurement m in measured.Where(m => m.Sampler == SettingsFamily.AnnealingName && m.IsDefault))
        {
            SettingsMeasurement cold = measured.Single(
                o => o.Sampler == m.Sampler && o.Problems == m.Problems && o.Setting == SettingsFamily.ColdStart);
            page.Row(
                m.Problems, m.IsValidation ? "validation" : "tuning", Time(m.Coarse), Time(m.Fine), Time(m.Solved),
                Time(cold.Coarse), Time(cold.Fine), Time(cold.Solved));
        }

        page.EndTable();

        static string Time(double? time) => time is double t ? Number(t) : "–";
    }

    private static void WriteComparisons(Markdown page, List<SettingsMeasurement> measured)
    {
        page.Paragraph("""
            Other settings beside the defaults (the first of each sampler): the time to the three aims, where an aim that is
            not reached counts the largest budget's time, and the gap that the largest budget leaves; geometric means of
            ratios, below 1 where the setting is better. Gaps near 0 are counted from 0.001 % on.
            """);
        page.Header("sampler", "problems", "setting", "tuning: time", "gap", "validation: time", "gap");
        foreach (SettingsComparison c in SettingsComparison.Of(measured).OrderBy(c => c.Sampler, StringComparer.Ordinal)
            .ThenByDescending(c => c.IsModel))
        {
            page.Row(
                c.Sampler, c.IsModel ? "models" : "plain", c.Setting, Number(c.TuningTime), Number(c.TuningGap),
                Number(c.ValidationTime), Number(c.ValidationGap));
        }

        page.EndTable();
        page.Paragraph(Verdict(SettingsComparison.Of(measured)));
    }

    // What would be chosen, and whether it holds: a setting must win by more than the noise of shared machines.
    private static string Verdict(IReadOnlyList<SettingsComparison> all)
    {
        const double Enough = 0.85;
        List<string> lines = [];
        foreach (var sampler in all.GroupBy(c => (c.Sampler, c.IsModel)))
        {
            SettingsComparison best = sampler.MinBy(c => c.TuningTime)!;
            string name = $"{sampler.Key.Sampler}, {(sampler.Key.IsModel ? "models" : "plain")}";
            lines.Add(best.TuningTime > Enough
                ? Format($"- {name}: nothing is faster than the defaults by {1 - Enough:P0} on the problems for tuning.")
                : Format($"""
                    - {name}: {best.Setting} takes {best.TuningTime:F2} of the defaults' time and leaves {best.TuningGap:F2} of their
                      gap on the problems for tuning, {best.ValidationTime:F2} and {best.ValidationGap:F2} on those for
                      validation{(best.TuningGap > 1 ? ": not chosen, because of the gap" : "")}.
                    """));
        }

        return string.Join("\n", lines);
    }
}
