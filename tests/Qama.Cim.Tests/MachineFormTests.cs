using Qama.Cim.Packing;
using Qama.Cim.Precision;
using Qama.Ising;

namespace Qama.Cim.Tests;

public class MachineFormTests
{
    [Fact]
    public void The_machine_form_has_the_energy_of_every_state_in_both_orientations()
    {
        QuboMatrix qubo = SmallProblems.Real(1, 7);
        IsingMachineForm form = IsingMachineForm.FromQubo(qubo);
        foreach (sbyte[] spins in SmallProblems.Spins(8))
        {
            byte[] x = [.. spins[..7].Select(s => (byte)((s * spins[7] + 1) / 2))];
            Assert.Equal(qubo.Energy(x), form.Energy(spins), 1e-12);
            Assert.Equal(form.Energy(spins), form.Energy([.. spins.Select(s => (sbyte)-s)]), 1e-12);
        }
    }

    [Fact]
    public void The_machine_form_is_what_the_vendors_formula_gives()
    {
        // kaiwu_community, core/_matrix_converter.py, qubo_matrix_to_ising_matrix
        const int N = 6;
        QuboMatrix q = SmallProblems.Real(2, N);
        IsingMachineForm form = IsingMachineForm.FromQubo(q);
        double B(int i, int j) => (q[i, j] + q[j, i]) / 8;
        double bias = 0;
        for (int i = 0; i < N; i++)
        {
            double field = B(i, i);
            for (int k = 0; k < N; k++)
            {
                field += k == i ? 0 : B(k, i);
                bias += k == i ? 2 * B(i, i) : B(i, k);
                Assert.Equal(k == i ? 0 : -B(i, k), form[i, k], 1e-14);
            }

            Assert.Equal(-field, form[i, N], 1e-14);
            Assert.Equal(-field, form[N, i], 1e-14);
        }

        Assert.Equal(bias + q.Offset, form.Offset, 1e-12);
    }

    [Fact]
    public void The_vendors_example_becomes_127_114_114()
    {
        var integers = new int[9];
        MatrixRounding.Round([0, .22, .198, .22, 0, .197, .198, .197, 0], 8, integers);
        Assert.Equal([0, 127, 114, 127, 0, 114, 114, 114, 0], integers);
    }

    [Fact]
    public void The_vendors_example_comes_out_of_the_whole_reduction_too()
    {
        var ising = new IsingProblem(2);
        ising.AddCoupling(0, 1, -2 * .22);
        ising.AddField(0, -2 * .198);
        ising.AddField(1, -2 * .197);
        ReducedProblem reduced = PrecisionReducer.Reduce(ising.ToQubo(), MachineLimits.Cpqc550, PrecisionOptions.Plain);
        Assert.Equal(
            [new MachineTerm(0, 1, 127), new MachineTerm(0, 2, 114), new MachineTerm(1, 2, 114)],
            reduced.Terms.OrderBy(t => t.I).ThenBy(t => t.J));
    }

    [Theory]
    [InlineData(new double[] { -128, 3, 0, 127 }, new[] { -128, 3, 0, 127 })]
    [InlineData(new[] { 0.5, -1.5, 2 }, new[] { 1, -3, 4 })]
    [InlineData(new double[] { 0, 0 }, new[] { 0, 0 })]
    public void Representable_numbers_are_not_rounded(double[] values, int[] expected)
    {
        var integers = new int[values.Length];
        MatrixRounding.Round(values, 8, integers);
        Assert.Equal(expected, integers);
    }

    [Theory]
    [InlineData(UploadForm.QuboOfIsing)]
    [InlineData(UploadForm.Ising)]
    public void Every_upload_form_orders_states_as_the_integers_do(UploadForm form)
    {
        ReducedProblem reduced = PrecisionReducer.Reduce(
            SmallProblems.Integer(3, 5, 40), MachineLimits.Cpqc550, PrecisionOptions.Plain with { MaxFieldSpins = 4 });
        PackedTask task = TaskPacker.Pack([reduced], MachineLimits.Cpqc550)[0];
        int n = task.MatrixSize(form);
        var matrix = new int[n * n];
        task.WriteMatrix(form, 8, matrix);
        double? difference = null;
        foreach (sbyte[] spins in SmallProblems.Spins(reduced.SpinCount + 1))
        {
            int[] x = form == UploadForm.Ising
                ? [.. spins.Select(s => (int)s)]
                : [.. spins[..n].Select(s => (s * spins[^1] + 1) / 2)];
            long sum = 0;
            for (int k = 0; k < matrix.Length; k++)
            {
                sum += (long)matrix[k] * x[k / n] * x[k % n];
            }

            double energy = form == UploadForm.Ising ? -sum : sum;
            difference ??= energy - SmallProblems.MachineEnergy(reduced, spins);
            Assert.Equal(difference.Value, energy - SmallProblems.MachineEnergy(reduced, spins), 1e-9);
        }
    }

    [Fact]
    public void A_rounded_qubo_keeps_to_the_machines_width()
    {
        ReducedProblem reduced = PrecisionReducer.Reduce(SmallProblems.Real(5, 8), MachineLimits.Cpqc550, PrecisionOptions.Plain);
        PackedTask task = TaskPacker.Pack([reduced], MachineLimits.Cpqc550)[0];
        int n = task.MatrixSize(UploadForm.RoundedQubo);
        var matrix = new int[n * n];
        task.WriteMatrix(UploadForm.RoundedQubo, 8, matrix);
        Assert.InRange(matrix.Max(Math.Abs), 64, 127);
    }
}
