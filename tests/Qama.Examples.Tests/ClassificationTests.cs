using Qama.Examples.Classification;

namespace Qama.Examples.Tests;

/// <summary>The page of results of <c>qama train</c>.</summary>
public sealed class ClassificationTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Rows_are_means_over_seeds_and_say_how_they_are_repeated()
    {
        Keep("a", "StableText", seed: 2, accuracy: 0.75, """, "sweeps": 30""", """, "selectedShare": 0.25""", variables: 256);
        Keep("b", "StableText", seed: 1, accuracy: 0.85, """, "sweeps": 30""", """, "selectedShare": 0.35""", variables: 256);
        Keep("c", "StableText-softmax", seed: 1, accuracy: 0.9, "", "", variables: 0);
        string pages = Path.Combine(_folder, "pages");
        ClassificationPage.Write(_folder, pages);
        string page = File.ReadAllText(Path.Combine(pages, "classification.md"));
        Assert.Contains("| SST-2 | softmax: softmax attention | 2 | 1 | 90.00 % |  |\n", page, StringComparison.Ordinal);
        Assert.Contains(
            "| StableText: the published operator made stable | 6,920 x 2 | 2 | 80.00 % ± 7.07 | 70.00 % ± 0.00 | 30 % | 4.0 | 1,000 | 256 |", page, StringComparison.Ordinal);
        Assert.Contains("\n--model StableText --sweeps 30 --epochs 2 --batch 32 --rate 0.001 --seed 1,2\n", page, StringComparison.Ordinal);
        Assert.Contains("\n--model StableText --attention softmax --epochs 2 --batch 32 --rate 0.001 --seed 1\n", page, StringComparison.Ordinal);
        Assert.DoesNotContain("CIFAR", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_results_or_with_another_file_there_is_no_page()
    {
        Assert.Throws<InvalidDataException>(() => ClassificationPage.Write(_folder, _folder));
        Directory.CreateDirectory(Path.Combine(_folder, "cifar10"));
        File.WriteAllText(Path.Combine(_folder, "cifar10", "other.json"), "{}");
        Assert.Contains("other.json", Assert.Throws<InvalidDataException>(() => ClassificationPage.Write(_folder, _folder)).Message, StringComparison.Ordinal);
    }

    private void Keep(string name, string variant, int seed, double accuracy, string own, string share, int variables)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder, "sst2")).FullName;
        File.WriteAllText(Path.Combine(folder, name + ".json"), FormattableString.Invariant(
            $$"""
            { "variant": "{{variant}}", "model": "Some.Place.StableText", "depth": 1, "seed": {{seed}}, "batchSize": 32, "learningRate": 0.001{{own}},
              "trainingSamples": 6920, "parameters": 1000, "variablesPerSample": {{variables}}, "testAccuracy": {{accuracy}}, "words": 7,
              "epochs": [ { "epoch": 1, "validationAccuracy": 0.6, "seconds": 4 }, { "epoch": 2, "validationAccuracy": 0.7, "seconds": 3{{share}} } ] }
            """));
    }
}
