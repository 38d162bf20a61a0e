namespace Qama.Benchmarks.Plain;

/// <summary>What annealing reaches in a time.</summary>
/// <param name="Problem">The problem's name.</param>
/// <param name="Kind">Public or generated.</param>
/// <param name="Variables">Variables.</param>
/// <param name="Density">Share of pairs that interact.</param>
/// <param name="Budget">Milliseconds aimed at.</param>
/// <param name="Annealings">Annealings.</param>
/// <param name="Sweeps">Sweeps of each.</param>
/// <param name="Milliseconds">Time of a read, median.</param>
/// <param name="Gap">Mean of (E − best)/|best|.</param>
/// <param name="Reads">Reads.</param>
/// <param name="Best">The energy that gaps are counted from.</param>
internal sealed record PlainGap(
    string Problem, string Kind, int Variables, double Density, int Budget, int Annealings, int Sweeps,
    double Milliseconds, double Gap, int Reads, double Best);

/// <summary>What one step of a sampler takes.</summary>
/// <param name="Sampler">The sampler, and what a step of it is.</param>
/// <param name="Variables">Variables.</param>
/// <param name="Density">Share of pairs that interact.</param>
/// <param name="Microseconds">Time of a step: of two runs' difference.</param>
internal sealed record PlainStep(string Sampler, int Variables, double Density, double Microseconds);

/// <summary>What both forms of rows take.</summary>
/// <param name="Variables">Variables.</param>
/// <param name="Density">Share of pairs that interact.</param>
/// <param name="Annealing">Time of annealing with compressed rows over that with rows written out.</param>
/// <param name="Bifurcation">The same of bifurcation.</param>
internal sealed record PlainForms(int Variables, double Density, double Annealing, double Bifurcation);

/// <summary>What is done before the first sweep.</summary>
/// <param name="Problem">What is set up.</param>
/// <param name="Variables">Variables.</param>
/// <param name="Milliseconds">Time, median.</param>
/// <param name="OverRead">Over the time of reading the coefficients once.</param>
internal sealed record PlainSetup(string Problem, int Variables, double Milliseconds, double OverRead);

/// <summary>All of them.</summary>
internal sealed record PlainReport(List<PlainGap> Gaps, List<PlainStep> Steps, List<PlainForms> Forms,
    List<PlainSetup> Setups);
