using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Qama.Files;
using Qama.Numerics.Matrices;

namespace Qama.Layers;

/// <summary>
/// Attention problems of one shape in a folder: index.json with the shape and the problems' names, and per problem raw
/// little-endian float32, row-major, {id}.j.f32 with couplings [heads, tokens, tokens] and {id}.h.f32 with fields
/// [heads, tokens].
/// </summary>
/// <remarks>
/// <para>The files hold coefficients. What energy they have is the declared model's affair; <see cref="Energy"/> says
/// it in words.</para>
/// <para>The index has for each problem the SHA-256 of its couplings' and then its fields' bytes, "sha256", so that a
/// folder of which only part was written, or that was damaged, is noticed. A folder made otherwise may do
/// without.</para>
/// </remarks>
public sealed class AttentionInstances
{
    private const string IndexName = "index.json";
    private const int BufferLength = 1 << 16;
    private static readonly JsonDocumentOptions _strict = new() { AllowDuplicateProperties = false };
    private static readonly UTF8Encoding _strictText =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly SearchValues<char> _separators = SearchValues.Create("/\\:");

    /// <summary>Makes a set of problems.</summary>
    /// <param name="heads">Heads, at least 1.</param>
    /// <param name="tokens">Tokens, at least 1.</param>
    /// <param name="problems">At least one, with names that can be those of files and differ in more than case.</param>
    /// <exception cref="ArgumentException">A number is too small, the couplings of a problem do not fit into an array,
    /// no problem, a repeated name or one that is no file name, a length that is not the shape's, or a number that is
    /// NaN or infinite.</exception>
    public AttentionInstances(int heads, int tokens, IReadOnlyList<AttentionInstance> problems)
    {
        (int couplings, int fields) = Lengths(heads, tokens);
        ArgumentNullException.ThrowIfNull(problems);
        if (problems.Count == 0)
        {
            throw new ArgumentException("Expected at least one problem.", nameof(problems));
        }

        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (AttentionInstance problem in problems)
        {
            ArgumentNullException.ThrowIfNull(problem, nameof(problems));
            RequireName(problem.Id, names);
            if (problem.Couplings.Length != couplings || problem.Fields.Length != fields)
            {
                throw new ArgumentException(
                    $"Problem {problem.Id}: expected {couplings} couplings and {fields} fields, "
                    + $"got {problem.Couplings.Length} and {problem.Fields.Length}.", nameof(problems));
            }

            RequireFinite(problem);
        }

        (Heads, Tokens, Problems) = (heads, tokens, [.. problems]);
    }

    /// <summary>Heads H.</summary>
    public int Heads { get; }

    /// <summary>Tokens N.</summary>
    public int Tokens { get; }

    /// <summary>The problems, in the order of the index.</summary>
    public IReadOnlyList<AttentionInstance> Problems { get; }

    /// <summary>The origin of the problems, in words; null if the index does not say.</summary>
    public string? Origin { get; init; }

    /// <summary>The energy in words; null if the index does not say.</summary>
    public string? Energy { get; init; }

    /// <summary>Reads a folder.</summary>
    /// <param name="directory">The folder with index.json.</param>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    /// <exception cref="InvalidDataException">The index is not what it should be, or a file has another length than its shape
    /// says, a number that is not finite or other content than when the index was written; the message names the file
    /// and the place.</exception>
    public static AttentionInstances Read(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        string path = Path.Combine(directory, IndexName);
        try
        {
            using StreamReader text = InputFile.OpenText(path, _strictText);
            using JsonDocument index = JsonDocument.Parse(text.ReadToEnd(), _strict);
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
    /// <param name="directory">Created if it does not exist; files of the same names are replaced, after all of them
    /// were written under other names.</param>
    /// <exception cref="IOException">A file cannot be written. What the folder had is unchanged; only if the disk fails
    /// while finished files get their names, a mixture may be left, which <see cref="Read"/> refuses.</exception>
    public void Write(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        AtomicFiles.CreateFolder(directory);
        AtomicFiles.RemoveAbandoned(
            directory, [.. Problems.SelectMany(p => new[] { p.Id + ".j.f32", p.Id + ".h.f32" }), IndexName]);
        using var files = new AtomicFiles();
        List<string> hashes = [];
        foreach (AttentionInstance problem in Problems)
        {
            using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            files.Add(
                Path.Combine(directory, problem.Id + ".j.f32"), s => WriteFloats(s, problem.Couplings.Span, hash));
            files.Add(Path.Combine(directory, problem.Id + ".h.f32"), s => WriteFloats(s, problem.Fields.Span, hash));
            hashes.Add(Convert.ToHexStringLower(hash.GetHashAndReset()));
        }

        files.Add(Path.Combine(directory, IndexName), stream =>
        {
            using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
            WriteIndex(json, hashes);
        });
        files.Commit();
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
        (int couplings, int fields) = Lengths(heads, tokens);
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        List<AttentionInstance> problems = [];
        foreach (JsonElement entry in index.GetProperty("problems").EnumerateArray())
        {
            string id = entry.GetProperty("id").GetString() ?? throw new InvalidOperationException("An id is null.");
            RequireName(id, names);
            using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            string path = Path.Combine(directory, id + ".j.f32");
            problems.Add(new AttentionInstance(
                id,
                ReadFloats(path, couplings, hash),
                ReadFloats(Path.Combine(directory, id + ".h.f32"), fields, hash),
                entry.TryGetProperty("bestKnownEnergy", out JsonElement best) && best.ValueKind != JsonValueKind.Null
                    ? best.GetDouble() : null));
            string content = Convert.ToHexString(hash.GetHashAndReset());
            if (entry.TryGetProperty("sha256", out JsonElement expected)
                && !content.Equals(expected.GetString(), StringComparison.OrdinalIgnoreCase))
            {
                throw new InvalidDataException(
                    $"{path}: this file or the fields beside it changed after the index was written (its sha256 differs).");
            }
        }

        return new AttentionInstances(heads, tokens, problems) { Origin = Text("origin"), Energy = Text("energy") };

        string? Text(string name) => index.TryGetProperty(name, out JsonElement value) ? value.GetString() : null;
    }

    /// <summary>Numbers of couplings and fields, in arithmetic that cannot wrap.</summary>
    private static (int Couplings, int Fields) Lengths(int heads, int tokens)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(tokens, 1);
        Int128 couplings = (Int128)heads * tokens * tokens;
        return couplings <= Array.MaxLength
            ? ((int)couplings, heads * tokens)
            : throw new ArgumentException(
                $"{heads} heads and {tokens} tokens are too many: {couplings} couplings fit into no array.");
    }

    /// <summary>A name that is one on every system, whatever a folder there takes for the same.</summary>
    private static void RequireName(string id, HashSet<string> names)
    {
        if (string.IsNullOrEmpty(id)
            || id.AsSpan().ContainsAny(_separators) || id.AsSpan().ContainsAny(Path.GetInvalidFileNameChars())
            || id.EnumerateRunes().Any(r => Rune.IsControl(r) || r == Rune.ReplacementChar) || !names.Add(id))
        {
            throw new ArgumentException($"Expected different file names as ids, got '{id}'.");
        }
    }

    private static void RequireFinite(AttentionInstance problem)
    {
        if (!Padding.IsFinite(problem.Couplings.Span) || !Padding.IsFinite(problem.Fields.Span)
            || !double.IsFinite(problem.BestKnownEnergy ?? 0))
        {
            throw new ArgumentException($"Problem {problem.Id} has a number that is NaN or infinite.");
        }
    }

    private static float[] ReadFloats(string path, int count, IncrementalHash hash)
    {
        using FileStream stream = InputFile.OpenSized(path);
        if (stream.Length != 4L * count)
        {
            throw new InvalidDataException(
                $"{path}: expected {count} float32 numbers, {4L * count} bytes, got {stream.Length}.");
        }

        var values = new float[count];
        var bytes = new byte[Math.Min(BufferLength, 4L * count)];
        for (int done = 0; done < count;)
        {
            Span<byte> part = bytes.AsSpan(0, (int)Math.Min(bytes.Length, 4L * (count - done)));
            stream.ReadExactly(part);
            hash.AppendData(part);
            for (int i = 0; i < part.Length; i += 4, done++)
            {
                values[done] = BinaryPrimitives.ReadSingleLittleEndian(part[i..]);
                if (!float.IsFinite(values[done]))
                {
                    throw new InvalidDataException($"{path}: number {done} is {values[done]}.");
                }
            }
        }

        return values;
    }

    private static void WriteFloats(Stream stream, ReadOnlySpan<float> values, IncrementalHash hash)
    {
        var bytes = new byte[Math.Min(BufferLength, 4L * values.Length)];
        for (int done = 0; done < values.Length;)
        {
            Span<byte> part = bytes.AsSpan(0, (int)Math.Min(bytes.Length, 4L * (values.Length - done)));
            for (int i = 0; i < part.Length; i += 4, done++)
            {
                BinaryPrimitives.WriteSingleLittleEndian(part[i..], values[done]);
            }

            hash.AppendData(part);
            stream.Write(part);
        }
    }

    private void WriteIndex(Utf8JsonWriter json, List<string> hashes)
    {
        json.WriteStartObject();
        json.WriteNumber("heads", Heads);
        json.WriteNumber("tokens", Tokens);
        WriteText("origin", Origin);
        json.WriteString(
            "files", "{id}.j.f32 couplings [heads,tokens,tokens]; {id}.h.f32 fields [heads,tokens]; little-endian float32, row-major");
        WriteText("energy", Energy);
        json.WriteStartArray("problems");
        foreach ((AttentionInstance problem, string hash) in Problems.Zip(hashes))
        {
            json.WriteStartObject();
            json.WriteString("id", problem.Id);
            json.WriteString("sha256", hash);
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
