using FsCheck;
using FsCheck.Fluent;
using Qama.Annealing;
using Qama.Ising;
using Qama.Numerics;
using Qama.Problems;
using Qama.Sampling;

namespace Qama.Tests.Sampling;

/// <summary>Every sampler finds the same states of a problem, whichever form its rows have.</summary>
[Collection(Alone.Name)]
public class SparseSamplingTests
{
    public static TheoryData<string> Names => EverySampler.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Compressed_and_written_out_rows_give_the_same_states(string name)
    {
        Gen<(int Size, int Seed, bool Whole)> cases =
            from size in name == "enumeration" ? Gen.Choose(0, 9) : Gen.OneOf(Gen.Choose(1, 140), Gen.Elements(15, 16,
                17, 63, 64, 65, 80, 128))
            from seed in Gen.Choose(0, 1 << 30)
            from whole in Gen.Elements(false, true)
            select (size, seed, whole);
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(12),
            Prop.ForAll(cases.ToArbitrary(), c =>
            {
                double density = (c.Seed % 5) switch { 0 => 0, 1 => 0.02, 2 => 0.1, 3 => 0.4, _ => 1 };
                var qubo = new SparseQubo(c.Size, SparseProblems.Terms(c.Size, density, c.Seed, c.Whole), 1);
                SampleSet compressed = Sample(name, new FormBatch(qubo, compressed: true), c.Seed);
                Equal(compressed, Sample(name, new FormBatch(qubo, compressed: false), c.Seed));
                Equal(compressed, Sample(name, new SparseProblemBatch(qubo), c.Seed));
                if (c.Whole)
                {
                    Equal(compressed, Sample(name, new QuboProblemBatch(qubo.ToDense()), c.Seed));
                }

                return true;
            }));
    }

    [Theory]
    [InlineData("annealing")]
    [InlineData("restarts")]
    [InlineData("tempering")]
    [InlineData("tabu")]
    [InlineData("ballistic")]
    [InlineData("machine")]
    public void Small_problems_are_solved(string name)
    {
        for (int seed = 0; seed < 5; seed++)
        {
            var batch = new SparseProblemBatch(new SparseQubo(12, SparseProblems.Terms(12, 0.4, seed, whole: false),
                5));
            var exact = new SampleSet(1, 1, 12);
            new ExactSampler().Fill(batch, exact);
            var found = new SampleSet(1, 20, 12);
            EverySampler.Make(name).Fill(batch, found);
            Assert.Equal(exact.Energy(0), found.Energy(0), 1e-6);
        }
    }

    [Theory]
    [InlineData("annealing")]
    [InlineData("tempering")]
    [InlineData("tabu")]
    [InlineData("discrete")]
    public void A_sampler_allocates_nothing_for_a_problem_that_it_knows(string name)
    {
        ISampler sampler = EverySampler.Make(name);
        sampler.GetType().GetProperty("Threads")!.SetValue(sampler, 1);
        var batch = new SparseProblemBatch(new SparseQubo(60, SparseProblems.Terms(60, 0.05, 1, whole: false)));
        var result = new SampleSet(1, 2, 60);
        sampler.Fill(batch, result);
        sampler.Fill(batch, result);
        bool completed = false;
        Allocations.AssertNone(() => completed = IsCompleted(sampler.SampleAsync(batch, result, new SamplingKey(2))));
        Assert.True(completed);

        static bool IsCompleted(ValueTask task) => task.IsCompletedSuccessfully;
    }

    // A matrix of single precision alone would take 40 GB.
    [Fact]
    public void A_hundred_thousand_variables_take_memory_for_their_pairs()
    {
        const int Size = 100_000;
        var ising = new SparseIsing(Size, Enumerable.Range(0, Size).Select(i => new QuadraticTerm(i, (i + 1) % Size,
            -1)));
        long before = GC.GetTotalAllocatedBytes();
        SparseProblemBatch batch = SparseProblemBatch.FromIsing(ising);
        ISampler[] samplers =
        [
            new SimulatedAnnealingSampler { Sweeps = 20 }, new BifurcationSampler { Steps = 20 },
            new CoherentIsingMachineSampler { Steps = 20 }, new ParallelTemperingSampler { Rounds = 2, Replicas = 2 },
            new PolishedSampler(new SimulatedAnnealingSampler { Sweeps = 20 }) { TabuSteps = 20 },
        ];
        foreach (ISampler sampler in samplers)
        {
            var result = new SampleSet(1, 1, Size);
            sampler.Fill(batch, result);
            sbyte[] spins = [.. result.State(0).ToArray().Select(x => (sbyte)((2 * x) - 1))];
            Assert.Equal(ising.Energy(spins), result.Energy(0));
            Assert.True(result.Energy(0) < -0.6 * Size, $"{sampler.Name}: {result.Energy(0)}");
        }

        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 400_000_000);
    }

    // Chains told that nothing has changed know the fields and the energy that rebuilding would give.
    [Fact]
    public void A_replica_that_resumes_goes_on_as_one_that_rebuilds()
    {
        foreach ((bool whole, bool dense) in new[] { (true, false), (false, false), (true, true), (false, true) })
        {
            QuadraticTerm[] terms = SparseProblems.Terms(90, 0.2, 4, whole);
            var qubo = new SparseQubo(90, terms, 9);
            ProblemBatch batch = dense ? new QuboProblemBatch(qubo.ToDense()) : new SparseProblemBatch(qubo);
            float[] kept = GC.AllocateArray<float>(batch.ReplicaLength, pinned: true),
                scratch = new float[batch.ScratchLength];
            (byte[] resumed, byte[] rebuilt) = (new byte[90], new byte[90]);
            (RandomStream first, RandomStream second) = (new(1), new(1));
            for (int round = 0; round < 50; round++)
            {
                var schedule = new AnnealingSchedule(5, 1, 1, whole ? 60 : 0.6, Continues: round > 0);
                double energy = batch.RunReplica(0, schedule, ref first, resumed, kept, resumes: round > 0);
                batch.Anneal(0, schedule, ref second, rebuilt, scratch);
                Assert.Equal(rebuilt, resumed);
                double expected = batch.EnergyWithoutConstant(0, rebuilt);
                Assert.Equal(expected, energy, whole ? 0 : 1e-4);
            }
        }
    }

    private static SampleSet Sample(string name, ProblemBatch batch, int seed)
    {
        var result = new SampleSet(1, 2, batch.VariableCount);
        EverySampler.Make(name).Fill(batch, result, new SamplingKey(seed));
        return result;
    }

    private static void Equal(SampleSet expected, SampleSet actual)
    {
        for (int r = 0; r < expected.ReadCount; r++)
        {
            Assert.Equal(expected.State(0, r).ToArray(), actual.State(0, r).ToArray());
            Assert.Equal(expected.Energy(0, r), actual.Energy(0, r), 1e-9);
        }
    }
}
