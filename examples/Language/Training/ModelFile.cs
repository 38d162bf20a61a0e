using System.Globalization;
using Qama.Training.Storage;

namespace Qama.Examples.Language;

/// <summary>A trained model in a file that says what it is of.</summary>
internal static class ModelFile
{
    private const string Format = "qama character model 1";

    public static void Save(string path, LanguageModel model, Variant variant, int seed, int sweeps, string vocabulary) =>
        ParameterStorage.Save(path, model.Network.State, new Dictionary<string, string>
        {
            ["format"] = Format,
            ["variant"] = variant.Name,
            ["tokens"] = model.Tokens.ToString(CultureInfo.InvariantCulture),
            ["seed"] = seed.ToString(CultureInfo.InvariantCulture),
            ["sweeps"] = sweeps.ToString(CultureInfo.InvariantCulture),
            ["vocabulary"] = vocabulary,
        });

    /// <summary>Reads a model.</summary>
    /// <param name="path">The file.</param>
    /// <param name="threads">Threads of its sampler.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file is no model of this program.</exception>
    public static (LanguageModel Model, Variant Variant, int Seed, string Vocabulary) Load(string path, int threads)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        if (Text("format") != Format || Variant.Find(Text("variant")) is not { } variant || !Variant.Of(Number("tokens")).Contains(variant)
            || Text("vocabulary").Length == 0)
        {
            throw new InvalidDataException($"'{path}' is not a model that this program trained.");
        }

        var model = new LanguageModel(
            variant, Number("tokens"), Text("vocabulary").Length, Number("seed"), Experiment.Sampler(Math.Max(1, Number("sweeps")), threads));
        ParameterStorage.Load(path, model.Network.State);
        return (model, variant, Number("seed"), Text("vocabulary"));

        string Text(string name) => file.Metadata.GetValueOrDefault(name, "");

        int Number(string name) => int.TryParse(Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : 0;
    }
}
