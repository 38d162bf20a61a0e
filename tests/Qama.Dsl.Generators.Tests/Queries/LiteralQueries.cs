using Qama.Generators.Tests.Layers;

namespace Qama.Generators.Tests.Queries;

/// <summary>Layers with a selection per query written out in double, entry by entry, from the definitions: nothing is shared with the
/// runtime.</summary>
internal sealed class LiteralQueries(QueryOperator declared, Func<string, double[]> parameter, Func<string, double[]> buffer)
{
    private readonly int _heads = declared.Heads, _dim = declared.HeadDim, _keys = declared.Keys;

    /// <summary>Weights that stand for some states, [head][candidate]; null for the bits' own.</summary>
    public Func<byte[], double[][]?> Weights { get; init; } = _ => null;

    /// <summary>Whether batch statistics are used, or the running ones.</summary>
    public bool Training { get; init; } = true;

    /// <summary>Output [batch][query, head · dim].</summary>
    /// <param name="inputs">Query, key and value inputs.</param>
    /// <param name="states">Selected bits, [problem of all samples][read].</param>
    /// <param name="queryCounts">Queries present in each sample.</param>
    /// <param name="keyCounts">Keys present in each sample.</param>
    public double[] Forward(double[][] inputs, byte[][][] states, int[] queryCounts, int[] keyCounts)
    {
        Sample[] samples = Coefficients(inputs, queryCounts, keyCounts);
        var output = new double[samples.Length * declared.Tokens * declared.OutputDim];
        for (int b = 0; b < samples.Length; b++)
        {
            for (int i = 0; i < queryCounts[b]; i++)
            {
                byte[][] reads = states[(b * declared.Problems) + (i / declared.QueryBlock)];
                foreach (byte[] state in reads)
                {
                    for (int h = 0; h < _heads; h++)
                    {
                        double[] y = Read(samples[b], h, i, UnitWeights(state, h, i / declared.QueryBlock));
                        for (int d = 0; d < _dim; d++)
                        {
                            output[((((b * declared.Tokens) + i) * _heads) + h) * _dim + d] += y[d] / reads.Length;
                        }
                    }
                }
            }
        }

        return declared.NormalizesOutput ? NormaliseOutput(output, queryCounts) : output;
    }

    /// <summary>The energy of a selection of one problem.</summary>
    public double Energy(double[][] inputs, int[] queryCounts, int[] keyCounts, int sample, int problem, byte[] state) =>
        Energy(Coefficients(inputs, queryCounts, keyCounts)[sample], problem, state);

    /// <summary>Energies of all selections, [problem of all samples][read].</summary>
    public double[][] Energies(double[][] inputs, byte[][][] states, int[] queryCounts, int[] keyCounts)
    {
        Sample[] samples = Coefficients(inputs, queryCounts, keyCounts);
        return [.. states.Select((reads, p) => reads
            .Select(state => Energy(samples[p / declared.Problems], p % declared.Problems, state)).ToArray())];
    }

    /// <summary>The units that a problem selects among.</summary>
    public int[] Candidates(int problem, int queryCount, int keyCount) => problem * declared.QueryBlock >= queryCount ? [] :
        [.. Enumerable.Range(0, declared.Units).Where(u => declared.IsCandidate(problem, u) && u * declared.Unit < keyCount)];

    private double Energy(Sample own, int problem, byte[] state)
    {
        int[] queries = [.. Enumerable.Range(0, own.Queries).Where(i => i / declared.QueryBlock == problem)
            .Take(declared.Mask == MaskPattern.Causal ? 1 : declared.QueryBlock)];
        int[] units = Candidates(problem, own.Queries, own.Keys);
        double energy = 0;
        var all = new double[_heads, declared.Units];
        for (int h = 0; h < _heads; h++)
        {
            double[] s = UnitWeights(state, h, problem);
            foreach (int u in units)
            {
                all[h, u] = s[u];
                double reward = declared.KeysOf(u).Where(j => j < own.Keys).Sum(j =>
                    (declared.CouplingWeight * queries.Average(i => own.J[h, i, j])) + (FieldWeight * own.F[h, j]));
                energy -= s[u] * reward;
                energy += (declared.Curvature * s[u] * s[u]) + (s[u] * declared.KeysOf(u).Sum(TokenPenalty));
                foreach (int v in units)
                {
                    double both = u == v ? s[u] : s[u] * s[v];
                    double learned = declared.KeysOf(u).Sum(j => declared.KeysOf(v).Where(k => k != j).Sum(k => Learned(h, j, k)));
                    double penalty = declared.KeysOf(u).Sum(j => declared.KeysOf(v).Where(k => k != j).Sum(k => PairPenalty(j, k)));
                    energy += both * ((penalty / 2) - (declared.CouplingWeight * declared.LearnedWeight * learned));
                }
            }

            double sum = units.Sum(u => s[u]);
            energy += declared.AtMost > 0 ? 2 * Math.Pow(Math.Max(0, sum - declared.AtMost), 2) : 0;
        }

        for (int a = 0; a < _heads; a++)
        {
            for (int b = a + 1; b < _heads; b++)
            {
                energy += declared.Exclusion * units.Sum(u => all[a, u] * all[b, u]);
            }
        }

        return energy;
    }

    private double[] Read(Sample own, int h, int i, double[] units)
    {
        double[] w = [.. Enumerable.Range(0, _keys).Select(j => !declared.Sees(i, j) || j >= own.Keys ? 0
            : declared.IsCandidate(i / declared.QueryBlock, j / declared.Unit) ? units[j / declared.Unit] : 1)];
        switch (declared.Readout)
        {
            case ReadoutKind.SelectedAttention:
                double[] a = [.. w.Select((x, j) => x * Math.Exp(own.J[h, i, j] + own.F[h, j]))];
                double total = a.Sum();
                return Mix([.. a.Select(x => total == 0 ? 0 : x / total)]);
            case ReadoutKind.MarginalAttention:
                return Mix(w);
            default:
                (double couplingWeight, double fieldWeight) = declared.Weighted ? (declared.CouplingWeight, FieldWeight) : (1, 1);
                double energy = -w.Select((x, j) => x * ((couplingWeight * own.J[h, i, j]) + (fieldWeight * own.F[h, j]))).Sum();
                int[] candidates = Candidates(i / declared.QueryBlock, own.Queries, own.Keys);
                foreach (int u in candidates)
                {
                    foreach (int v in candidates)
                    {
                        double both = u == v ? units[u] : units[u] * units[v];
                        double learned = declared.KeysOf(u).Sum(j => declared.KeysOf(v).Where(k => k != j).Sum(k => Learned(h, j, k)));
                        energy -= couplingWeight * declared.LearnedWeight * learned * both;
                    }
                }

                return [.. parameter("EnergyToValue").Select(g => energy * g)];
        }

        double[] Mix(double[] weights) =>
            [.. Enumerable.Range(0, _dim).Select(d => Enumerable.Range(0, own.Keys).Sum(j => weights[j] * own.V[h][j][d]))];
    }

    private double FieldWeight => declared.FieldScale == TermScale.Tokens ? declared.FieldWeight * Math.Max(1, MostCandidates) : declared.FieldWeight;

    // The problem's tokens: as many as the largest problem holds.
    private int MostCandidates { get; } = Enumerable.Range(0, declared.Problems)
        .Max(c => Enumerable.Range(0, declared.Units).Count(u => declared.IsCandidate(c, u)));

    private double Learned(int head, int j, int k)
    {
        if (declared.Learned is not { } form)
        {
            return 0;
        }

        double[] numbers = parameter("LearnedCoupling");
        int ofHead = form == LearnedCouplingForm.Static ? _keys * _keys : _keys;
        int index = form == LearnedCouplingForm.Static ? (j * _keys) + k : Math.Abs(j - k);
        return numbers[(declared.LearnedPerHead ? head * ofHead : 0) + index];
    }

    private double PairPenalty(int j, int k) =>
        (Math.Abs(j - k) < 2 ? declared.LongRange : 0)
        + (declared.HasTerms ? 0.3 * (Math.Min(j, k) + (0.5 * Math.Abs(j - k))) : 0);

    private double TokenPenalty(int j) => declared.HasTerms ? 0.4 * 0.25 * j : 0;

    /// <summary>Selection weights by unit; 0 for units that are no candidates.</summary>
    private double[] UnitWeights(byte[] state, int head, int problem)
    {
        var weights = new double[declared.Units];
        int most = state.Length / _heads / declared.Bits;
        int first = Array.FindIndex([.. Enumerable.Range(0, declared.Units)], u => declared.IsCandidate(problem, u));
        double[][]? given = Weights(state);
        for (int t = 0; first >= 0 && t < most && first + t < declared.Units; t++)
        {
            if (given is not null)
            {
                weights[first + t] = given[head][t];
                continue;
            }

            for (int b = 0; b < declared.Bits; b++)
            {
                weights[first + t] += state[(((head * most) + t) * declared.Bits) + b] * Math.Pow(2, b) / (Math.Pow(2, declared.Bits) - 1);
            }
        }

        return weights;
    }

    private Sample[] Coefficients(double[][] inputs, int[] queryCounts, int[] keyCounts)
    {
        double[][][][] q = Project(inputs[0], "Query", queryCounts, declared.Tokens), k = Project(inputs[1], "Key", keyCounts, _keys),
            v = Project(inputs[2], "Value", keyCounts, _keys);
        double[] g = declared.Importance == Importance.ValueProjection ? parameter("EnergyToValue") : [];
        var samples = new Sample[queryCounts.Length];
        for (int b = 0; b < samples.Length; b++)
        {
            samples[b] = new Sample(v[b], new double[_heads, declared.Tokens, _keys], new double[_heads, _keys], queryCounts[b], keyCounts[b]);
            for (int h = 0; h < _heads; h++)
            {
                for (int j = 0; j < keyCounts[b]; j++)
                {
                    samples[b].F[h, j] = LiteralLayer.Important(declared.Importance, v[b][h][j], g);
                    for (int i = 0; i < queryCounts[b]; i++)
                    {
                        samples[b].J[h, i, j] = LiteralLayer.Similar(declared.Similarity, q[b][h][i], k[b][h][j]);
                    }
                }
            }
        }

        for (int h = 0; h < _heads && declared.NormalizesCouplings; h++)
        {
            (int B, int I, int J)[] entries = [.. from b in Enumerable.Range(0, samples.Length)
                                                  from i in Enumerable.Range(0, queryCounts[b])
                                                  from j in Enumerable.Range(0, keyCounts[b])
                                                  where declared.Sees(i, j)
                                                  select (b, i, j)];
            double[] normalised = Normalise("CouplingNorm", h, [.. entries.Select(e => samples[e.B].J[h, e.I, e.J])]);
            for (int e = 0; e < entries.Length; e++)
            {
                samples[entries[e].B].J[h, entries[e].I, entries[e].J] = normalised[e];
            }
        }

        for (int h = 0; h < _heads && declared.NormalizesFields; h++)
        {
            (int B, int J)[] entries = [.. from b in Enumerable.Range(0, samples.Length) from j in Enumerable.Range(0, keyCounts[b]) select (b, j)];
            double[] normalised = Normalise("FieldNorm", h, [.. entries.Select(e => samples[e.B].F[h, e.J])]);
            for (int e = 0; e < entries.Length; e++)
            {
                samples[entries[e].B].F[h, entries[e].J] = normalised[e];
            }
        }

        return samples;
    }

    private double[] NormaliseOutput(double[] output, int[] queryCounts)
    {
        for (int h = 0; h < _heads; h++)
        {
            int[] entries = [.. from b in Enumerable.Range(0, queryCounts.Length)
                                from i in Enumerable.Range(0, queryCounts[b])
                                from d in Enumerable.Range(0, _dim)
                                select ((((b * declared.Tokens) + i) * _heads) + h) * _dim + d];
            double[] normalised = Normalise("OutputNorm", h, [.. entries.Select(e => output[e])]);
            for (int e = 0; e < entries.Length; e++)
            {
                output[entries[e]] = normalised[e];
            }
        }

        return output;
    }

    /// <summary>[sample][head][token][dim].</summary>
    private double[][][][] Project(double[] input, string role, int[] counts, int tokens)
    {
        int width = declared.Width;
        double[] weight = parameter(role + "Projection");
        return [.. counts.Select((count, b) =>
        {
            double[][] rows = [.. Enumerable.Range(0, count).Select(i => Row(input[(((b * tokens) + i) * width)..(((b * tokens) + i + 1) * width)]))];
            return Enumerable.Range(0, _heads)
                .Select(h => rows.Select(row => row[(h * _dim)..((h + 1) * _dim)]).ToArray()).ToArray();
        })];

        double[] Row(double[] x)
        {
            if (declared.LayerNorm)
            {
                double mean = x.Average(), variance = x.Average(a => (a - mean) * (a - mean));
                double[] gain = parameter(role + "Norm.Weight"), shift = parameter(role + "Norm.Bias");
                x = [.. x.Select((a, c) => ((a - mean) / Math.Sqrt(variance + 1e-5) * gain[c]) + shift[c])];
            }

            return [.. Enumerable.Range(0, declared.OutputDim).Select(o => x.Select((a, c) => a * weight[(o * width) + c]).Sum())];
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
        return [.. values.Select(v => ((v - mean) / Math.Sqrt(variance + 1e-5) * scale) + shift)];
    }

    /// <summary>One sample's values [head][key][dim], couplings of queries with keys and fields of keys, normalised.</summary>
    private sealed record Sample(double[][][] V, double[,,] J, double[,] F, int Queries, int Keys);
}
