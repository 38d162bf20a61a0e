using System.Diagnostics;
using Qama.Training;
using Qama.Training.Layers;
using Qama.Training.Modules;

namespace Qama.Benchmarks.Steps;

/// <summary>Measures the trainer's steps with QUBO and with softmax attention, in turns.</summary>
internal static class TrainingRun
{
    /// <summary>The name of the model that others are compared with.</summary>
    public const string Softmax = "softmax";

    private const int Batch = 128;
    private const int StepsPerTurn = 8;

    public static IEnumerable<TrainingMeasurement> Measure(int threads, int sweeps, int turns)
    {
        Dataset<float> images = MnistModel.Images(Batch * StepsPerTurn);
        QuboAttentionModule<float> attention = MnistModel.Qama(sweeps, threads), stable = MnistModel.Stable(sweeps, threads);
        Steps[] models =
        [
            new("qama", MnistModel.Create(attention), attention, threads),
            new(Softmax, MnistModel.Create(MnistModel.Softmax()), null, threads),
            new("stable", MnistModel.Create(stable), stable, threads),
        ];
        const int WarmUp = 4;
        for (int turn = 0; turn < WarmUp + turns; turn++)
        {
            foreach (Steps model in models)
            {
                if (turn == WarmUp)
                {
                    model.Forget();
                }

                model.Run(images);
            }
        }

        return models.Select(m => m.Result);
    }

    /// <summary>A model in training; notes what lies between the ends of two steps of an epoch.</summary>
    private sealed class Steps
    {
        private readonly string _name;
        private readonly int _threads;
        private readonly Trainer<float> _trainer;
        private readonly QuboAttentionModule<float>? _attention;
        private readonly List<double> _times = new(4096);
        private readonly List<double> _annealing = new(4096);
        private readonly List<double> _bytes = new(4096);
        private double _last;
        private long _lastBytes;

        public Steps(string name, Module<float> model, QuboAttentionModule<float>? attention, int threads)
        {
            (_name, _threads, _attention) = (name, threads, attention);
            _trainer = new Trainer<float>(model, new TrainerOptions { Epochs = 1, BatchSize = Batch, Threads = threads })
            {
                Progress = Note,
            };
        }

        public TrainingMeasurement Result =>
            new(_name, _threads, Median.Of(_times), Median.Of(_annealing), Median.Of(_bytes));

        private double Clock => _threads == 1
            ? ThreadClock.Microseconds * 1e-3
            : Stopwatch.GetTimestamp() * (1e3 / Stopwatch.Frequency);

        public void Run(Dataset<float> images) => _trainer.Fit(images);

        public void Forget()
        {
            _times.Clear();
            _annealing.Clear();
            _bytes.Clear();
        }

        private void Note(TrainingProgress progress)
        {
            double now = Clock;
            long bytes = GC.GetTotalAllocatedBytes(precise: false);
            if (progress.Batch > 1)
            {
                _times.Add(now - _last);
                _bytes.Add(bytes - _lastBytes);
                _annealing.Add(_attention?.Samples.SamplingTime.TotalMilliseconds ?? 0);
            }

            _lastBytes = GC.GetTotalAllocatedBytes(precise: false);
            _last = Clock;
        }
    }
}
