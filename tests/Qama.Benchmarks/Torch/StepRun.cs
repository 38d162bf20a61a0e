using Qama.Sampling;
using Qama.Torch;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Qama.Benchmarks.Torch;

/// <summary>Whole training steps of a one-block vision transformer on MNIST's shapes (28 x 28 in patches of 4 x 4, width 64, 8 heads, 128
/// images), random images: AdamW, clipping.</summary>
internal static class StepRun
{
    private const int Batch = 128;
    private const int Tokens = 49;
    private const int Width = 64;

    public static IReadOnlyList<TorchMeasurement> Measure(torch.Device device, int repeats, ISampler sampler)
    {
        List<(string Name, Trainer Trainer)> trainers = [("torch.nn.MultiheadAttention", new Trainer(new Softmax(), device))];
        if (device.type == DeviceType.CPU)
        {
            trainers.Add(("QamaV2Stable, native", new Trainer(new StableOf49.TorchModule(1, sampler) { Backend = Backend.Native }, device)));
        }

        trainers.Add(("QamaV2Stable, tensors", new Trainer(new StableOf49.TorchModule(1, sampler) { Backend = Backend.Tensor }, device)));
        List<double>[] forwards = [.. trainers.Select(_ => new List<double>())];
        List<double>[] steps = [.. trainers.Select(_ => new List<double>())];
        for (int r = -3; r < repeats; r++)
        {
            for (int t = 0; t < trainers.Count; t++)
            {
                double forward = LayerTurns.Time(device, trainers[t].Trainer.Forward);
                double step = LayerTurns.Time(device, trainers[t].Trainer.Step);
                if (r >= 0)
                {
                    forwards[t].Add(forward);
                    steps[t].Add(step);
                }
            }
        }

        trainers.ForEach(t => t.Trainer.Dispose());
        return
        [
            .. trainers.Select((t, i) => new TorchMeasurement(
                $"MNIST step, {Batch} images", t.Name, Median.Of(forwards[i]), Median.Of(steps[i]))),
        ];
    }

    private sealed class Trainer : IDisposable
    {
        private readonly Block _block;
        private readonly optim.Optimizer _optimizer;
        private readonly Tensor _images;
        private readonly Tensor _labels;

        public Trainer(nn.Module<Tensor, Tensor> attention, torch.Device device)
        {
            _block = new Block(attention);
            _block.to(device);
            _optimizer = optim.AdamW(_block.parameters(), lr: 1e-3);
            _images = randn(Batch, Tokens, 16).to(device);
            _labels = randint(0, 10, [Batch]).to(device);
        }

        public void Forward()
        {
            using IDisposable mode = no_grad();
            using DisposeScope scope = NewDisposeScope();
            _block.call(_images);
        }

        public void Step()
        {
            using DisposeScope scope = NewDisposeScope();
            _optimizer.zero_grad();
            nn.functional.cross_entropy(_block.call(_images), _labels).backward();
            nn.utils.clip_grad_norm_(_block.parameters(), 1);
            _optimizer.step();
        }

        public void Dispose()
        {
            _optimizer.Dispose();
            _block.Dispose();
            _images.Dispose();
            _labels.Dispose();
        }
    }

    private sealed class Block : nn.Module<Tensor, Tensor>
    {
        private readonly Linear _embedding = nn.Linear(16, Width);
        private readonly nn.Module<Tensor, Tensor> _attention;
        private readonly nn.Module<Tensor, Tensor> _feedForward = nn.Sequential(
            nn.LayerNorm(Width), nn.Linear(Width, 2 * Width), nn.GELU(), nn.Linear(2 * Width, Width));

        private readonly Linear _head = nn.Linear(Width, 10);

        public Block(nn.Module<Tensor, Tensor> attention)
            : base(nameof(Block))
        {
            _attention = attention;
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            Tensor x = _embedding.call(input);
            x += _attention.call(x);
            x += _feedForward.call(x);
            return _head.call(x.mean([1]));
        }
    }

    private sealed class Softmax : nn.Module<Tensor, Tensor>
    {
        private readonly LayerNorm _norm = nn.LayerNorm(Width);
        private readonly MultiheadAttention _attention = nn.MultiheadAttention(Width, 8);

        public Softmax()
            : base(nameof(Softmax)) => RegisterComponents();

        public override Tensor forward(Tensor input)
        {
            Tensor x = _norm.call(input).transpose(0, 1);
            return _attention.call(x, x, x, need_weights: false).Item1.transpose(0, 1);
        }
    }
}
