using System.Numerics;
using Qama.Numerics.Matrices;
using Qama.Problems;

namespace Qama.Layers;

/// <summary>Counts what the last pass of a workspace selected.</summary>
internal static class SelectionSummary
{
    public static SelectionReport Of<T>(LayerWorkspace<T> workspace, SampleSet? reference)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // Tokens are the candidates of a problem, where a sample has several problems.
        ModelDescriptor model = workspace.Owner.Model.Problem;
        SampleSet samples = workspace.Samples;
        int count = workspace.Problems.Count, selections = count * samples.ReadCount;
        var heads = new HeadCounts[model.HeadCount];
        (double unused, double present, double energy, int infeasible) = (0, 0, 0, 0);
        for (int p = 0; p < count; p++)
        {
            int tokens = workspace.Problems.TokenCounts[p];
            for (int read = 0; read < samples.ReadCount; read++)
            {
                ReadOnlySpan<byte> state = samples.State(p, read);
                for (int h = 0; h < heads.Length; h++)
                {
                    heads[h].Add(workspace, p, h, tokens, state);
                }

                for (int i = 0; i < tokens; i++)
                {
                    unused += IsUnused(model, state, i) ? 1 : 0;
                }

                present += tokens;
                energy += samples.Energy(p, read);
                infeasible += workspace.Problems.IsFeasible(p, state) ? 0 : 1;
            }
        }

        HeadSelection[] described = [.. heads.Select((counts, h) => counts.Describe(h, model, selections))];
        return new SelectionReport
        {
            Model = workspace.Owner.Model.Name,
            Samples = workspace.Count,
            Problems = count,
            Reads = samples.ReadCount,
            Heads = described,
            SelectedShare = described.Average(h => h.SelectedShare),
            UnusedTokenShare = present == 0 ? 0 : unused / present,
            InfeasibleShare = (double)infeasible / selections,
            MeanEnergy = energy / selections,
            MeanGap = reference is null ? null : Gap(count, samples, reference),
        };
    }

    private static bool IsUnused(ModelDescriptor model, ReadOnlySpan<byte> state, int token)
    {
        for (int h = 0; h < model.HeadCount; h++)
        {
            int first = ((h * model.Tokens) + token) * model.SelectionBits;
            if (state.Slice(first, model.SelectionBits).ContainsAnyExcept((byte)0))
            {
                return false;
            }
        }

        return true;
    }

    private static double? Gap(int count, SampleSet samples, SampleSet reference)
    {
        (double gap, int counted) = (0, 0);
        for (int p = 0; p < count; p++)
        {
            double best = Lowest(reference, p);
            if (best != 0)
            {
                gap += (Lowest(samples, p) - best) / Math.Abs(best);
                counted++;
            }
        }

        return counted == 0 ? null : gap / counted;
    }

    private static double Lowest(SampleSet samples, int problem)
    {
        double lowest = samples.Energy(problem);
        for (int read = 1; read < samples.ReadCount; read++)
        {
            lowest = Math.Min(lowest, samples.Energy(problem, read));
        }

        return lowest;
    }

    private struct HeadCounts
    {
        private double _selected;
        private double _present;
        private double _coupling;
        private double _field;
        private int _empty;
        private int _full;
        private int _bound;

        public void Add<T>(LayerWorkspace<T> workspace, int problem, int head, int tokens, ReadOnlySpan<byte> state)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            ModelDescriptor model = workspace.Owner.Model.Problem;
            int bits = model.SelectionBits, n = model.Tokens, stride = Padding.Stride(n), levels = (1 << bits) - 1;
            ReadOnlySpan<byte> own = state.Slice(head * n * bits, n * bits);
            ReadOnlySpan<float> couplings = model.CouplingFactor is null && model.HasCoupling
                ? workspace.ProblemCouplings.AsSpan(((TableOf(workspace, problem) * model.HeadCount) + head) * n * stride, n * stride)
                : [];
            ReadOnlySpan<float> fields = model.HasField
                ? workspace.ProblemFields.AsSpan(((problem * model.HeadCount) + head) * stride, stride)
                : [];
            long sum = 0;
            for (int i = 0; i < tokens; i++)
            {
                long level = Level(own, i, bits);
                if (level == 0)
                {
                    continue;
                }

                sum += level;
                double weight = (double)level / levels;
                for (int j = 0; j < tokens && !couplings.IsEmpty; j++)
                {
                    _coupling -= model.CouplingWeight * couplings[(i * stride) + j] * weight * Level(own, j, bits) / levels;
                }

                _field -= model.HasField ? model.FieldWeight * fields[i] * weight : 0;
            }

            if (model.CouplingFactor is not null)
            {
                _coupling -= model.CouplingWeight * OfFeatures(workspace, problem, head, tokens, own);
            }

            _selected += (double)sum / levels;
            _present += tokens;
            _empty += sum == 0 ? 1 : 0;
            _full += tokens > 0 && sum == (long)tokens * levels ? 1 : 0;
            _bound += IsAtBound(model, sum, levels) ? 1 : 0;
        }

        // Problems may share couplings.
        private static int TableOf<T>(LayerWorkspace<T> workspace, int problem)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            ModelDescriptor model = workspace.Owner.Model.Problem;
            long length = (long)model.HeadCount * model.Tokens * Padding.Stride(model.Tokens);
            return (int)(problem % (workspace.ProblemCouplings.Length / length));
        }

        // Σ_{i≠j} J s_i s_j over pairs that interact.
        private static double OfFeatures<T>(LayerWorkspace<T> workspace, int problem, int head, int tokens, ReadOnlySpan<byte> own)
            where T : unmanaged, IBinaryFloatingPointIeee754<T>
        {
            ModelDescriptor model = workspace.Owner.Model;
            int stride = Padding.Stride(model.Tokens), length = model.CouplingRank * stride;
            int first = ((problem * model.HeadCount) + head) * length, apart = workspace.Capacity * model.HeadCount * length;
            var neighbours = new TokenNeighbours(model.CouplingWindow, model.CouplingBlock);
            double unit = 1.0 / ((1 << model.SelectionBits) - 1);
            var weights = new double[tokens];
            for (int i = 0; i < tokens; i++)
            {
                weights[i] = unit * Level(own, i, model.SelectionBits);
            }

            var sums = new double[tokens];
            double total = workspace.CouplingShifts.Length == 0 ? 0 : workspace.CouplingShifts[head] * Pairs(weights, weights);
            for (int at = first; at < first + length; at += stride)
            {
                double[] a = Weighted(workspace.ProblemCouplings.AsSpan(at, tokens));
                double[] b = Weighted(workspace.ProblemCouplings.AsSpan(at + apart, tokens));
                total += workspace.CouplingScales[head] * Pairs(a, b);
            }

            return total;

            double[] Weighted(ReadOnlySpan<float> features)
            {
                var result = new double[tokens];
                for (int i = 0; i < tokens; i++)
                {
                    result[i] = features[i] * weights[i];
                }

                return result;
            }

            double Pairs(double[] x, double[] y)
            {
                neighbours.Sum<double>(y, sums);
                double sum = 0;
                for (int i = 0; i < tokens; i++)
                {
                    sum += x[i] * (sums[i] - y[i]);
                }

                return sum;
            }
        }

        public readonly HeadSelection Describe(int head, ModelDescriptor model, int selections) => new()
        {
            Head = head,
            SelectedShare = _present == 0 ? 0 : _selected / _present,
            EmptyShare = (double)_empty / selections,
            FullShare = (double)_full / selections,
            BoundShare = model.Constraints.Any(IsSum) ? (double)_bound / selections : null,
            MeanCouplingEnergy = _coupling / selections,
            MeanFieldEnergy = _field / selections,
        };

        private static long Level(ReadOnlySpan<byte> own, int token, int bits)
        {
            long level = 0;
            for (int b = 0; b < bits; b++)
            {
                level += (long)own[(token * bits) + b] << b;
            }

            return level;
        }

        private static bool IsAtBound(ModelDescriptor model, long sum, int levels)
        {
            foreach (ConstraintDescription constraint in model.Constraints)
            {
                if (IsSum(constraint) && sum == (long)Math.Round(constraint.Bound * levels))
                {
                    return true;
                }
            }

            return false;
        }

        private static bool IsSum(ConstraintDescription constraint) =>
            constraint.Kind is ConstraintKind.AtMost or ConstraintKind.AtLeast or ConstraintKind.Exactly;
    }
}
