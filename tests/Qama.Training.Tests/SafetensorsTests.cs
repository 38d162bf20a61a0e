using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Qama.Layers;
using Qama.Training.Modules;
using Qama.Training.Storage;

namespace Qama.Training.Tests;

public sealed class SafetensorsTests : IDisposable
{
    private const string TwoFloats = """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""";
    private readonly string _folder = Directory.CreateTempSubdirectory("qama").FullName;

    private string Path => System.IO.Path.Combine(_folder, "model.safetensors");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_is_saved_is_loaded_bit_for_bit()
    {
        var property = Prop.ForAll<float[], float[]>(
            (x, y) =>
            {
                NamedParameter<float>[] saved = [Named("first.w", [x.Length + 1], x), Named("é\"\\", [1, y.Length + 2, 1], y)];
                NamedParameter<float>[] loaded = [Named("first.w", [x.Length + 1], []), Named("é\"\\", [1, y.Length + 2, 1], [])];
                ParameterStorage.Save(Path, saved);
                ParameterStorage.Load(Path, loaded);
                for (int i = 0; i < 2; i++)
                {
                    Assert.Equal(
                        saved[i].Parameter.Value.ToArray().Select(BitConverter.SingleToUInt32Bits),
                        loaded[i].Parameter.Value.ToArray().Select(BitConverter.SingleToUInt32Bits));
                }
            });
        property.QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_file_has_the_layout_other_tools_expect()
    {
        ParameterStorage.Save(
            Path, [Named("w", [2, 1], [1.5f, -2]), Named("b", [1], [3])], new Dictionary<string, string> { ["maker"] = "test" });
        byte[] bytes = File.ReadAllBytes(Path);
        int header = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        Assert.Equal(0, (8 + header) % 8);
        Assert.Equal((byte)'{', bytes[8]);
        using JsonDocument json = JsonDocument.Parse(bytes.AsMemory(8, header));
        Assert.Equal("test", json.RootElement.GetProperty("__metadata__").GetProperty("maker").GetString());
        JsonElement b = json.RootElement.GetProperty("b");
        Assert.Equal("F32", b.GetProperty("dtype").GetString());
        Assert.Equal("[1]", b.GetProperty("shape").GetRawText());
        Assert.Equal("[8,12]", b.GetProperty("data_offsets").GetRawText());
        Assert.Equal("[2,1]", json.RootElement.GetProperty("w").GetProperty("shape").GetRawText());
        Assert.Equal(8 + header + 12, bytes.Length);
        Assert.Equal(-2, BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(8 + header + 4)));
    }

    [Fact]
    public void Doubles_are_saved_as_F64()
    {
        var parameter = new Parameter<double>("x", 1);
        parameter.Value[0] = Math.PI;
        ParameterStorage.Save<double>(Path, [new("x", parameter)]);
        using SafetensorsFile file = SafetensorsFile.Open(Path);
        Assert.Equal("F64", file.Info("x").DataType);
        var value = new double[1];
        file.Read<double>("x", value);
        Assert.Equal(Math.PI, value[0]);
    }

    [Fact]
    public void Half_precision_and_brain_floats_are_converted()
    {
        byte[] data = new byte[8];
        BinaryPrimitives.WriteHalfLittleEndian(data, (Half)0.333);
        BinaryPrimitives.WriteHalfLittleEndian(data.AsSpan(2), (Half)(-65504));
        BinaryPrimitives.WriteUInt16LittleEndian(data.AsSpan(4), 0x3FC0);
        BinaryPrimitives.WriteUInt16LittleEndian(data.AsSpan(6), 0xFF80);
        Write("""{"h":{"dtype":"F16","shape":[2],"data_offsets":[0,4]},"b":{"dtype":"BF16","shape":[2],"data_offsets":[4,8]}}  """, data);
        NamedParameter<float>[] parameters = [Named("h", [2], []), Named("b", [2], [])];
        ParameterStorage.Load(Path, parameters);
        Assert.Equal([(float)(Half)0.333, -65504f], parameters[0].Parameter.Value.ToArray());
        Assert.Equal([1.5f, float.NegativeInfinity], parameters[1].Parameter.Value.ToArray());
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}""", "JSON")]
    [InlineData("""["a"]""", "'{'")]
    [InlineData("""{"a":1}""", "object")]
    [InlineData("""{"a":{"dtype":"F99","shape":[2],"data_offsets":[0,8]}}""", "dtype")]
    [InlineData("""{"a":{"shape":[2],"data_offsets":[0,8]}}""", "dtype")]
    [InlineData("""{"a":{"dtype":"F32","data_offsets":[0,8]}}""", "shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", "shape")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}}""", "too large")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "12 bytes")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", "data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""", "data_offsets")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "hole")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "follow")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}""", "truncated")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "overlap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":0}}""", "unknown")]
    [InlineData("""{"__metadata__":{"n":1},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "string")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "JSON")]
    public void A_malformed_header_is_refused_and_parameters_stay(string header, string expected)
    {
        Write(header, new byte[8]);
        NamedParameter<float>[] parameters = [Named("a", [2], [1, 2])];
        var error = Assert.Throws<InvalidDataException>(() => ParameterStorage.Load(Path, parameters));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Equal([1f, 2f], parameters[0].Parameter.Value.ToArray());
    }

    [Theory]
    [InlineData(ulong.MaxValue, "more than 100000000 bytes")]
    [InlineData(100_000_001ul, "more than 100000000 bytes")]
    [InlineData(1000ul, "follow")]
    [InlineData(0ul, "'{'")]
    public void A_wrong_header_length_is_refused_without_reading_on(ulong length, string expected)
    {
        var bytes = new byte[100];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        File.WriteAllBytes(Path, bytes);
        Assert.Contains(
            expected, Assert.Throws<InvalidDataException>(() => SafetensorsFile.Open(Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_truncation_of_a_file_is_refused()
    {
        Write(TwoFloats, new byte[8]);
        byte[] whole = File.ReadAllBytes(Path);
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(Path, whole[..length]);
            Assert.Throws<InvalidDataException>(() => SafetensorsFile.Open(Path).Dispose());
        }
    }

    [Fact]
    public void Random_damage_never_gives_anything_but_a_format_error_or_a_valid_file()
    {
        Write(TwoFloats, new byte[8]);
        byte[] whole = File.ReadAllBytes(Path);
        for (int at = 0; at < whole.Length; at++)
        {
            foreach (byte value in new byte[] { 0, 0x22, 0x39, 0x7B, 0xFF })
            {
                byte[] damaged = [.. whole];
                damaged[at] = value;
                File.WriteAllBytes(Path, damaged);
                try
                {
                    SafetensorsFile.Open(Path).Dispose();
                }
                catch (InvalidDataException)
                {
                    // What a damaged file should give.
                }
            }
        }
    }

    [Fact]
    public void Missing_extra_and_wrongly_shaped_tensors_are_named()
    {
        ParameterStorage.Save(Path, [Named("a", [2], [1, 2]), Named("b", [3], [])]);
        NamedParameter<float> a = Named("a", [2], []);
        Refused("b", [a]);
        Refused("c", [a, Named("b", [3], []), Named("c", [1], [])]);
        Refused("[3, 1]", [a, Named("b", [3, 1], [])]);
        Assert.Equal([0f, 0f], a.Parameter.Value.ToArray());

        void Refused(string expected, NamedParameter<float>[] parameters) => Assert.Contains(
            expected, Assert.Throws<InvalidDataException>(() => ParameterStorage.Load(Path, parameters)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Integers_are_refused_by_name()
    {
        Write("""{"a":{"dtype":"I32","shape":[2],"data_offsets":[0,8]}}""", new byte[8]);
        Assert.Contains(
            "I32", Assert.Throws<InvalidDataException>(() => ParameterStorage.Load(Path, [Named("a", [2], [])])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("F4", 5)]
    [InlineData("F6_E2M3", 3)]
    [InlineData("F8_E8M0", 8)]
    [InlineData("F8_E4M3FNUZ", 8)]
    [InlineData("BF16_OF_A_LATER_YEAR", 0)]
    [InlineData("", 2)]
    public void Tensors_of_types_nobody_asked_for_do_not_stop_a_file_from_being_read(string type, int bytes)
    {
        Write(
            $$$"""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"other":{"dtype":"{{{type}}}","shape":[2,4],"data_offsets":[8,{{{8 + bytes}}}]}}""",
            [0, 0, 0x80, 0x3F, 0, 0, 0, 0x40, .. new byte[bytes]]);
        using SafetensorsFile file = SafetensorsFile.Open(Path);
        var values = new float[2];
        file.Read<float>("a", values);
        Assert.Equal([1f, 2f], values);
        Assert.Equal((type, 8, bytes), (file.Info("other").DataType, file.Info("other").Length, file.Info("other").ByteLength));
        Assert.Contains($"dtype {type};", Assert.Throws<NotSupportedException>(
            () => file.Read<float>("other", new float[8])).Message, StringComparison.Ordinal);

        // Asked for, they are refused by name.
        Assert.Contains($"'other' has dtype {type};", Assert.Throws<InvalidDataException>(
            () => ParameterStorage.Load(Path, [Named("a", [2], []), Named("other", [2, 4], [])])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_layout_is_checked_whatever_the_types()
    {
        Write("""{"a":{"dtype":"X","shape":[2],"data_offsets":[0,4]},"b":{"dtype":"Y","shape":[2],"data_offsets":[6,8]}}""", new byte[8]);
        Assert.Contains("hole", Assert.Throws<InvalidDataException>(() => SafetensorsFile.Open(Path)).Message, StringComparison.Ordinal);
        Write("""{"a":{"dtype":"X","shape":[4294967296,4294967296],"data_offsets":[0,8]}}""", new byte[8]);
        Assert.Contains("too large", Assert.Throws<InvalidDataException>(() => SafetensorsFile.Open(Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failed_save_leaves_the_old_file_and_nothing_else()
    {
        ParameterStorage.Save(Path, [Named("a", [1], [1])]);
        byte[] before = File.ReadAllBytes(Path);
        Assert.Throws<ArgumentException>(() => ParameterStorage.Save(Path, [Named("a", [1], []), Named("a", [1], [])]));
        Assert.Throws<ArgumentException>(() => ParameterStorage.Save(Path, [Named("__metadata__", [1], [])]));
        Assert.Equal(before, File.ReadAllBytes(Path));
        Assert.Equal([Path], Directory.GetFiles(_folder));
        ParameterStorage.Save(Path, [Named("a", [1], [2])]);
        Assert.Equal([Path], Directory.GetFiles(_folder));
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("transformer.layers.0.0.attention.attn.", null)]
    [InlineData("transformer.layers.0.0.attention.attn.", "transformer.layers.0.0.attention.attn.")]
    public void The_authors_state_dict_fills_a_layer_whatever_stands_in_front(string prefix, string? given)
    {
        var layer = new HandwrittenAttention<float>(seed: 1);
        var expected = new HandwrittenAttention<float>(seed: 2);
        List<NamedParameter<float>> file = Theirs(expected, prefix);
        file.Add(Named(prefix + "norm_h.weight", [3], []));
        if (prefix.Length > 0)
        {
            file.Add(Named("linear_head.weight", [3, 2], []));
        }

        ParameterStorage.Save(Path, file);
        ReferenceStateDict.Load(Path, layer.Parameters, given);
        Assert.All(layer.Parameters, p => Assert.Equal(expected.Parameters[p.Name].Value.ToArray(), p.Value.ToArray()));
    }

    [Fact]
    public void An_ambiguous_incomplete_or_foreign_state_dict_is_refused_and_the_layer_stays()
    {
        var layer = new HandwrittenAttention<float>(seed: 1);
        var other = new HandwrittenAttention<float>(seed: 2);
        List<NamedParameter<float>> one = Theirs(other, "layers.0.");
        Refused("several", [.. one, .. Theirs(other, "layers.1.")]);
        Refused("Wk.weight", [.. one.Where(p => !p.Name.EndsWith("Wk.weight", StringComparison.Ordinal))]);
        Refused("layers.0.Wo", [.. one, Named("layers.0.Wo", [1], [])]);
        Refused("E2V", [Named("x", [1], [])]);
        Assert.Equal(
            new HandwrittenAttention<float>(seed: 1).Parameters.SelectMany(p => p.Value.ToArray()),
            layer.Parameters.SelectMany(p => p.Value.ToArray()));

        void Refused(string expected, NamedParameter<float>[] parameters)
        {
            ParameterStorage.Save(Path, parameters);
            Assert.Contains(
                expected, Assert.Throws<InvalidDataException>(() => ReferenceStateDict.Load(Path, layer.Parameters)).Message,
                StringComparison.Ordinal);
        }
    }

    private static List<NamedParameter<float>> Theirs(HandwrittenAttention<float> layer, string prefix) =>
        [.. ReferenceStateDict.Names.Select(n => new NamedParameter<float>(prefix + n.Key, layer.Parameters[n.Value]))];

    private static NamedParameter<float> Named(string name, int[] shape, float[] values)
    {
        var parameter = new Parameter<float>(name, shape);
        values.AsSpan(0, Math.Min(values.Length, parameter.Length)).CopyTo(parameter.Value);
        return new NamedParameter<float>(name, parameter);
    }

    private void Write(string header, byte[] data)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        var prefix = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)json.Length);
        File.WriteAllBytes(Path, [.. prefix, .. json, .. data]);
    }
}
