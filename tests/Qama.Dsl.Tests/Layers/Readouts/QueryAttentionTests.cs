using System.Numerics;
using Qama.Layers.Readouts;
using Qama.Numerics;
using Qama.Numerics.Matrices;

namespace Qama.Tests.Layers.Readouts;

/// <summary>Attention of queries with weights of their own against the same literally, in double.</summary>
public class QueryAttentionTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 15)]
    [InlineData(5, 16)]
    [InlineData(7, 150)]
    public void Outputs_are_the_literal_ones(int queries, int keys)
    {
        foreach (bool fields in new[] { false, true })
        {
            foreach (double share in new[] { 0, 0.1, 1 })
            {
                var problem = new Problem(3, queries, keys, share, fields);
                Compare<float>(problem, 1e-5);
                Compare<double>(problem, 1e-13);
            }
        }
    }

    [Fact]
    public void What_is_not_seen_may_be_larger_than_any_number_has_an_exponential_of()
    {
        var problem = new Problem(4, 4, 40, 0.3, hasFields: true);
        for (int k = 0; k < problem.Scores.Length; k++)
        {
            problem.Scores[k] *= 4000;
        }

        Compare<float>(problem, 1e-2);
        Compare<double>(problem, 1e-9);
    }

    [Fact]
    public void Gradients_are_slopes()
    {
        var problem = new Problem(5, 3, 21, 0.6, hasFields: true);
        int stride = Padding.Stride(21);
        double[] adjoint = [.. Enumerable.Range(0, problem.Scores.Length).Select(k => Math.Sin(k + 1.0))];
        var fieldsGradient = new double[stride];
        fieldsGradient[2] = 7; // what is there stays
        double[] gradient = [.. adjoint];
        QueryAttention.Backward<double>(problem.Attention<double>(), gradient, fieldsGradient, stride);
        fieldsGradient[2] -= 7;

        for (int q = 0; q < 3; q++)
        {
            for (int j = 0; j < 21; j++)
            {
                Assert.Equal(Slope(problem.Scores, (q * stride) + j), gradient[(q * stride) + j], 1e-8);
            }
        }

        for (int j = 0; j < 21; j++)
        {
            Assert.Equal(Slope(problem.Fields, j), fieldsGradient[j], 1e-8);
        }

        double Slope(double[] numbers, int index)
        {
            double own = numbers[index];
            numbers[index] = own + 1e-5;
            double after = Loss();
            numbers[index] = own - 1e-5;
            double before = Loss();
            numbers[index] = own;
            return (after - before) / 2e-5;
        }

        double Loss() => problem.Literal().Zip(adjoint, (a, g) => a * g).Sum();
    }

    [Fact]
    public void Rows_of_other_lengths_are_refused()
    {
        Assert.Throws<ArgumentException>(() => QueryAttention.Weights<float>(new float[32], default, new float[16], new float[32], 16));
        Assert.Throws<ArgumentException>(() => QueryAttention.Weights<float>(new float[32], default, new float[32], new float[16], 16));
        Assert.Throws<ArgumentException>(() => QueryAttention.Weights<float>(new float[24], default, new float[24], new float[24], 8));
        Assert.Throws<ArgumentException>(() => QueryAttention.Weights<float>(new float[32], new float[8], new float[32], new float[32], 16));
        Assert.Throws<ArgumentException>(() => QueryAttention.Backward<float>(new float[32], new float[16], default, 16));
    }

    private static void Compare<T>(Problem problem, double tolerance)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        T[] actual = problem.Attention<T>();
        double[] expected = problem.Literal();
        for (int k = 0; k < expected.Length; k++)
        {
            Assert.Equal(expected[k], double.CreateTruncating(actual[k]), tolerance);
        }
    }

    private sealed class Problem
    {
        private readonly int _queries;
        private readonly int _keys;
        private readonly int _stride;
        private readonly bool _hasFields;

        public Problem(ulong seed, int queries, int keys, double share, bool hasFields)
        {
            var random = new RandomStream(seed);
            (_queries, _keys, _stride, _hasFields) = (queries, keys, Padding.Stride(keys), hasFields);
            (Scores, Weights, Fields) = (new double[queries * _stride], new double[queries * _stride], new double[_stride]);
            for (int q = 0; q < queries; q++)
            {
                for (int j = 0; j < keys; j++)
                {
                    Scores[(q * _stride) + j] = 2 * random.NextNormal();
                    Weights[(q * _stride) + j] = random.NextDouble() < share ? 0.25 * (1 + (j % 4)) : 0;
                }
            }

            for (int j = 0; j < keys; j++)
            {
                Fields[j] = random.NextNormal();
            }
        }

        public double[] Scores { get; }

        public double[] Weights { get; }

        public double[] Fields { get; }

        public T[] Attention<T>()
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            T[] result = Of<T>(Scores);
            QueryAttention.Weights<T>(result, _hasFields ? Of<T>(Fields) : default, Of<T>(Weights), result, _stride);
            return result;
        }

        public double[] Literal()
        {
            var result = new double[_queries * _stride];
            for (int q = 0; q < _queries; q++)
            {
                int row = q * _stride;
                int[] seen = [.. Enumerable.Range(0, _keys).Where(j => Weights[row + j] > 0)];
                double largest = seen.Select(j => Exponent(row, j)).DefaultIfEmpty().Max();
                double total = seen.Sum(j => Weights[row + j] * Math.Exp(Exponent(row, j) - largest));
                foreach (int j in seen)
                {
                    result[row + j] = Weights[row + j] * Math.Exp(Exponent(row, j) - largest) / total;
                }
            }

            return result;
        }

        private double Exponent(int row, int key) => Scores[row + key] + (_hasFields ? Fields[key] : 0);

        private static T[] Of<T>(double[] numbers)
            where T : unmanaged, IBinaryFloatingPointIeee754<T> => [.. numbers.Select(T.CreateTruncating)];
    }
}
