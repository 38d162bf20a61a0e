using System.Diagnostics;
using Qama.Layers;
using Qama.Training.Modules;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Benchmarks.Torch;

/// <summary>What takes turns: a forward pass, and a step of several passes.</summary>
/// <param name="Name">Its name in tables.</param>
/// <param name="Forward">A forward pass.</param>
/// <param name="Step">A forward and a backward pass, or whole training steps.</param>
/// <param name="Steps">Steps of one call.</param>
internal sealed record Contestant(string Name, Action Forward, Action Step, int Steps = 1);

/// <summary>Passes of several modules over the same input, in turns: a slow spell of the machine meets all.</summary>
internal static class LayerTurns
{
    public static IReadOnlyList<TorchMeasurement> Measure(
        int batch, int tokens, int width, torch.Device device, int repeats, IReadOnlyList<(string Name, nn.Module<Tensor, Tensor> Module)> modules,
        Module<float>? ours)
    {
        using Tensor input = randn(batch, tokens, width).to(device);
        using Tensor weights = randn(batch, tokens, width).to(device);
        foreach ((_, nn.Module<Tensor, Tensor> module) in modules)
        {
            module.to(device);
        }

        List<Contestant> contestants =
            [.. modules.Select(m => new Contestant(m.Name, () => Forward(m.Module, input), () => Step(m.Module, input, weights)))];
        if (ours is not null)
        {
            contestants.Insert(1, Ours(ours, batch, input, weights));
        }

        return Measure($"{batch} x {tokens} x {width}", device, repeats, contestants);
    }

    /// <summary>Times of all, in turns; the first rounds compile.</summary>
    public static IReadOnlyList<TorchMeasurement> Measure(
        string shape, torch.Device device, int repeats, IReadOnlyList<Contestant> contestants)
    {
        List<double>[] forwards = [.. contestants.Select(_ => new List<double>())];
        List<double>[] steps = [.. contestants.Select(_ => new List<double>())];
        for (int r = -3; r < repeats; r++)
        {
            for (int m = 0; m < contestants.Count; m++)
            {
                double forward = Time(device, contestants[m].Forward);
                double step = Time(device, contestants[m].Step) / contestants[m].Steps;
                if (r >= 0)
                {
                    forwards[m].Add(forward);
                    steps[m].Add(step);
                }
            }
        }

        return [.. contestants.Select((m, i) => new TorchMeasurement(shape, m.Name, Median.Of(forwards[i]), Median.Of(steps[i])))];
    }

    // A module of Qama.Training on the same numbers.
    private static Contestant Ours(Module<float> module, int batch, Tensor input, Tensor weights)
    {
        module.Allocate(batch, get_num_threads());
        (Activations<float> x, Activations<float> y) = (new(batch, module.InputShape), new(batch, module.OutputShape));
        (Activations<float> gradient, Activations<float> inputGradient) = (new(batch, module.OutputShape), new(batch, module.InputShape));
        (float[] numbers, float[] factors) = (input.cpu().data<float>().ToArray(), weights.cpu().data<float>().ToArray());
        int length = numbers.Length / batch;
        for (int s = 0; s < batch; s++)
        {
            x.Set(s, numbers.AsSpan(s * length, length));
            gradient.Set(s, factors.AsSpan(s * length, length));
        }

        var place = new BatchInfo(batch, 1, 0);
        return new(
            "Qama.Training's softmax attention",
            () =>
            {
                module.Mode = LayerMode.Evaluation;
                module.Forward(x, y, place);
            },
            () =>
            {
                module.Mode = LayerMode.Training;
                module.Forward(x, y, place);
                module.Backward(x, gradient, inputGradient);
            });
    }

    public static double Time(torch.Device device, Action action)
    {
        Wait(device);
        long start = Stopwatch.GetTimestamp();
        action();
        Wait(device);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static void Wait(torch.Device device)
    {
        if (device.type == DeviceType.CUDA)
        {
            cuda.synchronize(device);
        }
    }

    private static void Forward(nn.Module<Tensor, Tensor> module, Tensor input)
    {
        using IDisposable mode = no_grad();
        using DisposeScope scope = NewDisposeScope();
        module.call(input);
    }

    private static void Step(nn.Module<Tensor, Tensor> module, Tensor input, Tensor weights)
    {
        using DisposeScope scope = NewDisposeScope();
        module.zero_grad();
        Tensor x = input.detach().requires_grad_();
        (module.call(x) * weights).sum().backward();
    }
}
