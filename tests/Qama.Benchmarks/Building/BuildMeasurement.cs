namespace Qama.Benchmarks.Building;

/// <summary>What users pay for declared classes when they build.</summary>
/// <param name="Library">Which build of the library.</param>
/// <param name="Classes">Declared classes of the larger project; the smaller has one.</param>
/// <param name="One">Seconds of processor time of a build with one class, median.</param>
/// <param name="Many">The same of the larger project.</param>
/// <param name="Repeats">Builds of either.</param>
internal sealed record BuildMeasurement(string Library, int Classes, double One, double Many, int Repeats)
{
    /// <summary>What each further class should take at most.</summary>
    public const double Limit = 0.07;

    /// <summary>The build that measures.</summary>
    public const string This = "this";

    /// <summary>Seconds that each further class takes.</summary>
    public double Further => (Many - One) / (Classes - 1);
}
