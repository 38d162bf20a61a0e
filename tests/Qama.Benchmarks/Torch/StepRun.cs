using Qama.Benchmarks.Steps;
using Qama.Sampling;
using Qama.Torch;
using Qama.Training;
using Qama.Training.Modules;
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
    private const int Sweeps = 20;

    public static IReadOnlyList<TorchMeasurement> Measure(torch.Device device, int repeats, ISampler sampler)
    {
        List<(string Name, TorchTrainer Trainer)> trainers = [("torch.nn.MultiheadAttention", new TorchTrainer(new Softmax(), device))];
        if (device.type == DeviceType.CPU)
        {
            trainers.Add(("QamaV2Stable, native", new TorchTrainer(new StableOf49.TorchModule(1, sampler) { Backend = Backend.Native }, device)));
        }

        trainers.Add(("QamaV2Stable, tensors", new TorchTrainer(new StableOf49.TorchModule(1, sampler) { Backend = Backend.Tensor }, device)));
        List<Contestant> contestants = [.. trainers.Select(t => new Contestant(t.Name, t.Trainer.Forward, t.Trainer.Step))];
        if (device.type == DeviceType.CPU)
        {
            int threads = get_num_threads();
            contestants.Add(Own("softmax attention", MnistModel.Create(MnistModel.Softmax()), threads));
            contestants.Add(Own("QamaV2", MnistModel.Create(MnistModel.Qama(Sweeps, threads)), threads));
            contestants.Add(Own("QamaV2Stable", MnistModel.Create(MnistModel.Stable(Sweeps, threads)), threads));
        }

        IReadOnlyList<TorchMeasurement> found = LayerTurns.Measure($"MNIST step, {Batch} images", device, repeats, contestants);
        trainers.ForEach(t => t.Trainer.Dispose());
        return found;
    }

    // The model of -- step under Qama.Training's own trainer: the same shapes.
    private static Contestant Own(string name, Module<float> model, int threads)
    {
        const int Steps = 8;
        Dataset<float> images = MnistModel.Images(Batch * Steps);
        Dataset<float> one = MnistModel.Images(Batch);
        var trainer = new Trainer<float>(model, new TrainerOptions { Epochs = 1, BatchSize = Batch, Threads = threads });
        return new($"Qama.Training, {name}", () => trainer.Evaluate(one), () => trainer.Fit(images), Steps);
    }

    private sealed class TorchTrainer : IDisposable
    {
        private readonly Block _block;
        private readonly optim.Optimizer _optimizer;
        private readonly Tensor _images;
        private readonly Tensor _labels;

        public TorchTrainer(nn.Module<Tensor, Tensor> attention, torch.Device device)
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
            nn.LayerNorm(Width), nn.Linear(Width, Width), nn.GELU(), nn.Linear(Width, Width));

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
