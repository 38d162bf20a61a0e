using System.Text.Json.Nodes;
using Qama.Tool.Formats;
using Qama.Tool.Solving;

namespace Qama.Tool;

/// <summary>Results of <c>qama solve</c> as JSON.</summary>
internal static class SolveDocument
{
    /// <summary>The document.</summary>
    /// <param name="path">The problem's file.</param>
    /// <param name="format">Its format.</param>
    /// <param name="problem">The problem.</param>
    /// <param name="results">Results that have a state.</param>
    /// <param name="known">The best value known, or null.</param>
    /// <param name="allStates">All states that are kept, or the best alone.</param>
    public static JsonObject Create(
        string path, ProblemFormat format, PlainProblem problem, IReadOnlyList<SolveResult> results, double? known,
        bool allStates) => new()
        {
            ["file"] = path,
            ["format"] = format.Id,
            ["objective"] = Report.Goal(problem.Objective),
            ["kind"] = ProblemFormat.Word(problem.Kind),
            ["variables"] = problem.Size,
            ["known"] = known,
            ["labels"] = problem.Labels is null ? null
                : new JsonArray([.. problem.Labels.Select(l => JsonNode.Parse(l))]),
            ["runs"] = new JsonArray([.. results.Select(r => Run(problem, r, known, allStates))]),
        };

    /// <summary>The course of simulated annealing, as a run that <c>qama report</c> reads.</summary>
    /// <param name="path">The problem's file.</param>
    /// <param name="format">Its format.</param>
    /// <param name="problem">The problem.</param>
    /// <param name="settings">The search's settings.</param>
    /// <param name="trace">What was seen, in the mean over reads.</param>
    public static JsonObject Trace(
        string path, ProblemFormat format, PlainProblem problem, SolveSettings settings,
        (int Reads, IReadOnlyList<SweepRecord> Sweeps) trace) => new()
        {
            ["file"] = path,
            ["format"] = format.Id,
            ["objective"] = Report.Goal(problem.Objective),
            ["kind"] = ProblemFormat.Word(problem.Kind),
            ["variables"] = problem.Size,
            ["sampler"] = settings.Sampler,
            ["seed"] = settings.Seed,
            ["sweeps"] = settings.SweepsOfRead,
            ["reads"] = trace.Reads,
            ["acceptance"] = "mean over flips of the states after a sweep, (1 + exp(4 dE/T))^(-1/4)",
            ["annealing"] = new JsonArray([.. trace.Sweeps.Select(s => (JsonNode)new JsonObject
            {
                ["sweep"] = s.Sweep, ["temperature"] = s.Temperature, ["acceptance"] = s.Acceptance, ["changed"] = s.Changed,
                ["value"] = s.Value, ["best"] = s.Best,
            })]),
        };

    /// <summary>How far a value is from the best known, in its direction: positive is worse.</summary>
    public static double Gap(PlainProblem problem, double value, double known)
    {
        double difference = problem.Objective == Objective.Least ? value - known : known - value;
        return known == 0 ? difference : difference / Math.Abs(known);
    }

    /// <summary>The same in words.</summary>
    public static string GapText(PlainProblem problem, double value, double known)
    {
        double gap = Gap(problem, value, known);
        string size = known == 0 ? Report.Number(Math.Abs(gap)) : Report.Percent(Math.Abs(gap));
        return gap < 0 ? $"better by {size}" : $"gap {size}";
    }

    private static JsonObject Run(PlainProblem problem, SolveResult result, double? known, bool allStates)
    {
        double value = problem.Value(result.Best!.Energy);
        return new()
        {
            ["sampler"] = result.Settings.Sampler,
            ["seed"] = result.Settings.Seed,
            ["sweeps"] = result.Settings.SweepsOfRead,
            ["value"] = value,
            ["energy"] = result.Best.Energy,
            ["gap"] = known is { } k ? Gap(problem, value, k) : null,
            ["reads"] = result.Reads,
            ["readsAtBest"] = result.ReadsAtBest,
            ["seconds"] = result.Seconds,
            ["cancelled"] = result.IsCancelled,
            ["firstLook"] = result.IsFirstLook,
            ["race"] = new JsonArray(
                [.. result.Race.Select(
                    p => new JsonObject { ["seconds"] = p.Seconds, ["value"] = problem.Value(p.Energy) })]),
            ["values"] = new JsonArray([.. result.States.Select(s => (JsonNode)problem.Value(s.Energy))]),
            ["states"] = new JsonArray([.. result.States.Take(allStates ? int.MaxValue : 1).Select(s => new JsonObject
            {
                ["value"] = problem.Value(s.Energy), ["energy"] = s.Energy,
                ["state"] = new JsonArray([.. s.State.Select(x => (JsonNode)(int)x)]),
            })]),
        };
    }
}
