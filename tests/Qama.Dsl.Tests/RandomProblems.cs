using Qama.Ising;
using Qama.Layers;
using Qama.Numerics;
using Qama.Problems;

namespace Qama.Tests;

/// <summary>Problems with standard normal couplings and fields.</summary>
public static class RandomProblems
{
    public static AttentionProblemBatch<TestModel<TPlan>> Batch<TPlan>(int count, ulong seed, float fieldScale = 1)
        where TPlan : struct, IAnnealingPlan =>
        AttentionProblemBatch<TestModel<TPlan>>.FromDense(Dense<TPlan>(count, seed, fieldScale));

    /// <summary>The same, unpadded.</summary>
    public static List<(ReadOnlyMemory<float> Couplings, ReadOnlyMemory<float> Fields)> Dense<TPlan>(
        int count, ulong seed, float fieldScale = 1)
        where TPlan : struct, IAnnealingPlan
    {
        var random = new RandomStream(seed);
        int n = TPlan.Tokens;
        var problems = new List<(ReadOnlyMemory<float>, ReadOnlyMemory<float>)>();
        for (int p = 0; p < count; p++)
        {
            var j = new float[TPlan.Heads * n * n];
            var f = new float[TPlan.Heads * n];
            for (int h = 0; h < TPlan.Heads; h++)
            {
                for (int a = 0; a < n; a++)
                {
                    f[h * n + a] = fieldScale * (float)random.NextNormal();
                    if (TPlan.KeepsDiagonal)
                    {
                        j[(h * n + a) * n + a] = 2 * (float)random.NextNormal();
                    }

                    for (int b = a + 1; b < n; b++)
                    {
                        j[(h * n + a) * n + b] = j[(h * n + b) * n + a] = (float)random.NextNormal();
                    }
                }
            }

            problems.Add((j, f));
        }

        return problems;
    }

    /// <summary>Couplings as of a layer before training: (q_i·k_j + k_i·q_j)/(2 √width) of normal q and k, and small
    /// fields.</summary>
    public static AttentionProblemBatch<TestModel<TPlan>> Projections<TPlan>(int count, ulong seed, int width)
        where TPlan : struct, IAnnealingPlan
    {
        var random = new RandomStream(seed);
        int n = TPlan.Tokens;
        var problems = new List<(ReadOnlyMemory<float>, ReadOnlyMemory<float>)>();
        for (int p = 0; p < count; p++)
        {
            var j = new float[TPlan.Heads * n * n];
            float[] f = [.. Enumerable.Range(0, TPlan.Heads * n).Select(_ => (float)random.NextNormal() / width)];
            for (int h = 0; h < TPlan.Heads; h++)
            {
                float[] q = [.. Enumerable.Range(0, n * width).Select(_ => (float)random.NextNormal() / 2)];
                float[] k = [.. Enumerable.Range(0, n * width).Select(_ => (float)random.NextNormal() / 2)];
                for (int a = 0; a < n; a++)
                {
                    for (int b = 0; b < a; b++)
                    {
                        float sum = 0;
                        for (int d = 0; d < width; d++)
                        {
                            sum += q[a * width + d] * k[b * width + d] + k[a * width + d] * q[b * width + d];
                        }

                        j[(h * n + a) * n + b] = j[(h * n + b) * n + a] = sum / (2 * MathF.Sqrt(width));
                    }
                }
            }

            problems.Add((j, f));
        }

        return AttentionProblemBatch<TestModel<TPlan>>.FromDense(problems);
    }

    public static QuboMatrix Qubo(int size, ulong seed)
    {
        var random = new RandomStream(seed);
        var qubo = new QuboMatrix(size) { Offset = random.NextNormal() };
        for (int i = 0; i < size; i++)
        {
            for (int j = i; j < size; j++)
            {
                qubo.AddPair(i, j, random.NextNormal());
            }
        }

        return qubo;
    }

    /// <summary>The state whose variable i is bit i of a number.</summary>
    public static byte[] State(int code, int size) => [.. Enumerable.Range(0, size).Select(i => (byte)((code >> i) & 1))];

    /// <summary>The number of a state.</summary>
    public static int Code(ReadOnlySpan<byte> state)
    {
        int code = 0;
        for (int i = 0; i < state.Length; i++)
        {
            code |= state[i] << i;
        }

        return code;
    }
}
