using System.Diagnostics;
using Qama.Ising;
using Qama.Numerics;
using Qama.Numerics.Vectors;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Benchmarks.Solvers;

/// <summary>
/// The baseline, what general packages do: Metropolis on the dense float32 matrix with cached local fields, one random
/// start, geometric schedule, last state.
/// </summary>
/// <remarks>The matrices are made once per batch, in the warm-up, and rows are added with vectors, so that it is no straw
/// man. Uphill proposals beyond 22 temperatures are refused without a random number, as D-Wave's sampler does.</remarks>
internal sealed class TextbookSampler : ISampler
{
    private ProblemBatch? _batch;
    private float[][] _pairs = []; // per problem, n·n: what both on cost, zero diagonal
    private float[][] _linear = [];
    private double[] _scales = [];
    private float[] _fields = [];

    public string Name => "textbook";

    public int Sweeps { get; init; } = 100;

    public double Hot { get; init; } = 0.5;

    public double Cold { get; init; } = 0.02;

    public ValueTask SampleAsync(
        ProblemBatch problems, SampleSet result, SamplingKey key, CancellationToken cancellationToken = default)
    {
        Prepare(problems);
        long start = Stopwatch.GetTimestamp();
        for (int p = 0; p < problems.Count; p++)
        {
            for (int r = 0; r < result.ReadCount; r++)
            {
                RandomStream random = key.Stream(p, r);
                Anneal(p, ref random, result.State(p, r));
                result.Energy(p, r) = problems.Energy(p, result.State(p, r));
            }
        }

        result.SamplingTime = Stopwatch.GetElapsedTime(start);
        return ValueTask.CompletedTask;
    }

    // The dense matrices of a batch.
    private void Prepare(ProblemBatch problems)
    {
        if (ReferenceEquals(problems, _batch))
        {
            return;
        }

        int n = problems.VariableCount;
        (_batch, _fields) = (problems, new float[n]);
        (_pairs, _linear, _scales) = (new float[problems.Count][], new float[problems.Count][], new double[problems.Count]);
        for (int p = 0; p < problems.Count; p++)
        {
            QuboMatrix qubo = problems.ToQubo(p);
            (_pairs[p], _linear[p]) = (new float[n * n], new float[n]);
            double squares = 0;
            for (int k = 0; k < n * n; k++)
            {
                float pair = (float)(2 * qubo.Coefficients[k]);
                if (k / n == k % n)
                {
                    _linear[p][k / n] = (float)qubo.Coefficients[k];
                }
                else
                {
                    _pairs[p][k] = pair;
                    squares += (double)pair * pair;
                }
            }

            _scales[p] = 0.5 * Math.Sqrt(squares / n);
        }
    }

    private void Anneal(int problem, ref RandomStream random, Span<byte> state)
    {
        ReadOnlySpan<float> pairs = _pairs[problem];
        Span<float> fields = _fields;
        _linear[problem].CopyTo(fields);
        int n = state.Length;
        for (int i = 0; i < n; i++)
        {
            state[i] = (byte)(random.NextUInt64() >> 63);
            if (state[i] != 0)
            {
                Rows.AddScaled(1, pairs.Slice(i * n, n), fields);
            }
        }

        double temperature = Hot * _scales[problem];
        double factor = Sweeps > 1 ? Math.Pow(Cold / Hot, 1.0 / (Sweeps - 1)) : 1;
        for (int sweep = 0; sweep < Sweeps; sweep++, temperature *= factor)
        {
            float limit = (float)(22 * temperature);
            float beta = (float)(1 / temperature);
            for (int i = 0; i < n; i++)
            {
                float direction = 1 - (2 * state[i]);
                float change = direction * fields[i];
                if (change > 0 && (change > limit || MathF.Exp(-change * beta) <= Uniform(ref random)))
                {
                    continue;
                }

                state[i] ^= 1;
                Rows.AddScaled(direction, pairs.Slice(i * n, n), fields);
            }
        }
    }

    private static float Uniform(ref RandomStream random) => (random.NextUInt64() >> 40) * (1f / (1 << 24));
}
