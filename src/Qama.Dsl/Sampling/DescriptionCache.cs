namespace Qama.Sampling;

/// <summary>The words for settings, made once for settings that stay the same: provenance costs no allocation per call.</summary>
internal sealed class DescriptionCache<TSettings>
    where TSettings : IEquatable<TSettings>
{
    private Entry? _entry;

    /// <summary>The words for settings.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="describe">Makes the words; static, so that it is no allocation either.</param>
    public string Get(TSettings settings, Func<TSettings, string> describe)
    {
        Entry? entry = _entry;
        if (entry is null || !entry.Settings.Equals(settings))
        {
            _entry = entry = new Entry(settings, describe(settings));
        }

        return entry.Words;
    }

    private sealed record Entry(TSettings Settings, string Words);
}
