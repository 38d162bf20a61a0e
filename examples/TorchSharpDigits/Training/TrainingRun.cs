using System.Diagnostics;
using Qama.Examples.Common;
using Qama.Examples.Vision;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Qama.Examples.TorchSharpDigits;

/// <summary>Trains a model with one attention operator, epoch by epoch, and tests it once.</summary>
internal sealed class TrainingRun : IDisposable
{
    private const double WeightDecay = 0.05;
    private const double WarmUp = 0.1;
    private const int EvaluationBatch = 256;

    private readonly Settings _settings;
    private readonly string _name;
    private readonly ImageData _data;
    private readonly torch.Device _device;
    private readonly List<Attention> _attention;
    private readonly VisionTransformer _model;
    private readonly EpochOrder _order;
    private readonly DataLoader _training;

    public TrainingRun(Settings settings, string name, ImageData data, torch.Device device)
    {
        (_settings, _name, _data, _device) = (settings, name, data, device);
        manual_seed(settings.Seed);
        _attention = [.. Enumerable.Range(0, settings.Depth).Select(block => Attention.All[name](settings, settings.Seed * 1000L + block))];
        _model = new VisionTransformer(_attention);
        _model.to(device);
        LabelledImages images = settings.Images is { } limit ? data.Training.Slice(0, limit) : data.Training;
        _order = new EpochOrder(images.Count, settings.Seed);
        _training = new DataLoader(new ImageDataset(images), settings.BatchSize, _order, device);
    }

    /// <summary>Trains what is left of the epochs.</summary>
    /// <exception cref="InvalidOperationException">The training diverged.</exception>
    /// <exception cref="OperationCanceledException">Cancelled: the epochs that ended are kept.</exception>
    public RunResult Run(CancellationToken stop)
    {
        // Made after the model has moved: moving replaces parameters.
        using AdamW optimizer = optim.AdamW(_model.ParameterGroups(_settings.Rate, WeightDecay), _settings.Rate);
        var checkpoint = new Checkpoint(Path.Combine(_settings.Out, _settings.NameOf(_name)));
        if (!_settings.Resume)
        {
            checkpoint.Clear();
        }

        RunState state = checkpoint.Load(_model, optimizer);
        if (state.Epoch > 0)
        {
            Console.WriteLine($"{_name}: going on after epoch {state.Epoch}");
        }

        int steps = checked((int)_training.Count);
        int done = state.Epoch * steps;
        _attention.ForEach(a => a.MoveToStep(done));
        optim.lr_scheduler.LRScheduler schedule =
            optim.lr_scheduler.LambdaLR(optimizer, step => Rate(step, _settings.Epochs * steps), last_epoch: done - 1);
        WorkBar.Show(_name, bar =>
        {
            while (state.Epoch < _settings.Epochs)
            {
                long started = Stopwatch.GetTimestamp();
                double loss = Epoch(optimizer, schedule, state.Epoch + 1, bar, stop);
                state = new RunState(state.Epoch + 1, state.Seconds + Stopwatch.GetElapsedTime(started).TotalSeconds);
                Evaluation validation = Evaluate(_data.Validation, stop);
                checkpoint.Save(_model, optimizer, state);
                bar.Line(
                    $"{_name,-12}  epoch {state.Epoch,3}  loss {loss:0.0000}  validation {validation.Accuracy,7:0.00%}  "
                    + $"tokens used {validation.TokensUsed,4:0%}");
            }

            return 0;
        });
        Evaluation test = Evaluate(_data.Test, stop);
        return new RunResult(_name, test, state.Seconds, _model.parameters().Sum(p => p.numel()), checkpoint.Folder);
    }

    public void Dispose()
    {
        _training.Dispose();
        _model.Dispose();
    }

    private double Epoch(AdamW optimizer, optim.lr_scheduler.LRScheduler schedule, int epoch, WorkBar bar, CancellationToken stop)
    {
        _model.train();
        _order.Epoch = epoch;
        double total = 0;
        int step = 0;
        foreach (Dictionary<string, Tensor> batch in _training)
        {
            stop.ThrowIfCancellationRequested();

            // Disposes every tensor of the step, those of the backward pass too.
            using DisposeScope scope = NewDisposeScope();
            optimizer.zero_grad();
            Tensor loss = nn.functional.cross_entropy(Logits(batch["image"], epoch), batch["label"]);
            loss.backward();

            // The energy readout is a product of two learned quantities: without a limit on its gradient it can run away.
            nn.utils.clip_grad_norm_(_model.parameters(), 1.0);
            optimizer.step();
            schedule.step();
            step++;
            double value = loss.item<float>();
            total += double.IsFinite(value) ? value : throw Diverged(epoch);
            bar.Move(
                (epoch - 1 + step / (double)_training.Count) / _settings.Epochs,
                $"{_name}, epoch {epoch}/{_settings.Epochs}, loss {total / step:0.000}");
        }

        return total / step;
    }

    private Tensor Logits(Tensor images, int epoch)
    {
        try
        {
            return _model.call(images);
        }
        catch (NotFiniteNumberException)
        {
            throw Diverged(epoch);
        }
    }

    private InvalidOperationException Diverged(int epoch) => new($"{_name}: the training diverged in epoch {epoch}. Try a smaller --lr.");

    private Evaluation Evaluate(LabelledImages images, CancellationToken stop)
    {
        _model.eval();
        using IDisposable mode = no_grad();
        using var loader = new DataLoader(new ImageDataset(images), EvaluationBatch, shuffle: false, _device);
        long correct = 0;
        double used = 0;
        foreach (Dictionary<string, Tensor> batch in loader)
        {
            stop.ThrowIfCancellationRequested();
            using DisposeScope scope = NewDisposeScope();
            correct += _model.call(batch["image"]).argmax(1).eq(batch["label"]).sum().item<long>();
            int count = (int)batch["label"].numel();
            used += count * _attention.Average(a => a.TokensUsed(count));
        }

        return new Evaluation((double)correct / images.Count, used / images.Count);
    }

    /// <summary>A share of the largest rate: rises over the first tenth of the steps, then falls along a cosine.</summary>
    private static double Rate(int step, int steps)
    {
        double warmUp = Math.Max(1, WarmUp * steps);
        return step < warmUp ? (step + 1) / (warmUp + 1) : 0.5 + 0.5 * Math.Cos(Math.PI * (step - warmUp) / (steps - warmUp + 1));
    }
}

/// <summary>How a model does on images.</summary>
/// <param name="Accuracy">Share of images classified correctly.</param>
/// <param name="TokensUsed">Share of tokens that a head uses, mean over images, heads and blocks.</param>
internal readonly record struct Evaluation(double Accuracy, double TokensUsed);

/// <summary>What a run ended with.</summary>
/// <param name="Name">The operator's name.</param>
/// <param name="Test">On the test images, after the last epoch.</param>
/// <param name="Seconds">Time of all training steps.</param>
/// <param name="Parameters">Learned numbers.</param>
/// <param name="Folder">Where the model is.</param>
internal sealed record RunResult(string Name, Evaluation Test, double Seconds, long Parameters, string Folder);
