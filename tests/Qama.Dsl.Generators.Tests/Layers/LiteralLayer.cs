namespace Qama.Generators.Tests.Layers;

/// <summary>
/// The operator written out in double, entry by entry, from the definitions: nothing is shared with the generated kernels.
/// </summary>
internal sealed class LiteralLayer(Operator declared, Func<string, double[]> parameter, Func<string, double[]> buffer)
{
    private readonly int _n = declared.Tokens, _heads = declared.Heads, _dim = declared.HeadDim;

    /// <summary>Whether batch statistics are used, or the running ones.</summary>
    public bool Training { get; init; } = true;

    /// <summary>What the class's own terms make of a token; null where another readout does.</summary>
    public Func<ReadoutToken, double[]>? Terms { get; init; }

    /// <summary>Real selection weights [head][token] that stand for a state; null for those of its bits.</summary>
    public Func<byte[], double[][]?> Substitute { get; init; } = _ => null;

    /// <summary>Output [batch][token, head · dim] of inputs [role][batch · tokens · width].</summary>
    /// <param name="inputs">Query, key and value inputs.</param>
    /// <param name="states">Selected bits, [sample][read].</param>
    /// <param name="tokenCounts">Tokens present in each sample.</param>
    public double[] Forward(double[][] inputs, byte[][][] states, int[] tokenCounts)
    {
        Sample[] samples = Coefficients(inputs, tokenCounts);
        double[] g = HasEnergyToValue && Terms is null ? parameter("EnergyToValue") : [];
        var output = new double[samples.Length * _n * declared.OutputDim];
        for (int b = 0; b < samples.Length; b++)
        {
            foreach (byte[] state in states[b])
            {
                for (int h = 0; h < _heads; h++)
                {
                    double[] s = Weights(state, h);
                    for (int i = 0; i < tokenCounts[b]; i++)
                    {
                        double[] y = declared.Readout switch
                        {
                            _ when Terms is { } terms => terms(new ReadoutToken(
                                h, i, samples[b].Q[h][i], samples[b].K[h][i], samples[b].V[h][i], s[i], LocalEnergy(samples[b], h, i, s))),
                            ReadoutKind.SelectedAttention => Attention(samples[b], h, i, s),
                            ReadoutKind.MarginalAttention => [.. Enumerable.Range(0, _dim).Select(d =>
                                samples[b].V[h].Select((v, j) => s[j] * v[d]).Sum())],
                            ReadoutKind.EntropyShare => Share(samples[b], h, i, s),
                            _ => [.. g.Select(x => x * LocalEnergy(samples[b], h, i, s))],
                        };
                        for (int d = 0; d < _dim; d++)
                        {
                            output[((b * _n + i) * _heads + h) * _dim + d] += y[d] / states[b].Length;
                        }
                    }
                }
            }
        }

        if (declared.NormalizesOutput)
        {
            for (int h = 0; h < _heads; h++)
            {
                var entries = new List<int>();
                for (int b = 0; b < samples.Length; b++)
                {
                    for (int i = 0; i < tokenCounts[b]; i++)
                    {
                        entries.AddRange(Enumerable.Range(((b * _n + i) * _heads + h) * _dim, _dim));
                    }
                }

                double[] normalised = Normalise("OutputNorm", h, [.. entries.Select(e => output[e])]);
                for (int e = 0; e < entries.Count; e++)
                {
                    output[entries[e]] = normalised[e];
                }
            }
        }

        return output;
    }

    /// <summary>The part of the energy that depends on parameters, couplings and fields, of selections [sample][read].</summary>
    public double[][] Energies(double[][] inputs, byte[][][] states, int[] tokenCounts) =>
        [.. Coefficients(inputs, tokenCounts).Select((sample, b) =>
            states[b].Select(state => Energy(sample, tokenCounts[b], state)).ToArray())];

    private double Energy(Sample own, int tokenCount, byte[] state)
    {
        double energy = 0;
        for (int h = 0; h < _heads; h++)
        {
            double[] s = Weights(state, h);
            for (int i = 0; i < tokenCount; i++)
            {
                energy -= declared.HasField ? declared.FinalFieldWeight * own.F[h, i] * s[i] : 0;
                for (int j = 0; j < tokenCount; j++)
                {
                    energy -= declared.CouplingWeight * own.J[h, i, j] * s[i] * s[j];
                }
            }
        }

        return energy;
    }

    /// <summary>J before symmetrisation, of two vectors.</summary>
    public static double Similar(Similarity similarity, double[] q, double[] k)
    {
        double dot = q.Zip(k, (a, b) => a * b).Sum();
        return similarity switch
        {
            Similarity.ScaledDotProduct => dot / Math.Sqrt(q.Length),
            Similarity.Cosine => dot / (Length(q) * Length(k) + 1e-6),
            Similarity.None => 0,
            Similarity.NegativeSquaredDistance => -q.Zip(k, (a, b) => (a - b) * (a - b)).Sum() / Math.Sqrt(q.Length),
            _ => Divergence(Softmax(q), Softmax(k)),
        };
    }

    /// <summary>f of one vector.</summary>
    public static double Important(Importance importance, double[] v, double[] g) => importance switch
    {
        Importance.ValueProjection => v.Zip(g, (a, b) => a * b).Average(),
        Importance.ValueEntropy => Shares(v).Sum(),
        Importance.ValueNorm => Length(v),
        _ => 0,
    };

    /// <summary>Couplings of one head from its queries and keys, [token][dim]: symmetric with zero diagonal (first version:
    /// neither), masked.</summary>
    public static double[,] Couplings(Operator declared, double[][] q, double[][] k)
    {
        int n = q.Length;
        var result = new double[n, n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                result[i, j] = i == j && !declared.FirstVersion || i != j && !declared.Interact(i, j) ? 0
                    : declared.FirstVersion ? Similar(declared.Similarity, q[i], k[j])
                    : (Similar(declared.Similarity, q[i], k[j]) + Similar(declared.Similarity, q[j], k[i])) / 2;
            }
        }

        return result;
    }

    /// <summary>The learned couplings of one head, made symmetric and masked as the data's are.</summary>
    private void AddLearned(double[,] couplings, int head)
    {
        for (int i = 0; i < couplings.GetLength(0); i++)
        {
            for (int j = 0; j < couplings.GetLength(1); j++)
            {
                couplings[i, j] += i == j && !declared.FirstVersion || i != j && !declared.Interact(i, j) ? 0
                    : declared.FirstVersion ? Learned(head, i, j)
                    : (Learned(head, i, j) + Learned(head, j, i)) / 2;
            }
        }
    }

    /// <summary>Weight · L[h,i,j].</summary>
    private double Learned(int head, int i, int j)
    {
        if (declared.Learned is not { } form)
        {
            return 0;
        }

        double[] numbers = parameter("LearnedCoupling");
        int first = declared.LearnedPerHead ? head * (numbers.Length / _heads) : 0;
        return declared.LearnedWeight * numbers[first + (form == LearnedCouplingForm.Static ? i * _n + j : declared.Distance(i, j))];
    }

    private bool HasEnergyToValue =>
        declared.Importance == Importance.ValueProjection
        || (Terms is null && declared.Readout is ReadoutKind.LocalEnergy or ReadoutKind.Expectation);

    private Sample[] Coefficients(double[][] inputs, int[] tokenCounts)
    {
        string[] roles = ["Query", "Key", "Value"];
        double[][][][][] projected = [.. roles.Select((role, r) => Project(inputs[r], role, tokenCounts))];
        double[] g = HasEnergyToValue ? parameter("EnergyToValue") : [];
        var samples = new Sample[tokenCounts.Length];
        for (int b = 0; b < samples.Length; b++)
        {
            (double[][][] q, double[][][] k, double[][][] v) = (projected[0][b], projected[1][b], projected[2][b]);
            samples[b] = new Sample(q, k, v, new double[_heads, _n, _n], new double[_heads, _n]);
            for (int h = 0; h < _heads; h++)
            {
                double[,] own = Couplings(declared, q[h], k[h]);
                AddLearned(own, h);
                for (int i = 0; i < tokenCounts[b]; i++)
                {
                    samples[b].F[h, i] = Important(declared.Importance, v[h][i], g);
                    for (int j = 0; j < tokenCounts[b]; j++)
                    {
                        samples[b].J[h, i, j] = own[i, j];
                    }
                }
            }
        }

        for (int h = 0; h < _heads && declared.NormalizesCouplings; h++)
        {
            (int B, int I, int J)[] entries = [.. from b in Enumerable.Range(0, samples.Length)
                                                  from i in Enumerable.Range(0, tokenCounts[b])
                                                  from j in Enumerable.Range(0, tokenCounts[b])
                                                  where i != j && declared.Interact(i, j)
                                                  select (b, i, j)];
            double[] normalised = Normalise("CouplingNorm", h, [.. entries.Select(e => samples[e.B].J[h, e.I, e.J])]);
            for (int e = 0; e < entries.Length; e++)
            {
                samples[entries[e].B].J[h, entries[e].I, entries[e].J] = normalised[e];
            }
        }

        for (int h = 0; h < _heads && declared.NormalizesFields; h++)
        {
            (int B, int I)[] entries = [.. from b in Enumerable.Range(0, samples.Length)
                                           from i in Enumerable.Range(0, tokenCounts[b])
                                           select (b, i)];
            double[] normalised = Normalise("FieldNorm", h, [.. entries.Select(e => samples[e.B].F[h, e.I])]);
            for (int e = 0; e < entries.Length; e++)
            {
                samples[entries[e].B].F[h, entries[e].I] = normalised[e];
            }
        }

        return samples;
    }

    /// <summary>[sample][head][token][dim].</summary>
    private double[][][][] Project(double[] input, string role, int[] tokenCounts)
    {
        int width = declared.Width;
        return [.. tokenCounts.Select((count, b) =>
        {
            double[][] rows = [.. Enumerable.Range(0, count).Select(i => Row(input[((b * _n + i) * width)..((b * _n + i + 1) * width)]))];
            return Enumerable.Range(0, _heads)
                .Select(h => rows.Select(row => row[(h * _dim)..((h + 1) * _dim)]).ToArray()).ToArray();
        })];

        double[] Row(double[] x)
        {
            if (declared.LayerNorm)
            {
                double mean = x.Average(), variance = x.Average(a => (a - mean) * (a - mean));
                double[] gain = parameter(role + "Norm.Weight"), shift = parameter(role + "Norm.Bias");
                x = [.. x.Select((a, c) => (a - mean) / Math.Sqrt(variance + 1e-5) * gain[c] + shift[c])];
            }

            if (declared.Projected)
            {
                return x;
            }

            double[] weight = parameter(role + "Projection");
            double[] bias = declared.Bias ? parameter(role + "Projection.Bias") : new double[declared.OutputDim];
            return [.. Enumerable.Range(0, declared.OutputDim).Select(o => bias[o] + x.Select((a, c) => a * weight[o * width + c]).Sum())];
        }
    }

    private double[] Normalise(string norm, int head, double[] values)
    {
        if (values.Length == 0)
        {
            return values;
        }

        double mean = Training ? values.Average() : buffer(norm + ".RunningMean")[head];
        double variance = Training ? values.Average(v => (v - mean) * (v - mean)) : buffer(norm + ".RunningVariance")[head];
        double scale = parameter(norm + ".Weight")[head], shift = parameter(norm + ".Bias")[head];
        return [.. values.Select(v => (v - mean) / Math.Sqrt(variance + 1e-5) * scale + shift)];
    }

    private double[] Weights(byte[] state, int head) => Substitute(state) is { } real ? real[head] : [.. Enumerable.Range(0, _n).Select(i =>
        Enumerable.Range(0, declared.Bits).Sum(b => state[(head * _n + i) * declared.Bits + b] * Math.Pow(2, b)) / (Math.Pow(2, declared.Bits) - 1))];

    private double LocalEnergy(Sample sample, int h, int i, double[] s)
    {
        double coupled = Enumerable.Range(0, _n).Sum(j => sample.J[h, i, j] * s[i] * s[j]);
        double field = sample.F[h, i] * s[i];
        return declared.Weighted ? -(declared.CouplingWeight * coupled + declared.FinalFieldWeight * field) : -(coupled + field);
    }

    private double[] Share(Sample sample, int h, int i, double[] s) =>
        [.. Shares(sample.V[h][i]).Select(share => -LocalEnergy(sample, h, i, s) * share / sample.F[h, i])];

    private double[] Attention(Sample sample, int h, int i, double[] s)
    {
        double[][] v = sample.V[h];
        double[] a = [.. v.Select((_, j) =>
            j != i && !declared.Interact(i, j) ? 0
            : s[j] * Math.Exp(Similar(declared.Similarity, sample.Q[h][i], sample.K[h][j]) + Learned(h, i, j) + sample.F[h, j]))];
        double total = a.Sum();
        return [.. Enumerable.Range(0, _dim).Select(d => total == 0 ? 0 : v.Select((row, j) => a[j] * row[d]).Sum() / total)];
    }

    private static double Length(double[] x) => Math.Sqrt(x.Sum(a => a * a));

    private static double[] Softmax(double[] x)
    {
        double largest = x.Max(), total = x.Sum(a => Math.Exp(a - largest));
        return [.. x.Select(a => Math.Exp(a - largest) / total)];
    }

    private static double Divergence(double[] p, double[] r)
    {
        double sum = 0;
        for (int d = 0; d < p.Length; d++)
        {
            double m = (p[d] + r[d]) / 2;
            sum += p[d] * Math.Log2(p[d] / (m + 1e-6) + 1e-6) + r[d] * Math.Log2(r[d] / (m + 1e-6) + 1e-6);
        }

        return sum / 2;
    }

    /// <summary>−u log₂ u of each dimension.</summary>
    private static double[] Shares(double[] v)
    {
        double total = v.Sum() + 1e-6;
        return [.. v.Select(a => Math.Clamp(a / total, 1e-6, 1)).Select(u => -u * Math.Log2(u))];
    }

    /// <summary>One token as a readout sees it: its vectors of one head, selection weight and local energy.</summary>
    internal readonly record struct ReadoutToken(
        int Head, int Index, double[] Q, double[] K, double[] V, double Selected, double Energy);

    /// <summary>One sample's vectors [head][token][dim], couplings and fields, normalised.</summary>
    private sealed record Sample(double[][][] Q, double[][][] K, double[][][] V, double[,,] J, double[,] F);
}
