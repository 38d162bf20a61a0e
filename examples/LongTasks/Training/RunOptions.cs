using System.Globalization;
using System.Text.Json.Serialization;

namespace Qama.Examples.LongTasks;

/// <summary>What decides a run beside task, length and variant, with the program's defaults; in a campaign's file
/// others are an error.</summary>
/// <remarks>Settable: of properties that are only initialised, the serializer's generated code knows no
/// defaults.</remarks>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record RunOptions
{
    public int Epochs { get; set; } = 8;

    /// <summary>Shorter lengths to train at before, rising; parameters go on.</summary>
    public IReadOnlyList<int> Shorter { get; set; } = [];

    /// <summary>Epochs at each of them.</summary>
    public int ShorterEpochs { get; set; } = 4;

    /// <summary>Sequences to train on, at every length.</summary>
    public int Samples { get; set; } = 20_000;

    /// <summary>Sequences of validation, and as many others of the test.</summary>
    public int Tests { get; set; } = 1_000;

    /// <summary>Sequences per step.</summary>
    public int Batch { get; set; } = 32;

    /// <summary>Largest learning rate.</summary>
    public double Rate { get; set; } = 2e-3;

    /// <summary>Annealing sweeps per selection.</summary>
    public int Sweeps { get; set; } = 10;

    /// <summary>Ids of recall.</summary>
    public int Vocabulary { get; set; } = RecallTask.PublishedVocabulary;

    /// <summary>What stands in recall where nothing is asked.</summary>
    public string Blanks { get; set; } = RecallTask.BlankKinds[0];

    /// <summary>Longest sequences that models of copying and induction are tested on.</summary>
    public int Longest { get; set; } = 4_096;

    /// <summary>The seed; a campaign's own is taken there.</summary>
    [JsonIgnore]
    public int Seed { get; set; } = 1;

    /// <summary>Threads; 0 for all processors. Results do not depend on it.</summary>
    public int Threads { get; set; }

    /// <summary>A name of all that decides the run's result.</summary>
    public string Describe(string task, int length, string variant)
    {
        string own = task switch
        {
            RecallTask.Name => $"-v{Vocabulary}-{Blanks}",
            InductionTask.Name or CopyingTask.Name => $"-to{Longest}",
            _ => "",
        };
        string begun = Shorter.Count > 0 ? $"-after{string.Join('+', Shorter)}x{ShorterEpochs}" : "";
        string rate = Rate.ToString("0.######", CultureInfo.InvariantCulture);
        return $"{task}-{length}-{variant}-e{Epochs}-s{Seed}-lr{rate}-b{Batch}-sw{Sweeps}-n{Samples}-t{Tests}{own}{begun}";
    }
}

/// <summary>Options as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RunOptions))]
internal sealed partial class RunOptionsJson : JsonSerializerContext;
