using Qama.Sampling;

namespace Qama.Examples.CustomTerms;

/// <summary>A readout term called directly is the reference of the layer's output.</summary>
internal static class ReadoutReference
{
    private const int Tokens = PooledAttention.Tokens;
    private const int Heads = PooledAttention.HeadCount;
    private const int Dim = PooledAttention.HeadDim;

    /// <summary>Largest |output − method| over all tokens of all heads, for random inputs and the selections that a sampler draws.</summary>
    public static double LargestDifference(int seed)
    {
        var random = new Random(seed);
        float[] input = [.. Enumerable.Range(0, Tokens * Heads * Dim).Select(_ => 2 * random.NextSingle() - 1)];
        var (output, couplings) = (new float[input.Length], new float[Heads * Tokens * Tokens]);
        var layer = new PooledAttention(seed);
        var workspace = layer.CreateWorkspace(batch: 1);
        layer.Forward(input, output, workspace, new SimulatedAnnealingSampler());
        PooledAttention.ComputeCouplings(input, input, couplings);
        int reads = workspace.Samples.ReadCount;
        double largest = 0;
        for (int token = 0; token < Heads * Tokens; token++)
        {
            (int h, int i) = (token / Tokens, token % Tokens);
            int first = (i * Heads + h) * Dim;
            var expected = new double[Dim];
            for (int r = 0; r < reads; r++)
            {
                ReadOnlySpan<byte> selected = workspace.Samples.State(0, r).Slice(h * Tokens, Tokens);
                Vec y = PooledAttention.Pooled(
                    selected[i], LocalEnergy(couplings.AsSpan(token * Tokens, Tokens), selected, i),
                    new Vec(input.AsSpan(first, Dim).ToArray()), layer.Parameters["Pooled.Scale"].Value[h]);
                for (int d = 0; d < Dim; d++)
                {
                    expected[d] += y[d] / (double)reads;
                }
            }

            for (int d = 0; d < Dim; d++)
            {
                largest = Math.Max(largest, Math.Abs(expected[d] - output[first + d]));
            }
        }

        return largest;
    }

    /// <summary>ε_i = −s_i Σ_j J_ij s_j.</summary>
    private static float LocalEnergy(ReadOnlySpan<float> couplings, ReadOnlySpan<byte> selected, int i)
    {
        float sum = 0;
        for (int j = 0; j < Tokens; j++)
        {
            sum += couplings[j] * selected[j];
        }

        return -selected[i] * sum;
    }
}
