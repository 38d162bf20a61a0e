namespace Qama.Generators.Tests.Layers;

/// <summary>Readout terms with random bodies over all a readout sees: their layers' outputs are those of the methods themselves, called
/// for every token, and their gradients central differences.</summary>
public class RandomReadoutTests
{
    private const int Count = 24;

    private static readonly string[] _numbers =
    [
        "(N + N)", "MathF.Tanh(N) * N", "MathF.Sin(N)", "Vec.Dot(V, V) * 0.2f", "Vec.Mean(V)", "(selected > 0.4f ? N : N)",
        "(at.Index % 2 == 0 ? N : N)", "N / (1.5f + MathF.Cos(N))", "MathF.Exp(-MathF.Abs(N))", "(selected * N)",
    ];

    private static readonly string[] _vectors =
    [
        "(V + V)", "Vec.Tanh(V) * V", "(N * V)", "Vec.Softmax(V)", "(V - MathF.Sin(N))", "Vec.Sin(V) / (1f + Vec.Square(V))",
        "(at.Head == 0 ? V : V)", "(selected > 0.4f ? V : V)", "(energy * V)",
    ];

    private static readonly string[] _numberLeaves = ["energy", "selected", "a", "0.75f", "(0.1f * at.Index)", "(1f + at.Head)"];
    private static readonly string[] _vectorLeaves = ["q", "k", "v", "w"];

    private static readonly IReadOnlyList<Operator> _all =
    [
        .. Operators.All.Where(o => o.HeadDim > 1 && o is { Readout: ReadoutKind.LocalEnergy, NormalizesOutput: false })
            .Concat(Operators.All.Where(o => o.HeadDim > 1 && o is { Readout: ReadoutKind.SelectedAttention, NormalizesOutput: false, Mask: not MaskPattern.Causal }))
            .Take(Count).Select(WithTerm),
    ];

    private delegate Vec VectorTerm(float selected, float energy, Vec q, Vec k, Vec v, TokenPosition at, float a, Vec w);

    private delegate float NumberTerm(float selected, float energy, Vec q, Vec k, Vec v, TokenPosition at, float a, Vec w);

    [Fact]
    public void Outputs_are_those_of_the_methods()
    {
        var compiled = new CompiledOperators<float>(_all);
        Failures failures = new();
        foreach (Operator declared in _all)
        {
            var run = new LayerCase<float>(declared, compiled);
            var literal = new LiteralLayer(declared, name => Numbers(name), name => [.. run.Layer.Buffers[name].Value.ToArray().Select(x => (double)x)])
            {
                Training = run.Layer.Mode == Qama.Layers.LayerMode.Training,
                Terms = token => Call(compiled, declared, Numbers, token),
            };
            double[] expected = literal.Forward(run.Input, run.States, run.TokenCounts);
            failures.Compare(declared, "output", expected, [.. run.Forward().Select(y => (double)y)], 1e-3);

            double[] Numbers(string name) => [.. run.Layer.Parameters[name].Value.ToArray().Select(x => (double)x)];
        }

        failures.Check();
    }

    [Fact]
    public void Gradients_are_central_differences()
    {
        var compiled = new CompiledOperators<double>(_all);
        Failures failures = new();
        foreach (Operator declared in _all)
        {
            GradientTests.Compare(new LayerCase<double>(declared, compiled), failures);
        }

        failures.Check();
    }

    private static double[] Call(
        CompiledOperators<float> compiled, Operator declared, Func<string, double[]> parameter, LiteralLayer.ReadoutToken token)
    {
        TokenPosition at = declared.Columns > 0
            ? TokenPosition.OnGrid(token.Index, declared.Columns, token.Head) : new TokenPosition(token.Index, token.Head);
        (Vec q, Vec k, Vec v) = (Vector(token.Q), Vector(token.K), Vector(token.V));
        float a = (float)parameter("Mine.A")[0];
        Vec w = Vector(parameter("Mine.W")[(token.Head * declared.HeadDim)..((token.Head + 1) * declared.HeadDim)]);
        (float s, float energy) = ((float)token.Selected, (float)token.Energy);
        if (declared.Members.Contains("static float", StringComparison.Ordinal))
        {
            double number = compiled.Method<NumberTerm>(declared, "Mine")(s, energy, q, k, v, at, a, w);
            return [.. parameter("EnergyToValue").Select(g => number * g)];
        }

        Vec y = compiled.Method<VectorTerm>(declared, "Mine")(s, energy, q, k, v, at, a, w);
        return [.. Enumerable.Range(0, declared.HeadDim).Select(d => (double)y[d])];

        static Vec Vector(double[] values) => new([.. values.Select(x => (float)x)]);
    }

    private static Operator WithTerm(Operator declared, int number)
    {
        var random = new Random(number);
        bool isNumber = random.Next(3) == 0;
        string body = Write(isNumber ? 'N' : 'V', 4).Replace("MathF.", "System.MathF.", StringComparison.Ordinal);
        return declared with
        {
            Name = "Random" + declared.Name,
            Readout = ReadoutKind.Terms,
            Members = $"[ReadoutTerm] public static {(isNumber ? "float" : "Vec")} Mine(float selected, float energy, Vec q, Vec k, Vec v, "
                + $"TokenPosition at, [Learnable(0.5)] float a, [Learnable(0.3, PerHead = true)] Vec w) => {body};",
        };

        string Write(char kind, int depth)
        {
            string[] words = kind == 'N' ? depth == 0 ? _numberLeaves : _numbers : depth == 0 ? _vectorLeaves : _vectors;
            return string.Concat(words[random.Next(words.Length)].Split(' ').Select((part, i) => (i > 0 ? " " : "") + Filled(part)));

            // Operands are capitals that stand alone.
            string Filled(string part) => string.Concat(part.Select((c, i) =>
                c is 'N' or 'V' && (i + 1 == part.Length || !char.IsLetter(part[i + 1])) ? Write(c, depth - 1) : c.ToString()));
        }
    }
}
