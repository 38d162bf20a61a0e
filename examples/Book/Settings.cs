using System.CommandLine;
using Qama.Examples.Common;

namespace Qama.Examples.Book;

/// <summary>What the command line asks for.</summary>
/// <param name="Text">The file of a text to read; null for one that is made up.</param>
/// <param name="Tokens">Tokens of a reading, the question included.</param>
/// <param name="Sentences">Sentences hidden in it.</param>
/// <param name="Questions">Readings, with a question each.</param>
/// <param name="Pages">Pages to train on.</param>
/// <param name="Epochs">Passes over them.</param>
/// <param name="Seed">Seed of text, initial values and sampling.</param>
/// <param name="Threads">Threads; 0 for all processors.</param>
internal sealed record Settings(
    FileInfo? Text, int Tokens, int Sentences, int Questions, int Pages, int Epochs, int Seed, int Threads)
{
    /// <summary>The command: options, help, and <paramref name="run"/> as its action.</summary>
    public static RootCommand Command(Func<Settings, CancellationToken, int> run)
    {
        var text = new Option<FileInfo>("--text") { Description = "A text file to read, of as many words; without one the text is made up." };
        text.AcceptExistingOnly();
        Option<int> tokens = ExampleOptions.Whole("--tokens", "Tokens of a reading.", PageAttention.Tokens, BookAttention.Tokens, BookAttention.Tokens);
        Option<int> sentences = ExampleOptions.Whole("--sentences", "Sentences hidden in it, of three words each.", 1, 10_000, 100);
        Option<int> questions = ExampleOptions.Whole("--questions", "Readings, with a question each.", 1, 10_000, 20);
        Option<int> pages = ExampleOptions.Whole("--pages", "Pages of 64 tokens to train on.", 1, 1_000_000, 8_000);
        Option<int> epochs = ExampleOptions.Whole("--epochs", "Passes over the pages.", 1, 10_000, 6);
        Option<int> seed = ExampleOptions.Seed("Seed of text, initial values and sampling.");
        Option<int> threads = ExampleOptions.Threads();
        var command = new RootCommand(
            "A sentence is hidden in a book: who wears what? Layers that were trained on pages of 64 words read 65,536 words at once, by selecting and by softmax.")
        {
            text, tokens, sentences, questions, pages, epochs, seed, threads,
        };
        command.Does((parsed, stop) => run(
            new Settings(
                parsed.GetValue(text), parsed.GetValue(tokens), parsed.GetValue(sentences), parsed.GetValue(questions),
                parsed.GetValue(pages), parsed.GetValue(epochs), parsed.GetValue(seed), parsed.GetValue(threads)),
            stop));
        return command;
    }
}
