using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Benchmarks.Torch;

/// <summary>Passes of several modules over the same input, in turns: a slow spell of the machine meets all.</summary>
internal static class LayerTurns
{
    public static IReadOnlyList<TorchMeasurement> Measure(
        int batch, int tokens, int width, torch.Device device, int repeats, IReadOnlyList<(string Name, nn.Module<Tensor, Tensor> Module)> modules)
    {
        using Tensor input = randn(batch, tokens, width).to(device);
        using Tensor weights = randn(batch, tokens, width).to(device);
        List<double>[] forwards = [.. modules.Select(_ => new List<double>())];
        List<double>[] steps = [.. modules.Select(_ => new List<double>())];
        foreach ((_, nn.Module<Tensor, Tensor> module) in modules)
        {
            module.to(device);
        }

        // The first rounds compile.
        for (int r = -3; r < repeats; r++)
        {
            for (int m = 0; m < modules.Count; m++)
            {
                double forward = Time(device, () => Forward(modules[m].Module, input));
                double step = Time(device, () => Step(modules[m].Module, input, weights));
                if (r >= 0)
                {
                    forwards[m].Add(forward);
                    steps[m].Add(step);
                }
            }
        }

        return
        [
            .. modules.Select((m, i) => new TorchMeasurement(
                $"{batch} x {tokens} x {width}", m.Name, Median.Of(forwards[i]), Median.Of(steps[i]))),
        ];
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
