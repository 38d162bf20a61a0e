using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Qama.Generators.Emission.Terms;
using Qama.Generators.Energy;
using Qama.Generators.Lowering;
using Qama.Generators.Model;

namespace Qama.Generators.Emission;

/// <summary>Writes the energy of a model, as the runtime's <c>IDeclaredEnergy</c>: every weight and every penalty once.</summary>
internal sealed class EnergyWriter(SourceWriter writer, KernelPlan plan)
{
    /// <summary>The type's name.</summary>
    public const string Name = "Energy";

    private const string Interface = "global::Qama.Problems.IDeclaredEnergy";
    private const string Computed = "global::System.ReadOnlySpan<double> computed";

    private readonly PlannedPenalty[] _positions =
        [.. plan.Penalties.Where(p => p.IsByPosition)];

    private readonly PlannedPenalty[] _sums = [.. plan.Penalties.Where(p => p.Penalty.Domain == PenaltyDomain.Heads)];

    public void Write()
    {
        writer.Write("/// <summary>The energy of a selection: every weight and penalty, final weights.</summary>");
        writer.Open($"public readonly struct {Name} : {Interface}");
        writer.Write($"static int {Interface}.Tokens => Tokens;");
        Property("int", "Heads", "HeadCount");
        Property("int", "Bits", "SelectionBits");
        WriteCoefficients();
        foreach (PlannedPenalty penalty in plan.Penalties.Except(_positions).Except(_sums))
        {
            WritePenalty(penalty);
        }

        WritePositions();
        WriteSums();
        if (plan.ConstraintWeights.Length > 0)
        {
            new ConstraintsWriter(writer, plan).Write();
        }

        writer.Close();
    }

    private void WriteCoefficients()
    {
        writer.Write("\n// Coupling: " + Formulas.Coupling(plan)).Write($"static double {Interface}.CouplingWeight => CouplingWeight;");
        Flag("HasCoupling", false, !plan.Specification.HasCoupling);
        Flag("HasSymmetricCouplings", false, !plan.Specification.Coupling.Symmetrise);
        Flag("KeepsDiagonal", true, plan.Specification.Coupling.KeepDiagonal);
        Flag("HasCompactFeatures", true, FactoredCouplings.AreCompactIn(plan.Specification));
        if (plan.Features is not null)
        {
            WritePairs();
        }

        if (plan.HasField)
        {
            writer.Write("\n// Field: " + Formulas.Field(plan)).Write($"static double {Interface}.FieldWeight => FieldWeight;");
            Flag("HasField", true, true);
        }
    }

    /// <summary>What annealing on features is told instead of tables of pairs.</summary>
    private void WritePairs()
    {
        if (plan.Window > 0)
        {
            Property("int", "CouplingWindow", Number(plan.Window));
        }

        if (plan.Block > 0)
        {
            Property("int", "CouplingBlock", Number(plan.Block));
        }

        if (plan.Specification.LongRange is { } longRange)
        {
            Property(
                "global::Qama.Problems.DistancePenalty", "LongRange",
                $"new(global::Qama.LongRangeForm.{longRange.Form}, global::Qama.Decay.{longRange.Decay}, {Number(longRange.MinDistance)}, "
                + $"{Number(plan.Specification.Geometry.LargestDistance)}, {SourceWriter.Double(longRange.Weight)})");
        }
    }

    private void WritePenalty(PlannedPenalty penalty)
    {
        writer.Write(Described(penalty));
        if (penalty.Penalty.Domain == PenaltyDomain.Tokens)
        {
            Property("double", "Curvature", WeightOf(penalty));
            return;
        }

        writer.Write($"public static double GetExclusion({Computed}) => {WeightOf(penalty)};");
        Flag("HasExclusion", true, true);
        Flag("IsExclusionHard", true, plan.Specification.Exclusion!.Hard);
        if (plan.Specification.ExclusionTokens > 0)
        {
            Property("int", "ExclusionTokens", Number(plan.Specification.ExclusionTokens));
        }

        Flag("ExclusionOnBits", true, penalty.Penalty.Domain == PenaltyDomain.HeadPairsAtBit);
    }

    private void WritePositions()
    {
        if (_positions.Length == 0)
        {
            return;
        }

        bool[] areOfPairs = [.. _positions.Select(p => p.Penalty.Domain == PenaltyDomain.TokenPairs)];
        var functions = new PositionFunctions(writer, plan);
        for (int p = 0; p < _positions.Length; p++)
        {
            writer.Write(Described(_positions[p]));
            functions.WriteFunction(
                NameOf(p), areOfPairs[p] ? "The energy of selecting tokens i < j of one head together." : "The energy of selecting token i.",
                Coefficient(p), areOfPairs[p], isMasked: areOfPairs[p] && plan.HasPairMask);
        }

        Property("int", "PositionPenaltyCount", Number(_positions.Length));
        Flag("HasPairPenalties", true, areOfPairs.Contains(true));
        Flag("HasTokenPenalties", true, areOfPairs.Contains(false));
        Flag("PairPenaltiesPerHead", true, Enumerable.Range(0, _positions.Length).Any(p => areOfPairs[p] && Coefficient(p).DependsOnHead));
        Flag("TokenPenaltiesPerHead", true, Enumerable.Range(0, _positions.Length).Any(p => !areOfPairs[p] && Coefficient(p).DependsOnHead));
        if (areOfPairs.Contains(false))
        {
            writer.Write($"public static bool IsOfPairs(int penalty) => {(areOfPairs.Contains(true) ? "penalty is " + string.Join(" or ", Of(true).Select(Number)) : "false")};");
            WriteChoice("double", "TokenPenalty(int penalty, int h, int i)", "penalty", Of(false), p => Call(p, "i"));
        }

        if (areOfPairs.Contains(true))
        {
            WriteChoice("double", "PairPenalty(int penalty, int h, int i, int j)", "penalty", Of(true), p => Call(p, "i, j"));
        }

        IEnumerable<int> Of(bool pairs) => Enumerable.Range(0, _positions.Length).Where(p => areOfPairs[p] == pairs);

        string Call(int p, string positions) => $"{NameOf(p)}({PositionFunctions.Arguments(Coefficient(p), positions)})";
    }

    private void WriteSums()
    {
        if (_sums.Length == 0)
        {
            return;
        }

        writer.Write(string.Concat(_sums.Select(Described)));

        IEnumerable<int> all = Enumerable.Range(0, _sums.Length);
        Property("int", "SumPenaltyCount", Number(_sums.Length));
        WriteChoice("global::Qama.Ising.SumPenalty", $"GetSumPenalty(int index, {Computed})", "index", all, c => SumPenalty(_sums[c]));
        if (_sums.Any(s => s.Penalty.Slack.BitCount > 0))
        {
            WriteChoice("global::System.ReadOnlySpan<double>", "GetSlack(int index)", "index", all, c => SlackOf(_sums[c].Penalty.Slack));
        }
    }

    /// <summary>A method that has one of some values; a switch only where there is a choice.</summary>
    private void WriteChoice(string type, string method, string argument, IEnumerable<int> numbers, Func<int, string> value)
    {
        int[] all = [.. numbers];
        if (all.Length == 1)
        {
            writer.Write($"public static {type} {method} => {value(all[0])};");
            return;
        }

        writer.Block($"public static {type} {method} => {argument} switch", () =>
        {
            foreach (int number in all)
            {
                writer.Write($"{(number == all[all.Length - 1] ? "_" : Number(number))} => {value(number)},");
            }
        }, "};");
    }

    private static string SumPenalty(PlannedPenalty penalty)
    {
        SparsityPart part = penalty.Sparsity!;
        string slack = part.IsHard ? "" : $", global::Qama.SlackKind.{part.Slack}";
        return $"new(global::Qama.ConstraintKind.{part.Bound}, {SourceWriter.Double(part.Count)}, {WeightOf(penalty)}{slack})";
    }

    /// <summary>What each slack bit of a head stands for, in steps of a weight.</summary>
    private static string SlackOf(SlackEncoding slack) =>
        "new double[] { " + string.Join(", ", Enumerable.Range(0, slack.BitCount).Select(b => SourceWriter.Double(slack.Coefficient(b)))) + " }";

    private static string WeightOf(PlannedPenalty penalty) =>
        penalty.Weight is { } weight ? SourceWriter.Double(weight) : $"computed[{Number(penalty.ComputedIndex)}]";

    private Expression Coefficient(int position) => _positions[position].Penalty.Domain == PenaltyDomain.TokenPairs
        ? _positions[position].Penalty.PairCoefficient
        : _positions[position].Penalty.TokenCoefficient;

    /// <summary>By number: users call two terms the same, or like anything that generated code has.</summary>
    private static string NameOf(int position) => "Penalty" + Number(position);

    private string Described(PlannedPenalty penalty) => "\n// " + penalty.Penalty.Name + ": " + Formulas.Of(penalty, plan);

    private void Property(string type, string name, string value) => writer.Write($"public static {type} {name} => {value};");

    private void Flag(string name, bool value, bool applies)
    {
        if (applies)
        {
            Property("bool", name, value ? "true" : "false");
        }
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
