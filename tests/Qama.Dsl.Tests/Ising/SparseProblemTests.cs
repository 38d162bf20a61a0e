using FsCheck;
using FsCheck.Fluent;
using Qama.Annealing;
using Qama.Ising;

namespace Qama.Tests.Ising;

/// <summary>Sparse problems have the energy of the terms that they are made of, in all forms.</summary>
public class SparseProblemTests
{
    [Fact]
    public void The_energy_is_that_of_the_terms_written_out() => Holds((size, seed) =>
    {
        QuadraticTerm[] terms = SparseProblems.Terms(size, 0.5, seed, whole: true);
        var qubo = new SparseQubo(size, terms, 0.25);
        byte[] state = SparseProblems.State(size, (ulong)seed + 1);
        sbyte[] spins = [.. state.Select(x => (sbyte)((2 * x) - 1))];
        double ofSpins = terms.Sum(t => t.Value * (t.I == t.J ? spins[t.I] : spins[t.I] * spins[t.J]));
        return qubo.Energy(state) == SparseProblems.Energy(terms, state) + 0.25
            && new SparseIsing(size, terms, 0.25).Energy(spins) == ofSpins + 0.25;
    });

    [Fact]
    public void All_forms_of_a_problem_have_one_energy_in_every_state() => Holds((size, seed) =>
    {
        size %= 9;
        var qubo = new SparseQubo(size, SparseProblems.Terms(size, 0.6, seed, whole: false), -1.5);
        SparseIsing ising = qubo.ToIsing();
        QuboMatrix matrix = qubo.ToDense();
        bool same = true;
        for (int code = 0; code < 1 << size; code++)
        {
            byte[] state = RandomProblems.State(code, size);
            sbyte[] spins = [.. state.Select(x => (sbyte)((2 * x) - 1))];
            double expected = matrix.Energy(state);
            same &= Math.Abs(qubo.Energy(state) - expected) < 1e-12 * (size + 1) * (size + 1)
                && Math.Abs(ising.Energy(spins) - expected) < 1e-5
                && Math.Abs(ising.ToQubo().Energy(state) - expected) < 1e-5
                && Math.Abs(ising.ToDense().Energy(spins) - ising.Energy(spins)) < 1e-12 * (size + 1) * (size + 1);
        }

        return same;
    });

    [Fact]
    public void Dense_forms_read_back_to_the_same_coefficients() => Holds((size, seed) =>
    {
        QuadraticTerm[] terms = SparseProblems.Terms(size, 0.3, seed, whole: false);
        var qubo = new SparseQubo(size, terms, 2);
        var ising = new SparseIsing(size, terms, 2);
        return Same(qubo.Terms(), SparseQubo.From(qubo.ToDense()).Terms())
            && Same(ising.Terms(), SparseIsing.From(ising.ToDense()).Terms())
            && qubo.Terms().All(t => qubo[t.J, t.I] == t.Value && t.I <= t.J)
            && qubo.PairCount == qubo.Terms().Count(t => t.I != t.J);

        static bool Same(IEnumerable<QuadraticTerm> a, IEnumerable<QuadraticTerm> b) => a.SequenceEqual(b);
    });

    [Fact]
    public void Rows_are_those_of_a_symmetric_matrix_in_order()
    {
        var qubo = new SparseQubo(4, [new(3, 1, 2), new(0, 3, -1), new(1, 3, 0.5), new(2, 2, 7), new(0, 1, 4), new(1,
            0, -4)]);
        Assert.Equal([0, 0, 7, 0], qubo.Linear.ToArray());
        Assert.Equal([0, 1, 2, 2, 4], qubo.RowStarts.ToArray());
        Assert.Equal([3, 3, 0, 1], qubo.Columns.ToArray());
        Assert.Equal([-1, 2.5f, -1, 2.5f], qubo.Coefficients.ToArray());
        Assert.Equal(2, qubo.PairCount); // 0 and 1 cancel
        Assert.Equal(2.0 / 6, qubo.Density, 1e-15);
        Assert.Equal(0, qubo[0, 1]);
        Assert.Equal(7, qubo[2, 2]);
        Assert.Equal("QUBO of 4 variables and 2 pairs, offset 0", qubo.ToString());
        Assert.Equal(0, new SparseQubo(1, []).Density);
    }

    [Fact]
    public void Bad_input_is_refused_by_name()
    {
        Refused("Term 1: expected indices in 0..2, got 0 3", [new(0, 1, 1), new(0, 3, 1)]);
        Refused("Term 0: expected indices in 0..2, got -1 0", [new(-1, 0, 1)]);
        Refused("Term 0, of 0 2: expected a finite number, got NaN", [new(0, 2, double.NaN)]);
        Refused("got 4E+38 for 0 2", [new(0, 2, 2e38), new(2, 0, 2e38)]);
        Refused("got 4E+38 for 1 1", [new(1, 1, 4e38)]);
        Refused("in 1E-30 to 1E+30, got", [new(0, 1, 1e-40)]);
        Refused("in 1E-30 to 1E+30, got", [new(0, 1, 2e30)]);
        Assert.Equal("size", Assert.Throws<ArgumentOutOfRangeException>(() => new SparseQubo(-1, [])).ParamName);
        Assert.Equal("size", Assert.Throws<ArgumentOutOfRangeException>(() => new SparseIsing((1 << 24) + 1,
            [])).ParamName);
        Assert.Equal("terms", Assert.Throws<ArgumentNullException>(() => new SparseQubo(1, null!)).ParamName);
        Assert.Equal("offset", Assert.Throws<ArgumentException>(() => new SparseQubo(1, [], double.NaN)).ParamName);
        Assert.Equal("offset", Assert.Throws<ArgumentException>(() => new SparseIsing(1, [],
            double.PositiveInfinity)).ParamName);
        var qubo = new SparseQubo(3, [new(0, 1, 1)]);
        Assert.Throws<ArgumentOutOfRangeException>(() => qubo[0, 3]);
        Assert.Contains("Expected 3 values", Assert.Throws<ArgumentException>(() => qubo.Energy([0])).Message,
            StringComparison.Ordinal);
        Assert.Contains("got 2 at index 1", Assert.Throws<ArgumentException>(() => qubo.Energy([0, 2, 0])).Message,
            StringComparison.Ordinal);
        Assert.Contains("got 0 at index 2", Assert.Throws<ArgumentException>(() => qubo.ToIsing().Energy([1, 1,
            0])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new SparseProblemBatch());
        Assert.Throws<ArgumentException>(() => new SparseProblemBatch(qubo, new SparseQubo(2, [])));
        Assert.Throws<ArgumentException>(() => new SparseProblemBatch(qubo).WriteQubo(0, new QuboMatrix(2)));
        Assert.Throws<ArgumentException>(() => new SparseProblemBatch(qubo).Slope(0, [1], new float[3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SparseQubo(50_000, []).ToDense());
    }

    [Fact]
    public void A_batch_knows_what_flips_cost_and_where_the_energy_slopes() => Holds((size, seed) =>
    {
        var qubo = new SparseQubo(size, SparseProblems.Terms(size, 0.4, seed, whole: true), 3);
        var batch = new SparseProblemBatch(qubo);
        byte[] state = SparseProblems.State(size, (ulong)seed);
        double[] costs = new double[size];
        float[] slope = new float[size];
        batch.FlipCosts(0, state, costs);
        batch.Slope(0, [.. state.Select(x => (float)x)], slope);
        bool right = batch.Constant(0) == 3 && batch.ToQubo(0).Energy(state) == batch.Energy(0, state);
        for (int i = 0; i < size; i++)
        {
            byte[] other = [.. state];
            other[i] ^= 1;
            double cost = qubo.Energy(other) - qubo.Energy(state);
            right &= cost == costs[i] && cost == (state[i] == 0 ? slope[i] : -slope[i]);
        }

        return right;
    });

    private static void Refused(string words, QuadraticTerm[] terms)
    {
        Check(() => new SparseQubo(3, terms));
        Check(() => new SparseIsing(3, terms));
        QuadraticTerm[] smaller = [.. terms.Select(t => new QuadraticTerm(Math.Clamp(t.I, 0, 2), Math.Clamp(t.J, 0,
            2), 1))];
        Assert.Equal(3, new SparseQubo(3, smaller).Size);

        void Check(Func<object> make)
        {
            ArgumentException error = Assert.ThrowsAny<ArgumentException>(make);
            Assert.Equal("terms", error.ParamName);
            Assert.Contains(words, error.Message, StringComparison.Ordinal);
        }
    }

    private static void Holds(Func<int, int, bool> property) =>
        Prop.ForAll(Gen.Zip(Gen.Choose(0, 40), Gen.Choose(0, int.MaxValue - 1)).ToArbitrary(), c => property(c.Item1,
            c.Item2))
            .QuickCheckThrowOnFailure();
}
