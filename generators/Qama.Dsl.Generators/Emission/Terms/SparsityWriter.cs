using System.Globalization;
using System.Linq;
using Qama.Generators.Energy;
using Qama.Generators.Lowering;
using Qama.Generators.Model;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Emission.Terms;

/// <summary>A penalty on every head's sum S = Σ_i s[h,i].</summary>
internal sealed class SparsityWriter(PlannedPenalty planned, KernelPlan plan) : TermWriter(planned)
{
    private readonly SparsityPart _part = planned.Sparsity!;

    private string Number => Planned.SparsityIndex == 0 ? "" : (Planned.SparsityIndex + 1).ToString(CultureInfo.InvariantCulture);

    public override string WeightName => "SparsityWeight" + Number;

    public override string Formula
    {
        get
        {
            string k = MathNotation.Write(_part.Count);
            return Formulas.Weight(this) + " Σ_h " + ((_part.Bound, _part.Slack) switch
            {
                (SparsityBound.Exactly, _) => $"(S_h − {k})²",
                (SparsityBound.AtMost, SlackKind.Binary) => $"max(0, S_h − {k})²",
                (SparsityBound.AtLeast, SlackKind.Binary) => $"max(0, {k} − S_h)²",
                (SparsityBound.AtMost, _) => $"(0.037 g² − 0.96 g), g = {k} − S_h",
                _ => $"(0.037 g² − 0.96 g), g = S_h − {k}",
            }) + ", S_h = Σ_i s[h,i]";
        }
    }

    public override void WriteMembers(SourceWriter writer)
    {
        string kind = (_part.Bound, _part.Slack) switch
        {
            (SparsityBound.Exactly, _) => "Exactly",
            (_, SlackKind.Binary) => _part.Bound.ToString(),
            _ => "Unbalanced" + _part.Bound,
        };
        writer.Write($"""
            /// <summary>{SourceWriter.Xml(Formula)}.</summary>
            private static global::Qama.Ising.SumPenalty Sparsity{Number}(global::System.ReadOnlySpan<double> penaltyWeights) =>
                new(global::Qama.Ising.SumPenaltyKind.{kind}, {SourceWriter.Double(_part.Count)}, {WeightText});

            /// <summary>What each slack bit of a head stands for, in steps of a weight.</summary>
            private static global::System.ReadOnlySpan<double> SparsitySlack{Number} =>
                new double[] {Coefficients(Planned.Penalty.Slack)};

            """);
    }

    public override void WriteAssembly(SourceWriter writer)
    {
        string first = $"{Planned.FirstSlack} + h * {Planned.Penalty.Slack.BitCount}";
        writer.Write($$"""
            for (int h = 0; h < HeadCount; h++)
            {
                weights.AddSumPenalty(Sparsity{{Number}}(penaltyWeights), h * Tokens, tokenCount, {{first}}, SparsitySlack{{Number}});
            }
            """);
    }

    public override void WriteEnergy(SourceWriter writer) => writer.Write($$"""
        for (int h = 0; h < HeadCount; h++)
        {
            double sum = 0;
            for (int i = 0; i < tokenCount; i++)
            {
                sum += WeightOf(state, h * Tokens + i);
            }

            energy += Sparsity{{Number}}(penaltyWeights).Energy(sum);
        }
        """);

    public override void WriteSlope(SourceWriter writer)
    {
        string sum = plan.Penalties.Count(p => p.Sparsity is not null) == 1 ? "headSum" : "headSum" + Number;
        writer.Write($$"""
            double {{sum}} = 0;
            for (int i = 0; i < tokenCount; i++)
            {
                {{sum}} += selection[i];
            }

            float {{sum}}Slope = (float)Sparsity{{Number}}(penaltyWeights).Slope({{sum}});
            for (int i = 0; i < tokenCount; i++)
            {
                slope[i] += {{sum}}Slope;
            }
            """);
    }

    private static string Coefficients(SlackEncoding slack) =>
        "{ " + string.Join(", ", Enumerable.Range(0, slack.BitCount).Select(b => SourceWriter.Double(slack.Coefficient(b)))) + " }";
}
