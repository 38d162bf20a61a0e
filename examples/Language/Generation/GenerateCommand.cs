using System.CommandLine;
using Qama.Examples.Common;

namespace Qama.Examples.Language;

/// <summary><c>generate</c>: writes text as it is drawn.</summary>
internal static class GenerateCommand
{
    public static Command Create()
    {
        Option<string> model = ModelOption();
        Option<int> length = ExampleOptions.Whole("--length", "Characters to write.", 1, int.MaxValue, 500);
        Option<double> temperature = ExampleOptions.Positive("--temperature", "What logits are divided by: below 1 more probable characters.", 100, 0.8);
        Option<int> seed = ExampleOptions.Seed("Seed of the draws.");
        Option<int> threads = ExampleOptions.Threads();
        var prompt = new Option<string>("--prompt")
        {
            Description = "What the text begins with.", HelpName = "TEXT", DefaultValueFactory = _ => "\n",
        };
        var stream = new Option<bool>("--stream")
        {
            Description = "Read every character once, in memory that does not grow, instead of the last window again and again; for variants with a memory.",
        };
        var command = new Command("generate", "Writes text that a trained model makes up, character by character.")
        {
            model, length, temperature, prompt, stream, seed, threads,
        };
        command.Does((parsed, stop) => Write(
            parsed.GetValue(model)!, parsed.GetValue(length), parsed.GetValue(temperature), parsed.GetValue(prompt)!,
            parsed.GetValue(stream), parsed.GetValue(seed), parsed.GetValue(threads), parsed.InvocationConfiguration, stop));
        return command;
    }

    /// <summary>The trained model's file.</summary>
    public static Option<string> ModelOption() => new("--model")
    {
        Description = "A model that a training left (.safetensors).", HelpName = "FILE", Required = true,
    };

    private static int Write(
        string path, int length, double temperature, string prompt, bool stream, int seed, int threads, InvocationConfiguration console,
        CancellationToken stop)
    {
        (LanguageModel model, Variant variant, _, string vocabulary) = ModelFile.Load(path, threads);
        if (prompt.Length == 0 || !prompt.All(vocabulary.Contains))
        {
            console.Error.WriteLine($"--prompt: expected characters of the text that the model was trained on, at least one, got '{prompt}'.");
            return 2;
        }

        StreamedModel? streamed = null;
        if (stream)
        {
            if (Endless(model, threads) is not { } endless)
            {
                console.Error.WriteLine($"--stream: expected a model of a variant with a memory, got {variant.Name}.");
                return 2;
            }

            streamed = endless;
        }

        var generator = new Generator(model, streamed, temperature, seed, threads);
        int next = 0;
        foreach (char character in prompt)
        {
            next = generator.Next(vocabulary.IndexOf(character));
        }

        for (int written = 0; written < length; written++)
        {
            stop.ThrowIfCancellationRequested();
            console.Output.Write(vocabulary[next]);
            console.Output.Flush();
            next = written < length - 1 ? generator.Next(next) : next;
        }

        console.Output.WriteLine();
        return 0;
    }

    /// <summary>The model as a stream without an end; null where it has none.</summary>
    public static StreamedModel? Endless(LanguageModel model, int threads) =>
        model.Declared.Any() && model.Declared.All(d => d.Layer.Model.KeptTokens > 0)
            ? new StreamedModel(model, model.Declared.First().Sampler) : null;
}
