using System.Globalization;

namespace Qama.Generators.Tests.Terms;

/// <summary>Random bodies of nested branches that assign and return, in loops and out of them: the kernel is the method.</summary>
public class RandomFlowTests
{
    private const int Count = 120;

    [Fact]
    public void Whatever_way_a_body_is_left_the_kernel_is_the_method()
    {
        TermClass[] classes = [.. Enumerable.Range(0, Count).Select(seed => new TermClass("F" + seed, new Flow(seed).Body))];
        var kernels = new TermKernels<double>(classes, withGradients: false);
        for (int n = 0; n < Count; n++)
        {
            TermPoint<double> point = TermPoint<double>.Random(new Random(n));
            double[] actual = point.Couplings(kernels.SimilarityOf(classes[n].Name), 0, 1 << 14);
            Func<Vec, Vec, TokenPair, float, Vec, float> term = kernels.TermOf(classes[n].Name);
            for (int i = 0; i < TermClass.FewTokens; i++)
            {
                for (int j = 0; j < TermClass.FewTokens; j++)
                {
                    float expected = i == j ? 0
                        : term(point.QueryOf(i), point.KeyOf(j), new TokenPair(i, j, 0), (float)point.A[0], point.Weights);
                    Assert.True(
                        i == j || Math.Abs(expected - actual[i * point.Stride + j]) <= 1e-4 * (1 + Math.Abs(expected)),
                        $"{classes[n].Body}\nat {i}, {j}: {expected:R}, kernel {actual[i * point.Stride + j]:R}");
                }
            }
        }
    }

    /// <summary>A random body. Conditions of x compare with numbers that no sum of its parts comes near.</summary>
    private sealed class Flow
    {
        private readonly Random _random;
        private int _numbers;

        public Flow(int seed)
        {
            _random = new Random(seed);
            Body = $"float x = 2f * Vec.Dot(q, k), y = a; {Statements(3)} return x + 0.25f * y;";
        }

        public string Body { get; }

        private string Statements(int depth) => string.Concat(Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Statement(depth)));

        private string Statement(int depth) => _random.Next(depth > 0 ? 9 : 4) switch
        {
            0 => $"x = 0.5f * x + {Number()}; ",
            1 => $"y = {Number()} - 0.5f * x; ",
            2 => $"if ({Condition()}) return {Value()}; ",
            3 => $"(x, y) = (y, 0.75f * x); ",
            4 => $"if ({Condition()}) {{ {Statements(depth - 1)}}} ",
            5 => $"if ({Condition()}) {{ {Statements(depth - 1)}}} else {{ {Statements(depth - 1)}}} ",
            6 => $"if ({Condition()}) {{ {Statements(depth - 1)}return {Value()}; }} else {{ {Statements(depth - 1)}}} ",
            7 => $"if ({Condition()}) {{ {Statements(depth - 1)}}} else if ({Condition()}) {{ {Statements(depth - 1)}return {Value()}; }} ",
            _ => $"for (int n{depth} = 0; n{depth} < 3; n{depth}++) {{ x += 0.1f * n{depth}; {Statements(depth - 1)}}} ",
        };

        private string Condition() => _random.Next(4) switch
        {
            0 => $"pair.I {(_random.Next(2) == 0 ? ">" : "==")} {_random.Next(5)}",
            1 => $"pair.J < {_random.Next(5)} && x > {Number()}",
            2 => $"y < {Number()} || pair.Distance == {_random.Next(1, 4)}",
            _ => $"x > {Number()}",
        };

        private string Value() => _random.Next(3) switch { 0 => "x", 1 => "x * y", _ => Number() };

        private string Number() =>
            ((_random.Next(-60, 60) + 0.137) / 53 + 1e-3 * _numbers++).ToString("F6", CultureInfo.InvariantCulture) + "f";
    }
}
