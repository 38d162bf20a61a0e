using Qama.Ising;
using Qama.Layers;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Golden.Tests;

/// <summary>For every state of small declarations the energy is what the definition of its terms says, in every form.</summary>
public class DeclaredEnergyTests
{
    [Fact]
    public void Coupling_alone() => Check<CouplingOnly>(new LiteralEnergy(2, 5, 1));

    [Fact]
    public void Second_version() => Check<SecondVersion>(new LiteralEnergy(2, 5, 1)
    {
        FieldWeight = 0.16 * 5,
        Exclusion = 0.8 * Math.Sqrt(2 / Math.PI) * 5,
    });

    [Fact]
    public void Attributes_beside_a_preset() => Check<Overridden>(new LiteralEnergy(3, 4, 1)
    {
        CouplingWeight = 0.5,
        Exclusion = 1.5 * 2 / (3 * 2),
    });

    [Fact]
    public void Soft_selection_with_a_budget() => Check<SoftBudget>(new LiteralEnergy(1, 4, 2)
    {
        FieldWeight = 0.3 * 4,
        Curvature = 0.75,
        Sum = sum => 3 * Math.Pow(Math.Max(0, sum - 2), 2),
    });

    [Fact]
    public void Long_range_in_a_window() => Check<Windowed>(new LiteralEnergy(2, 5, 1)
    {
        CouplingWeight = 2,
        FieldWeight = 0.7,
        Exclusion = 0.9,
        ExclusionOnBits = true,
        Interacts = (i, j) => Math.Abs(i - j) <= 3,
        Pair = (i, j) => j - i < 2 ? 0.25 * Math.Exp(-(j - i) / 2.0) : 0,
    });

    private static void Check<TModel>(LiteralEnergy literal)
        where TModel : QuboAttentionLayer<Number>, IQuboAttention<TModel>
    {
        ModelDescriptor model = TModel.Descriptor;
        var random = new Random(7);
        float[] couplings = Couplings(model, literal, random);
        float[] fields = [.. Enumerable.Range(0, model.HasField ? model.HeadCount * model.Tokens : 0).Select(_ => (float)(2 * random.NextDouble() - 1))];
        var batch = AttentionProblemBatch<TModel>.FromDense([(couplings, fields)]);
        QuboMatrix qubo = batch.ToQubo(0);
        IsingProblem ising = qubo.ToIsing();
        IsingProblem assembled = Assemble<TModel>(couplings, fields);
        int n = model.VariableCount, slack = model.SlackCount;
        for (int state = 0; state < 1 << n; state++)
        {
            byte[] x = [.. Enumerable.Range(0, n + slack).Select(i => (byte)(state >> i & 1))];
            double expected = literal.Of(x, couplings, fields);
            double tolerance = 1e-6 * (1 + Math.Abs(expected));
            Assert.Equal(expected, batch.Energy(0, x.AsSpan(0, n)), tolerance);

            // The best slack of the exported problem.
            double best = double.PositiveInfinity;
            for (int y = 0; y < 1 << slack; y++)
            {
                for (int b = 0; b < slack; b++)
                {
                    x[n + b] = (byte)(y >> b & 1);
                }

                sbyte[] spins = [.. x.Select(v => (sbyte)(2 * v - 1))];
                double energy = qubo.Energy(x);
                Assert.Equal(energy, ising.Energy(spins), 1e-9 * (1 + Math.Abs(energy)));
                Assert.Equal(energy, assembled.Energy(spins), 1e-6 * (1 + Math.Abs(energy)));
                best = Math.Min(best, energy);
            }

            Assert.Equal(expected, best, tolerance);
        }

        MinimumIsFound(batch, n);
    }

    /// <summary>Enumeration and annealing agree on the minimum.</summary>
    private static void MinimumIsFound<TModel>(AttentionProblemBatch<TModel> batch, int variables)
        where TModel : IQuboAttention<TModel>
    {
        var exact = new SampleSet(1, 1, variables);
        var annealed = new SampleSet(1, 10, variables);
        Sample(new ExactSampler(), exact);
        Sample(new SimulatedAnnealingSampler { Sweeps = 1000, Hot = 1 }, annealed);
        Assert.Equal(exact.Energy(0), annealed.Energy(0), 1e-6);

        // Simulators have finished when they return.
        void Sample(ISampler sampler, SampleSet result) =>
            Assert.True(sampler.SampleAsync(batch, result, new SamplingKey(3)).AsTask().IsCompletedSuccessfully);
    }

    private static float[] Couplings(ModelDescriptor model, LiteralEnergy literal, Random random)
    {
        int n = model.Tokens;
        var couplings = new float[model.HeadCount * n * n];
        for (int h = 0; h < model.HeadCount; h++)
        {
            for (int i = 0; i < n; i++)
            {
                for (int j = i + 1; j < n; j++)
                {
                    float value = literal.Interacts(i, j) ? (float)(2 * random.NextDouble() - 1) : 0;
                    couplings[(h * n + i) * n + j] = couplings[(h * n + j) * n + i] = value;
                }
            }
        }

        return couplings;
    }

    private static IsingProblem Assemble<TModel>(float[] couplings, float[] fields)
    {
        // Static members of the class, which an interface does not carry.
        Number[] j = [.. couplings.Select(v => (Number)v)], f = [.. fields.Select(v => (Number)v)];
        return typeof(TModel).Name switch
        {
            nameof(CouplingOnly) => CouplingOnly.AssembleIsing(j),
            nameof(SecondVersion) => SecondVersion.AssembleIsing(j, f),
            nameof(Overridden) => Overridden.AssembleIsing(j),
            nameof(SoftBudget) => SoftBudget.AssembleIsing(j, f),
            _ => Windowed.AssembleIsing(j, f),
        };
    }
}
