using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Qama.Generators.Emission;
using Qama.Generators.Energy;
using Qama.Generators.Lowering;
using Qama.Generators.Model;
using Qama.Generators.Model.Terms;
using Qama.Generators.Reading;
using Qama.Generators.Reading.Terms;
using Qama.Generators.Tests.Harness;

namespace Qama.Generators.Tests.Terms.Arithmetic;

/// <summary>
/// Random terms of positions: generated code gives the bits of the method; so does what the compiler computes itself, which knows where
/// the method throws too, and its bounds hold.
/// </summary>
/// <remarks>The environment variable QAMA_RANDOM_TERMS sets how many: a quarter of it.</remarks>
public class PositionArithmeticTests(Xunit.Abstractions.ITestOutputHelper output)
{
    private const int Batch = 50, Heads = 2, Tokens = 11;

    private static readonly string[] _ofPair = ["p.I", "p.J", "p.Distance", "p.RowDifference", "p.ColumnDifference", "p.Head"];
    private static readonly string[] _ofToken = ["p.Index", "p.Row", "p.Column", "p.Head"];

    private static readonly int _count = int.Parse(
        Environment.GetEnvironmentVariable("QAMA_RANDOM_TERMS") ?? "2000", CultureInfo.InvariantCulture) / 4;

    private readonly ConcurrentDictionary<string, int> _tally = new();
    private readonly ConcurrentQueue<string> _failures = new();

    [Fact]
    public void Tables_hold_the_bits_of_the_method()
    {
        Parallel.For(0, (_count + Batch - 1) / Batch, batch => CheckBatch(batch * Batch, Math.Min(Batch, _count - batch * Batch)));
        foreach (KeyValuePair<string, int> line in _tally.OrderBy(t => t.Key))
        {
            output.WriteLine($"{line.Key}: {line.Value}");
        }

        Assert.True(_failures.IsEmpty, $"{_failures.Count} terms, such as\n{string.Join("\n\n", _failures.OrderBy(f => f.Length).Take(8))}");

        // Most of what was drawn must have been worth comparing.
        Assert.True(_tally["finite"] > 0.6 * _tally["values"]);
        Assert.True(_tally["throws"] > 0 && _tally["NaN"] > 0 && _tally["negative zero"] > 0);
    }

    private void CheckBatch(int first, int count)
    {
        bool pair = first % (2 * Batch) == 0;
        string attribute = pair ? "PairTerm" : "TokenTerm", type = pair ? "TokenPair" : "TokenPosition";
        string grid = first % (3 * Batch) == 0 ? "" : "[Grid(4, 3)]";
        string[] bodies = [.. Enumerable.Range(first, count).Select(seed => new RandomArithmetic(seed, pair ? _ofPair : _ofToken).Body)];
        string source = $$"""
            using System;
            using Qama;
            [QuboAttention(Tokens = {{(grid.Length == 0 ? Tokens : 12)}}, EmbeddingDim = 4)] [Heads({{Heads}})] {{grid}}
            public sealed partial class M
            {
                static float Half(float x) => 0.5f * x;
                {{string.Join("\n    ", bodies.Select((body, n) => $"[{attribute}(Weight = 1)] public static float T{n}({type} p) {{ {body} }}"))}}
            }
            """;
        CSharpCompilation compilation = Compile.Source(source);
        compilation = compilation.WithOptions(
            compilation.Options.WithOptimizationLevel(OptimizationLevel.Release).WithOverflowChecks(first % (5 * Batch) == 0));
        ModelDeclaration declaration = DeclarationReader.Read(compilation.GetTypeByMetadataName("M")!, new TermBodies(compilation, default), default);
        string[] errors = [.. compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error && d.Id != "CS8795").Select(Compile.Describe)];
        Assert.True(errors.Length == 0, string.Join("\n", errors.Take(3)));
        DeclaredTerm[] unsound = [.. declaration.Terms.Where(t => !t.IsSound)];
        Assert.True(unsound.Length == 0, string.Join("\n", unsound.Take(3).Select(t => $"{string.Join(", ", t.Problems)} {bodies[int.Parse(t.Name[1..], CultureInfo.InvariantCulture)]}")));
        ModelSpecification model = ModelSpecification.Resolve(declaration);
        KernelPlan plan = KernelPlan.Lower(model, ElementType.Single);
        GeneratedFile file = PartWriter.Write(model.Type, "Tables", writer =>
        {
            writer.Write("private static int Distance(int i, int j) => global::System.Math.Max(global::System.Math.Abs(j / "
                + (grid.Length == 0 ? "Tokens" : "3") + " - i / " + (grid.Length == 0 ? "Tokens" : "3") + "), global::System.Math.Abs(j % "
                + (grid.Length == 0 ? "Tokens" : "3") + " - i % " + (grid.Length == 0 ? "Tokens" : "3") + "));");
            writer.Write($"private const int Tokens = {model.Tokens};");
            var functions = new PositionFunctions(writer, plan);
            foreach (Penalty penalty in plan.Penalties.Select(p => p.Penalty))
            {
                functions.WriteFunction(penalty.Name + "Of", "", pair ? penalty.PairCoefficient : penalty.TokenCoefficient, pair, isMasked: false);
            }
        });
        Assembly assembly = Load(compilation.AddSyntaxTrees(Compile.Parse(file.Text, "Tables.cs")));
        for (int n = 0; n < count; n++)
        {
            Type host = assembly.GetType("M")!;
            Penalty penalty = plan.Penalties.Single(p => p.Penalty.Name == $"T{n}").Penalty;
            Expression value = pair ? penalty.PairCoefficient : penalty.TokenCoefficient;
            string? failure = CheckTerm(
                host.GetMethod($"T{n}")!, host.GetMethod($"T{n}Of", BindingFlags.Static | BindingFlags.NonPublic)!, value, model, pair, grid.Length > 0);
            if (failure is not null)
            {
                string[] lines = [.. file.Text.Split('\n').SkipWhile(line => !line.Contains($" T{n}Of(", StringComparison.Ordinal)).TakeWhile(line => line.Trim() != "}")];
                _failures.Enqueue($"{failure}\n{bodies[n]}\n{string.Join("\n", lines.Skip(2).Select(line => line.Trim()))}");
            }
        }
    }

    private string? CheckTerm(MethodInfo method, MethodInfo generated, Expression value, ModelSpecification model, bool pair, bool grid)
    {
        Positions positions = ModelTerms.PositionsOf(model);
        Interval bounds = new Intervals(positions.Ranges()).Of(value);
        var function = new ScalarFunction(value, pair ? Positions.PairSymbols : Positions.TokenSymbols);
        for (int h = 0; h < Heads; h++)
        {
            for (int i = 0; i < model.Tokens; i++)
            {
                for (int j = pair ? i + 1 : model.Tokens - 1; j < model.Tokens; j++)
                {
                    object at = pair ? (grid ? TokenPair.OnGrid(i, j, 3, h) : new TokenPair(i, j, h))
                        : grid ? TokenPosition.OnGrid(i, 3, h) : new TokenPosition(i, h);
                    object[] arguments = [.. value.DependsOnHead ? new object[] { h } : [], i, .. pair ? new object[] { j } : []];
                    double? expected = Call(method, at), actual = Call(generated, arguments);
                    double compiler = pair ? positions.AtPair(function, i, j, h) : positions.AtToken(function, i, h);
                    string report = $"{at}: method {expected:R}, generated {actual:R}, compiler {compiler:R}, in {bounds}";
                    if (actual is null || (expected is { } known && !Same(known, actual.Value)) || !Same(expected ?? double.NaN, compiler))
                    {
                        return report;
                    }

                    if (expected is { } finite && double.IsFinite(finite) && !bounds.IsEmpty && !bounds.Contains(finite))
                    {
                        return "bounds, " + report;
                    }

                    Count("values");
                    Count(expected is not { } x ? "throws" : double.IsNaN(x) ? "NaN" : !double.IsFinite(x) ? "infinite" : "finite");
                    _ = expected == 0 && double.IsNegative(expected.Value) && Count("negative zero");
                }
            }
        }

        return null;
    }

    /// <summary>The same bits; any NaN is another's like.</summary>
    private static bool Same(double a, double b) =>
        (double.IsNaN(a) && double.IsNaN(b)) || BitConverter.DoubleToInt64Bits(a) == BitConverter.DoubleToInt64Bits(b);

    /// <summary>What a method returns; null where it throws.</summary>
    private static double? Call(MethodInfo method, params object[] arguments)
    {
        try
        {
            return Convert.ToDouble(method.Invoke(null, arguments), CultureInfo.InvariantCulture);
        }
        catch (TargetInvocationException failure) when (failure.InnerException
            is DivideByZeroException or OverflowException or InvalidOperationException or ArgumentException
            || failure.InnerException?.GetType().Name == "SwitchExpressionException")
        {
            return null;
        }
    }

    private static Assembly Load(CSharpCompilation compilation)
    {
        using var image = new MemoryStream();
        Microsoft.CodeAnalysis.Emit.EmitResult result = compilation.Emit(image);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).Take(9).Select(Compile.Describe)));
        image.Position = 0;
        return new AssemblyLoadContext("arithmetic").LoadFromStream(image);
    }

    private bool Count(string what) => _tally.AddOrUpdate(what, 1, (_, n) => n + 1) > 0;
}
