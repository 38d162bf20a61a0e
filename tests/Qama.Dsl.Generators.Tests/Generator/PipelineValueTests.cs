using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using Qama.Generators.Tests.Harness;

namespace Qama.Generators.Tests.Generator;

/// <summary>What flows between the generator's steps keeps no compilation alive and is compared by content: no field of it, and of
/// what it holds, can refer to an object of the compiler.</summary>
public class PipelineValueTests
{
    private const string Model = """
        using Qama;
        [QuboAttention(Tokens = 8, EmbeddingDim = 8), Heads(2), Sparsity(AtMost = 3)]
        public sealed partial class M
        {
            [CouplingTerm] static float Affinity(Vec q, Vec k, [Learnable(1)] float a) => a * Vec.Dot(q, k);
        }
        """;

    public static TheoryData<string> Steps =>
        [.. typeof(StepNames).GetFields().Select(f => (string)f.GetRawConstantValue()!)];

    [Theory]
    [MemberData(nameof(Steps))]
    public void A_steps_values_cannot_hold_what_belongs_to_the_compiler(string step)
    {
        IReadOnlyList<object> values = Generate.Run(new QuboAttentionGenerator(), Compile.Source(Model)).Values(step);
        Assert.NotEmpty(values);
        foreach (object value in values)
        {
            Assert.Empty(Reachable(value.GetType()).Where(t => IsOfTheCompiler(t.Key)).Select(t => t.Value));
        }
    }

    [Theory]
    [InlineData(typeof(Held<ISymbol>))]
    [InlineData(typeof(Held<List<Location>>))]
    [InlineData(typeof(Held<Held<SyntaxNode[]>>))]
    [InlineData(typeof(Held<Func<int, SemanticModel>>))]
    [InlineData(typeof(Held<Compilation>))]
    [InlineData(typeof(Held<object>))]
    public void What_could_is_found(Type type) => Assert.Contains(Reachable(type).Keys, IsOfTheCompiler);

    [Theory]
    [InlineData(typeof(Held<string>))]
    [InlineData(typeof(Held<Dictionary<string, TextSpan?[]>>))]
    public void What_could_not_is_passed(Type type) => Assert.DoesNotContain(Reachable(type).Keys, IsOfTheCompiler);

    private static bool IsOfTheCompiler(Type type) =>
        type == typeof(object)
        || (type.Assembly == typeof(ISymbol).Assembly || type.Assembly == typeof(Microsoft.CodeAnalysis.CSharp.CSharpSyntaxTree).Assembly)
            && type.Namespace != typeof(TextSpan).Namespace && !type.IsEnum;

    /// <summary>Types of all fields, arguments of generic types and derived types, each with the way to it. The framework's
    /// collections are what they hold.</summary>
    private static Dictionary<Type, string> Reachable(Type start)
    {
        var reached = new Dictionary<Type, string> { [start] = start.Name };
        var open = new Queue<Type>([start]);
        while (open.TryDequeue(out Type? type))
        {
            foreach ((Type next, string way) in Next(type))
            {
                if (reached.TryAdd(next, $"{reached[type]} > {way}"))
                {
                    open.Enqueue(next);
                }
            }
        }

        return reached;
    }

    private static IEnumerable<(Type Type, string Way)> Next(Type type)
    {
        foreach (Type argument in type.GetGenericArguments())
        {
            yield return (argument, argument.Name);
        }

        if (type.GetElementType() is { } element)
        {
            yield return (element, element.Name);
        }

        if (type.Assembly != typeof(QuboAttentionGenerator).Assembly && type.Assembly != typeof(PipelineValueTests).Assembly)
        {
            yield break;
        }

        for (Type? t = type; t is not null && t != typeof(object) && t != typeof(ValueType); t = t.BaseType)
        {
            foreach (FieldInfo field in t.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                yield return (field.FieldType, field.Name);
            }
        }

        foreach (Type derived in type.Assembly.GetTypes().Where(t => t != type && t.IsAssignableTo(type)))
        {
            yield return (derived, derived.Name);
        }
    }

    private sealed record Held<T>(T Value);
}
