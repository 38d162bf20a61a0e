using Qama.Examples.Common;
using Qama.Examples.Digits;
using Qama.Examples.TorchSharpDigits;
using Qama.Training;
using TorchSharp;
using static TorchSharp.torch;

const int Epochs = 20;
const int BatchSize = 32;

return await ExampleCommand.RunAsync("Trains the digits with TorchSharp's layers and AdamW around the emitted module.", args, Train);

static void Train(CancellationToken stop)
{
    DigitImages images = DigitImages.Load();
    (int[] training, int[] test) = images.Split();
    Dataset<float> trainingData = images.Select(training);
    Dataset<float> testData = images.Select(test);

    manual_seed(1);
    var random = new Random(1);
    using var model = new DigitClassifier();
    using var optimizer = optim.AdamW(model.parameters(), lr: 3e-3);
    for (int epoch = 1; epoch <= Epochs; epoch++)
    {
        model.train();
        double total = 0;
        int[] order = [.. Enumerable.Range(0, trainingData.Count)];
        random.Shuffle(order);
        foreach (int[] batch in order.Chunk(BatchSize))
        {
            stop.ThrowIfCancellationRequested();

            // Disposes every tensor of the step, those of the backward pass too.
            using DisposeScope scope = NewDisposeScope();
            (Tensor patches, Tensor labels) = Batch(trainingData, batch);
            optimizer.zero_grad();
            Tensor loss = nn.functional.cross_entropy(model.call(patches), labels);
            loss.backward();

            // The energy readout is a product of two learned quantities: without a limit on its gradient it can run away.
            nn.utils.clip_grad_norm_(model.parameters(), 1.0);
            optimizer.step();
            total += loss.item<float>() * batch.Length;
        }

        Console.WriteLine($"epoch {epoch}: loss {total / trainingData.Count:0.000}, test accuracy {100 * Accuracy():0.0} %");
    }

    Console.WriteLine($"tensors alive: {Tensor.TotalCount}");

    double Accuracy()
    {
        model.eval();
        using IDisposable mode = no_grad();
        using DisposeScope scope = NewDisposeScope();
        (Tensor patches, Tensor labels) = Batch(testData, [.. Enumerable.Range(0, testData.Count)]);
        Tensor correct = model.call(patches).argmax(1).eq(labels).sum();
        return (double)correct.item<long>() / testData.Count;
    }
}

static (Tensor Patches, Tensor Labels) Batch(Dataset<float> data, int[] samples)
{
    float[] values = [.. samples.SelectMany(s => data.Values(s).ToArray())];
    long[] labels = [.. samples.Select(s => (long)data.Label(s))];
    return (tensor(values, [samples.Length, data.Shape.Tokens, data.Shape.Width]), tensor(labels));
}
