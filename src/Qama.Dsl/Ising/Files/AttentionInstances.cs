using System.Buffers.Binary;
using System.Text.Json;
using Qama.Model;
using Qama.Sampling;

namespace Qama.Ising.Files;

/// <summary>
/// Attention problems of one shape in a folder: index.json with the shape and the problems' names, and per problem raw
/// little-endian float32, row-major, {id}.j.f32 with couplings [heads, tokens, tokens] and {id}.h.f32 with fields
/// [heads, tokens].
/// </summary>
/// <remarks>The files hold coefficients. What energy they have is the declared model's affair; <see cref="Energy"/> says it
/// in words.</remarks>
public sealed class AttentionInstances
{
    private const string IndexName = "index.json";

    /// <summary>Makes a set of problems.</summary>
    /// <param name="heads">Heads, at least 1.</param>
    /// <param name="tokens">Tokens, at least 1.</param>
    /// <param name="problems">At least one, with different names.</param>
    /// <exception cref="ArgumentException">A number is too small, no problem, a repeated name or one that is no file name, or a
    /// length that is not the shape's.</exception>
    public AttentionInstances(int heads, int tokens, IReadOnlyList<AttentionInstance> problems)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(tokens, 1);
        ArgumentNullException.ThrowIfNull(problems);
        if (problems.Count == 0)
        {
            throw new ArgumentException("Expected at least one problem.", nameof(problems));
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (AttentionInstance problem in problems)
        {
            ArgumentNullException.ThrowIfNull(problem, nameof(problems));
            if (string.IsNullOrEmpty(problem.Id) || problem.Id != Path.GetFileName(problem.Id) || !names.Add(problem.Id))
            {
                throw new ArgumentException($"Expected different file names as ids, got '{problem.Id}'.", nameof(problems));
            }

            if (problem.Couplings.Length != heads * tokens * tokens || problem.Fields.Length != heads * tokens)
            {
                throw new ArgumentException(
                    $"Problem {problem.Id}: expected {heads * tokens * tokens} couplings and {heads * tokens} fields, "
                    + $"got {problem.Couplings.Length} and {problem.Fields.Length}.", nameof(problems));
            }
        }

        (Heads, Tokens, Problems) = (heads, tokens, [.. problems]);
    }

    /// <summary>Heads H.</summary>
    public int Heads { get; }

    /// <summary>Tokens N.</summary>
    public int Tokens { get; }

    /// <summary>The problems, in the order of the index.</summary>
    public IReadOnlyList<AttentionInstance> Problems { get; }

    /// <summary>Where the problems come from; null if the index does not say.</summary>
    public string? Origin { get; init; }

    /// <summary>The energy in words; null if the index does not say.</summary>
    public string? Energy { get; init; }

    /// <summary>Reads a folder.</summary>
    /// <param name="directory">The folder with index.json.</param>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">The index is not what it should be, or a file has another length than its shape
    /// says or a number that is not finite; the message names the file and the place.</exception>
    public static AttentionInstances Read(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        string path = Path.Combine(directory, IndexName);
        try
        {
            using JsonDocument index = JsonDocument.Parse(File.ReadAllBytes(path));
            return ReadAll(directory, index.RootElement);
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}, line {e.LineNumber + 1}: {e.Message}", e);
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new InvalidDataException(
                $"{path}: expected {{\"heads\", \"tokens\", \"problems\": [{{\"id\", \"bestKnownEnergy\"}}]}}. {e.Message}", e);
        }
    }

    /// <summary>Writes the folder; <see cref="Read"/> gives the same numbers back, bit for bit.</summary>
    /// <param name="directory">Created if it does not exist; files of the same names are replaced.</param>
    public void Write(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        Directory.CreateDirectory(directory);
        foreach (AttentionInstance problem in Problems)
        {
            WriteFloats(Path.Combine(directory, problem.Id + ".j.f32"), problem.Couplings.Span);
            WriteFloats(Path.Combine(directory, problem.Id + ".h.f32"), problem.Fields.Span);
        }

        using FileStream stream = File.Create(Path.Combine(directory, IndexName));
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        WriteIndex(json);
    }

    /// <summary>The problems as a batch of a declared model of this shape.</summary>
    /// <typeparam name="TModel">The declared class; its energy decides what the coefficients mean.</typeparam>
    /// <exception cref="InvalidOperationException">The model has another number of heads or tokens.</exception>
    /// <exception cref="ArgumentException">A diagonal is not zero, and the model keeps none.</exception>
    public AttentionProblemBatch<TModel> ToBatch<TModel>()
        where TModel : IQuboAttention<TModel>
    {
        ModelDescriptor model = TModel.Descriptor;
        if (model.HeadCount != Heads || model.Tokens != Tokens)
        {
            throw new InvalidOperationException(
                $"The problems have {Heads} heads and {Tokens} tokens, {model.Name} has {model.HeadCount} and {model.Tokens}.");
        }

        return AttentionProblemBatch<TModel>.FromDense(
            [.. Problems.Select(p => (p.Couplings, model.HasField ? p.Fields : default))]);
    }

    private static AttentionInstances ReadAll(string directory, JsonElement index)
    {
        int heads = index.GetProperty("heads").GetInt32();
        int tokens = index.GetProperty("tokens").GetInt32();
        List<AttentionInstance> problems = [];
        foreach (JsonElement entry in index.GetProperty("problems").EnumerateArray())
        {
            string id = entry.GetProperty("id").GetString() ?? throw new InvalidOperationException("An id is null.");
            problems.Add(new AttentionInstance(
                id,
                ReadFloats(Path.Combine(directory, id + ".j.f32"), heads * tokens * tokens),
                ReadFloats(Path.Combine(directory, id + ".h.f32"), heads * tokens),
                entry.TryGetProperty("bestKnownEnergy", out JsonElement best) && best.ValueKind != JsonValueKind.Null
                    ? best.GetDouble() : null));
        }

        return new AttentionInstances(heads, tokens, problems) { Origin = Text("origin"), Energy = Text("energy") };

        string? Text(string name) => index.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;
    }

    private static float[] ReadFloats(string path, int count)
    {
        byte[] bytes = File.ReadAllBytes(path);
        if (bytes.Length != 4L * count)
        {
            throw new InvalidDataException($"{path}: expected {count} float32 numbers, {4L * count} bytes, got {bytes.Length}.");
        }

        var values = new float[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(4 * i));
            if (!float.IsFinite(values[i]))
            {
                throw new InvalidDataException($"{path}: number {i} is {values[i]}.");
            }
        }

        return values;
    }

    private static void WriteFloats(string path, ReadOnlySpan<float> values)
    {
        var bytes = new byte[4 * values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(4 * i), values[i]);
        }

        File.WriteAllBytes(path, bytes);
    }

    private void WriteIndex(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("heads", Heads);
        json.WriteNumber("tokens", Tokens);
        WriteText("origin", Origin);
        json.WriteString(
            "files", "{id}.j.f32 couplings [heads,tokens,tokens]; {id}.h.f32 fields [heads,tokens]; little-endian float32, row-major");
        WriteText("energy", Energy);
        json.WriteStartArray("problems");
        foreach (AttentionInstance problem in Problems)
        {
            json.WriteStartObject();
            json.WriteString("id", problem.Id);
            if (problem.BestKnownEnergy is double best)
            {
                json.WriteNumber("bestKnownEnergy", best);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();

        void WriteText(string name, string? value)
        {
            if (value is not null)
            {
                json.WriteString(name, value);
            }
        }
    }
}
