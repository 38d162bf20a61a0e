using System.Text;
using System.Text.Json;

namespace Qama.Tool.Formats;

/// <summary>bqpjson 1.0.0 (bqpjson.readthedocs.io): scale · (offset + Σ linear + Σ quadratic), over variables with
/// numbers as names.</summary>
internal sealed class BqpJsonFormat : ProblemFormat
{
    public override string Id => "bqpjson";

    public override string Title => "a bqpjson file";

    public override IReadOnlyList<string> Extensions => [".bqpjson"];

    public override bool HasOffset => true;

    public override bool HasLabels => true;

    public override PlainProblem Read(TextReader reader, string name, ReadOptions options)
    {
        RequireOne(options, name);
        JsonPlace root = JsonPlace.Root(reader, name);
        JsonPlace version = root["version"];
        if (version.Text() != "1.0.0")
        {
            version.Fail($"expected version 1.0.0, got '{version.Text()}'");
        }

        JsonPlace domain = root["variable_domain"];
        if (domain.Text() is not ("boolean" or "spin"))
        {
            domain.Fail($"expected boolean or spin, got '{domain.Text()}'");
        }

        VariableKind kind = domain.Text() == "spin" ? VariableKind.Spin : VariableKind.Binary;
        RequireKind(kind, options, name);
        Dictionary<long, int> ids = [];
        foreach (JsonPlace id in root["variable_ids"].Items())
        {
            if (!ids.TryAdd(id.Integer(0, long.MaxValue), ids.Count))
            {
                id.Fail($"expected different variables, got {id.Raw} twice");
            }
        }

        double scale = root["scale"].Number();
        var terms = new TermList(ids.Count);
        foreach (JsonPlace term in root["linear_terms"].Items())
        {
            int i = Variable(term["id"]);
            Require(terms.AddOnce(i, i, scale * term["coeff"].Number()), term);
        }

        foreach (JsonPlace term in root["quadratic_terms"].Items())
        {
            (int i, int j) = (Variable(term["id_tail"]), Variable(term["id_head"]));
            Require(i != j && terms.AddOnce(i, j, scale * term["coeff"].Number()), term);
        }

        string[] labels = [.. ids.Keys.Select(id => id.ToString(System.Globalization.CultureInfo.InvariantCulture))];
        return terms.Build(kind, scale * root["offset"].Number(), name, labels: VariableLabels.Unless(labels));

        int Variable(JsonPlace place)
        {
            if (!ids.TryGetValue(place.Integer(0, long.MaxValue), out int index))
            {
                place.Fail($"expected a variable of \"variable_ids\", got {place.Raw}");
            }

            return index;
        }

        static void Require(bool first, JsonPlace term)
        {
            if (!first)
            {
                term.Fail("expected a variable, or two different ones, that no term before has: add both "
                    + "coefficients up in one");
            }
        }
    }

    public override void Write(TextWriter writer, PlainProblem problem)
    {
        long[] ids = (problem.Labels is null ? null : VariableLabels.Numbers(problem.Labels))
            ?? [.. Enumerable.Range(0, problem.Size).Select(i => (long)i)];
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteString("version", "1.0.0");
            json.WriteNumber("id", 0);
            json.WriteStartObject("metadata");
            json.WriteEndObject();
            json.WriteString("variable_domain", problem.Kind == VariableKind.Spin ? "spin" : "boolean");
            json.WriteNumber("scale", 1);
            json.WriteNumber("offset", problem.Offset);
            json.WriteStartArray("variable_ids");
            Array.ForEach(ids, json.WriteNumberValue);
            json.WriteEndArray();
            json.WriteStartArray("linear_terms");
            foreach ((int i, int j, double value) in problem.Terms)
            {
                if (i == j)
                {
                    json.WriteStartObject();
                    json.WriteNumber("id", ids[i]);
                    json.WriteNumber("coeff", value);
                    json.WriteEndObject();
                }
            }

            json.WriteEndArray();
            json.WriteStartArray("quadratic_terms");
            foreach ((int i, int j, double value) in problem.Terms)
            {
                if (i != j)
                {
                    json.WriteStartObject();
                    json.WriteNumber("id_tail", ids[i]);
                    json.WriteNumber("id_head", ids[j]);
                    json.WriteNumber("coeff", value);
                    json.WriteEndObject();
                }
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        writer.WriteLine(Encoding.UTF8.GetString(memory.GetBuffer().AsSpan(0, (int)memory.Length)));
    }
}
