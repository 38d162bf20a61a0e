using System.Globalization;
using System.Numerics;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Qama.Generators.Model;
using Qama.Generators.Tests.Harness;
using Qama.Generators.Tests.Layers;
using Qama.Layers;
using Qama.Problems;

namespace Qama.Generators.Tests.Forms;

/// <summary>
/// Random declarations with couplings written out and kept as features: outputs, running statistics, energies, slopes, and the gradients
/// of every parameter and input are the same.
/// </summary>
/// <remarks>The environment variable QAMA_RANDOM_FORMS sets how many declarations.</remarks>
public class FormTests
{
    private const int Batch = 100;

    private static readonly int _count = int.Parse(
        Environment.GetEnvironmentVariable("QAMA_RANDOM_FORMS") ?? "200", CultureInfo.InvariantCulture);

    private static readonly CSharpParseOptions _options = new(LanguageVersion.Latest, DocumentationMode.None);

    [Fact]
    public void Couplings_written_out_and_kept_as_features_are_the_same_layer()
    {
        var failures = new List<string>();
        for (int first = 0; first < _count; first += Batch)
        {
            FormDeclaration[] declared = [.. Enumerable.Range(first, Math.Min(Batch, _count - first)).Select(n => new FormDeclaration(n))];
            bool isDouble = first / Batch % 2 == 0;
            if (isDouble)
            {
                Compare<double>(declared, 1e-10, failures);
            }
            else
            {
                Compare<float>(declared, 1e-5, failures);
            }
        }

        Assert.True(failures.Count == 0, $"{failures.Count} disagreements:\n{string.Join("\n", failures.Select(f => f.Split('\n')[0]))}\n"
            + string.Join("\n", failures.OrderBy(f => f.Length).Take(5)));
    }

    /// <summary>What was generated, without the analysis of nulls: that takes longer than everything else.</summary>
    private static CSharpCompilation WithoutAnnotations(GeneratorRun run)
    {
        CSharpCompilation output = run.Output;
        return output.RemoveSyntaxTrees(run.Result.GeneratedTrees).AddSyntaxTrees(run.Result.GeneratedTrees.Select(tree => CSharpSyntaxTree.ParseText(
            tree.ToString().Replace("#nullable enable", "#nullable disable", StringComparison.Ordinal), _options, tree.FilePath, Encoding.UTF8)));
    }

    private static void Compare<T>(FormDeclaration[] declared, double tolerance, List<string> failures)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Forms",
            declared.SelectMany(d => new[] { d.Source(CouplingForm.Dense), d.Source(CouplingForm.Factored) })
                .Select(source => CSharpSyntaxTree.ParseText(source, _options)),
            Compile.References, Compile.Options.WithOptimizationLevel(OptimizationLevel.Release).WithNullableContextOptions(NullableContextOptions.Disable));
        var options = new Dictionary<string, string> { ["build_property.QamaElementType"] = typeof(T) == typeof(double) ? "double" : "float" };
        var loaded = LoadedAssembly.From(WithoutAnnotations(Generate.Run(new QuboAttentionGenerator(), compilation, options)), isKept: true);
        foreach (FormDeclaration one in declared)
        {
            var run = new FormRun<T>(one);
            Dictionary<string, double[]> dense = run.Results(Layer(one, CouplingForm.Dense), isWritten: true);
            Dictionary<string, double[]> factored = run.Results(Layer(one, CouplingForm.Factored), isWritten: false);

            // Gradients that cancel have the size of what they are a sum of, and so have outputs: of slopes.
            double slope = dense["slopes"].Max(Math.Abs);
            double largest = dense.Where(r => r.Key.StartsWith("gradient", StringComparison.Ordinal)).SelectMany(r => r.Value).Max(Math.Abs);
            foreach ((string name, double[] expected) in dense)
            {
                double allowed = one.IsApproximate ? 1e-4 : name is "energies" or "slopes" ? 5e-6 : tolerance;
                double scale = Math.Max(FormRun<T>.LeastScale(name, largest, slope), expected.Select(Math.Abs).DefaultIfEmpty().Max());
                double error = expected.Zip(factored[name], (e, a) => Math.Abs(e - a)).DefaultIfEmpty().Max();
                if (!(error <= allowed * scale))
                {
                    failures.Add(string.Create(CultureInfo.InvariantCulture, $"{one.NameOf(CouplingForm.Factored)}, {typeof(T).Name}, {name}: error {error:E2} at scale {scale:E2}\n{one}"));
                }
            }
        }

        QuboAttentionLayer<T> Layer(FormDeclaration one, CouplingForm form) => loaded.Create<QuboAttentionLayer<T>>(one.NameOf(form), 1L);
    }
}

/// <summary>One batch of random inputs, parameters and selections that layers of both forms are given.</summary>
internal sealed class FormRun<T>(FormDeclaration declared)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int Samples = 3;

    public Dictionary<string, double[]> Results(QuboAttentionLayer<T> layer, bool isWritten)
    {
        ModelDescriptor model = layer.Model;
        Assert.Equal(isWritten ? "dense because it is declared so" : "factored", model.CouplingForm);
        var random = new Random(declared.Number);
        layer.Mode = random.Next(4) == 0 ? LayerMode.Evaluation : LayerMode.Training;
        bool shared = random.Next(2) == 0;
        int[] counts = [model.Tokens, random.Next(model.Tokens + 1), random.Next(model.Tokens + 1)];
        foreach (Parameter<T> parameter in layer.Parameters)
        {
            // Entropies stay away from 0, by which rounding is divided.
            bool isOfEntropy = declared.SharesEntropy && parameter.Name.StartsWith("ValueProjection", StringComparison.Ordinal);
            Fill(parameter.Value, parameter.Name == "OutputNorm.Weight" ? 1 : isOfEntropy ? 0.2 : 0.7);
        }

        foreach (Parameter<T> buffer in layer.Buffers)
        {
            for (int i = 0; i < buffer.Length; i++)
            {
                buffer.Value[i] = T.CreateTruncating(0.5 + random.NextDouble());
            }
        }

        // Away from 0: of embeddings of width 1 without a bias, queries and keys are near 0 where these are, and there the forms of a cosine differ.
        T[][] inputs = [.. Enumerable.Range(0, 3).Select(_ => AwayFromZero(Samples * model.Tokens * model.EmbeddingDim))];
        T[] outputGradient = Normal(Samples * model.Tokens * model.OutputDim), output = new T[outputGradient.Length];
        byte[][][] states = [.. counts.Select(count => Enumerable.Range(0, model.ReadCount).Select(_ => Enumerable.Range(0, model.VariableCount)
            .Select(v => (byte)(v / model.SelectionBits % model.Tokens < count ? random.Next(2) : 0)).ToArray()).ToArray())];
        LayerWorkspace<T> workspace = layer.CreateWorkspace(Samples, threads: 1);
        T[][] gradients = [.. inputs.Select(x => new T[x.Length])];
        var sampler = new GivenSelections(states);
        if (shared)
        {
            layer.Forward(inputs[0], output, workspace, sampler, counts);
            layer.Backward(outputGradient, gradients[0], workspace);
        }
        else
        {
            layer.Forward(inputs[0], inputs[1], inputs[2], output, workspace, sampler, counts);
            layer.Backward(outputGradient, gradients[0], gradients[1], gradients[2], workspace);
        }

        var results = new Dictionary<string, double[]> { ["output"] = Numbers(output) };
        for (int role = 0; role < 3; role++)
        {
            results.Add($"gradient of input {role}", Numbers(gradients[role]));
        }

        foreach (Parameter<T> parameter in layer.Parameters)
        {
            results.Add("gradient of " + parameter.Name, Numbers(parameter.Gradient));
        }

        foreach (Parameter<T> buffer in layer.Buffers)
        {
            results.Add(buffer.Name, Numbers(buffer.Value));
        }

        AddProblems(workspace.Problems, states, results);
        return results;

        void Fill(Span<T> values, double size)
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = T.CreateTruncating(size * Gauss());
            }
        }

        T[] AwayFromZero(int length) => [.. Enumerable.Range(0, length).Select(_ =>
        {
            double x = Gauss();
            return T.CreateTruncating((float)(x + Math.CopySign(0.25, x)));
        })];

        T[] Normal(int length) => [.. Enumerable.Range(0, length).Select(_ => T.CreateTruncating((float)Gauss()))];

        double Gauss() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
    }

    /// <summary>What errors are measured by at least.</summary>
    public static double LeastScale(string name, double largestGradient, double largestSlope) =>
        name.StartsWith("gradient", StringComparison.Ordinal) ? Math.Max(1, 0.2 * largestGradient)
        : name is "energies" or "slopes" ? 1
        : name == "output" ? Math.Max(0.1, 0.05 * largestSlope) : 0.1;

    private static void AddProblems(ProblemBatch problems, byte[][][] states, Dictionary<string, double[]> results)
    {
        var energies = new List<double>();
        var slopes = new List<double>();
        for (int p = 0; p < problems.Count; p++)
        {
            foreach (byte[] state in states[p])
            {
                energies.Add(problems.Energy(p, state));
                var slope = new float[state.Length];
                problems.Slope(p, [.. state.Select(b => (float)b)], slope);
                slopes.AddRange(slope.Select(x => (double)x));
            }
        }

        results.Add("energies", [.. energies]);
        results.Add("slopes", [.. slopes]);
    }

    private static double[] Numbers(ReadOnlySpan<T> values) => [.. values.ToArray().Select(double.CreateTruncating)];
}
