using Qama.Sampling;
using TorchSharp;

namespace Qama.Torch.Tests;

/// <summary>A module's backends agree, on every device there is, and each stays where it belongs.</summary>
public class BackendTests
{
    private const int Batch = 3;

    [Fact]
    public void Both_compute_the_same_of_the_second_preset() => AssertSame(() => new Second.TorchModule(7), 5, 8, Second.VariableCount);

    [Fact]
    public void Both_compute_the_same_of_the_first_preset_in_training_and_evaluation()
    {
        AssertSame(() => new First.TorchModule(7), 5, 8, First.VariableCount);
        AssertSame(() => Evaluated(new First.TorchModule(7)), 5, 8, First.VariableCount);

        static First.TorchModule Evaluated(First.TorchModule module)
        {
            module.eval();
            return module;
        }
    }

    [Fact]
    public void Both_compute_the_same_of_attention_to_the_selected() =>
        AssertSame(() => new Outer.Wide.TorchModule(7), 4, 6, Outer.Wide.VariableCount);

    [Fact]
    public void Both_compute_the_same_of_a_user_term() => AssertSame(() => new Termed.TorchModule(7), 5, 8, Termed.VariableCount);

    [Fact]
    public void Automatic_means_native_on_the_CPU_and_tensors_elsewhere()
    {
        using var module = new Second.TorchModule(7);
        using torch.Tensor input = Numbers.Tensor(Numbers.Random(40, 1), 1, 5, 8);
        module.call(input).Dispose();
        Assert.NotNull(module.Samples);
        Assert.Null(module.SelectedBits);
        module.Backend = Backend.Tensor;
        module.call(input).Dispose();
        Assert.Equal([1, 1, 2, 5, 1], module.SelectedBits!.shape);
        foreach (torch.Device device in TestDevices.Accelerators)
        {
            using var moved = new Second.TorchModule(7);
            moved.to(device);
            using torch.Tensor there = input.to(device);
            using torch.Tensor output = moved.call(there);
            Assert.Equal(device.type, output.device.type);
            Assert.Equal(device.type, moved.SelectedBits!.device.type);
            Assert.Null(moved.Samples);
        }
    }

    [Fact]
    public void A_module_trains_on_its_device_with_every_sampler()
    {
        foreach (torch.Device device in TestDevices.All)
        {
            foreach (ISampler sampler in new ISampler[]
                     {
                         new SimulatedAnnealingSampler { Sweeps = 20 }, new BifurcationSampler { Steps = 50 },
                         new CoherentIsingMachineSampler { Steps = 50 }, new ExactSampler(),
                     })
            {
                using DisposeScope scope = torch.NewDisposeScope();
                using var module = new Second.TorchModule(7, sampler) { Backend = Backend.Tensor };
                module.to(device);
                using torch.optim.Optimizer optimizer = torch.optim.AdamW(module.parameters(), lr: 1e-2);
                torch.Tensor input = Numbers.Tensor(Numbers.Random(4 * 40, 1), 4, 5, 8).to(device);
                torch.Tensor target = Numbers.Tensor(Numbers.Random(4 * 40, 2), 4, 5, 8).to(device);
                double first = Step();
                for (int i = 0; i < 10; i++)
                {
                    Step();
                }

                Assert.True(Step() < first, $"{sampler.Name} on {device}");
                Assert.Equal(device.type, module.SelectedBits!.device.type);

                double Step()
                {
                    optimizer.zero_grad();
                    torch.Tensor loss = (module.call(input) - target).pow(2).mean();
                    loss.backward();
                    optimizer.step();
                    return loss.to(torch.CPU).ToDouble();
                }
            }
        }
    }

    [Fact]
    public void Tensors_on_another_device_than_the_parameters_are_refused()
    {
        using var module = new Second.TorchModule(7);
        using torch.Tensor input = torch.empty([1, 5, 8], device: torch.META);
        ArgumentException exception = Assert.Throws<ArgumentException>(() => module.call(input));
        Assert.Equal("input", exception.ParamName);
        Assert.Contains("cpu", exception.Message, StringComparison.Ordinal);
        Assert.Contains("meta", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_derivative_exists_with_tensors()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using var module = new Second.TorchModule(7) { Backend = Backend.Tensor };
        torch.Tensor input = Numbers.Tensor(Numbers.Random(40, 1), 1, 5, 8);
        input.requires_grad = true;
        torch.Tensor loss = module.forward(input, null, Fixed(1, Second.VariableCount)).pow(2).sum();
        torch.Tensor gradient = torch.autograd.grad([loss], [input], retain_graph: true, create_graph: true)[0];
        gradient.pow(2).sum().backward();
        Assert.Contains(Numbers.Values(input.grad!), v => v != 0);
    }

    [Theory]
    [InlineData(torch.ScalarType.Float64, 1e-6)]
    [InlineData(torch.ScalarType.BFloat16, 5e-2)]
    [InlineData(torch.ScalarType.Float16, 1e-2)]
    public void A_converted_module_computes_in_its_own_type(torch.ScalarType type, double tolerance)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using var module = new Second.TorchModule(7);
        torch.Tensor input = Numbers.Tensor(Numbers.Random(40, 1), 1, 5, 8);
        float[] expected = Numbers.Values(module.forward(input, null, Fixed(1, Second.VariableCount)));
        module.to(type);
        module.Backend = Backend.Tensor;
        torch.Tensor output = module.forward(input.to(type), null, Fixed(1, Second.VariableCount));
        Assert.Equal(type, output.dtype);
        Numbers.AssertNear(expected, Numbers.Values(output), tolerance);
    }

    [Theory]
    [InlineData(Backend.Native)]
    [InlineData(Backend.Tensor)]
    public void A_number_that_is_none_is_named_with_module_input_and_sample(Backend backend)
    {
        using var module = new First.TorchModule(7, name: "encoder") { Backend = backend };
        float[] x = Numbers.Random(2 * 40, 1);
        x[47] = float.NaN;
        using torch.Tensor input = Numbers.Tensor(x, 2, 5, 8);
        Dictionary<string, float[]> before = module.named_buffers().ToDictionary(b => b.name, b => Numbers.Values(b.buffer));
        string message = Assert.Throws<NotFiniteNumberException>(() => module.call(input)).Message;
        Assert.Contains("'encoder'", message, StringComparison.Ordinal);
        Assert.Contains("input", message, StringComparison.Ordinal);
        Assert.Contains("sample 1", message, StringComparison.Ordinal);
        Assert.All(module.named_buffers(), b => Assert.Equal(before[b.name], Numbers.Values(b.buffer)));
        using torch.Tensor good = Numbers.Tensor(Numbers.Random(2 * 40, 1), 2, 5, 8);
        module.call(good).Dispose();
    }

    [Theory]
    [InlineData(Backend.Native)]
    [InlineData(Backend.Tensor)]
    public void A_batch_of_none_has_an_output_of_none_and_gradients_of_zero(Backend backend)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using var module = new Second.TorchModule(7) { Backend = backend };
        torch.Tensor input = torch.empty([0, 5, 8]);
        torch.Tensor output = module.forward(input, torch.empty([0], torch.ScalarType.Int64));
        Assert.Equal([0, 5, 8], output.shape);
        output.sum().backward();
        Assert.All(module.parameters(), p => Assert.All(Numbers.Values(p.grad!), v => Assert.Equal(0, v)));
    }

    [Fact]
    public void Parameters_can_be_tied()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using var owner = new Second.TorchModule(7);
        using var tied = new Second.TorchModule(8);
        tied.TieParametersTo(owner);
        using var both = new Pair(owner, tied);
        Assert.Equal(owner.named_parameters().Count(), both.named_parameters().Count());
        torch.Tensor input = Numbers.Tensor(Numbers.Random(40, 1), 1, 5, 8);
        FixedSampler all = Fixed(1, Second.VariableCount);
        Assert.Equal(Numbers.Values(owner.forward(input, null, all)), Numbers.Values(tied.forward(input, null, all)));
        tied.forward(input, null, all).sum().backward();
        Assert.All(owner.parameters(), p => Assert.NotNull(p.grad));
        both.to(torch.ScalarType.Float64).to(torch.ScalarType.Float32);
        Assert.Equal(Numbers.Values(owner.forward(input, null, all)), Numbers.Values(tied.forward(input, null, all)));
        Dictionary<string, torch.Tensor> state = both.state_dict();
        Assert.Same(state["_first.QueryProjection"], state["_second.QueryProjection"]);
        Assert.Equal("owner", Assert.Throws<ArgumentException>(() => owner.TieParametersTo(tied)).ParamName);
        Assert.Equal("owner", Assert.Throws<ArgumentException>(() => owner.TieParametersTo(owner)).ParamName);
    }

    [Fact]
    public void Ties_are_followed_and_circles_refused()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using var a = new Second.TorchModule(1);
        using var b = new Second.TorchModule(2);
        using var c = new Second.TorchModule(3);
        a.TieParametersTo(b);
        b.TieParametersTo(c);
        torch.Tensor input = Numbers.Tensor(Numbers.Random(40, 1), 1, 5, 8);
        FixedSampler all = Fixed(1, Second.VariableCount);
        Assert.Equal(Numbers.Values(c.forward(input, null, all)), Numbers.Values(a.forward(input, null, all)));
        Assert.Throws<ArgumentException>(() => c.TieParametersTo(a));
        Assert.Throws<ArgumentNullException>(() => new Second.TorchModule(1, name: null!));
    }

    [Theory]
    [InlineData(Backend.Native)]
    [InlineData(Backend.Tensor)]
    public async Task Calls_of_one_module_from_several_threads_run_one_after_another(Backend backend)
    {
        using var module = new Second.TorchMultiheadAttention(7, new ExactSampler(), batchFirst: true) { Backend = backend };
        module.eval();
        float[][] inputs = [.. Enumerable.Range(1, 4).Select(n => Numbers.Random(n * 40, n))];
        float[][] expected = [.. inputs.Select(Weights)];
        await Task.WhenAll(Enumerable.Range(0, 4).Select(t => Task.Run(() =>
        {
            for (int i = 0; i < 20; i++)
            {
                Assert.Equal(expected[t], Weights(inputs[t]));
            }
        })));

        float[] Weights(float[] values)
        {
            using DisposeScope scope = torch.NewDisposeScope();
            using IDisposable mode = torch.no_grad();
            torch.Tensor x = Numbers.Tensor(values, values.Length / 40, 5, 8);
            return Numbers.Values(module.call(x, x, x).Item2!);
        }
    }

    [Fact]
    public void A_second_derivative_of_native_kernels_is_refused()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using var module = new Second.TorchModule(7);
        torch.Tensor input = Numbers.Tensor(Numbers.Random(40, 1), 1, 5, 8);
        input.requires_grad = true;
        torch.Tensor loss = module.call(input).pow(2).sum();
        torch.Tensor gradient = torch.autograd.grad([loss], [input], retain_graph: true, create_graph: true)[0];
        Assert.All(Numbers.Values(gradient), v => Assert.True(float.IsNaN(v)));
        var exception = Assert.Throws<InvalidOperationException>(() => module.call(input));
        Assert.IsType<NotSupportedException>(exception.InnerException);
    }

    [Fact]
    public void A_state_of_another_operator_is_refused()
    {
        using var module = new Second.TorchModule(7);
        using var same = new Second.TorchModule(8);
        using var other = new Heavier.TorchModule(7);
        Assert.Equal(module.named_parameters().Select(p => p.name), other.named_parameters().Select(p => p.name));
        module.load_state_dict(same.state_dict());
        Assert.Throws<InvalidOperationException>(() => module.load_state_dict(other.state_dict()));
        module.load_state_dict(other.state_dict(), strict: false);
        Assert.Equal(
            Numbers.Values(other.get_parameter("QueryProjection")!), Numbers.Values(module.get_parameter("QueryProjection")!));
    }

    [Fact]
    public void A_module_says_what_it_is()
    {
        using var module = new Second.TorchModule(7, new SimulatedAnnealingSampler(), "attention");
        Assert.Equal(
            "attention(Qama.Torch.Tests.Second, tokens=5, embedding_dim=8, heads=2, head_dim=4, bits=1, backend=Auto, "
            + "sampler=simulated annealing)",
            module.ToString());
    }

    private static void AssertSame(Func<torch.nn.Module<torch.Tensor, torch.Tensor>> make, int tokens, int width, int variables)
    {
        foreach (torch.Device device in TestDevices.All)
        {
            using DisposeScope scope = torch.NewDisposeScope();
            (float[] output, Dictionary<string, float[]> gradients) native = Run(make(), Backend.Native, torch.CPU);
            (float[] output, Dictionary<string, float[]> gradients) tensors = Run(make(), Backend.Tensor, device);
            Numbers.AssertNear(native.output, tensors.output, 1e-5);
            Assert.Equal(native.gradients.Keys, tensors.gradients.Keys);
            Assert.All(native.gradients, g => Numbers.AssertNear(g.Value, tensors.gradients[g.Key], 1e-4));
        }

        (float[], Dictionary<string, float[]>) Run(torch.nn.Module<torch.Tensor, torch.Tensor> module, Backend backend, torch.Device device)
        {
            var attention = (IQuboAttentionModule)module;
            attention.Backend = backend;
            attention.Sampler = Fixed(Batch, variables, tokens, 2);
            module.to(device);
            torch.Tensor input = Numbers.Tensor(Numbers.Random(Batch * tokens * width, 1), Batch, tokens, width).to(device);
            input.requires_grad = true;
            torch.Tensor output = ((dynamic)module).forward(input, Numbers.Integers(tokens, 2, tokens).to(device), null);
            (output * Numbers.Tensor(Numbers.Random((int)output.numel(), 2), output.shape).to(device)).sum().backward();
            var gradients = module.named_parameters().ToDictionary(p => p.name, p => Numbers.Values(p.parameter.grad!));
            gradients.Add("input", Numbers.Values(input.grad!));
            foreach ((string name, torch.Tensor buffer) in module.named_buffers())
            {
                gradients.Add(name, Numbers.Values(buffer));
            }

            return (Numbers.Values(output), gradients);
        }
    }

    /// <summary>Random selections; the second sample has tokens below <paramref name="length"/> only.</summary>
    private static FixedSampler Fixed(int batch, int variables, int tokens = 1, int length = 1)
    {
        var random = new Random(3);
        return new FixedSampler(Enumerable.Range(0, batch).Select(sample => Enumerable.Range(0, variables)
            .Select(v => (byte)(random.Next(2) & (sample == 1 && v % tokens >= length ? 0 : 1))).ToArray()).ToArray());
    }

    private sealed class Pair : torch.nn.Module<torch.Tensor, torch.Tensor>
    {
        private readonly Second.TorchModule _first;
        private readonly Second.TorchModule _second;

        public Pair(Second.TorchModule first, Second.TorchModule second)
            : base(nameof(Pair))
        {
            _first = first;
            _second = second;
            RegisterComponents();
        }

        public override torch.Tensor forward(torch.Tensor input) => _second.call(_first.call(input));
    }
}
