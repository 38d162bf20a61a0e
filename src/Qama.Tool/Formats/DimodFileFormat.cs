using System.Buffers.Binary;
using System.Text;

namespace Qama.Tool.Formats;

/// <summary>dimod's own file of a binary quadratic model, <c>BQM.to_file</c>, versions 1 and 2: bytes, read only. A
/// header in JSON, the
/// constant, a start and a bias for each variable, partners and biases of each, and names where they are not in the
/// header.</summary>
internal sealed class DimodFileFormat : ProblemFormat
{
    /// <summary>The first eight bytes of such a file.</summary>
    public const string Magic = "DIMODBQM";

    public override string Id => "dimod";

    public override string Title => "a BQM file of dimod";

    public override IReadOnlyList<string> Extensions => [];

    public override bool HoldsBinary => false;

    public override bool HoldsSpin => false;

    public override Encoding Encoding => Encoding.Latin1; // a character for each byte

    public override PlainProblem Read(TextReader reader, string name, ReadOptions options)
    {
        RequireOne(options, name);
        var bytes = new Bytes(Encoding.Latin1.GetBytes(reader.ReadToEnd()), name);
        bytes.Take(Magic.Length);
        ReadOnlySpan<byte> version = bytes.Take(2);
        if (version[0] is not (1 or 2))
        {
            bytes.Fail($"it is of version {version[0]}.{version[1]}; 1 and 2 are read");
        }

        JsonPlace header = bytes.Json();
        JsonPlace kinds = header["vartype"];
        VariableKind kind = kinds.Text() == "SPIN" ? VariableKind.Spin : VariableKind.Binary;
        if (kinds.Text() is not ("SPIN" or "BINARY"))
        {
            kinds.Fail($"expected BINARY or SPIN, got '{kinds.Text()}'");
        }

        RequireKind(kind, options, name);
        JsonPlace[] shape = [.. header["shape"].Items()];
        int size = shape.Length == 2 ? (int)shape[0].Integer(0, PlainProblem.LargestSize) : 0;
        long pairs = shape.Length == 2 ? shape[1].Integer(0, int.MaxValue) : 0;
        (string bias, string index, string start) =
            (header["dtype"].Text(), header["itype"].Text(), header["ntype"].Text());
        double offset = bytes.Number(bias);
        var terms = new TermList(size);
        var starts = new long[size + 1];
        for (int i = 0; i < size; i++)
        {
            starts[i] = (long)bytes.Number(start);
            terms.Add(i, i, bytes.Number(bias));
        }

        starts[size] = 2 * pairs;
        for (int i = 0; i < size; i++)
        {
            for (long k = starts[i]; k < starts[i + 1]; k++)
            {
                double j = bytes.Number(index), value = bytes.Number(bias);
                if (!(j >= 0 && j < size && j != i))
                {
                    bytes.Fail($"variable {i} has a pair with {j}, of variables 0..{size - 1}");
                }

                if (j < i)
                {
                    terms.Add(i, (int)j, value); // the other side has it too
                }
            }
        }

        return terms.Build(kind, offset, name, labels: Labels(header["variables"], bytes, size));
    }

    public override void Write(TextWriter writer, PlainProblem problem) =>
        throw new NotSupportedException("It is only read.");

    private static IReadOnlyList<string>? Labels(JsonPlace place, Bytes bytes, int size)
    {
        if (place.Kind == System.Text.Json.JsonValueKind.False)
        {
            return null;
        }

        if (place.Kind == System.Text.Json.JsonValueKind.True)
        {
            if (Encoding.ASCII.GetString(bytes.Take(4)) != "VARS")
            {
                bytes.Fail("names of variables were announced, and there are none");
            }

            place = bytes.Json();
        }

        string[] labels = [.. place.Items().Select(item => item.Raw)];
        if (labels.Length != size)
        {
            place.Fail($"expected {size} labels, one for each variable, got {labels.Length}");
        }

        return VariableLabels.Unless(labels);
    }

    private sealed class Bytes(byte[] data, string name)
    {
        private int _position;

        public ReadOnlySpan<byte> Take(int count)
        {
            if (count > data.Length - _position)
            {
                Fail("the file ends too early: it is cut off");
            }

            _position += count;
            return data.AsSpan(_position - count, count);
        }

        public JsonPlace Json()
        {
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
            string text = Encoding.UTF8.GetString(Take((int)Math.Min(length, int.MaxValue)));
            return JsonPlace.Root(new StringReader(text), name);
        }

        public double Number(string type)
        {
            double value = type switch
            {
                "float64" => BinaryPrimitives.ReadDoubleLittleEndian(Take(8)),
                "float32" => BinaryPrimitives.ReadSingleLittleEndian(Take(4)),
                "int64" => BinaryPrimitives.ReadInt64LittleEndian(Take(8)),
                "uint64" => BinaryPrimitives.ReadUInt64LittleEndian(Take(8)),
                "int32" => BinaryPrimitives.ReadInt32LittleEndian(Take(4)),
                "uint32" => BinaryPrimitives.ReadUInt32LittleEndian(Take(4)),
                "int16" => BinaryPrimitives.ReadInt16LittleEndian(Take(2)),
                "uint16" => BinaryPrimitives.ReadUInt16LittleEndian(Take(2)),
                "int8" => (sbyte)Take(1)[0],
                "uint8" => Take(1)[0],
                _ => double.NaN,
            };
            if (!double.IsFinite(value))
            {
                Fail($"a number of type {type} is not finite, or of no type that is read");
            }

            return value;
        }

        public void Fail(string what) => throw new InvalidDataException($"{name}: {what}.");
    }
}
