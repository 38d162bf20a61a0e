using System.Runtime.InteropServices;
using Qama.Problems;
using Qama.Sampling;
using TorchSharp;

namespace Qama.Torch.Tests;

/// <summary>Handles are disposed, passes may overlap, and exceptions do not end the process.</summary>
public class LifetimeTests
{
    private static readonly ISampler _sampler = new SimulatedAnnealingSampler { Sweeps = 5 };
    private static readonly float[] _x = Numbers.Random(2 * 5 * 8, 1);

    [Fact]
    public void A_training_step_in_a_scope_leaves_nothing()
    {
        // Handles that other tests left go first.
        using (var other = new Second.TorchModule(7, _sampler))
        {
            other.call(Leaf(_x)).sum().backward();
        }

        long before = LiveTensors.Count();
        using (var module = new First.TorchModule(7, _sampler))
        {
            Step(module);
            long steady = torch.Tensor.TotalCount;
            for (int i = 0; i < 3; i++)
            {
                Step(module);
                Assert.Equal(steady, torch.Tensor.TotalCount);
            }

            Assert.InRange(steady, 0, before + module.state_dict().Count);
        }

        Assert.InRange(torch.Tensor.TotalCount, 0, before);

        static void Step(First.TorchModule module)
        {
            using DisposeScope scope = torch.NewDisposeScope();
            torch.Tensor input = Numbers.Tensor(_x, 2, 5, 8).transpose(0, 1).transpose(0, 1).to(torch.ScalarType.Float64, torch.CPU);
            input.requires_grad = true;
            module.forward(input, Numbers.Integers(5, 3)).sum().backward();
        }
    }

    [Fact]
    public void Without_a_scope_handles_do_not_grow_in_number()
    {
        using var module = new Second.TorchModule(7, _sampler);
        LiveTensors.Count();
        Step(module);
        long steady = torch.Tensor.TotalCount;
        for (int i = 0; i < 3; i++)
        {
            Step(module);
            Assert.Equal(steady, torch.Tensor.TotalCount);
        }

        static void Step(Second.TorchModule module)
        {
            using torch.Tensor input = Numbers.Tensor(_x, 2, 5, 8);
            using torch.Tensor output = module.call(input);
            using torch.Tensor loss = output.sum();
            loss.backward();
        }
    }

    [Fact]
    public void A_module_made_in_a_scope_outlives_it()
    {
        Second.TorchModule module;
        using (torch.NewDisposeScope())
        {
            module = new Second.TorchModule(7, _sampler);
        }

        using torch.Tensor input = Numbers.Tensor(_x, 2, 5, 8);
        module.call(input).Dispose();
        module.Dispose();
    }

    [Fact]
    public void Without_gradients_there_is_no_graph()
    {
        using var module = new Second.TorchModule(7, _sampler);
        using torch.Tensor input = Numbers.Tensor(_x, 2, 5, 8);
        using IDisposable mode = torch.no_grad();
        using torch.Tensor output = module.call(input);
        Assert.False(output.requires_grad);
    }

    [Fact]
    public void Passes_overlap_and_each_has_the_parameters_of_its_own_forward_call()
    {
        float[] other = Numbers.Random(2 * 5 * 8, 2);
        (float[] input, float[] norm) first = Alone(_x, 0, 0);
        (float[] input, float[] norm) second = Alone(other, 1, 0.5f);
        Assert.DoesNotContain(first.norm.Concat(second.norm), float.IsNaN);

        using Second.TorchModule module = Fixed();
        using torch.Tensor a = Leaf(_x);
        using torch.Tensor b = Leaf(other);
        using torch.Tensor lossA = module.call(a).sum();
        Shift(module, 0.5f);
        using torch.Tensor lossB = module.call(b).sum();
        Shift(module, 1f);
        lossB.backward();
        lossA.backward();
        Assert.Equal(first.input, Gradient(a));
        Assert.Equal(second.input, Gradient(b));

        // This one depends on the projection as it was.
        float[] sum = [.. first.norm.Zip(second.norm, (x, y) => x + y)];
        Numbers.AssertNear(sum, Gradient(module.get_parameter("QueryNorm.Weight")!), 1e-6);

        static (float[] Input, float[] Norm) Alone(float[] x, int step, float shift)
        {
            using Second.TorchModule module = Fixed();
            module.SamplingKey = module.SamplingKey with { Step = step };
            Shift(module, shift);
            using torch.Tensor input = Leaf(x);
            using torch.Tensor loss = module.call(input).sum();
            loss.backward();
            return (Gradient(input), Gradient(module.get_parameter("QueryNorm.Weight")!));
        }
    }

    [Fact]
    public void A_retained_graph_runs_backward_again_after_other_calls()
    {
        using Second.TorchModule module = Fixed();
        using torch.Tensor a = Leaf(_x);
        using torch.Tensor b = Leaf(Numbers.Random(2 * 5 * 8, 2));
        using torch.Tensor loss = module.call(a).sum();
        loss.backward(retain_graph: true);
        float[] once = Gradient(a);
        SamplingKey key = module.SamplingKey;

        // The memory of the first call serves these now.
        module.call(b).sum().backward();
        module.call(b).Dispose();
        SampleSet last = module.Samples!;
        loss.backward();
        Assert.Equal(once.Select(v => 2 * v), Gradient(a));
        Assert.Equal(key with { Step = key.Step + 2 }, module.SamplingKey);
        Assert.Same(last, module.Samples);
    }

    [Fact]
    public void What_goes_wrong_in_backward_is_thrown_by_the_next_call()
    {
        using Second.TorchModule module = Fixed();
        using torch.Tensor a = Leaf(_x);
        using torch.Tensor b = Leaf(_x);
        using torch.Tensor loss = module.call(a).sum();
        loss.backward(retain_graph: true);
        module.call(b).sum().backward();

        // Torch refuses what was saved for backward and has changed since.
        using (torch.no_grad())
        {
            module.get_parameter("QueryProjection")!.add_(1);
        }

        a.grad = null;
        loss.backward();
        Assert.All(Gradient(a), v => Assert.True(float.IsNaN(v)));
        var exception = Assert.Throws<InvalidOperationException>(() => module.call(b));
        Assert.Contains("inplace", exception.InnerException!.Message, StringComparison.Ordinal);
        module.call(b).Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Two_thousand_steps_leave_as_many_tensors_and_as_much_memory_as_a_few(bool scoped)
    {
        using Second.TorchModule module = Fixed();
        using torch.Tensor input = Numbers.Tensor(_x, 2, 5, 8);
        using torch.optim.Optimizer optimizer = torch.optim.AdamW(module.parameters(), lr: 1e-3);
        Steps(1000);
        (long heap, long memory) = Settled();
        long tensors = torch.Tensor.TotalCount;
        Steps(2000);
        (long heapAfter, long memoryAfter) = Settled();
        Assert.Equal(tensors, torch.Tensor.TotalCount);
        Assert.InRange(heapAfter - heap, long.MinValue, 1 << 20);
        Assert.InRange(memoryAfter - memory, long.MinValue, 64L << 20);

        void Steps(int count)
        {
            for (int i = 0; i < count; i++)
            {
                using DisposeScope? scope = scoped ? torch.NewDisposeScope() : null;
                torch.Tensor loss = module.call(input).pow(2).sum();
                optimizer.zero_grad();
                loss.backward();
                torch.nn.utils.clip_grad_norm_(module.parameters(), 1);
                optimizer.step();
            }
        }

        // Without scopes, handles go when they are collected.
        static (long Heap, long Process) Settled()
        {
            for (int i = 0; i < 3; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }

            using var process = System.Diagnostics.Process.GetCurrentProcess();
            return (GC.GetTotalMemory(false), process.WorkingSet64);
        }
    }

    [Fact]
    public void Backward_can_run_twice_before_the_next_call()
    {
        using Second.TorchModule module = Fixed();
        using torch.Tensor input = Leaf(_x);
        using torch.Tensor loss = module.call(input).sum();
        loss.backward(retain_graph: true);
        float[] once = Gradient(input);
        loss.backward();
        Assert.Equal(once.Select(v => 2 * v), Gradient(input));
    }

    [Fact]
    public void A_module_trains()
    {
        using Second.TorchModule module = Fixed();
        using torch.Tensor input = Numbers.Tensor(_x, 2, 5, 8);
        double first = Loss();
        for (int step = 0; step < 20; step++)
        {
            foreach (torch.Tensor parameter in module.parameters())
            {
                using torch.Tensor gradient = parameter.grad!;
                Span<float> values = MemoryMarshal.Cast<byte, float>(parameter.bytes);
                float[] slope = Numbers.Values(gradient);
                for (int i = 0; i < slope.Length; i++)
                {
                    values[i] -= 1e-3f * slope[i];
                }

                parameter.grad = null;
            }

            Loss();
        }

        Assert.True(Loss() < 0.9 * first);

        double Loss()
        {
            using DisposeScope scope = torch.NewDisposeScope();
            torch.Tensor output = module.call(input);
            torch.Tensor loss = output.mul(output).sum();
            loss.backward();
            return Numbers.Values(loss)[0];
        }
    }

    private static Second.TorchModule Fixed() =>
        new(7, new FixedSampler(Enumerable.Repeat(Enumerable.Repeat((byte)1, Second.VariableCount).ToArray(), 2).ToArray()));

    private static torch.Tensor Leaf(float[] values)
    {
        torch.Tensor tensor = Numbers.Tensor(values, 2, 5, 8);
        tensor.requires_grad = true;
        return tensor;
    }

    private static float[] Gradient(torch.Tensor leaf)
    {
        using torch.Tensor gradient = leaf.grad!;
        return Numbers.Values(gradient);
    }

    private static void Shift(Second.TorchModule module, float by)
    {
        foreach (ref float value in MemoryMarshal.Cast<byte, float>(module.get_parameter("QueryProjection")!.bytes))
        {
            value += by;
        }
    }
}
