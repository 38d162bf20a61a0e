using Qama.Annealing;
using Qama.Ising;
using Qama.Layers;
using Qama.Numerics;
using Qama.Numerics.Vectors;
using Qama.Problems;

namespace Qama.Tests.Annealing;

/// <summary>What the kernels promise besides their chain.</summary>
public class KernelTests
{
    [Fact]
    public void The_width_of_registers_can_be_asked_for()
    {
        Assert.Equal(512, VectorPath.Choose("512"));
        Assert.Equal(256, VectorPath.Choose("256"));
        Assert.Equal(128, VectorPath.Choose("128"));
        Assert.Equal(128, VectorPath.Choose("portable"));
        Assert.Contains(VectorPath.Choose(null), new[] { 128, 256, 512 });
        Assert.Equal(VectorPath.Choose(null), VectorPath.Choose(""));
        Assert.Equal(0, VectorPath.Choose("1024"));
        Assert.Contains("512, 256, 128 or portable", VectorPath.Unknown().Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(2.0)]
    public void Weights_and_constraints_are_annealed_alike_in_every_width(double? temperature)
    {
        Alike<WeightsPlan>(temperature);
        Alike<OverlapPlan>(temperature);
        Alike<BoundedPlan>(temperature);
        Alike<UnbalancedPlan>(temperature);
        Alike<DiagonalWeightsPlan>(temperature);
        Alike<HardExclusionPlan>(temperature);
        Alike<PartitionPlan>(temperature);
    }

    [Fact]
    public void A_descent_only_goes_down()
    {
        Descends(RandomProblems.Batch<PublishedPlan>(1, 3));
        Descends(RandomProblems.Batch<BoundedPlan>(1, 3));
        Descends(new QuboProblemBatch(RandomProblems.Qubo(30, 3)));
    }

    [Fact]
    public void Annealing_allocates_nothing()
    {
        Allocates<PublishedPlan>();
        Allocates<BoundedPlan>();
    }

    [Fact]
    public void The_energy_scale_is_the_spread_of_fields_times_the_undecided_share()
    {
        // Two weights coupled by 6: random bits move a field by 3. Fields of 1 and 20, of which only one is less.
        var qubo = new QuboMatrix(2);
        qubo.AddPair(0, 1, 6);
        qubo.AddLinear(0, 1);
        qubo.AddLinear(1, 20);
        Assert.Equal(1.5, Scale(new QuboProblemBatch(qubo)).Hot, 1e-9);
        qubo.AddLinear(0, 20);
        Assert.Equal(0.3, Scale(new QuboProblemBatch(qubo)).Hot, 1e-9); // not less than a tenth
    }

    [Fact]
    public void The_cold_scale_is_lower_where_interactions_are_of_different_sizes()
    {
        var qubo = new QuboMatrix(4);
        qubo.AddPair(0, 1, 6);
        qubo.AddPair(2, 3, 6);
        TemperatureScale alike = Scale(new QuboProblemBatch(qubo));
        Assert.Equal(alike.Hot, alike.Cold, 1e-12);
        qubo.AddPair(2, 3, -5.4);
        TemperatureScale different = Scale(new QuboProblemBatch(qubo));
        Assert.Equal(6.6 / Math.Sqrt(2 * (36 + 0.36)), different.Cold / different.Hot, 1e-9);
        Assert.Equal(new TemperatureScale(0, 0), Scale(new QuboProblemBatch(new QuboMatrix(3))));
    }

    [Fact]
    public void Couplings_that_agree_start_an_annealing_hotter_and_end_it_alike()
    {
        // Greedy, the first head selects all tokens: each is given half of 2·48. Exclusion keeps the seven others empty
        // and, being less than random states do to a field, undecided.
        TemperatureScale agreeing = ScaleOfSigns(() => true);
        double independent = Math.Sqrt(48);
        Assert.Equal(5 * (48 - independent) * 7 / 8, agreeing.Hot, 1e-3);
        var stream = new RandomStream(3);
        TemperatureScale random = ScaleOfSigns(() => stream.NextInt32(2) == 0);
        double spread = 0.5 * Math.Sqrt(4 * 48 + 7 * PublishedPlan.Exclusion * PublishedPlan.Exclusion);
        Assert.InRange(random.Hot, 0.1 * spread, spread);
        Assert.InRange(agreeing.Cold, 0.1 * spread, spread);
        Assert.InRange(random.Cold, 0.1 * spread, spread);
    }

    [Fact]
    public void Couplings_that_agree_start_an_annealing_hotter_where_the_greedy_state_misses_it()
    {
        // No token gains alone, so the greedy state is empty. J's eigenvalue is 3·48, that of independent couplings
        // twice 3·√48.
        TemperatureScale scale = ScaleOfSigns(() => true, 3, -0.1f);
        Assert.Equal(3 * 48 - 6 * Math.Sqrt(48), scale.Hot, 1e-2);
        Assert.Equal(3 * 48 - 6 * Math.Sqrt(48), ScaleOfSigns(() => true, 3e30f, -0.1f).Hot / 1e30, 1e-2);

        // Those that all repel have a large negative eigenvalue, and nothing orders.
        double spread = 0.5 * Math.Sqrt(4 * 9 * 48 + 7 * PublishedPlan.Exclusion * PublishedPlan.Exclusion);
        Assert.InRange(ScaleOfSigns(() => false, 3, -0.1f).Hot, 0.1 * spread, spread + 1e-3);
    }

    [Fact]
    public void A_field_that_couplings_make_decides_half()
    {
        // Two spins that want to be alike: a field of 2 after a greedy sweep, of 0 over random states, which move it by 2.
        var ising = new IsingProblem(2);
        ising.AddCoupling(0, 1, -1);
        Assert.Equal(1, Scale(QuboProblemBatch.FromIsing(ising)).Hot, 1e-9);

        // Fields of the spins' own of 3 make it 8 and 6: decided.
        ising.AddField(0, -3);
        ising.AddField(1, -3);
        Assert.Equal(0.2, Scale(QuboProblemBatch.FromIsing(ising)).Hot, 1e-9);
    }

    [Fact]
    public void The_cold_scale_is_lower_where_interactions_cancel_in_low_states()
    {
        // (Σ x − 7)² of 26 weights: random states move a field by √25, the field of a state of 7 is 1 or −1.
        var qubo = new QuboMatrix(26);
        for (int i = 0; i < 26; i++)
        {
            qubo.AddLinear(i, 1 - 14);
            for (int j = i + 1; j < 26; j++)
            {
                qubo.AddPair(i, j, 2);
            }
        }

        TemperatureScale scale = Scale(new QuboProblemBatch(qubo));
        Assert.Equal(5, scale.Hot, 1e-9);
        Assert.Equal(1, scale.Cold, 1e-9);
    }

    [Fact]
    public void Where_no_kernel_knows_the_scale_it_is_estimated_from_slopes()
    {
        QuboMatrix qubo = RandomProblems.Qubo(40, 8);
        double squares = 0;
        for (int i = 0; i < 40; i++)
        {
            for (int j = 0; j < 40; j++)
            {
                squares += i == j ? 0 : qubo.Coefficients[i * 40 + j] * qubo.Coefficients[i * 40 + j];
            }
        }

        double spread = Math.Sqrt(squares / 40);
        Assert.InRange(Scale(new MeetingBatch(new QuboProblemBatch(qubo), 1)).Hot, 0.85 * spread, 1.15 * spread);
    }

    [Fact]
    public void A_schedule_must_make_sense()
    {
        Assert.Throws<ArgumentException>(() => new AnnealingSchedule(0, 1, 0.1).Check());
        Assert.Throws<ArgumentException>(() => new AnnealingSchedule(1, 1, 0.1, Restarts: 0).Check());
        Assert.Throws<ArgumentException>(() => new AnnealingSchedule(-1, 1, 0.1, Continues: true).Check());
        AnnealingSchedule.Descent.Check();
    }

    // Of the published model with all fields alike, its couplings of one size, positive where asked.
    private static TemperatureScale ScaleOfSigns(Func<bool> isPositive, float size = 1, float field = 0)
    {
        const int Tokens = 49;
        var couplings = new float[8 * Tokens * Tokens];
        for (int row = 0; row < 8 * Tokens; row++)
        {
            for (int i = 0; i < row % Tokens; i++)
            {
                float coupling = isPositive() ? size : -size;
                couplings[row * Tokens + i] = coupling;
                couplings[(row / Tokens * Tokens + i) * Tokens + row % Tokens] = coupling;
            }
        }

        float[] fields = [.. Enumerable.Repeat(field, 8 * Tokens)];
        return Scale(AttentionProblemBatch<TestModel<PublishedPlan>>.FromDense([(couplings, fields)]));
    }

    private static TemperatureScale Scale(ProblemBatch batch) => batch.EnergyScale(0, new float[batch.ScratchLength]);

    private static void Alike<TPlan>(double? temperature)
        where TPlan : struct, IAnnealingPlan
    {
        var schedule = new AnnealingSchedule(8, 1, 0.1, temperature, Restarts: 3);
        byte[] expected = Anneal<TPlan, Registers128<float>>(schedule);
        Assert.Equal(expected, Anneal<TPlan, Registers256<float>>(schedule));
        Assert.Equal(expected, Anneal<TPlan, Register512<float>>(schedule));
    }

    private static byte[] Anneal<TPlan, TVector>(in AnnealingSchedule schedule)
        where TPlan : struct, IAnnealingPlan
        where TVector : struct, IVector<TVector, float>
    {
        AttentionProblemBatch<TestModel<TPlan>> batch = RandomProblems.Batch<TPlan>(1, 21);
        var state = new byte[batch.VariableCount];
        var random = new RandomStream(4);
        Annealer<TPlan>.Run<TVector>(batch.View(0), schedule, ref random, state, new float[batch.ScratchLength]);
        return state;
    }

    private static void Descends(ProblemBatch batch)
    {
        var random = new RandomStream(5);
        var state = new byte[batch.VariableCount];
        for (int i = 0; i < state.Length; i++)
        {
            state[i] = (byte)random.NextInt32(2);
        }

        double before = batch.Energy(0, state);
        batch.Anneal(0, AnnealingSchedule.Descent, ref random, state, new float[batch.ScratchLength]);
        double after = batch.Energy(0, state);
        Assert.True(after < before);
        for (int i = 0; i < state.Length; i++)
        {
            state[i] ^= 1;
            Assert.True(batch.Energy(0, state) > after - 1e-3);
            state[i] ^= 1;
        }
    }

    private static void Allocates<TPlan>()
        where TPlan : struct, IAnnealingPlan
    {
        AttentionProblemBatch<TestModel<TPlan>> batch = RandomProblems.Batch<TPlan>(1, 21);
        (var state, var scratch) = (new byte[batch.VariableCount], new float[batch.ScratchLength]);
        var random = new RandomStream(4);
        var schedule = new AnnealingSchedule(3, 1, 0.1, Restarts: 2);
        Annealer<TPlan>.Run(batch.View(0), schedule, ref random, state, scratch);
        Allocations.AssertNone(() => Annealer<TPlan>.Run(batch.View(0), schedule, ref random, state, scratch));
    }
}
