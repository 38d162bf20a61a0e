using System.Globalization;
using System.Linq;
using Qama.Generators.Contract;
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
            SumPenaltyShape shape = SumPenaltyShape.Of(_part.Bound, _part.Slack);
            string g = shape.Direction > 0 ? $"S_h − {k}" : $"{k} − S_h";
            return Formulas.Weight(this) + " Σ_h "
                + (shape.Floor == 0 ? $"max(0, {g})²"
                    : shape.IsHard ? $"({g})²"
                    : $"({MathNotation.Write(shape.Square)} g² − {MathNotation.Write(-shape.Linear)} g), g = {g}")
                + ", S_h = Σ_i s[h,i]";
        }
    }

    public override void WriteMembers(SourceWriter writer)
    {
        string slack = _part.IsHard ? "" : $", global::Qama.SlackKind.{_part.Slack}";
        writer.Write($"""
            /// <summary>{SourceWriter.Xml(Formula)}.</summary>
            private static global::Qama.Ising.SumPenalty Sparsity{Number}(global::System.ReadOnlySpan<double> penaltyWeights) =>
                new(global::Qama.ConstraintKind.{_part.Bound}, {SourceWriter.Double(_part.Count)}, {WeightText}{slack});

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
