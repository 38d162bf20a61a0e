using System.CommandLine;
using Qama.Sampling;
using Qama.Torch;
using Qama.Training.Layers;
using Qama.Training.Modules;
using Qama.Torch.Sampling;
using TorchSharp;
using TorchSharp.Modules;
using static System.FormattableString;
using static TorchSharp.torch;

namespace Qama.Benchmarks.Torch;

/// <summary><c>torch</c>: modules of declared layers beside libtorch's own attention, in one process.</summary>
internal static class TorchCommand
{
    private const int Sweeps = 20;
    private const int Heads = 8;

    public static Command Create()
    {
        var json = new Option<FileInfo?>("--json") { Description = "Also write the measurements to this file." };
        var device = new Option<string>("--device") { Description = "Where tensors live.", DefaultValueFactory = _ => "cpu" };
        var threads = new Option<int>("--threads") { Description = "Threads of torch and of native kernels.", DefaultValueFactory = _ => 2 };
        var repeats = new Option<int>("--repeats") { Description = "Passes of which the median counts.", DefaultValueFactory = _ => 9 };
        var command = new Command("torch", "Modules of declared layers beside libtorch's multi-head attention, in turns.")
        {
            json, device, threads, repeats,
        };
        command.SetAction(parsed =>
        {
            TorchReport report = Run(
                Console.Out, torch.device(parsed.GetValue(device)!), parsed.GetValue(threads), parsed.GetValue(repeats));
            if (parsed.GetValue(json) is FileInfo file)
            {
                JsonReport.Write(file.FullName, "torch", report);
            }
        });
        return command;
    }

    private static TorchReport Run(TextWriter output, torch.Device device, int threads, int repeats)
    {
        // Before the first module: OpenMP's threads then wait without spinning.
        Qama.Torch.Loading.LibTorch.Prepare();
        set_num_threads(threads);
        manual_seed(1);
        Machine machine = Machine.Measure();
        output.WriteLine(machine.Description);
        output.WriteLine(Invariant($"{threads} thread(s), device {device}, {Sweeps} sweeps, milliseconds of elapsed time, medians of {repeats} in turns"));
        List<TorchMeasurement> rows = [];
        Measure(128, 49, 64, repeats, s => new V2Of49.TorchModule(1, s), s => new StableOf49.TorchModule(1, s), s => new SelectedOf49.TorchModule(1, s));
        Measure(8, 512, 128, repeats, s => new V2Of512.TorchModule(1, s), s => new StableOf512.TorchModule(1, s), s => new SelectedOf512.TorchModule(1, s));
        Measure(1, 2048, 512, Math.Max(3, repeats / 3), s => new V2Of2048.TorchModule(1, s), s => new StableOf2048.TorchModule(1, s), s => new SelectedOf2048.TorchModule(1, s));
        Add(StepRun.Measure(device, repeats, NewSampler(threads)));
        return new TorchReport(machine, threads, device.ToString(), rows);

        void Measure(int batch, int tokens, int width, int count, params Func<ISampler, nn.Module<Tensor, Tensor>>[] models)
        {
            string[] names = ["QamaV2", "QamaV2Stable", "selected attention"];
            List<(string Name, nn.Module<Tensor, Tensor> Module)> modules =
            [
                ("torch.nn.MultiheadAttention", new SoftmaxModule(width)),
                ("scaled_dot_product_attention", new FusedModule(width)),
            ];
            for (int m = 0; m < models.Length; m++)
            {
                if (device.type == DeviceType.CPU)
                {
                    modules.Add(($"{names[m]}, native", WithBackend(models[m](NewSampler(threads)), Backend.Native)));
                }

                // A sweep of annealing is a step for every token: on long sequences bifurcation has fewer, larger ones.
                ISampler sampler = tokens > 100 ? new BifurcationSampler { Steps = 50 } : NewSampler(threads);
                modules.Add(($"{names[m]}, tensors", WithBackend(models[m](sampler), Backend.Tensor)));
            }

            var shape = new TokenShape(tokens, width);
            Module<float>? ours = device.type == DeviceType.CPU ? new SoftmaxAttention<float>(shape, 8, width / 8, 1) : null;
            Add(LayerTurns.Measure(batch, tokens, width, device, count, modules, ours));
            modules.ForEach(m => m.Module.Dispose());
        }

        void Add(IReadOnlyList<TorchMeasurement> found)
        {
            rows.AddRange(found);
            output.WriteLine();
            output.WriteLine($"{found[0].Shape,-36}{"forward",10}{"step",10}{"x softmax",11}");
            foreach (TorchMeasurement m in found)
            {
                output.WriteLine(Invariant($"  {m.Name,-34}{m.Forward,10:F2}{m.Step,10:F2}{m.Step / found[0].Step,11:F2}"));
            }
        }
    }

    private static SimulatedAnnealingSampler NewSampler(int threads) => new() { Sweeps = Sweeps, Hot = 0.2, Threads = threads };

    private static nn.Module<Tensor, Tensor> WithBackend(nn.Module<Tensor, Tensor> module, Backend backend)
    {
        ((IQuboAttentionModule)module).Backend = backend;
        return module;
    }

    /// <summary>torch.nn.MultiheadAttention, which takes sequences first.</summary>
    private sealed class SoftmaxModule : nn.Module<Tensor, Tensor>
    {
        private readonly MultiheadAttention _attention;

        public SoftmaxModule(int width)
            : base("softmax")
        {
            _attention = nn.MultiheadAttention(width, Heads);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            Tensor x = input.transpose(0, 1);
            return _attention.call(x, x, x, need_weights: false).Item1.transpose(0, 1);
        }
    }

    /// <summary>Softmax attention whose weights are never written down.</summary>
    private sealed class FusedModule : nn.Module<Tensor, Tensor>
    {
        private readonly Linear _in;
        private readonly Linear _out;

        public FusedModule(int width)
            : base("fused")
        {
            _in = nn.Linear(width, 3 * width);
            _out = nn.Linear(width, width);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            (long batch, long tokens, long width) = (input.shape[0], input.shape[1], input.shape[2]);
            Tensor heads = _in.call(input).view(batch, tokens, 3, Heads, width / Heads).permute(2, 0, 3, 1, 4);
            Tensor y = nn.functional.scaled_dot_product_attention(heads[0], heads[1], heads[2]);
            return _out.call(y.transpose(1, 2).reshape(batch, tokens, width));
        }
    }
}

/// <summary>One contender.</summary>
/// <param name="Shape">Batch, tokens and width.</param>
/// <param name="Name">What it is.</param>
/// <param name="Forward">Milliseconds of a forward pass without gradients.</param>
/// <param name="Step">Milliseconds of a forward and a backward pass; of a whole training step where the shape says so.</param>
internal sealed record TorchMeasurement(string Shape, string Name, double Forward, double Step);

/// <summary>What the command writes.</summary>
/// <param name="Machine">The machine's limits.</param>
/// <param name="Threads">Threads.</param>
/// <param name="Device">Where tensors lived.</param>
/// <param name="Rows">The measurements.</param>
internal sealed record TorchReport(Machine Machine, int Threads, string Device, IReadOnlyList<TorchMeasurement> Rows);
