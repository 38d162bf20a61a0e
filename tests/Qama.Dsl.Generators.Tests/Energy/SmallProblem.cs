using System.Collections.Immutable;
using System.Globalization;

namespace Qama.Generators.Tests.Energy;

using Qama.Generators.Energy;
using Qama.Generators.Model;
using Qama.Generators.Tests.Reading;
using Qama.Generators.Vocabulary;

/// <summary>A model and coefficients small enough to look at every selection. The energy is written out literally.</summary>
internal sealed class SmallProblem
{
    private readonly ModelSpecification _model;
    private readonly double[] _objective;
    private readonly double[][] _violation;

    public SmallProblem(ModelSpecification model, double[] coupling, double[] field)
    {
        _model = model;
        Coupling = coupling;
        Field = field;
        Constraints = ModelConstraints.Of(model);
        int bits = model.HeadCount * model.Tokens * model.Selection.Bits;
        _objective = new double[1 << bits];
        _violation = [.. Constraints.Select(_ => new double[1 << bits])];
        for (int state = 0; state < _objective.Length; state++)
        {
            double[,] s = Decode(state);
            _objective[state] = Objective(state, s);
            for (int c = 0; c < Constraints.Length; c++)
            {
                HardConstraint constraint = Constraints[c].Constraint;
                _violation[c][state] = constraint.Kind switch
                {
                    ConstraintKind.ExclusiveTokens => Exclusion(ExclusionTarget.Weights, state, s),
                    ConstraintKind.ExclusiveBits => Exclusion(ExclusionTarget.Bits, state, s),
                    _ => Cardinality(constraint, s),
                };
            }
        }
    }

    public double[] Coupling { get; }

    public double[] Field { get; }

    public ImmutableArray<ModelConstraint> Constraints { get; }

    public Interval CouplingRange => new(Coupling.Min(), Coupling.Max());

    public Interval FieldRange => new(Field.Min(), Field.Max());

    /// <summary>The bound of a constraint's weight from the coefficients, as layers compute it.</summary>
    public double Computed(ModelConstraint constraint)
    {
        SelectionObjective objective = constraint.Sufficient.Objective;
        int tokens = objective.Geometry.Tokens;
        var rows = new Qama.Problems.RowBound[objective.Heads * tokens];
        for (int h = 0; h < objective.Heads; h++)
        {
            Qama.Problems.RowBounds.Write<double>(
                Coupling.AsSpan(h * tokens * tokens), Field.AsSpan(Field.Length == 0 ? 0 : h * tokens), tokens, objective.KeepsDiagonal,
                rows.AsSpan(h * tokens, tokens));
        }

        var problem = new Qama.Problems.RowBounds(rows, objective.Heads, tokens, objective.CouplingWeight, objective.FieldWeight);
        double bound = 0;
        foreach (Repair repair in constraint.Sufficient.Repairs)
        {
            Qama.Contract.Change[] changes = [.. repair.Changes.Select(
                c => new Qama.Contract.Change(
                    (Qama.Contract.ChangeKind)c.Kind, c.Step, c.Mass, c.Constant, c.Choices))];
            double rise = Qama.Layers.Readouts.PenaltyBound.Rise(problem, changes);
            bound = Math.Max(bound, rise / constraint.Sufficient.Unit);
        }

        return bound;
    }

    public bool IsFeasible => Enumerable.Range(0, _objective.Length).Any(IsFeasibleState);

    /// <summary>A random model; with <paramref name="exchange"/> one whose heads must share out the tokens: one bit, hard head
    /// exclusion, a lower bound that all heads can meet.</summary>
    public static SmallProblem Random(int seed, bool exchange = false)
    {
        var random = new Random(seed);
        (int heads, int tokens, int bits) = exchange ? new[] { (2, 3, 1), (2, 4, 1), (2, 5, 1), (3, 3, 1), (3, 4, 1) }[random.Next(5)] : new[]
        {
            (1, 2, 1), (1, 3, 1), (1, 5, 1), (1, 8, 1), (1, 3, 2), (1, 4, 2), (1, 2, 3), (2, 3, 1), (2, 4, 1), (2, 2, 2), (2, 1, 3),
            (3, 3, 1), (2, 3, 1), (3, 2, 1),
        }[random.Next(14)];
        double u = 1.0 / ((1 << bits) - 1);
        var attributes = new List<DeclaredAttribute>
        {
            Declare.Attribute(
                "QuboAttention", ("Tokens", tokens), ("EmbeddingDim", 4 * heads), ("Preset", random.Next(4) == 0 && bits > 1 ? 1 : 0)),
            Declare.Attribute("Heads", ("Count", heads)),
            Declare.Attribute("SoftSelection", ("Bits", bits), ("Curvature", Maybe(0.7, 0.4))),
            Declare.Attribute("Field", ("Importance", 1), ("Weight", 0.2 + random.NextDouble())),
        };
        if (random.Next(3) > 0)
        {
            // A kept diagonal can only come from the first preset, so its coupling stays.
            attributes.Add(Declare.Attribute("Mask", ("Pattern", random.Next(4)), ("Size", 2)));
        }

        if (random.Next(3) == 0)
        {
            attributes.Add(Declare.Attribute(
                "LongRange", ("MinDistance", 2), ("Weight", random.NextDouble()), ("Form", random.Next(2)), ("Decay", random.Next(3))));
        }

        bool hard = exchange || (heads > 1 && random.Next(3) == 0);
        attributes.Add(hard
            ? Declare.Attribute("HeadExclusion", ("Hard", 1), ("On", random.Next(2)))
            : Declare.Attribute("HeadExclusion", ("Weight", Maybe(0.8, 0.5) + 1e-3), ("On", random.Next(2)), ("Scale", random.Next(2) * 3)));
        double low = exchange ? random.Next(1, (tokens / heads) + 1) : random.Next(0, (tokens * ((1 << bits) - 1)) + 1) * u;
        double high = Math.Min(tokens, low + (random.Next(3) * u));
        switch (exchange ? random.Next(1, 4) : random.Next(hard ? 5 : 4))
        {
            case 0:
                attributes.Add(Declare.Attribute("Sparsity", ("AtMost", high)));
                break;
            case 1:
                attributes.Add(Declare.Attribute("Sparsity", ("AtLeast", low)));
                break;
            case 2:
                attributes.Add(Declare.Attribute("Sparsity", ("Exactly", low)));
                break;
            case 3:
                attributes.Add(Declare.Attribute("Sparsity", ("AtMost", high)));
                attributes.Add(Declare.Attribute("Sparsity", ("AtLeast", low)));
                break;
        }

        if (random.Next(5) == 0)
        {
            attributes.Add(Declare.Attribute("Sparsity", (random.Next(2) == 0 ? "AtMost" : "AtLeast", 1), ("Weight", 0.3), ("Slack", 1)));
        }

        ModelSpecification model = ModelSpecification.Resolve(Declare.Model([.. attributes]));
        double scale = random.Next(10) == 0 ? 0 : Math.Pow(10, (random.NextDouble() * 3) - 1.5), tilt = (random.NextDouble() * 2) - 1;
        var coupling = new double[heads * tokens * tokens];
        for (int h = 0; h < heads; h++)
        {
            for (int i = 0; i < tokens; i++)
            {
                for (int j = 0; j < tokens; j++)
                {
                    coupling[(((h * tokens) + i) * tokens) + j] = i == j
                        ? model.Coupling.KeepDiagonal ? Draw() : 0
                        : model.Geometry.Interacts(i, j) ? Draw() : 0;
                }
            }
        }

        if (model.Coupling.Symmetrise)
        {
            for (int h = 0; h < heads; h++)
            {
                for (int i = 0; i < tokens; i++)
                {
                    for (int j = 0; j < i; j++)
                    {
                        coupling[(((h * tokens) + i) * tokens) + j] = coupling[(((h * tokens) + j) * tokens) + i];
                    }
                }
            }
        }

        return new SmallProblem(model, coupling, [.. Enumerable.Range(0, heads * tokens).Select(_ => Draw())]);

        double Draw() => scale * ((random.NextDouble() * 2) - 1 + tilt);

        double Maybe(double largest, double probability) => random.NextDouble() < probability ? random.NextDouble() * largest : 0;
    }

    public bool EveryMinimiserIsFeasible(double[] weights) => EveryMinimiser(weights, IsFeasibleState);

    /// <summary>Whether every minimiser satisfies one of the constraints.</summary>
    public bool EveryMinimiserSatisfies(int constraint, double[] weights) =>
        EveryMinimiser(weights, s => _violation[constraint][s] < 1e-9);

    private bool EveryMinimiser(double[] weights, Func<int, bool> isGood)
    {
        double[] energy = [.. _objective];
        for (int c = 0; c < weights.Length; c++)
        {
            for (int state = 0; state < energy.Length; state++)
            {
                energy[state] += weights[c] * _violation[c][state];
            }
        }

        double least = energy.Min();
        double tie = 1e-12 * (1 + Math.Abs(least));
        return Enumerable.Range(0, energy.Length).All(s => energy[s] > least + tie || isGood(s));
    }

    /// <summary>For a single constraint: above this weight, and not at it, no violation pays.</summary>
    public double SmallestSufficientWeight()
    {
        double feasible = Enumerable.Range(0, _objective.Length).Where(IsFeasibleState).Min(s => _objective[s]);
        return Enumerable.Range(0, _objective.Length).Where(s => !IsFeasibleState(s))
            .Select(s => (feasible - _objective[s]) / _violation[0][s]).DefaultIfEmpty(0).Max();
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"H {_model.HeadCount} N {_model.Tokens} B {_model.Selection.Bits} {_model.Preset} {_model.Exclusion} {_model.LongRange} {_model.Mask} ")
        + string.Join(", ", _model.Sparsity);

    private bool IsFeasibleState(int state) => _violation.All(v => v[state] < 1e-9);

    private double[,] Decode(int state)
    {
        (int heads, int tokens, int bits) = (_model.HeadCount, _model.Tokens, _model.Selection.Bits);
        var s = new double[heads, tokens];
        for (int h = 0; h < heads; h++)
        {
            for (int i = 0; i < tokens; i++)
            {
                s[h, i] = ((state >> (((h * tokens) + i) * bits)) & ((1 << bits) - 1)) / (double)((1 << bits) - 1);
            }
        }

        return s;
    }

    private double Objective(int state, double[,] s)
    {
        int tokens = _model.Tokens;
        double energy = 0;
        for (int h = 0; h < _model.HeadCount; h++)
        {
            double sum = 0;
            for (int i = 0; i < tokens; i++)
            {
                sum += s[h, i];
                energy -= _model.Field.Weight * Field[(h * tokens) + i] * s[h, i];
                energy += _model.Selection.Curvature * s[h, i] * s[h, i];
                for (int j = 0; j < tokens; j++)
                {
                    energy -= _model.Coupling.Weight * Coupling[(((h * tokens) + i) * tokens) + j] * s[h, i] * s[h, j];
                    if (j > i)
                    {
                        energy += LongRange(i, j) * s[h, i] * s[h, j];
                    }
                }
            }

            foreach (SparsityPart part in _model.Sparsity.Where(p => !p.IsHard))
            {
                double g = part.Bound == ConstraintKind.AtMost ? part.Count - sum : sum - part.Count;
                energy += part.Weight * ((-0.96 * g) + (0.037 * g * g));
            }
        }

        if (_model.Exclusion is { Hard: false } exclusion && _model.HeadCount > 1)
        {
            double scale = exclusion.Scale == TermScale.Pairs ? 2.0 / (_model.HeadCount * (_model.HeadCount - 1)) : 1;
            energy += exclusion.Weight * scale * Exclusion(exclusion.On, state, s);
        }

        return energy;
    }

    private double LongRange(int i, int j)
    {
        int d = Math.Abs(i - j);
        bool masked = _model.Mask.Pattern switch
        {
            MaskPattern.Window => d > _model.Mask.Size,
            MaskPattern.Block => i / _model.Mask.Size != j / _model.Mask.Size,
            _ => false,
        };
        if (_model.LongRange is not { } range || masked)
        {
            return 0;
        }

        double largest = _model.Tokens - 1;
        return (range.Form, range.Decay) switch
        {
            (LongRangeForm.PenaliseNear, _) when d >= range.MinDistance => 0,
            (LongRangeForm.RewardFar, _) when d < range.MinDistance => 0,
            (LongRangeForm.PenaliseNear, Decay.Constant) => range.Weight,
            (LongRangeForm.PenaliseNear, Decay.Linear) => range.Weight * (1 - (d / largest)),
            (LongRangeForm.PenaliseNear, _) => range.Weight * Math.Exp(-d / (double)range.MinDistance),
            (_, Decay.Constant) => -range.Weight,
            (_, Decay.Linear) => -range.Weight * d / largest,
            _ => -range.Weight * (1 - Math.Exp(-d / (double)range.MinDistance)),
        };
    }

    private double Cardinality(HardConstraint constraint, double[,] s)
    {
        double energy = 0;
        for (int h = 0; h < _model.HeadCount; h++)
        {
            double sum = Enumerable.Range(0, _model.Tokens).Sum(i => s[h, i]);
            double excess = constraint.Kind switch
            {
                ConstraintKind.AtMost => Math.Max(0, sum - constraint.Count),
                ConstraintKind.AtLeast => Math.Max(0, constraint.Count - sum),
                _ => sum - constraint.Count,
            };
            energy += excess * excess;
        }

        return energy;
    }

    private double Exclusion(ExclusionTarget target, int state, double[,] s)
    {
        int perHead = _model.Tokens * _model.Selection.Bits;
        double energy = 0;
        for (int a = 0; a < _model.HeadCount; a++)
        {
            for (int b = a + 1; b < _model.HeadCount; b++)
            {
                energy += target == ExclusionTarget.Bits
                    ? int.PopCount((state >> (a * perHead)) & (state >> (b * perHead)) & ((1 << perHead) - 1))
                    : Enumerable.Range(0, _model.Tokens).Sum(i => s[a, i] * s[b, i]);
            }
        }

        return energy;
    }
}
