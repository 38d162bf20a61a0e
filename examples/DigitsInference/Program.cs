using System.Diagnostics;
using Qama.Examples.Digits;
using Qama.Sampling;
using Qama.Training;
using Qama.Training.Layers;
using Qama.Training.Modules;
using Qama.Training.Storage;

// Without a library for options, which would be most of the program; see docs/packages.md.
if (args.Length > 0)
{
    bool help = args is ["--help" or "-h"];
    (help ? Console.Out : Console.Error).WriteLine(
        $"{(help ? "" : $"Unrecognized argument '{args[0]}'. ")}Usage: DigitsInference. Classifies the test digits with a saved model; there are no options.");
    return help ? 0 : 2;
}

// A model that examples/Digits trained and saved, beside the program.
var sampler = new SimulatedAnnealingSampler { Sweeps = 30 };
var attention = new QuboAttentionModule<float>(new DigitAttention(seed: 1), sampler);
Module<float> network = VisionTransformer.Create(attention, seed: 1);
ParameterStorage.Load(Path.Combine(AppContext.BaseDirectory, "digits.safetensors"), network.State);

DigitImages images = DigitImages.Load();
(_, int[] test) = images.Split();
var trainer = new Trainer<float>(network, new TrainerOptions { Seed = 1 });
EvaluationResult one = trainer.Evaluate(images.Select(test[..1]));
TimeSpan first = DateTime.Now - Process.GetCurrentProcess().StartTime;
EvaluationResult all = trainer.Evaluate(images.Select(test));
Console.WriteLine($"{DigitAttention.VariableCount} variables per image, loss of the first {one.Loss:0.000}");
Console.WriteLine($"test accuracy {100 * all.Accuracy:0.0} % of {test.Length} images");
Console.WriteLine($"first answer {first.TotalMilliseconds:0} ms after the start of the process");
return 0;
