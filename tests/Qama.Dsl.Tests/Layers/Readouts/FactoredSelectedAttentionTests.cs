using System.Numerics;
using Qama.Layers;
using Qama.Layers.Readouts;
using Qama.Numerics;
using Qama.Numerics.Matrices;
using Qama.Problems;

namespace Qama.Tests.Layers.Readouts;

/// <summary>Attention over selected tokens from features against the same literally, pair by pair, in double.</summary>
public class FactoredSelectedAttentionTests
{
    private const double Factor = 0.6;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Outputs_and_gradients_are_the_literal_ones(ulong seed)
    {
        foreach (double share in new[] { 0, 0.02, 0.3, 1 })
        {
            CompareAll<AllPairs>(seed, 150, share);
            CompareAll<AllPairs>(seed, 65, share);
            CompareAll<AllPairs>(seed, 0, share);
            CompareAll<Windowed>(seed, 150, share);
            CompareAll<Windowed>(seed, 131, share);
            CompareAll<Blocked>(seed, 40, share);
            CompareAll<Blocked>(seed, 33, share);
            CompareAll<OneToken>(seed, 1, share);
        }
    }

    [Fact]
    public void Gradients_are_slopes_of_the_output()
    {
        CompareSlopes<Blocked>(33, 0.4);
        CompareSlopes<AllPairs>(150, 0.6);
    }

    [Fact]
    public void Large_scores_of_any_chunk_keep_weights_in_range()
    {
        // Fields of thousands, the largest in the last chunk of selected tokens: e to their power is no number.
        var problem = new Problem<AllPairs>(4, 150, 1);
        for (int i = 0; i < 150; i++)
        {
            problem.Fields[i] = 40 * i;
            problem.Fields[160 + i] = -40 * i;
        }

        Compare<AllPairs, float>(problem, 1e-4);
        Compare<AllPairs, double>(problem, 1e-10);
    }

    [Fact]
    public void Sharp_attention_multiplies_no_subnormal_numbers()
    {
        // Weights from 1 to e⁻¹⁰⁰: processors are many times slower with numbers below the smallest normal one.
        var problem = new Problem<AllPairs>(4, 150, 1);
        for (int i = 0; i < 150; i++)
        {
            (problem.Fields[i], problem.Fields[160 + i]) = (-i / 1.5, i / 1.5);
        }

        problem.Run<float>(numbers => Assert.DoesNotContain(numbers, float.IsSubnormal));
    }

    private static void CompareAll<TEnergy>(ulong seed, int tokenCount, double share)
        where TEnergy : struct, IDeclaredEnergy
    {
        var problem = new Problem<TEnergy>(seed, tokenCount, share);
        Compare<TEnergy, float>(problem, 1e-5);
        Compare<TEnergy, double>(problem, 1e-12);
    }

    private static void Compare<TEnergy, T>(Problem<TEnergy> problem, double tolerance)
        where TEnergy : struct, IDeclaredEnergy
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Outcome ours = problem.Run<T>(), expected = problem.Literally();
        Close(expected.Output, ours.Output, tolerance / 10, "output");
        Close(expected.Rows, ours.Rows, tolerance, "row features");
        Close(expected.Columns, ours.Columns, tolerance, "column features");
        Close(expected.Value, ours.Value, tolerance, "value");
        Close(expected.Fields, ours.Fields, tolerance, "fields");
        Close(expected.Selection, ours.Selection, tolerance, "selection");
    }

    private static void CompareSlopes<TEnergy>(int tokenCount, double share)
        where TEnergy : struct, IDeclaredEnergy
    {
        const double Step = 1e-5;
        var problem = new Problem<TEnergy>(9, tokenCount, share);
        Outcome gradient = problem.Run<double>();
        var random = new RandomStream(10);
        foreach ((double[] input, double[] slopes) in new[]
        {
            (problem.Rows, gradient.Rows), (problem.Columns, gradient.Columns), (problem.Value, gradient.Value),
                (problem.Fields, gradient.Fields),
        })
        {
            for (int k = 0; k < 20 && input.Length > 0; k++)
            {
                int at = random.NextInt32(input.Length);
                double value = input[at];
                input[at] = value + Step;
                double above = problem.Loss();
                input[at] = value - Step;
                double below = problem.Loss();
                input[at] = value;
                Assert.Equal((above - below) / (2 * Step), slopes[at], 1e-7);
            }
        }
    }

    private static void Close(double[] expected, double[] actual, double tolerance, string what)
    {
        double size = 1 + expected.Select(Math.Abs).DefaultIfEmpty().Max();
        for (int k = 0; k < expected.Length; k++)
        {
            Assert.True(Math.Abs(expected[k] - actual[k]) <= tolerance * size,
                $"{what} {k}: {expected[k]}, {actual[k]}");
        }
    }

    private sealed record Outcome(double[] Output, double[] Rows, double[] Columns, double[] Value, double[] Fields,
        double[] Selection);

    // Features before what they are scaled by; memory of absent tokens is not a number.
    private sealed class Problem<TEnergy>
        where TEnergy : struct, IDeclaredEnergy
    {
        private const int Rank = 5;
        private const int Dim = 3;
        private readonly int _tokens;
        private readonly int _stride = Padding.Stride(TEnergy.Tokens);
        private readonly double[] _selection;
        private readonly double[] _outputGradient;

        public Problem(ulong seed, int tokens, double share)
        {
            _tokens = tokens;
            var random = new RandomStream(seed);
            int heads = TEnergy.Heads;
            (Rows, Columns, Value) = (Features(Rank), Features(Rank), Features(Dim));
            Fields = TEnergy.HasField ? Features(1, 0) : [];
            _selection = new double[heads * _stride];
            for (int k = 0; k < heads * _stride; k++)
            {
                bool selected = k % _stride < tokens && random.NextDouble() < share && (k / _stride < 2 || heads < 3);
                _selection[k] = selected ? (1 + random.NextInt32(3)) / 3.0 : 0;
            }

            _outputGradient = [.. Enumerable.Range(0, TEnergy.Tokens * heads * Dim).Select(_ => random.NextNormal())];

            double[] Features(int rows, double absent = double.NaN) => [.. Enumerable.Range(0, heads * rows * _stride)
                .Select(k => k % _stride < tokens ? random.NextNormal() : absent)];
        }

        public double[] Rows { get; }

        public double[] Columns { get; }

        public double[] Value { get; }

        public double[] Fields { get; }

        public double Loss() => Run<double>().Output.Zip(_outputGradient, (y, g) => y * g).Sum();

        // Looks at the scratch memory after the output and after each of the two gradients.
        public Outcome Run<T>(Action<T[]>? look = null)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            var output = new T[TEnergy.Tokens * TEnergy.Heads * Dim];
            (T[] rows, T[] columns, T[] value) = (new T[Rows.Length], new T[Columns.Length], new T[Value.Length]);
            T[] fields = Of([.. Fields.Select(_ => 7.0)]); // replaced, not added to
            output.AsSpan().Fill(T.NaN);
            var scratch = new T[FactoredSelectedAttention<TEnergy, T>.ScratchLength(Rank, Dim)];
            scratch.AsSpan().Fill(T.NaN);
            var sample = new SampleBuffers<T>
            {
                RowFeatures = Of(Rows), ColumnFeatures = Of(Columns), Value = Of(Value), Fields = Of(Fields),
                Selection = Of(_selection),
                RowFeaturesGradient = rows, ColumnFeaturesGradient = columns, ValueGradient = value,
                FieldsGradient = fields,
                Scratch = scratch, TokenCount = _tokens,
            };
            FactoredSelectedAttention<TEnergy, T>.Read(sample, Factor, Rank, output);
            look?.Invoke(scratch);
            scratch.AsSpan().Fill(T.NaN);
            FactoredSelectedAttention<TEnergy, T>.BackwardRead(sample, Factor, Rank, Of(_outputGradient));
            look?.Invoke(scratch);
            scratch.AsSpan().Fill(T.NaN);
            var selection = new T[_selection.Length];
            selection.AsSpan().Fill(T.NaN);
            FactoredSelectedAttention<TEnergy, T>.BackwardSelection(sample, Factor, Rank, Of(_outputGradient), selection);
            look?.Invoke(scratch);
            return new Outcome(Back(output), Back(rows), Back(columns), Back(value), Back(fields), Back(selection));

            static T[] Of(double[] numbers) => [.. numbers.Select(T.CreateTruncating)];
            static double[] Back(T[] numbers) => [.. numbers.Select(double.CreateTruncating)];
        }

        public Outcome Literally()
        {
            int heads = TEnergy.Heads;
            var result = new Outcome(
                new double[TEnergy.Tokens * heads * Dim], new double[Rows.Length], new double[Columns.Length],
                new double[Value.Length],
                new double[Fields.Length], new double[_selection.Length]);
            for (int h = 0; h < heads; h++)
            {
                for (int i = 0; i < _tokens; i++)
                {
                    Attend(result, h, i);
                }
            }

            return result;
        }

        private void Attend(Outcome result, int h, int i)
        {
            int[] seen = [.. Enumerable.Range(0, _tokens).Where(j => _selection[(h * _stride) + j] > 0 && Sees(i, j))];
            double[] scores = [.. seen.Select(j =>
                (Factor * Enumerable.Range(0, Rank).Sum(d => Rows[At(h, Rank, d, i)] * Columns[At(h, Rank, d, j)]))
                + (TEnergy.HasField ? Fields[At(h, 1, 0, j)] : 0))];
            double largest = scores.DefaultIfEmpty().Max();
            double[] weights = [.. scores.Select((z, k) =>
                _selection[(h * _stride) + seen[k]] * Math.Exp(z - largest))];
            double total = weights.Sum();
            double[] p = [.. weights.Select(w => w / total)];
            double[] received = [.. seen.Select(j =>
                Enumerable.Range(0, Dim).Sum(d => Gradient(h, i, d) * Value[At(h, Dim, d, j)]))];
            double mean = p.Zip(received, (a, b) => a * b).Sum();
            AddSelection(result, h, i, largest, total, mean);
            for (int k = 0; k < seen.Length; k++)
            {
                double score = p[k] * (received[k] - mean);
                for (int d = 0; d < Dim; d++)
                {
                    result.Output[((((i * TEnergy.Heads) + h) * Dim) + d)] += p[k] * Value[At(h, Dim, d, seen[k])];
                    result.Value[At(h, Dim, d, seen[k])] += p[k] * Gradient(h, i, d);
                }

                for (int d = 0; d < Rank; d++)
                {
                    result.Rows[At(h, Rank, d, i)] += Factor * score * Columns[At(h, Rank, d, seen[k])];
                    result.Columns[At(h, Rank, d, seen[k])] += Factor * score * Rows[At(h, Rank, d, i)];
                }

                if (TEnergy.HasField)
                {
                    result.Fields[At(h, 1, 0, seen[k])] += score;
                }
            }
        }

        // Of every token that i sees, selected or not: what raising its weight to 1 changes, by what was missing.
        private void AddSelection(Outcome result, int h, int i, double largest, double total, double mean)
        {
            for (int j = 0; j < _tokens; j++)
            {
                if (!Sees(i, j))
                {
                    continue;
                }

                double score = (Factor * Enumerable.Range(0, Rank).Sum(d => Rows[At(h, Rank, d, i)] * Columns[At(h, Rank, d, j)]))
                    + (TEnergy.HasField ? Fields[At(h, 1, 0, j)] : 0);
                double received = Enumerable.Range(0, Dim).Sum(d => Gradient(h, i, d) * Value[At(h, Dim, d, j)]);
                double share = 1 / ((total * Math.Exp(largest - score)) + 1 - _selection[At(h, 1, 0, j)]);
                result.Selection[At(h, 1, 0, j)] += total == 0 ? received : share * (received - mean);
            }
        }

        private static bool Sees(int i, int j) =>
            (TEnergy.CouplingWindow == 0 || Math.Abs(i - j) <= TEnergy.CouplingWindow)
            && (TEnergy.CouplingBlock == 0 || i / TEnergy.CouplingBlock == j / TEnergy.CouplingBlock);

        private double Gradient(int h, int i, int d) => _outputGradient[(((i * TEnergy.Heads) + h) * Dim) + d];

        private int At(int head, int rows, int row, int token) => (((head * rows) + row) * _stride) + token;
    }

    private struct AllPairs : IDeclaredEnergy
    {
        public static int Tokens => 150;
        public static int Heads => 2;
        public static int Bits => 2;
        public static double CouplingWeight => 1;
        public static bool HasField => true;
    }

    private struct Windowed : IDeclaredEnergy
    {
        public static int Tokens => 150;
        public static int Heads => 1;
        public static int Bits => 2;
        public static double CouplingWeight => 1;
        public static int CouplingWindow => 40;
    }

    private struct Blocked : IDeclaredEnergy
    {
        public static int Tokens => 40;
        public static int Heads => 3;
        public static int Bits => 2;
        public static double CouplingWeight => 1;
        public static int CouplingBlock => 12;
        public static bool HasField => true;
    }

    private struct OneToken : IDeclaredEnergy
    {
        public static int Tokens => 1;
        public static int Heads => 1;
        public static int Bits => 1;
        public static double CouplingWeight => 1;
        public static bool HasField => true;
    }
}
