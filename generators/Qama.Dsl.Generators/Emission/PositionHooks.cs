using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Qama.Generators.Energy;
using Qama.Generators.Lowering;
using Qama.Generators.Model;

namespace Qama.Generators.Emission;

/// <summary>What a causal layer is asked about the positions of tokens: their penalties, and which pairs interact.</summary>
internal sealed class PositionHooks(SourceWriter writer, KernelPlan plan)
{
    private const string Pair = "PairPenaltyOf";
    private const string Token = "TokenPenaltyOf";

    private readonly string _element = plan.ElementType.Name;
    private readonly PlannedPenalty[] _penalties = [.. plan.Penalties.Where(p => p.IsByPosition)];

    public void Write()
    {
        if (Has(PenaltyDomain.TokenPairs))
        {
            Override($$"""
                void {{GeneratedNames.AddPairPenalties}}(int head, int token, global::System.ReadOnlySpan<int> others, global::System.Span<{{_element}}> penalties)
                {
                    for (int c = 0; c < others.Length; c++)
                    {
                        if (others[c] != token)
                        {
                            penalties[c] += ({{_element}}){{GeneratedNames.Nested}}.{{Pair}}(head, global::System.Math.Min(token, others[c]), global::System.Math.Max(token, others[c]));
                        }
                    }
                }
                """);
        }

        if (Has(PenaltyDomain.TokenFields))
        {
            Override($$"""
                void {{GeneratedNames.AddTokenPenalties}}(int head, global::System.ReadOnlySpan<int> tokens, global::System.Span<{{_element}}> penalties)
                {
                    for (int c = 0; c < tokens.Length; c++)
                    {
                        penalties[c] += ({{_element}}){{GeneratedNames.Nested}}.{{Token}}(head, tokens[c]);
                    }
                }
                """);
        }

        if (plan.HasPairMask)
        {
            Override($$"""
                void {{GeneratedNames.FindInteracting}}(int token, global::System.ReadOnlySpan<int> others, global::System.Span<{{_element}}> interacting)
                {
                    for (int c = 0; c < others.Length; c++)
                    {
                        interacting[c] = {{GeneratedNames.Nested}}.Interact(token, others[c]) ? 1 : 0;
                    }
                }
                """);
        }

        PartWriter.Nested(writer, WriteFunctions);
    }

    private void WriteFunctions()
    {
        if (plan.HasPairMask)
        {
            writer.Write("/// <summary>Whether two tokens see each other: tokens always see themselves.</summary>");
            writer.Write("public static bool Interact(int i, int j) => i == j || Interacts(i, j);").Line();
        }

        WriteSum(PenaltyDomain.TokenPairs, Pair, "int h, int i, int j", "i, j", "The energy of selecting tokens i < j of one head together.");
        WriteSum(PenaltyDomain.TokenFields, Token, "int h, int i", "i", "The energy of selecting token i.");
    }

    private void WriteSum(PenaltyDomain domain, string name, string parameters, string positions, string summary)
    {
        if (!Has(domain))
        {
            return;
        }

        var functions = new PositionFunctions(writer, plan);
        bool isPair = domain == PenaltyDomain.TokenPairs;
        var calls = new List<string>();
        foreach (PlannedPenalty penalty in _penalties.Where(p => p.Penalty.Domain == domain))
        {
            string part = name + calls.Count.ToString(CultureInfo.InvariantCulture);
            Expression value = isPair ? penalty.Penalty.PairCoefficient : penalty.Penalty.TokenCoefficient;
            functions.WriteFunction(part, penalty.Penalty.Name + ". " + summary, value, isPair, isMasked: isPair && plan.HasPairMask);
            calls.Add($"{part}({PositionFunctions.Arguments(value, positions)})");
        }

        writer.Write($"/// <summary>{SourceWriter.Xml(summary)}</summary>");
        writer.Write($"public static double {name}({parameters}) => {string.Join(" + ", calls)};").Line();
    }

    private bool Has(PenaltyDomain domain) => _penalties.Any(p => p.Penalty.Domain == domain);

    private void Override(string member) => writer.Write("/// <inheritdoc/>").Mark().Write("protected override " + member).Line();
}
