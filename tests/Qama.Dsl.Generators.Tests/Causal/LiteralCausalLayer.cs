using Qama.Generators.Tests.Layers;

namespace Qama.Generators.Tests.Causal;

/// <summary>
/// The recursion over blocks written out in double, entry by entry, from the definitions: nothing is shared with the runtime.
/// </summary>
internal sealed class LiteralCausalLayer(CausalOperator declared, Func<string, double[]> parameter)
{
    private readonly Operator _shape = declared.Shape;

    /// <summary>Output [token, head · dim] of one sample, and the energy of states of every problem.</summary>
    /// <param name="inputs">Query, key and value inputs, [tokens · width].</param>
    /// <param name="count">Tokens present.</param>
    /// <param name="states">The selection of a block's problem.</param>
    /// <param name="problem">Told of every problem: its block and its energy as a function of bits. May be null.</param>
    public double[] Forward(
        double[][] inputs, int count, Func<int, byte[]> states, Action<int, Func<byte[], double>>? problem = null)
    {
        (double[][][] q, double[][][] k, double[][][] v) = (Project(inputs[0], "Query", count), Project(inputs[1], "Key", count), Project(inputs[2], "Value", count));
        double[] g = _shape.Importance == Importance.ValueProjection || _shape.Readout == ReadoutKind.LocalEnergy ? parameter("EnergyToValue") : [];
        var output = new double[_shape.Tokens * _shape.OutputDim];
        List<(int Token, double Weight)>[] kept = [.. Enumerable.Range(0, _shape.Heads).Select(_ => new List<(int, double)>())];
        for (int first = 0, block = 0; first < count; first += declared.Block, block++)
        {
            for (int i = first; i < Math.Min(count, first + declared.Block); i++)
            {
                for (int h = 0; h < _shape.Heads; h++)
                {
                    double[] y = Answer(q[h], k[h], v[h], g, i, [.. kept[h], .. Enumerable.Range(first, i - first + 1).Select(j => (j, 1.0))]);
                    y.CopyTo(output, i * _shape.OutputDim + h * _shape.HeadDim);
                }
            }

            if (first + declared.Block >= count)
            {
                break; // nobody reads this selection
            }

            List<(int Token, double Weight)>[] before = [.. kept.Select(list => list.ToList())];
            int start = first;
            problem?.Invoke(block, state => Energy(q, k, v, g, before, start, state));
            byte[] found = states(block);
            for (int h = 0; h < _shape.Heads; h++)
            {
                var candidates = Candidates(before[h], first).Select((token, c) => (Token: token, Weight: WeightOf(found, h, c))).ToList();
                if (declared.Memory > 0)
                {
                    // Own tokens stand first among candidates, and last in time.
                    kept[h] = [.. candidates.Where(c => c.Weight > 0).OrderBy(c => c.Token).TakeLast(declared.Memory)];
                }
                else
                {
                    kept[h].AddRange(candidates.Where(c => c.Weight > 0));
                }
            }
        }

        return output;
    }

    private IEnumerable<int> Candidates(List<(int Token, double Weight)> kept, int first) =>
        Enumerable.Range(first, declared.Block).Concat(declared.Memory > 0 ? kept.Select(s => s.Token) : []);

    private double WeightOf(byte[] state, int head, int candidate) => Enumerable.Range(0, _shape.Bits)
        .Sum(b => state[(head * declared.Candidates + candidate) * _shape.Bits + b] * Math.Pow(2, b)) / (Math.Pow(2, _shape.Bits) - 1);

    private double Coupling(double[][] q, double[][] k, int i, int j) => i == j || !_shape.Interact(i, j) ? 0
        : (declared.Similar(q[i], k[j], i, j) + declared.Similar(q[j], k[i], j, i)) / 2;

    private double Field(double[][] v, double[] g, int i) => _shape.HasField ? declared.Important(v[i], g, i) : 0;

    private double Energy(
        double[][][] q, double[][][] k, double[][][] v, double[] g, List<(int Token, double Weight)>[] kept, int first, byte[] state)
    {
        double energy = 0;
        for (int h = 0; h < _shape.Heads; h++)
        {
            int[] tokens = [.. Candidates(kept[h], first)];
            for (int a = 0; a < tokens.Length; a++)
            {
                (int i, double s) = (tokens[a], WeightOf(state, h, a));
                energy += s * (declared.TokenPenalty(i) - declared.FinalFieldWeight * Field(v[h], g, i));
                for (int b = 0; b < a; b++)
                {
                    energy += s * WeightOf(state, h, b) * Pair(q[h], k[h], i, tokens[b]);
                }

                foreach ((int j, double weight) in declared.Memory > 0 ? [] : kept[h])
                {
                    energy += s * weight * Pair(q[h], k[h], i, j);
                }
            }

            for (int other = 0; other < h; other++)
            {
                energy += declared.Exclusion * Enumerable.Range(0, declared.Block).Sum(c => WeightOf(state, h, c) * WeightOf(state, other, c));
            }
        }

        return energy;
    }

    private double Pair(double[][] q, double[][] k, int i, int j) =>
        declared.PairPenalty(i, j) - 2 * _shape.CouplingWeight * Coupling(q, k, i, j);

    private double[] Answer(
        double[][] q, double[][] k, double[][] v, double[] g, int i, List<(int Token, double Weight)> seen)
    {
        if (_shape.Readout == ReadoutKind.LocalEnergy)
        {
            double coupled = seen.Sum(s => s.Weight * Coupling(q, k, i, s.Token));
            double energy = _shape.Weighted
                ? -(_shape.CouplingWeight * coupled + declared.FinalFieldWeight * Field(v, g, i)) : -(coupled + Field(v, g, i));
            return [.. g.Select(x => x * energy)];
        }

        double[] a = [.. seen.Select(s => s.Token != i && !_shape.Interact(i, s.Token) ? 0
            : s.Weight * Math.Exp(declared.Similar(q[i], k[s.Token], i, s.Token) + Field(v, g, s.Token)))];
        double total = a.Sum();
        return [.. Enumerable.Range(0, _shape.HeadDim).Select(d => seen.Select((s, c) => a[c] * v[s.Token][d]).Sum() / total)];
    }

    /// <summary>[head][token][dim].</summary>
    private double[][][] Project(double[] input, string role, int count)
    {
        double[][] rows = [.. Enumerable.Range(0, count).Select(i => Row(input[(i * _shape.Width)..((i + 1) * _shape.Width)]))];
        return [.. Enumerable.Range(0, _shape.Heads).Select(h => rows.Select(row => row[(h * _shape.HeadDim)..((h + 1) * _shape.HeadDim)]).ToArray())];

        double[] Row(double[] x)
        {
            if (_shape.LayerNorm)
            {
                double mean = x.Average(), variance = x.Average(a => (a - mean) * (a - mean));
                double[] gain = parameter(role + "Norm.Weight"), shift = parameter(role + "Norm.Bias");
                x = [.. x.Select((a, c) => (a - mean) / Math.Sqrt(variance + 1e-5) * gain[c] + shift[c])];
            }

            if (_shape.Projected)
            {
                return x;
            }

            double[] weight = parameter(role + "Projection");
            double[] bias = _shape.Bias ? parameter(role + "Projection.Bias") : new double[_shape.OutputDim];
            return [.. Enumerable.Range(0, _shape.OutputDim).Select(o => bias[o] + x.Select((a, c) => a * weight[o * _shape.Width + c]).Sum())];
        }
    }
}
