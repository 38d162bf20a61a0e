using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Qama.Generators.Contract;
using Qama.Generators.Energy;
using Qama.Generators.Model;
using Qama.Generators.Model.Terms;
using Qama.Generators.Vocabulary;

namespace Qama.Generators.Validation.Machine;

/// <summary>The Ising coefficients of a model as far as its declaration determines them. A machine's integers are all in one
/// scale, so the largest coefficient decides what the others round to.</summary>
/// <param name="Terms">Every term of the energy.</param>
internal sealed record ModelFootprint(ImmutableArray<TermFootprint> Terms)
{
    private static readonly (Func<TermFootprint, Interval> Of, string Where)[] _kinds =
    [
        (t => t.HeadPair, "pairs of tokens"), (t => t.TokenPair, "pairs of heads"), (t => t.Field, "fields"),
    ];

    /// <summary>The largest coefficient of every problem is this or more; 0 where nothing is known.</summary>
    public double LeastLargest => Math.Max(_kinds.Max(k => Below(k.Of)), Terms.Select(t => t.Slack).DefaultIfEmpty().Max());

    /// <summary>The term that makes the largest coefficient large.</summary>
    public TermFootprint? Dominant => Terms.Where(t => !double.IsInfinity(t.Largest)).OrderByDescending(t => t.Largest).FirstOrDefault();

    public static ModelFootprint Of(ModelSpecification model) => new([.. Read(model)]);

    private double Below(Func<TermFootprint, Interval> of)
    {
        Interval sum = Interval.Point(0);
        foreach (TermFootprint term in Terms)
        {
            sum += of(term);
        }

        return sum.Contains(0) ? 0 : Math.Min(Math.Abs(sum.Low), Math.Abs(sum.High));
    }

    private static IEnumerable<TermFootprint> Read(ModelSpecification model)
    {
        int bits = model.Selection.Bits;
        double c = (double)(1 << (bits - 1)) / ((1 << bits) - 1);
        double pair = c * c / 4;
        TokenGeometry geometry = model.Geometry;
        var partners = new Interval(0, geometry.MostPartners);
        bool pairs = geometry.PairCount > 0;
        if (model.HasCoupling)
        {
            Interval j = -model.Coupling.Weight * ModelBounds.Coupling(model);
            yield return new TermFootprint("Coupling", model.Coupling.Origin)
            {
                HeadPair = pairs ? 2 * pair * j : Interval.Point(0),
                Field = (c / 2 * partners * j) + (model.Coupling.KeepDiagonal ? c / 2 * j : Interval.Point(0)),
            };
        }

        if (model.DeclaresField)
        {
            yield return new TermFootprint("Field", model.Field.Origin)
            {
                IsField = true,
                Field = -model.Field.FinalWeight(model.Tokens) * c / 2 * ModelBounds.Field(model),
            };
        }

        if (model.Selection.Curvature != 0)
        {
            yield return new TermFootprint("SoftSelection", model.Selection.Origin)
            {
                IsField = true,
                Field = Interval.Point(model.Selection.Curvature * c / 2),
            };
        }

        ImmutableArray<ModelConstraint> constraints = ModelConstraints.Of(model);
        if (model.HasExclusion())
        {
            ModelConstraint? hard = constraints.FirstOrDefault(k => k.Index < 0);
            Interval weight = Weight(hard, ModelPenalties.ExclusionWeight(model));
            bool onBits = ModelPenalties.ExclusionTargetOf(model) == ExclusionTarget.Bits;
            yield return new TermFootprint("HeadExclusion", model.Exclusion!.Origin)
            {
                Constraint = hard,
                TokenPair = (onBits ? 0.25 : pair) * weight,
                Field = (model.HeadCount - 1) * (onBits ? 1 : c) / 4 * weight,
            };
        }

        if (model.LongRange is { } range)
        {
            Penalty penalty = ModelPenalties.LongRange(model, new ExpressionPool(1));
            double strongest = new PenaltyTable(penalty, ModelTerms.PositionsOf(model)).Strongest;

            // Some pair has the strongest coefficient: the one that is looked at.
            yield return new TermFootprint("LongRange", range.Origin)
            {
                HeadPair = Interval.Point(pair * strongest),
                Field = (c / 4 * strongest) * partners,
            };
        }

        foreach ((Penalty penalty, _) in ModelTerms.Penalties(model, new ExpressionPool(1)))
        {
            // Some pair or token has the strongest coefficient: the one that is looked at.
            double strongest = new PenaltyTable(penalty, ModelTerms.PositionsOf(model)).Strongest;
            yield return penalty.Domain == PenaltyDomain.TokenFields
                ? new TermFootprint(penalty.Name, PartOrigin.Default) { IsField = true, Field = Interval.Point(c / 2 * strongest) }
                : new TermFootprint(penalty.Name, PartOrigin.Default)
                {
                    HeadPair = Interval.Point(pair * strongest),
                    Field = (c / 4 * strongest) * partners,
                };
        }

        for (int i = 0; i < model.Sparsity.Count; i++)
        {
            yield return Sparsity(model, i, constraints.FirstOrDefault(k => k.Index == i), c);
        }
    }

    /// <summary>w (S − k ± z)², or the unbalanced polynomial.</summary>
    private static TermFootprint Sparsity(ModelSpecification model, int index, ModelConstraint? hard, double c)
    {
        SparsityPart part = model.Sparsity[index];
        double tokens = model.Tokens, k = part.Count;
        Interval weight = Weight(hard, part.Weight);
        var term = new TermFootprint("Sparsity", part.Origin) { Constraint = hard };
        Interval headPair = tokens > 1 ? c * c / 2 * weight : Interval.Point(0);
        if (!part.IsHard)
        {
            SumPenaltyShape shape = SumPenaltyShape.Of(part.Bound, SlackKind.Unbalanced);
            double slope = (shape.Square * (tokens - (2 * k))) + (shape.Direction * shape.Linear);
            return term with { HeadPair = shape.Square * headPair, Field = c / 2 * slope * weight };
        }

        SlackEncoding slack = SlackEncoding.For(part.Bound, k, part.Slack, model.Tokens, model.Selection.Bits);
        double step = 1.0 / ((1 << model.Selection.Bits) - 1);
        double[] z = [.. Enumerable.Range(0, slack.BitCount).Select(b => slack.Coefficient(b) * step).OrderByDescending(x => x)];
        double largest = z.Length > 0 ? z[0] : 0;

        // Fields of a selection and of a slack bit, summed over what they meet.
        (double field, double slackField) = part.Bound switch
        {
            ConstraintKind.AtMost => ((tokens - k) / 2, (tokens - k) / 2),
            ConstraintKind.AtLeast => (-k / 2, k / 2),
            _ => ((tokens - (2 * k)) / 2, 0),
        };
        double slackPair = largest / 2 * Math.Max(c, z.Length > 1 ? z[1] : 0);
        return term with
        {
            HeadPair = headPair,
            Field = c * field * weight,

            // Of an unknown weight only its sign is known.
            Slack = weight.IsBounded ? weight.High * Math.Max(largest * slackField, slackPair) : 0,
        };
    }

    private static Interval Weight(ModelConstraint? hard, double declared) => hard is null ? Interval.Point(declared)
        : hard.Weight is { } known ? Interval.Point(known)
        : Interval.Positive;
}
