using Qama.Cim.Packing;
using Qama.Ising;
using Qama.Ising.Precision;

namespace Qama.Cim.Tests;

public class PackingTests
{
    private static readonly PrecisionOptions Options = PrecisionOptions.Plain with { MaxFieldSpins = 2 };

    [Fact]
    public void An_optimum_of_a_packed_task_is_an_optimum_of_each_of_its_problems()
    {
        var machine = new MachineLimits(20, 8);
        QuboMatrix[] problems = [.. Enumerable.Range(0, 9).Select(p => SmallProblems.Real((ulong)p, 3 + p % 4, 1.5 + 30 * p))];
        MachineProblem[] reduced = [.. problems.Select(p => PrecisionReducer.Reduce(p, machine, Options))];
        IReadOnlyList<PackedTask> tasks = TaskPacker.Pack(reduced, machine);
        Assert.True(tasks.Count < problems.Length);
        Assert.Equal(Enumerable.Range(0, 9), tasks.SelectMany(t => t.Problems).Select(p => p.Index).Order());
        foreach (PackedTask task in tasks)
        {
            Assert.InRange(task.SpinCount, 2, 20);
            sbyte[] best = Lowest(task);
            foreach (PackedProblem p in task.Problems)
            {
                var state = new byte[problems[p.Index].Size];
                task.Unpack(p, best, state);
                Assert.Contains(state, SmallProblems.Optima(p.Problem));
            }
        }
    }

    [Fact]
    public void Packing_is_deterministic_and_can_be_turned_off()
    {
        MachineProblem[] reduced =
            [.. Enumerable.Range(0, 6).Select(p => PrecisionReducer.Reduce(SmallProblems.Real((ulong)p, 8), MachineLimits.Cpqc550, Options))];
        Assert.Single(TaskPacker.Pack(reduced, MachineLimits.Cpqc550));
        Assert.Equal(6, TaskPacker.Pack(reduced, MachineLimits.Cpqc550, pack: false).Count);
        Assert.Equal(
            TaskPacker.Pack(reduced, MachineLimits.Cpqc550)[0].Problems.Select(p => p.Offset),
            TaskPacker.Pack(reduced, MachineLimits.Cpqc550)[0].Problems.Select(p => p.Offset));
    }

    [Fact]
    public void Every_problem_of_a_task_uses_the_full_range()
    {
        MachineProblem[] reduced = [.. new[] { 1.0, 1e-6, 1e6 }.Select(scale =>
        {
            QuboMatrix original = SmallProblems.Real(7, 8);
            var scaled = new QuboMatrix(8);
            for (int k = 0; k < 64; k++)
            {
                scaled.AddPair(k / 8, k % 8, scale * original.Coefficients[k]);
            }

            return PrecisionReducer.Reduce(scaled, MachineLimits.Cpqc550, PrecisionOptions.Plain);
        })];
        PackedTask task = Assert.Single(TaskPacker.Pack(reduced, MachineLimits.Cpqc550));
        Assert.All(task.Problems, p => Assert.Equal(127, p.Problem.Terms.Max(t => Math.Abs(t.Value))));
        Assert.Equal(reduced[0].Terms.ToArray(), reduced[1].Terms.ToArray());
        Assert.Equal(reduced[0].Terms.ToArray(), reduced[2].Terms.ToArray());
    }

    private static sbyte[] Lowest(PackedTask task)
    {
        int n = task.SpinCount;
        var matrix = new int[n * n];
        task.WriteMatrix(UploadForm.Ising, 8, matrix);

        // The auxiliary spin up; Gray code, so that one step costs one row.
        var spins = Enumerable.Repeat((sbyte)1, n).ToArray();
        var best = (sbyte[])spins.Clone();
        (long energy, long lowest) = (0, 0);
        for (int code = 1; code < 1 << (n - 1); code++)
        {
            int flip = int.TrailingZeroCount(code);
            long local = 0;
            for (int j = 0; j < n; j++)
            {
                local += matrix[flip * n + j] * spins[j];
            }

            energy += 4 * spins[flip] * local;
            spins[flip] = (sbyte)-spins[flip];
            if (energy < lowest)
            {
                lowest = energy;
                spins.CopyTo(best, 0);
            }
        }

        return best;
    }
}
