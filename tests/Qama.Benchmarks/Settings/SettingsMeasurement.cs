namespace Qama.Benchmarks.Settings;

/// <summary>What a sampler reaches with a setting on a group of problems; times in microseconds per problem, null where
/// no budget was enough.</summary>
/// <param name="Sampler">The sampler.</param>
/// <param name="Setting">The setting.</param>
/// <param name="IsDefault">Whether it is the sampler's default.</param>
/// <param name="Problems">The group.</param>
/// <param name="IsModel">Whether a declared model poses them.</param>
/// <param name="IsValidation">Whether settings are not chosen on them.</param>
/// <param name="Coarse">Time to a mean gap of 0.2 %.</param>
/// <param name="Fine">Time to a mean gap of 0.1 %.</param>
/// <param name="Solved">Time to the best-known energy on 90 % of problems.</param>
/// <param name="Slowest">Time of the largest budget.</param>
/// <param name="Gap">Mean gap with the largest budget.</param>
internal sealed record SettingsMeasurement(
    string Sampler, string Setting, bool IsDefault, string Problems, bool IsModel, bool IsValidation, double? Coarse,
    double? Fine, double? Solved, double Slowest, double Gap)
{
    private const double NoGap = 1e-5; // that of a solved problem

    /// <summary>Time relative to another setting's, over the three aims; an aim that is not reached counts the largest
    /// budget's time.</summary>
    public IEnumerable<double> TimeOver(SettingsMeasurement other) =>
    [
        (Coarse ?? Slowest) / (other.Coarse ?? other.Slowest), (Fine ?? Slowest) / (other.Fine ?? other.Slowest),
        (Solved ?? Slowest) / (other.Solved ?? other.Slowest),
    ];

    /// <summary>The last gap relative to another setting's.</summary>
    public double GapOver(SettingsMeasurement other) => (Math.Max(Gap, 0) + NoGap) / (Math.Max(other.Gap, 0) + NoGap);
}

/// <summary>A setting beside the default, over all groups of a kind.</summary>
/// <param name="Sampler">The sampler.</param>
/// <param name="IsModel">Whether declared models pose the problems.</param>
/// <param name="Setting">The setting.</param>
/// <param name="TuningTime">Time to the aims over the default's, geometric mean, on the problems for tuning.</param>
/// <param name="TuningGap">Gap of the largest budget over the default's, the same.</param>
/// <param name="ValidationTime">Time on the problems for validation.</param>
/// <param name="ValidationGap">Gap on the problems for validation.</param>
internal sealed record SettingsComparison(
    string Sampler, bool IsModel, string Setting, double TuningTime, double TuningGap, double ValidationTime,
    double ValidationGap)
{
    /// <summary>All settings of all samplers.</summary>
    public static IReadOnlyList<SettingsComparison> Of(IReadOnlyList<SettingsMeasurement> measured) =>
    [
        .. from m in measured
           group m by (m.Sampler, m.IsModel, m.Setting) into setting
           let pairs = setting.Select(m => (m, Default: measured.First(
               d => d.IsDefault && d.Sampler == m.Sampler && d.Problems == m.Problems))).ToList()
           let tuning = pairs.Where(p => !p.m.IsValidation).ToList()
           let validation = pairs.Where(p => p.m.IsValidation).ToList()
           select new SettingsComparison(
               setting.Key.Sampler, setting.Key.IsModel, setting.Key.Setting,
               Mean(tuning.SelectMany(p => p.m.TimeOver(p.Default))), Mean(tuning.Select(p => p.m.GapOver(p.Default))),
               Mean(validation.SelectMany(p => p.m.TimeOver(p.Default))),
               Mean(validation.Select(p => p.m.GapOver(p.Default)))),
    ];

    private static double Mean(IEnumerable<double> ratios) =>
        Math.Exp(ratios.Select(r => Math.Log(r)).DefaultIfEmpty().Average());
}
