using System.Reflection;
using System.Runtime.InteropServices;
using Qama.Contract;
using Qama.Layers;
using Qama.Layers.Readouts;
using Qama.Problems;
using Qama.Torch.Energies;
using Qama.Torch.Tensors;
using static TorchSharp.torch;

namespace Qama.Torch.Tests.Coefficients;

/// <summary>At most two of five, batches of whose sizes differ.</summary>
[QuboAttention(Tokens = 5, EmbeddingDim = 6), Heads(2), Field(Importance.ValueProjection), Sparsity(AtMost = 2)]
internal sealed partial class Limited;

/// <summary>Several hard constraints; weights in steps of a third.</summary>
[QuboAttention(Tokens = 5, EmbeddingDim = 6), Heads(2), SoftSelection(Bits = 2)]
[HeadExclusion(Hard = true), Sparsity(AtLeast = 1), Sparsity(AtMost = 2)]
internal sealed partial class Constrained;

/// <summary>Sufficient weights of hard constraints are those of the native bound.</summary>
public class PenaltyBoundTests
{
    private const int Tokens = 6, Heads = 3, Batch = 3;

    [Fact]
    public void Weights_of_random_changes_are_those_of_the_native_bound()
    {
        var random = new Random(5);
        for (int trial = 0; trial < 200; trial++)
        {
            TensorEnergy energy = Energy(random);
            int[] present = [Tokens, random.Next(1, Tokens), random.Next(0, 3)];
            double[][] couplings = [.. present.Select(p => Couplings(random, p, energy.KeepsDiagonal))];
            double[][] fields = [.. present.Select(p => Fields(random, p))];
            TensorConstraint[] constraints = [.. Enumerable.Range(0, 3).Select(_ => Constraint(random))];
            using var scope = NewDisposeScope();
            var problem = new TensorProblem(
                energy, energy.HasCoupling ? tensor(couplings.SelectMany(c => c).ToArray()).reshape(Batch, Heads, Tokens, Tokens) : null,
                energy.HasField ? tensor(fields.SelectMany(f => f).ToArray()).reshape(Batch, Heads, Tokens) : null,
                tensor(present.SelectMany(p => Enumerable.Range(0, Tokens).Select(i => i < p)).ToArray()).reshape(Batch, Tokens));
            double[] actual = Numbers(TensorPenaltyBound.Weights(problem, constraints));
            for (int b = 0; b < Batch; b++)
            {
                var rows = new RowBound[Heads * present[b]];
                for (int h = 0; h < Heads; h++)
                {
                    double[] own = energy.HasCoupling ? couplings[b][(h * Tokens * Tokens)..] : new double[Tokens * Tokens];
                    RowBounds.Write<double>(
                        own, energy.HasField ? fields[b].AsSpan(h * Tokens) : [], Tokens, energy.KeepsDiagonal,
                        rows.AsSpan(h * present[b], present[b]));
                }

                var native = new RowBounds(rows, Heads, Tokens, energy.CouplingWeight, energy.FieldWeight);
                for (int c = 0; c < constraints.Length; c++)
                {
                    double rise = 0;
                    foreach (Change[] repair in constraints[c].Repairs)
                    {
                        rise = Math.Max(rise, PenaltyBound.Rise(native, repair));
                    }

                    // Without couplings problems are of float32.
                    double expected = PenaltyBound.WeightAbove(rise / constraints[c].Unit);
                    Assert.Equal(expected, actual[(b * constraints.Length) + c], (problem.NumberType == ScalarType.Float64 ? 1e-12 : 1e-6) * expected);
                }
            }
        }
    }

    [Fact]
    public void Emitted_weights_are_those_of_the_native_problems()
    {
        Check<Limited>(hasField: true);
        Check<Constrained>(hasField: false);
    }

    private static void Check<TModel>(bool hasField)
        where TModel : IQuboAttention<TModel>
    {
        var random = new Random(6);
        const int N = 5, H = 2;
        var model = (ITensorModel)Activator.CreateInstance(
            typeof(TModel).GetNestedType("Generated", BindingFlags.NonPublic)!.GetNestedType("TensorModel")!)!;
        for (int trial = 0; trial < 20; trial++)
        {
            int present = random.Next(1, N + 1);
            var couplings = new float[H * N * N];
            var fields = new float[hasField ? H * N : 0];
            for (int h = 0; h < H; h++)
            {
                for (int i = 0; i < present; i++)
                {
                    fields.AsSpan(hasField ? (h * N) + i : 0, hasField ? 1 : 0).Fill(random.NextSingle() - 0.5f);
                    for (int j = 0; j < i; j++)
                    {
                        couplings[(((h * N) + i) * N) + j] = couplings[(((h * N) + j) * N) + i] = random.NextSingle() - 0.5f;
                    }
                }
            }

            AttentionProblemBatch<TModel> native = AttentionProblemBatch<TModel>.FromDense([(couplings, fields)]);
            native.TokenCounts[0] = present;
            native.UpdatePenaltyWeights(0);
            double[] expected = native.View(0).PenaltyWeights.ToArray();
            using var scope = NewDisposeScope();
            var problem = new TensorProblem(
                model.Energy, tensor(couplings).reshape(1, H, N, N), hasField ? tensor(fields).reshape(1, H, N) : null,
                tensor(Enumerable.Range(0, N).Select(i => i < present).ToArray()).reshape(1, N));
            double[] actual = Numbers(model.ComputeWeights(problem)!);
            Assert.Equal(model.Energy.ComputedWeightCount, expected.Length);
            Assert.True(expected.Length > 0);
            Assert.Equal(expected.Length, actual.Length);
            Assert.All(expected.Zip(actual), p => Assert.Equal(p.First, p.Second, 1e-5 * p.First));
        }
    }

    private static TensorEnergy Energy(Random random)
    {
        bool hasCoupling = random.Next(5) > 0, hasField = random.Next(3) > 0;
        return new TensorEnergy
        {
            Tokens = Tokens,
            Heads = Heads,
            Bits = 1,
            CouplingWeight = hasCoupling ? random.NextDouble() : 0,
            FieldWeight = hasField ? random.NextDouble() : 0,
            HasCoupling = hasCoupling,
            HasField = hasField,
            KeepsDiagonal = hasCoupling && random.Next(2) == 0,
            ComputedWeightCount = 3,
        };
    }

    private static TensorConstraint Constraint(Random random) => new(
        random.Next(1, 5) / 4.0, [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => Enumerable.Range(0, random.Next(1, 4)).Select(_ => new Change(
            (ChangeKind)random.Next(3), random.Next(1, 5) / 4.0, random.Next(0, 9) / 2.0, random.NextDouble() - 0.2, random.Next(1, Tokens + 2))).ToArray())]);

    private static double[] Couplings(Random random, int present, bool keepsDiagonal)
    {
        var couplings = new double[Heads * Tokens * Tokens];
        for (int h = 0; h < Heads; h++)
        {
            for (int i = 0; i < present; i++)
            {
                for (int j = 0; j < (keepsDiagonal ? i + 1 : i); j++)
                {
                    couplings[(((h * Tokens) + i) * Tokens) + j] = couplings[(((h * Tokens) + j) * Tokens) + i] = random.NextDouble() - 0.5;
                }
            }
        }

        return couplings;
    }

    private static double[] Fields(Random random, int present) =>
        [.. Enumerable.Range(0, Heads * Tokens).Select(n => n % Tokens < present ? random.NextDouble() - 0.5 : 0)];

    private static double[] Numbers(Tensor x)
    {
        using Tensor plain = x.to(float64).contiguous();
        return MemoryMarshal.Cast<byte, double>(plain.bytes).ToArray();
    }
}
