using System.Globalization;
using Qama.Cim;
using Qama.Ising.Precision;

namespace Qama.Examples.CimInference;

/// <summary>What is printed at the end.</summary>
internal static class Report
{
    public static void Print(
        IReadOnlyList<int> labels, (int[] Classes, double MeanEnergy) machine, (int[] Classes, double MeanEnergy) simulator,
        CimPlan plan, CimStatistics statistics)
    {
        PrecisionReport[] reports = [.. plan.Problems.Select(p => p.Report)];
        Line($"accuracy          machine {Share(s => machine.Classes[s] == labels[s]):0.0%}, simulator {Share(s => simulator.Classes[s] == labels[s]):0.0%}");
        Line($"same class        {Share(s => machine.Classes[s] == simulator.Classes[s]):0.0%}");
        Line($"mean energy       machine {machine.MeanEnergy:0.000}, simulator {simulator.MeanEnergy:0.000}");
        Line($"tasks             {statistics.Tasks} for {statistics.Problems} problems, {statistics.TasksSaved} saved by packing");
        Line($"submitted now     {statistics.Submissions}; {statistics.TasksReused} were in the journal");
        Line($"decided exactly   {reports.Average(r => r.FixedVariables):0.0} of {reports[0].Variables} variables a problem");
        Line($"without a task    {statistics.ProblemsWithoutTask} problems, decided whole");
        Line($"spins             {reports.Average(r => r.Spins):0.0} a problem, {reports.Average(r => r.FieldSpins):0.0} of them share fields");
        Line($"rounding          {reports.Sum(r => r.RoundedToZero)} of {reports.Sum(r => r.Terms)} coefficients to zero");
        Line($"error             largest {reports.Max(r => r.MaxError):G3}, mean {reports.Average(r => r.MeanError):G3}");

        double Share(Func<int, bool> holds) => Enumerable.Range(0, labels.Count).Count(holds) / (double)labels.Count;
    }

    private static void Line(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
