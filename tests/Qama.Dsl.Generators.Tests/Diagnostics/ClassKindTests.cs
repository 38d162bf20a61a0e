namespace Qama.Generators.Tests.Diagnostics;

public class ClassKindTests
{
    private const string Model = "[QuboAttention(Tokens = 16, EmbeddingDim = 64), Heads(4)]\n";

    [Theory]
    [InlineData("public sealed partial class M;")]
    [InlineData("partial class M { }")]
    [InlineData("public sealed partial class M : System.IDisposable { public void Dispose() { } }")]
    [InlineData("public sealed partial class M { public M(int other) { } static M() { } }")]
    public async Task An_ordinary_partial_class_is_fine(string declaration) => await Declared.AssertAsync(Model + declaration);

    [Theory]
    [InlineData("public sealed class {|QAMA0001:M|};")]
    [InlineData("public static partial class {|QAMA0003:M|};")]
    [InlineData("public abstract partial class {|QAMA0004:M|};")]
    [InlineData("public sealed partial class {|QAMA0005:M|}<T>;")]
    [InlineData("file sealed partial class {|QAMA0006:M|};")]
    [InlineData("public sealed partial record {|QAMA0007:M|};")]
    [InlineData("public sealed partial record {|QAMA0007:{|QAMA0019:M|}|}(int X);")]
    [InlineData("public sealed partial class {|QAMA0008:M|} : System.Exception;")]
    [InlineData("public sealed partial class {|QAMA0019:M|}(int x) { public int X => x; }")]
    [InlineData("public sealed partial class {|QAMA0019:M|}(long seed) { public long X => seed; }")]
    [InlineData("public abstract class {|QAMA0001:{|QAMA0004:M|}|};")]
    public async Task Another_kind_of_class_is_an_error_at_its_name(string declaration) =>
        await Declared.AssertAsync(Model + declaration);

    [Theory]
    [InlineData("partial class Outer", "M")]
    [InlineData("partial interface IOuter", "M")]
    [InlineData("partial struct Outer", "M")]
    [InlineData("partial record Outer", "M")]
    [InlineData("class Outer", "{|QAMA0002:M|}")]
    [InlineData("partial class Outer<T>", "{|QAMA0005:M|}")]
    [InlineData("file partial class Outer", "{|QAMA0006:M|}")]
    public async Task Types_around_a_model_must_be_partial_and_visible(string outer, string name) =>
        await Declared.AssertAsync($"{outer} {{\n{Model}public sealed partial class {name};\n}}");

    [Fact]
    public async Task Every_type_around_a_model_counts() => await Declared.AssertAsync(
        $"class A {{ partial class B {{ {Model} partial class {{|QAMA0002:M|}}; }} }}");

    [Fact]
    public async Task The_error_is_at_the_part_that_carries_the_attribute() => await Declared.AssertAsync(
        "abstract partial class M;\n" + Model + "partial class {|QAMA0004:M|};");
}
