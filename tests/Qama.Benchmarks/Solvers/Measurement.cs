namespace Qama.Benchmarks.Solvers;

/// <summary>What a sampler reached with a budget.</summary>
/// <param name="Sampler">The sampler.</param>
/// <param name="Budget">The budget.</param>
/// <param name="Unit">What the budget counts.</param>
/// <param name="Gap">Mean of (E − best)/|best| over problems and repeats.</param>
/// <param name="Solved">Share of problems within 1e-5 of the best-known energy.</param>
/// <param name="Microseconds">Time per problem on one thread: median over repeats of the whole batch.</param>
/// <param name="Repeats">Number of repeats.</param>
internal sealed record Measurement(
    string Sampler, int Budget, string Unit, double Gap, double Solved, double Microseconds, int Repeats)
{
    /// <summary>Problems per second relative to the baseline's at the same gap; null where the baseline was not measured
    /// at that gap.</summary>
    public double? TimesBaseline { get; init; }
}
