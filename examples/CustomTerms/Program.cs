using System.Globalization;
using Qama.Examples.Common;
using Qama.Examples.Digits;
using Qama.Layers;
using Qama.Sampling;
using Qama.Training;
using Qama.Training.Layers;
using Qama.Training.Optimization;

namespace Qama.Examples.CustomTerms;

/// <summary>Trains the digits with and without a term of our own, on several seeds, and says whether it helped.</summary>
internal static class Program
{
    private const int Epochs = 12;
    private const double StudentT = 4.303;
    private static readonly int[] _seeds = [1, 2, 3];

    private static Task<int> Main(string[] args)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        return ExampleCommand.RunAsync(
            "Trains the digits with and without a learned discount for distance, on three seeds, and says whether it helped.", args, Compare);
    }

    private static void Compare(CancellationToken stop)
    {
        Console.WriteLine($"Jensen-Shannon kernel against its method: largest difference {ScalarReference.LargestDifference(1):0.0e0}.");
        Console.WriteLine($"Readout against its method: largest difference {ReadoutReference.LargestDifference(1):0.0e0}.");
        DigitImages images = DigitImages.Load();
        (int[] training, int[] test) = images.Split();
        Dataset<float> trainingData = images.Select(training), testData = images.Select(test);
        Console.WriteLine($"{training.Length} images for training, {test.Length} for testing; {Epochs} epochs for each model.");
        Console.WriteLine("seed  plain  discounted   learned slope of each head");
        var gains = new List<double>();
        double plainSum = 0;
        foreach (int seed in _seeds)
        {
            var discounted = new DiscountedAttention(seed);
            double plain = Accuracy(new PlainAttention(seed), seed, trainingData, testData, stop);
            double accuracy = Accuracy(discounted, seed, trainingData, testData, stop);
            plainSum += plain;
            gains.Add(accuracy - plain);
            string slopes = string.Concat(discounted.Parameters["Affinity.Slope"].Value.ToArray().Select(s => $"{s,7:0.000}"));
            Console.WriteLine($"{seed,4}  {plain,5:0.0%}  {accuracy,10:0.0%}{slopes}");
        }

        double mean = gains.Average();
        Console.WriteLine($"mean  {plainSum / gains.Count,5:0.0%}  {plainSum / gains.Count + mean,10:0.0%}");
        Console.WriteLine(Verdict(gains, test.Length));
    }

    private static double Accuracy(QuboAttentionLayer<float> layer, int seed, Dataset<float> training, Dataset<float> test, CancellationToken stop)
    {
        var attention = new QuboAttentionModule<float>(layer, new SimulatedAnnealingSampler { Sweeps = 30 });
        var trainer = new Trainer<float>(VisionTransformer.Create(attention, seed), new TrainerOptions
        {
            Epochs = Epochs,
            BatchSize = 32,
            LearningRate = LearningRate.Cosine(3e-3, warmUp: 0.1),
            MaxGradientNorm = 1,
            Seed = seed,
        });
        WorkBar.Fit(trainer, $"seed {seed}", training, stop);
        return trainer.Evaluate(test).Accuracy;
    }

    /// <summary>A difference counts only outside the 95% interval of the mean: Student's t, two degrees of freedom.</summary>
    private static string Verdict(List<double> gains, int images)
    {
        double mean = gains.Average();
        double variance = gains.Sum(g => (g - mean) * (g - mean)) / (gains.Count - 1);
        double error = Math.Sqrt(variance / gains.Count);
        string verdict = Math.Abs(mean) <= StudentT * error ? "no difference that these seeds can show"
            : mean > 0 ? "the term helped here" : "the term hurt here";
        return $"gain {100 * mean:+0.00;-0.00} points, standard error {100 * error:0.00} (one image is {100.0 / images:0.00}): {verdict}.";
    }
}
