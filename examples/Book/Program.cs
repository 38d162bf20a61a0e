using System.Globalization;
using Qama.Examples.Book;
using Qama.Examples.Common;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
return await Settings.Command(Run).RunAsync(args);

static int Run(Settings settings, CancellationToken stop)
{
    Console.WriteLine($"""
        "nibosa wears green" and {settings.Sentences - 1:#,0} more such sentences are hidden in {settings.Tokens:#,0} words. What does nibosa wear?
        Guessing is right in {100.0 / Library.Colours.Count:0} %. Two layers are trained on {settings.Pages:#,0} pages of {Reader.PageTokens} words, and then read the book.
        """);
    var library = new Library(settings.Text, settings.Seed, 4 * BookAttention.Tokens);
    if (library.Length < settings.Tokens || settings.Tokens < 6 * settings.Sentences)
    {
        Console.Error.WriteLine(
            $"Expected a text of at least {settings.Tokens:#,0} words and 6 of them for each of the {settings.Sentences:#,0} sentences; it has {library.Length:#,0}.");
        return 2;
    }

    var rows = new List<string[]>();
    foreach (string name in new[] { "qama", "softmax" })
    {
        bool selects = name == "qama";
        Reader reader = selects ? Reader.Selecting(settings.Seed, settings.Threads) : Reader.Softmax(settings.Seed);
        double pages = reader.Train(name, library, settings, stop);
        stop.ThrowIfCancellationRequested();
        BookResult book = selects ? BookReading.Select(reader, library, settings) : BookReading.Softmax(reader, library, settings);
        rows.Add(
        [
            name, Percent(pages, "0.0"), Percent(book.Right, "0.0"), book.Found is { } found ? Percent(found, "0.0") : "-",
            Percent(book.Used, "0.###"), $"{book.Seconds:0.00} s", $"{book.Bytes / 1e6:#,0} MB",
        ]);
    }

    ResultTable.Print(["model", "pages", "book", "answer found", "tokens used", "forward pass", "memory"], rows);
    double pairs = (double)BookAttention.HeadCount * settings.Tokens * settings.Tokens * sizeof(float);
    Console.WriteLine($"""
        pages, book: right answers about {Reader.PageTokens} and about {settings.Tokens:#,0} words that no training saw
        answer found: some head selects the word that is the answer
        forward pass: the attention layer over all {settings.Tokens:#,0} tokens; a matrix of their pairs would take {pairs / 1e9:0.0} GB
        """);
    return 0;

    static string Percent(double share, string format) => (100 * share).ToString(format, CultureInfo.InvariantCulture) + " %";
}
