using Qama.Numerics;
using Qama.Problems;
using Qama.Torch.Energies;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch.Tests.Sampling;

public sealed class EnergyTests
{
    internal static readonly Type[] Kinds =
    [
        typeof(PlainModel), typeof(StableModel), typeof(DiagonalModel), typeof(LevelsModel), typeof(LevelBitsModel), typeof(DisjointModel),
        typeof(DisjointBitsModel), typeof(AtMostModel), typeof(AtLeastModel), typeof(ExactlyModel), typeof(ShareOutModel),
        typeof(UnbalancedModel), typeof(TermsModel), typeof(BlockModel), typeof(ManyHeadsModel), typeof(ManyHeadsSumsModel), typeof(TradingModel),
    ];

    public static TheoryData<Type> Models => [.. Kinds];

    [Theory, MemberData(nameof(Models))]
    public void Energies_of_random_states_are_the_native_ones(Type model)
    {
        const int Reads = 9;
        int tokens = SamplerProblem.EnergyOf(model).Tokens;
        foreach (ScalarType type in new[] { ScalarType.Float32, ScalarType.Float64 })
        {
            using DisposeScope scope = NewDisposeScope();
            SamplerProblem problem = SamplerProblem.Of(model, 3, 5, [tokens, tokens - 1, 1], type);
            Tensor states = RandomStates(problem, Reads, 7); // absent tokens too
            byte[][] expected = problem.States(states);
            var terms = new TensorEnergyTerms(problem.Tensors);
            Assert.Equal(type, terms.Type);
            AssertEnergies(problem, expected, terms.Energies(states), Reads, type == ScalarType.Float64 ? 1e-12 : 1e-5);
            if (type == ScalarType.Float32 && problem.Tensors.ComputedWeights is null)
            {
                AssertEnergies(problem, expected, new TensorEnergyTerms(problem.Tensors, ScalarType.Float64).Energies(states), Reads, 1e-12);
            }
        }
    }

    [Fact]
    public void A_shape_that_does_not_match_is_refused()
    {
        using DisposeScope scope = NewDisposeScope();
        SamplerProblem problem = SamplerProblem.Of<PlainModel>(2, 1);
        var terms = new TensorEnergyTerms(problem.Tensors);
        Assert.Contains("[2, reads, 2, 6, 1]", Assert.Throws<ArgumentException>(() => terms.Energies(zeros(2, 3, 2, 6))).Message);
        Assert.Throws<ArgumentException>(() => new TensorEnergyTerms(problem.Tensors, ScalarType.Float16));
        SamplerProblem computed = SamplerProblem.Of<AtLeastModel>(2, 1);
        Assert.NotNull(computed.Tensors.ComputedWeights);
        computed.Tensors.ComputedWeights = null;
        Assert.Contains("computed weights [2, 1]", Assert.Throws<ArgumentException>(() => new TensorEnergyTerms(computed.Tensors)).Message);
    }

    [Fact]
    public void Problems_of_other_types_are_refused_by_the_argument_s_name()
    {
        using DisposeScope scope = NewDisposeScope();
        TensorProblem good = SamplerProblem.Of<PlainModel>(2, 1).Tensors;
        (TensorEnergy energy, Tensor couplings, Tensor fields) = (good.Energy, good.Couplings!, good.Fields!);
        Refused("present", () => new TensorProblem(energy, couplings, fields, good.Present.to(ScalarType.Int64)));
        Refused("fields", () => new TensorProblem(energy, couplings, fields.to(ScalarType.Float64), good.Present));
        Refused("couplings", () => new TensorProblem(
            energy, couplings.to(ScalarType.Int32), fields.to(ScalarType.Int32), good.Present));
        Refused("couplings", () => new TensorProblem(energy, null, fields, good.Present));
        Refused("fields", () => new TensorProblem(energy, couplings, fields.to(META), good.Present));

        static void Refused(string name, Func<object> make) =>
            Assert.Equal(name, Assert.Throws<ArgumentException>(make).ParamName);
    }

    [Fact]
    public void Penalties_by_position_are_computed_once_per_type_and_not_before_a_problem_is_there()
    {
        using DisposeScope scope = NewDisposeScope();
        int made = 0;
        var energy = new TensorEnergy
        {
            Tokens = 3, Heads = 2, Bits = 1, HasField = true,
            PairPenalties = new PenaltyTable(2, () =>
            {
                made++;
                return PositionTable.OfPairs<double>(2, 3, true, (h, i, j) => i == j ? 0 : (10 * h) + i + j);
            }),
        };
        var problem = new TensorProblem(energy, null, zeros(1, 2, 3), ones([1, 3], ScalarType.Bool));
        Assert.Equal(0, made);
        double[] expected = [0, 1, 2, 1, 0, 3, 2, 3, 0, 0, 11, 12, 11, 0, 13, 12, 13, 0];
        for (int repetition = 0; repetition < 2; repetition++)
        {
            Assert.Equal(expected.Select(v => (float)v), new TensorEnergyTerms(problem).Pairs.data<float>().ToArray());
            Assert.Equal(1, made);
        }

        Assert.Equal(expected, new TensorEnergyTerms(problem, ScalarType.Float64).Pairs.data<double>().ToArray());
        Assert.Equal(2, made);
    }

    private static Tensor RandomStates(SamplerProblem problem, int reads, int seed)
    {
        var random = new RandomStream((ulong)seed);
        TensorEnergy energy = problem.Tensors.Energy;
        long[] shape = [problem.Tensors.Count, reads, energy.Heads, energy.Tokens, energy.Bits];
        return tensor([.. Enumerable.Range(0, (int)shape.Aggregate((a, b) => a * b)).Select(_ => random.NextInt32(2) == 1)], shape);
    }

    private static void AssertEnergies(SamplerProblem problem, byte[][] states, Tensor energies, int reads, double tolerance)
    {
        double[] actual = energies.to(ScalarType.Float64).data<double>().ToArray();
        double[] expected = [.. states.Select((s, k) => problem.Native.Energy(k / reads, s))];
        double scale = expected.Max(Math.Abs); // of sums that cancel in some states
        for (int k = 0; k < expected.Length; k++)
        {
            Assert.True(
                Math.Abs(expected[k] - actual[k]) <= tolerance * scale, $"State {k}: expected {expected[k]:R}, got {actual[k]:R}.");
        }
    }
}
