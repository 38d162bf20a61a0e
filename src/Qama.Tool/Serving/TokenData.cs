using System.Globalization;
using Qama.Layers;
using Qama.Numerics;

namespace Qama.Tool.Serving;

/// <summary>Samples to show: random ones, and those of the data file that was named.</summary>
internal sealed class TokenData
{
    private const long LargestFile = 64 * 1024 * 1024;

    private static readonly (string Type, byte[] Start)[] _images =
    [
        ("image/png", [0x89, 0x50, 0x4E, 0x47]), ("image/jpeg", [0xFF, 0xD8, 0xFF]), ("image/gif", [0x47, 0x49, 0x46, 0x38]),
        ("image/bmp", [0x42, 0x4D]), ("image/webp", [0x52, 0x49, 0x46, 0x46]),
    ];

    private readonly ModelDescriptor _model;
    private readonly IReadOnlyList<float[]> _samples;

    private TokenData(ModelDescriptor model, IReadOnlyList<float[]> samples, (string Type, byte[] Bytes)? image) =>
        (_model, _samples, Image) = (model, samples, image);

    /// <summary>Samples of the file.</summary>
    public int Count => _samples.Count;

    /// <summary>The file, where it is an image, which the page cuts into patches; else null.</summary>
    public (string Type, byte[] Bytes)? Image { get; }

    /// <summary>Reads the data file.</summary>
    /// <param name="path">A CSV file, or an image; null for none.</param>
    /// <param name="model">The model.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is neither, or does not fit the model; the message names file and line.</exception>
    public static TokenData Read(string? path, ModelDescriptor model)
    {
        if (path is null)
        {
            return new(model, [], null);
        }

        var file = new FileInfo(path);
        if (file.Exists && file.Length > LargestFile)
        {
            throw new InvalidDataException($"{path}: it is larger than {LargestFile / 1024 / 1024} MiB: name a part of it.");
        }

        byte[] bytes = File.ReadAllBytes(path);
        foreach ((string type, byte[] start) in _images)
        {
            if (bytes.AsSpan().StartsWith(start))
            {
                return new(model, [], (type, bytes));
            }
        }

        return new(model, Samples(path, bytes, model), null);
    }

    /// <summary>The numbers of a sample: [tokens, width] of as many tokens as it has, those of keys of their own behind.</summary>
    /// <exception cref="InvalidDataException">There is no such sample.</exception>
    public float[] Get(SampleRequest request)
    {
        int width = _model.EmbeddingDim, most = TokensOf(_model) * width;
        switch (request.Kind)
        {
            case "random":
                var random = new RandomStream((ulong)request.Seed);
                var values = new float[most];
                for (int k = 0; k < values.Length; k++)
                {
                    values[k] = (float)random.NextNormal();
                }

                return values;
            case "row" when request.Index >= 0 && request.Index < Count:
                return _samples[request.Index];
            case "row":
                throw new InvalidDataException(Count == 0 ? "sample: there is no data file with rows: start qama serve with --data."
                    : $"sample.index: expected 0 to {Count - 1}.");
            default:
                float[] given = request.Values ?? [];
                return given.Length > 0 && given.Length <= most && given.Length % width == 0 && given.All(float.IsFinite)
                    && (!_model.HasOwnKeys || given.Length == most) ? given
                    : throw new InvalidDataException($"sample.values: expected a multiple of {width} finite numbers, at most {most}.");
        }
    }

    private static int TokensOf(ModelDescriptor model) => model.Tokens + (model.HasOwnKeys ? model.KeyTokens : 0);

    // A line is a token, or a whole sample.
    private static List<float[]> Samples(string path, byte[] bytes, ModelDescriptor model)
    {
        int width = model.EmbeddingDim, whole = TokensOf(model) * width;
        var samples = new List<float[]>();
        var open = new List<float>();
        using var reader = new StreamReader(new MemoryStream(bytes));
        for (int line = 1; reader.ReadLine() is { } text; line++)
        {
            if (string.IsNullOrWhiteSpace(text))
            {
                Close();
                continue;
            }

            string[] cells = text.Split([',', ';', '\t'], StringSplitOptions.TrimEntries);
            float[] numbers = [.. cells.Select(Number)];
            if (numbers.Any(float.IsNaN))
            {
                if (line == 1 && numbers.All(float.IsNaN))
                {
                    continue; // names of columns
                }

                string wrong = Shown(cells[Array.FindIndex(numbers, float.IsNaN)]);
                throw new InvalidDataException($"{path}, line {line}: expected numbers, got '{wrong}'.");
            }

            if (numbers.Length == whole && whole != width)
            {
                Close();
                samples.Add(numbers);
            }
            else if (numbers.Length == width)
            {
                open.AddRange(numbers);
                if (open.Count == whole)
                {
                    Close();
                }
            }
            else
            {
                throw new InvalidDataException(
                    $"{path}, line {line}: expected {width} numbers (a token of {model.Name}) or {whole} (a sample), "
                    + $"got {numbers.Length}.");
            }
        }

        Close();
        return samples.Count > 0 ? samples : throw new InvalidDataException($"{path}: there are no numbers in it, and it is no image.");

        void Close()
        {
            if (open.Count > 0)
            {
                samples.Add([.. open]);
                open.Clear();
            }
        }
    }

    private static float Number(string cell) =>
        float.TryParse(cell, CultureInfo.InvariantCulture, out float x) && float.IsFinite(x) ? x : float.NaN;

    private static string Shown(string cell) => cell.Length <= 20 ? cell : cell[..20] + "…";
}
