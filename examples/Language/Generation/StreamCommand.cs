using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Qama.Examples.Common;

namespace Qama.Examples.Language;

/// <summary><c>stream</c>: a trained model reads a long text character by character; loss, state and time as it grows.</summary>
internal static class StreamCommand
{
    /// <summary>What the name of a result ends with.</summary>
    public const string Extension = ".stream.json";

    public static Command Create()
    {
        Option<string> model = GenerateCommand.ModelOption();
        Option<string> text = Settings.TextOption();
        Option<int> characters = ExampleOptions.Whole("--characters", "Characters to read.", 1, int.MaxValue, 100_000);
        Option<int> threads = ExampleOptions.Threads();
        var folder = new OutputFolderOption("Folder for the result (JSON).", "language");
        var command = new Command("stream", "Reads the text kept for evaluation with a model of a variant with a memory, each character once.")
        {
            model, text, characters, threads, folder,
        };
        command.Does((parsed, stop) =>
        {
            string path = parsed.GetValue(model)!;
            (LanguageModel trained, Variant variant, int seed, string vocabulary) = ModelFile.Load(path, parsed.GetValue(threads));
            Corpus corpus = Corpus.Read(parsed.GetValue(text)!);
            if (corpus.Vocabulary != vocabulary || GenerateCommand.Endless(trained, parsed.GetValue(threads)) is not { } streamed)
            {
                parsed.InvocationConfiguration.Error.WriteLine(
                    $"--model: expected a model of a variant with a memory, trained on this text, got {variant.Name}.");
                return 2;
            }

            var result = new StreamResult
            {
                Text = corpus.Hash, Tokens = trained.Tokens, Variant = variant.Name, Seed = seed,
                Parts = Read(streamed, corpus.Validation, parsed.GetValue(characters), stop),
            };
            string file = Path.Combine(parsed.GetValue(folder)!, Path.GetFileNameWithoutExtension(path) + Extension);
            ResultFile.Write(file, result, LanguageJson.Default.StreamResult);
            Console.WriteLine($"Result: {file}");
            return 0;
        });
        return command;
    }

    /// <summary>Reads a text, and keeps what is known after 1,000 characters, ten times as many, and so on, and at its
    /// end.</summary>
    public static List<StreamPart> Read(StreamedModel model, ReadOnlySpan<int> text, int most, CancellationToken stop)
    {
        int count = Math.Min(most, text.Length - 1), due = Math.Min(1_000, count), before = 0;
        var parts = new List<StreamPart>();
        double loss = 0;
        (long started, long allocated) = (Stopwatch.GetTimestamp(), -1);
        for (int t = 0; t < count; t++)
        {
            stop.ThrowIfCancellationRequested();
            loss += Loss(model.Read(text[t]), text[t + 1]);
            if (t + 1 == due)
            {
                double microseconds = Stopwatch.GetElapsedTime(started).TotalMicroseconds / (due - before);
                long now = GC.GetAllocatedBytesForCurrentThread();
                allocated = allocated < 0 ? now : allocated;
                var part = new StreamPart(due, loss / due, model.StateBytes, now - allocated, microseconds);
                parts.Add(part);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{due,7} characters  loss {part.Loss:0.0000}  state {part.StateBytes:N0} bytes  allocated since {part.AllocatedBytes:N0}  {microseconds:0} µs a character"));
                (before, due) = (due, (int)Math.Min(10L * due, count));
                (started, allocated) = (Stopwatch.GetTimestamp(), allocated + GC.GetAllocatedBytesForCurrentThread() - now);
            }
        }

        return parts;
    }

    private static double Loss(ReadOnlySpan<float> logits, int character)
    {
        double largest = double.NegativeInfinity, sum = 0;
        foreach (float logit in logits)
        {
            largest = Math.Max(largest, logit);
        }

        foreach (float logit in logits)
        {
            sum += Math.Exp(logit - largest);
        }

        return Math.Log(sum) + largest - logits[character];
    }
}
