using System.Globalization;
using Qama.Layers;
using Token = Qama.Generators.Tests.Layers.LiteralLayer.ReadoutToken;

namespace Qama.Generators.Tests.Layers;

/// <summary>Outputs of a class's own terms, one to three at once, over random declarations, of one read and as means over reads.</summary>
public class ReadoutTermTests
{
    /// <summary>Terms as C# and written out in double.</summary>
    private static readonly Term[] _terms =
    [
        new("Pooled", 1, "Vec Pooled(float selected, float energy, Vec v, [Learnable(1f)] float scale) => selected * v + scale * energy * v;",
            (p, t) => [.. t.V.Select(v => t.Selected * v + p("Pooled.Scale")[0] * t.Energy * v)]),
        new("Gate", 0.5, "float Gate(float energy, float selected, TokenPosition at) => MathF.Tanh(energy) * (1f + at.Index) + selected * selected;",
            (p, t) => [.. p("EnergyToValue").Select(g => g * (Math.Tanh(t.Energy) * (1 + t.Index) + t.Selected * t.Selected))]),
        new("Mixed", 0.75, "Vec Mixed(Vec q, Vec key, float selected, [Learnable(0.3, PerHead = true)] Vec w) => Vec.Tanh(q * w) * selected + Vec.Dot(q, key) * Vec.Softmax(key);",
            (p, t) => [.. Softmax(t.K).Select((k, d) =>
                Math.Tanh(t.Q[d] * p("Mixed.W")[t.Head * t.Q.Length + d]) * t.Selected + Dot(t.Q, t.K) * k)]),
        new("Branch", 1, "Vec Branch(Vec value, float selected) => selected > 0.5f ? value : 0.25f * value;",
            (_, t) => [.. t.V.Select(v => t.Selected > 0.5 ? v : 0.25 * v)]),
        new("Place", 1.5, "float Place(TokenPosition t, [Learnable(0.7, PerHead = true)] float a) => a * t.Head + t.Index;",
            (p, t) => [.. p("EnergyToValue").Select(g => g * (p("Place.A")[t.Head] * t.Head + t.Index))]),
        new("Constant", 2, "Vec Constant(Vec v) => 0f * v + 1f;", (_, t) => [.. t.V.Select(_ => 1.0)]),
    ];

    // Central differences lose digits in what heads of one number are: signs, and entropies of 1.
    private static readonly IReadOnlyList<(Operator Declared, Term[] Terms)> _all =
    [
        .. Operators.All.Where(o => o.HeadDim > 1 && o.Readout is ReadoutKind.LocalEnergy or ReadoutKind.Expectation).Where((_, i) => i % 2 == 0)
            .Select(WithTerms),
    ];

    private static readonly Lazy<CompiledOperators<double>> _doubles = new(() => new CompiledOperators<double>([.. _all.Select(a => a.Declared)]));
    private static readonly Lazy<CompiledOperators<float>> _singles = new(() => new CompiledOperators<float>([.. _all.Select(a => a.Declared)]));

    [Fact]
    public void Every_form_and_term_is_drawn()
    {
        Assert.Contains(_all, a => a.Declared.IsFactored && a.Declared.Readout == ReadoutKind.Expectation);
        Assert.Contains(_all, a => a.Declared.IsFactored && a.Declared.Readout == ReadoutKind.Terms);
        Assert.All(_terms, t => Assert.Contains(_all, a => a.Terms.Contains(t)));
    }

    [Fact]
    public void Outputs_are_the_terms_written_out()
    {
        Failures failures = new();
        foreach ((Operator declared, Term[] terms) in _all)
        {
            LayerCase<double> run = Case(_doubles.Value, declared, terms);
            double[] expected = run.Literal.Forward(run.Input, run.States, run.TokenCounts);
            failures.Compare(declared, "output", expected, run.Forward(), 1e-9);
        }

        failures.Check();
    }

    [Fact]
    public void In_single_precision_outputs_and_gradients_are_those_of_double()
    {
        Failures failures = new();
        foreach ((Operator declared, Term[] terms) in _all.Where(a => !a.Declared.HasBatchStatistics))
        {
            LayerCase<double> wide = Case(_doubles.Value, declared, terms);
            LayerCase<float> run = Case(_singles.Value, declared, terms);
            failures.Compare(declared, "output", wide.Forward(), [.. run.Forward().Select(y => (double)y)], 1e-4);
            double[][] expected = wide.Backward();
            float[][] actual = run.Backward();
            for (int t = 0; t < expected.Length; t++)
            {
                failures.Compare(declared, "gradient of " + wide.Names[t], expected[t], [.. actual[t].Select(g => (double)g)], 1e-3, 1e-2);
            }
        }

        failures.Check();
    }

    [Fact]
    public void Gradients_are_central_differences()
    {
        Failures failures = new();
        foreach ((Operator declared, Term[] terms) in _all)
        {
            GradientTests.Compare(Case(_doubles.Value, declared, terms), failures);
        }

        failures.Check();
    }

    /// <summary>A term is the scalar reference of its own kernel.</summary>
    [Fact]
    public void Outputs_are_those_of_the_methods_themselves()
    {
        (Operator declared, Term[] terms) = WithTerms(
            Operators.All.First(o => o is { HeadDim: > 2, Readout: ReadoutKind.LocalEnergy, Bits: > 1, NormalizesOutput: false }), 0, [_terms[0]]);
        var compiled = new CompiledOperators<float>([declared]);
        var pooled = compiled.Method<Func<float, float, Vec, float, Vec>>(declared, "Pooled");
        LayerCase<float> run = Case(compiled, declared, terms);
        var literal = new LiteralLayer(declared, name => [.. run.Layer.Parameters[name].Value.ToArray().Select(x => (double)x)], _ => [])
        {
            Terms = token =>
            {
                float[] value = [.. token.V.Select(x => (float)x)];
                Vec y = pooled((float)token.Selected, (float)token.Energy, value, run.Layer.Parameters["Pooled.Scale"].Value[0]);
                return [.. Enumerable.Range(0, y.Length).Select(d => (double)y[d])];
            },
        };
        Failures failures = new();
        failures.Compare(
            declared, "output", literal.Forward(run.Input, run.States, run.TokenCounts), [.. run.Forward().Select(y => (double)y)], 1e-5);
        failures.Check();
    }

    [Fact]
    public void Padded_tokens_have_no_output_and_no_gradient()
    {
        foreach ((Operator declared, Term[] terms) in _all)
        {
            LayerCase<double> run = Case(_doubles.Value, declared, terms);
            double[] output = run.Forward();
            double[][] gradients = run.Backward();
            for (int b = 0; b < run.Batch; b++)
            {
                for (int i = run.TokenCounts[b]; i < declared.Tokens; i++)
                {
                    Assert.All(Of(output, b, i, declared.OutputDim), y => Assert.Equal(0, y));
                    Assert.All(gradients.Take(run.Shared ? 1 : 3), g => Assert.All(Of(g, b, i, declared.Width), x => Assert.Equal(0, x)));
                }
            }

            double[] Of(double[] values, int sample, int token, int width) =>
                values.AsSpan(((sample * declared.Tokens) + token) * width, width).ToArray();
        }
    }

    private static LayerCase<T> Case<T>(CompiledOperators<T> compiled, Operator declared, Term[] terms)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T> => new(declared, compiled)
        {
            Terms = (parameter, token) => [.. Enumerable.Range(0, declared.HeadDim).Select(d => terms.Sum(t => t.Weight * t.Value(parameter, token)[d]))],
        };

    private static (Operator Declared, Term[] Terms) WithTerms(Operator declared, int number)
    {
        var random = new Random(number);
        Term[] terms = [.. _terms.OrderBy(_ => random.Next()).Take(random.Next(1, 4))];
        return WithTerms(declared, number, terms);
    }

    private static (Operator Declared, Term[] Terms) WithTerms(Operator declared, int number, Term[] terms)
    {
        bool factors = !declared.FirstVersion && declared.Similarity is Similarity.ScaledDotProduct or Similarity.NegativeSquaredDistance
            && declared is { NormalizesCouplings: false, Columns: 0 };
        return (declared with
        {
            Name = "Own" + declared.Name,
            Readout = declared.Readout == ReadoutKind.LocalEnergy ? ReadoutKind.Terms : declared.Readout,
            IsFactored = factors && number % 4 < 2,
            Members = string.Join(' ', terms.Select(t => string.Create(
                CultureInfo.InvariantCulture, $"[ReadoutTerm(Weight = {t.Weight:R})] public static {t.Source}"))).Replace("MathF.", "System.MathF.", StringComparison.Ordinal),
        }, terms);
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    private static double[] Softmax(double[] x)
    {
        double largest = x.Max(), total = x.Sum(a => Math.Exp(a - largest));
        return [.. x.Select(a => Math.Exp(a - largest) / total)];
    }

    private sealed record Term(string Name, double Weight, string Source, Func<Func<string, double[]>, Token, double[]> Value);
}
