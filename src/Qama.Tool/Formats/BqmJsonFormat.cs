using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Qama.Tool.Formats;

/// <summary>dimod's binary quadratic model as JSON: <c>to_serializable</c> of schema 3.0.0, and 2.0.0 without bytes.
/// JSON has no bytes; where a program wrote them nevertheless, they are a text in base64 or a list of numbers from 0
/// to 255.</summary>
internal sealed class BqmJsonFormat : ProblemFormat
{
    public override string Id => "bqm";

    public override string Title => "a BQM of dimod as JSON";

    public override IReadOnlyList<string> Extensions => [".json", ".bqm"];

    public override bool HasOffset => true;

    public override bool HasLabels => true;

    public override PlainProblem Read(TextReader reader, string name, ReadOptions options)
    {
        RequireOne(options, name);
        JsonPlace root = JsonPlace.Root(reader, name);
        JsonPlace schema = root["version"]["bqm_schema"];
        bool bytes = root.Find("use_bytes")?.Kind == JsonValueKind.True;
        if (!schema.Text().StartsWith("3.", StringComparison.Ordinal)
            && (bytes || !schema.Text().StartsWith("2.", StringComparison.Ordinal)))
        {
            schema.Fail($"expected schema 3.0.0, or 2.0.0 without bytes, got '{schema.Text()}': write the model again "
                + "with a newer dimod");
        }

        JsonPlace type = root["variable_type"];
        VariableKind kind = VariableKind.Binary;
        if (type.Text() is "SPIN")
        {
            kind = VariableKind.Spin;
        }
        else if (type.Text() is not "BINARY")
        {
            type.Fail($"expected BINARY or SPIN, got '{type.Text()}'");
        }

        RequireKind(kind, options, name);
        double[] linear = Numbers(root, "linear_biases", "bias_type", bytes);
        double[] heads = Numbers(root, "quadratic_head", "index_type", bytes);
        double[] tails = Numbers(root, "quadratic_tail", "index_type", bytes);
        double[] biases = Numbers(root, "quadratic_biases", "bias_type", bytes);
        if (heads.Length != biases.Length || tails.Length != biases.Length)
        {
            root["quadratic_biases"].Fail(
                $"expected as many as heads and tails, {heads.Length} and {tails.Length}, got {biases.Length}");
        }

        if (linear.Length > PlainProblem.LargestSize)
        {
            root["linear_biases"].Fail($"expected at most {PlainProblem.LargestSize} variables, got {linear.Length}");
        }

        var terms = new TermList(linear.Length, linear.Length + biases.Length);
        for (int i = 0; i < linear.Length; i++)
        {
            terms.Add(i, i, linear[i]);
        }

        for (int k = 0; k < biases.Length; k++)
        {
            (double i, double j) = (heads[k], tails[k]);
            if (!(i >= 0 && j >= 0 && i < linear.Length && j < linear.Length && i != j && i == Math.Floor(i)
                && j == Math.Floor(j)))
            {
                root["quadratic_head"].Fail(string.Create(CultureInfo.InvariantCulture,
                    $"number {k}: expected two variables of 0..{linear.Length - 1}, got {i} and {j}"));
            }

            terms.Add((int)i, (int)j, biases[k]);
        }

        string[] labels = [.. root["variable_labels"].Items().Select(item => item.Raw)];
        if (labels.Length != linear.Length)
        {
            root["variable_labels"].Fail(
                $"expected {linear.Length} labels, one for each variable, got {labels.Length}");
        }

        return terms.Build(kind, root["offset"].Number(), name, labels: VariableLabels.Unless(labels));
    }

    public override void Write(TextWriter writer, PlainProblem problem)
    {
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory))
        {
            json.WriteStartObject();
            json.WriteString("type", "BinaryQuadraticModel");
            json.WriteStartObject("version");
            json.WriteString("bqm_schema", "3.0.0");
            json.WriteEndObject();
            json.WriteBoolean("use_bytes", false);
            json.WriteString("index_type", "int64");
            json.WriteString("bias_type", "float64");
            json.WriteNumber("num_variables", problem.Size);
            json.WriteNumber("num_interactions", problem.PairCount);
            json.WriteStartArray("variable_labels");
            for (int i = 0; i < problem.Size; i++)
            {
                json.WriteRawValue(problem.Labels?[i] ?? i.ToString(CultureInfo.InvariantCulture));
            }

            json.WriteEndArray();
            json.WriteString("variable_type", problem.Vartype);
            json.WriteNumber("offset", problem.Offset);
            json.WriteStartObject("info");
            json.WriteEndObject();
            var linear = new double[problem.Size];
            foreach (var term in problem.Terms.Where(t => t.I == t.J))
            {
                linear[term.I] = term.Value;
            }

            var pairs = problem.Terms.Where(t => t.I != t.J).ToArray();
            WriteList(json, "linear_biases", linear);
            WriteList(json, "quadratic_biases", pairs.Select(t => t.Value));
            WriteList(json, "quadratic_head", pairs.Select(t => (double)t.I));
            WriteList(json, "quadratic_tail", pairs.Select(t => (double)t.J));
            json.WriteEndObject();
        }

        writer.WriteLine(Encoding.UTF8.GetString(memory.GetBuffer().AsSpan(0, (int)memory.Length)));
    }

    private static void WriteList(Utf8JsonWriter json, string name, IEnumerable<double> values)
    {
        json.WriteStartArray(name);
        foreach (double value in values)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }

    private static double[] Numbers(JsonPlace root, string property, string typeProperty, bool bytes)
    {
        JsonPlace place = root[property];
        if (!bytes)
        {
            return [.. place.Items().Select(item => item.Number())];
        }

        byte[] data = Bytes(place);
        JsonPlace type = root[typeProperty];
        (int width, Func<ReadOnlyMemory<byte>, double>? read) = type.Text() switch
        {
            "float64" => (8, m => BinaryPrimitives.ReadDoubleLittleEndian(m.Span)),
            "float32" => (4, m => BinaryPrimitives.ReadSingleLittleEndian(m.Span)),
            "int64" => (8, m => BinaryPrimitives.ReadInt64LittleEndian(m.Span)),
            "int32" => (4, m => BinaryPrimitives.ReadInt32LittleEndian(m.Span)),
            "int16" => (2, m => BinaryPrimitives.ReadInt16LittleEndian(m.Span)),
            "int8" => (1, m => (sbyte)m.Span[0]),
            _ => (1, (Func<ReadOnlyMemory<byte>, double>?)null),
        };
        if (read is null)
        {
            type.Fail($"expected float64, float32, int64, int32, int16 or int8, got '{type.Text()}'");
        }

        if (data.Length % width != 0)
        {
            place.Fail($"expected a multiple of {width} bytes, got {data.Length}");
        }

        return [.. Enumerable.Range(0, data.Length / width).Select(k =>
        {
            double value = read(data.AsMemory(k * width, width));
            if (!double.IsFinite(value))
            {
                place.Fail($"number {k} is not finite");
            }

            return value;
        })];
    }

    private static byte[] Bytes(JsonPlace place)
    {
        if (place.Kind == JsonValueKind.Array)
        {
            return [.. place.Items().Select(item => (byte)item.Integer(0, 255))];
        }

        try
        {
            return Convert.FromBase64String(place.Text());
        }
        catch (FormatException)
        {
            place.Fail("expected bytes as a text in base64, or as a list of numbers from 0 to 255");
            throw;
        }
    }
}
