using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Qama.Generators.Emission.Terms;
using Qama.Generators.Energy;
using Qama.Generators.Lowering;
using Qama.Generators.Model;

namespace Qama.Generators.Emission;

/// <summary>Penalties by position of a layer with several problems of a sample: the runtime makes them part of the problems' couplings and
/// fields.</summary>
internal sealed class PositionPenalties(SourceWriter writer, KernelPlan plan)
{
    private readonly PlannedPenalty[] _penalties = [.. plan.Penalties.Where(IsOne)];

    /// <summary>Whether a penalty depends on positions.</summary>
    public static bool IsOne(PlannedPenalty penalty) => penalty.Penalty.Domain is PenaltyDomain.TokenPairs or PenaltyDomain.TokenFields;

    /// <summary>Writes what the base class asks for, and the functions behind it.</summary>
    public void WriteOverrides(Action<string> write)
    {
        if (Of(pairs: true).Any())
        {
            write($"bool {GeneratedNames.HasPairPenalties} => true;");
            write($"double {GeneratedNames.PairPenalty}(int head, int first, int second) => {GeneratedNames.Nested}.{GeneratedNames.PairPenalty}(head, first, second);");
        }

        if (Of(pairs: false).Any())
        {
            write($"double {GeneratedNames.TokenPenalty}(int head, int token) => {GeneratedNames.Nested}.{GeneratedNames.TokenPenalty}(head, token);");
        }

        if (_penalties.Length > 0)
        {
            PartWriter.Nested(writer, WriteFunctions);
        }
    }

    private void WriteFunctions()
    {
        var functions = new PositionFunctions(writer, plan);
        for (int p = 0; p < _penalties.Length; p++)
        {
            writer.Write("// " + _penalties[p].Penalty.Name + ": " + Formulas.Of(_penalties[p], plan));
            functions.WriteFunction(
                NameOf(p), IsPair(p) ? "The energy of selecting keys i < j of one head together." : "The energy of selecting key i.",
                Coefficient(p), IsPair(p), isMasked: false);
        }

        WriteSum($"{GeneratedNames.PairPenalty}(int h, int i, int j)", pairs: true, "i, j");
        WriteSum($"{GeneratedNames.TokenPenalty}(int h, int i)", pairs: false, "i");
    }

    private void WriteSum(string method, bool pairs, string positions)
    {
        string[] terms = [.. Of(pairs).Select(p => $"{NameOf(p)}({PositionFunctions.Arguments(Coefficient(p), positions)})")];
        if (terms.Length > 0)
        {
            writer.Write("/// <summary>All penalties together.</summary>").Write($"public static double {method} => {string.Join(" + ", terms)};").Line();
        }
    }

    private IEnumerable<int> Of(bool pairs) => Enumerable.Range(0, _penalties.Length).Where(p => IsPair(p) == pairs);

    private bool IsPair(int penalty) => _penalties[penalty].Penalty.Domain == PenaltyDomain.TokenPairs;

    private Expression Coefficient(int penalty) =>
        IsPair(penalty) ? _penalties[penalty].Penalty.PairCoefficient : _penalties[penalty].Penalty.TokenCoefficient;

    private static string NameOf(int penalty) => "Penalty" + penalty.ToString(CultureInfo.InvariantCulture);
}
