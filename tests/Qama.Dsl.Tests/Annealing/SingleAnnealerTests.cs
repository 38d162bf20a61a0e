using FsCheck;
using FsCheck.Fluent;
using Qama.Annealing;
using Qama.Ising;
using Qama.Numerics;
using Qama.Numerics.Vectors;
using Qama.Problems;

namespace Qama.Tests.Annealing;

/// <summary>Annealing of plain problems in single precision beside annealing in double.</summary>
public class SingleAnnealerTests
{
    [Fact]
    public void Where_no_sum_is_rounded_every_move_is_that_of_double_precision()
    {
        Gen<(int, int, int)> cases =
            from size in Gen.OneOf(Gen.Choose(0, 90), Gen.Elements(15, 16, 17, 64))
            from seed in Gen.Choose(0, 1 << 30)
            from kind in Gen.Choose(0, 3)
            select (size, seed, kind);
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(60),
            Prop.ForAll(cases.ToArbitrary(), c =>
            {
                (int size, int seed, int kind) = c;
                QuboMatrix matrix = new SparseQubo(size, SparseProblems.Terms(size, seed % 2 == 0 ? 0.1 : 0.8, seed,
                    whole: true)).ToDense();
                AnnealingSchedule schedule = kind switch
                {
                    0 => new(25, 0.6, 0.07),
                    1 => new(10, 0.6, 0.07, Restarts: 3),
                    2 => new(20, 1, 1, FixedTemperature: 120),
                    _ => new(15, 0.5, 0.1, Continues: true),
                };
                Assert.True(matrix.Single.IsExact);
                byte[] expected = SparseProblems.State(size, 3), actual = [.. expected];
                (RandomStream first, RandomStream second) = (new((ulong)seed), new((ulong)seed));
                float[] scratch = new float[SingleProblems.ScratchLength(size) + DenseAnnealer.ScratchLength(size)];
                DenseAnnealer.Run(matrix, schedule, ref first, expected, scratch);
                SingleProblems.Run(new(matrix.Single), schedule, ref second, actual, scratch);
                Assert.Equal(expected, actual);
                Assert.Equal(first.NextUInt64(), second.NextUInt64());
                Assert.Equal(DenseAnnealer.EnergyScale(matrix, scratch), SingleProblems.EnergyScale(matrix.Single,
                    scratch));
                return true;
            }));
    }

    [Theory]
    [InlineData(1, true)] // whole numbers
    [InlineData(0.125, true)] // of a unit that is a power of two, whatever it is
    [InlineData(1e-300, false)] // not one
    [InlineData(0.1, false)]
    [InlineData(1.0 / 3, false)]
    public void Single_precision_is_for_multiples_of_a_power_of_two(double unit, bool exact)
    {
        QuboMatrix matrix = Matrix(unit, 3, -7, 2);
        Assert.Equal(exact, matrix.Single.IsExact);
        Assert.True(Matrix(Math.ScaleB(1, -1000), 3, -7, 2).Single.IsExact);
        Assert.True(Matrix(Math.ScaleB(1, 1000), 3, -7, 2).Single.IsExact);
    }

    [Fact]
    public void Single_precision_ends_where_sums_of_a_row_would_be_rounded()
    {
        Assert.True(Matrix(1, (1 << 21) - 1, 3, 0.5).Single.IsExact);
        Assert.False(Matrix(1, 1 << 24, 3, 0.5).Single.IsExact);
        Assert.False(Matrix(1, double.NaN, 3, 0.5).Single.IsExact);
    }

    [Fact]
    public void A_matrix_that_changes_is_read_again()
    {
        var batch = new QuboProblemBatch(Matrix(1, 3, -7, 2));
        QuboMatrix matrix = batch.ToQubo(0);
        var changing = new QuboProblemBatch(matrix);
        var result = new SampleSet(1, 1, 3);
        foreach (Action change in new Action[] { () => { }, () => matrix.AddLinear(0, 50), () => matrix.AddPair(0, 1,
            -90), matrix.Clear })
        {
            change();
            var fresh = new QuboMatrix(3);
            matrix.CopyTo(fresh);
            new Qama.Sampling.SimulatedAnnealingSampler().Fill(changing, result);
            var expected = new SampleSet(1, 1, 3);
            new Qama.Sampling.SimulatedAnnealingSampler().Fill(new QuboProblemBatch(fresh), expected);
            Assert.Equal(expected.State(0).ToArray(), result.State(0).ToArray());
            Assert.Equal(fresh.Energy(result.State(0)), result.Energy(0));
        }
    }

    [Fact]
    public void Registers_change_nothing()
    {
        foreach (bool compressed in new[] { false, true })
        {
            var qubo = new SparseQubo(75, SparseProblems.Terms(75, 0.2, 8, whole: false));
            SingleForm form = new FormBatch(qubo, compressed).Form;
            byte[][] states = [.. new[] { 512, 256, 128 }.Select(bits => Annealed(bits, form))];
            Assert.Equal(states[0], states[1]);
            Assert.Equal(states[0], states[2]);
        }
    }

    private static byte[] Annealed(int bits, SingleForm form)
    {
        var action = new Action75(form, new byte[form.Size]);
        VectorPath.Run<float, Action75>(bits, ref action);
        return action.State;
    }

    private static QuboMatrix Matrix(double unit, double linear, double pair, double other)
    {
        var matrix = new QuboMatrix(3);
        matrix.AddLinear(0, unit * linear);
        matrix.AddPair(0, 1, unit * pair);
        matrix.AddPair(1, 2, unit * other);
        return matrix;
    }

    private readonly struct Action75(SingleForm form, byte[] state) : IVectorAction<float>
    {
        public byte[] State => state;

        public void Run<TVector>()
            where TVector : struct, IVector<TVector, float>
        {
            var random = new RandomStream(5);
            SingleKernel.Run<TVector>(
                new(form), new(12, 0.6, 0.07, Restarts: 2), ref random, state,
                    new float[SingleProblems.ScratchLength(form.Size)]);
        }
    }
}
