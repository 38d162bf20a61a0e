using Qama.Examples.Book;
using Qama.Layers;
using Qama.Numerics;
using Qama.Sampling;
using Qama.Training.Layers;
using Qama.Training.Modules;

namespace Qama.Examples.Tests;

/// <summary>The book: its readings, looked at independently, its softmax attention, and what a book's layer has of a page's.</summary>
public class BookTests
{
    private const int Width = 48; // of a word

    [Fact]
    public void A_question_asks_for_the_colour_that_follows_its_name_in_the_text()
    {
        var library = new Library(null, seed: 3, words: 5_000);
        var answers = new HashSet<int>();
        for (int seed = 0; seed < 60; seed++)
        {
            Reading reading = library.Read(200, sentences: 9, seed);
            Assert.Equal(200, reading.Words.Count);
            Assert.Null(reading.Words[0]);
            int name = Enumerable.Range(1, 199).Single(i => reading.Words[i] == reading.Name);
            Assert.Equal("wears", reading.Words[name + 1]);
            Assert.Equal(name + 2, reading.Place);
            Assert.Equal(Library.Colours[reading.Answer], reading.Words[name + 2]);
            answers.Add(reading.Answer);

            float[] tokens = reading.Tokens();
            Assert.Equal(200 * 3 * Width, tokens.Length);
            Assert.All(Part(0, 0), x => Assert.Equal(0, x)); // the question knows no answer
            Assert.Equal(Part(reading.Place, 1), Part(0, 1));
            Assert.Equal(Part(reading.Place, 2), Part(0, 2));
            Assert.Equal(Part(name, 0), Part(0, 2));
            Assert.All(Part(1, 1), x => Assert.Equal(0, x));
            Assert.Equal(Part(1, 0), Part(2, 1));
            Assert.All(tokens.AsSpan(3 * Width * 3).ToArray(), x => Assert.Equal(1, Math.Abs(x)));

            float[] Part(int token, int back) => tokens.AsSpan((((token * 3) + back) * Width), Width).ToArray();
        }

        Assert.True(answers.Count > 8);
    }

    [Fact]
    public void A_text_that_is_too_short_is_refused()
    {
        var library = new Library(null, seed: 1, words: 50);
        Assert.Throws<ArgumentException>(() => library.Read(100, 1, 1));
        (int exitCode, _, string errors) = ExampleProgram.Run("Book", "--tokens", "500", "--sentences", "100");
        Assert.Equal(2, exitCode);
        Assert.Contains("500 words", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Blocks_of_queries_see_what_the_trained_layer_sees()
    {
        var shape = new TokenShape(PageAttention.Tokens, WordVectors.Width);
        var layer = new SoftmaxAttention<float>(shape, PageAttention.HeadCount, PageAttention.HeadDim, seed: 5);
        layer.Allocate(1, 1);
        var random = new RandomStream(4);
        float[] tokens = [.. Enumerable.Range(0, shape.Tokens * shape.Width).Select(_ => (float)random.NextNormal())];
        var input = new Activations<float>(1, layer.InputShape);
        var output = new Activations<float>(1, layer.OutputShape);
        input.Set(0, tokens);
        layer.Forward(input, output, new BatchInfo(1));

        int width = layer.OutputShape.Width;
        var blocked = new float[shape.Tokens * width];
        new BlockedSoftmax(layer.Parameters, shape.Tokens).Read(tokens, shape.Tokens, threads: 2, blocked);
        for (int i = 0; i < shape.Tokens; i++)
        {
            ReadOnlySpan<float> row = output.Row(0, i);
            for (int d = 0; d < width; d++)
            {
                Assert.Equal(row[d], blocked[(i * width) + d], 1e-5);
            }
        }
    }

    [Fact]
    public void The_layer_of_a_book_reads_a_page_as_the_layer_of_a_page_does()
    {
        Assert.Equal("factored", BookAttention.Descriptor.CouplingForm);
        var page = new PageAttention(9);
        var book = new BookAttention(1);
        foreach (Parameter<float> parameter in page.Parameters)
        {
            parameter.Value.CopyTo(book.Parameters[parameter.Name].Value);
        }

        float[] tokens = new Library(null, 1, 5_000).Read(PageAttention.Tokens, 4, 2).Tokens();
        var input = new float[BookAttention.Tokens * WordVectors.Width];
        tokens.CopyTo(input, 0);
        LayerWorkspace<float> ofPage = page.CreateWorkspace(1, 1), ofBook = book.CreateWorkspace(1, 1);
        var output = new float[PageAttention.Tokens * 128];
        var outputOfBook = new float[BookAttention.Tokens * 128];
        page.Forward(tokens, output, ofPage, new SimulatedAnnealingSampler { Sweeps = 200 });
        book.Forward(input, outputOfBook, ofBook, new SimulatedAnnealingSampler { Sweeps = 200 }, [PageAttention.Tokens]);
        for (int h = 0; h < 2; h++)
        {
            Assert.Equal(
                ofPage.Samples.State(0).Slice(h * PageAttention.Tokens, PageAttention.Tokens),
                ofBook.Samples.State(0).Slice(h * BookAttention.Tokens, PageAttention.Tokens));
        }

        for (int k = 0; k < output.Length; k++)
        {
            Assert.Equal(output[k], outputOfBook[k], 1e-4);
        }

        Assert.All(outputOfBook[output.Length..], x => Assert.Equal(0, x));
    }
}
