using System.Numerics;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Qama.Generators.Tests.Harness;
using Qama.Generators.Tests.Layers;
using Qama.Layers;
using Qama.Sampling;

namespace Qama.Generators.Tests.Terms;

/// <summary>Classes with user terms, compiled in single or double precision; the terms' methods can be called as well.</summary>
internal sealed class TermModel<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly LoadedAssembly _loaded;

    public TermModel(params string[] sources)
    {
        CSharpCompilation compilation = Compile.Sources([.. sources]);
        compilation = compilation.WithOptions(compilation.Options.WithOptimizationLevel(OptimizationLevel.Release));
        var options = new Dictionary<string, string>
        {
            ["build_property.QamaElementType"] = typeof(T) == typeof(double) ? "double" : "float",
        };
        Run = Generate.Run(new QuboAttentionGenerator(), compilation, options).AssertClean();
        _loaded = LoadedAssembly.From(Run.Output);
    }

    public delegate void TwoVectors(ReadOnlySpan<T> first, ReadOnlySpan<T> second, Span<T> result);

    public GeneratorRun Run { get; }

    public QuboAttentionLayer<T> Create(string name) => _loaded.Create<QuboAttentionLayer<T>>(name, 3L);

    public MethodInfo Method(string type, string name) =>
        _loaded.Type(type).GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)!;

    public TDelegate Method<TDelegate>(string type, string name)
        where TDelegate : Delegate => Method(type, name).CreateDelegate<TDelegate>();

    public void Dispose() => _loaded.Dispose();
}

/// <summary>L = Σ y G of a layer whose selections are held.</summary>
internal sealed class HeldLoss
{
    private readonly QuboAttentionLayer<double> _layer;
    private readonly LayerWorkspace<double> _workspace;
    private readonly FixedSampler _sampler;
    private readonly double[] _outputGradient;

    public HeldLoss(QuboAttentionLayer<double> layer, Random random)
    {
        _layer = layer;
        _workspace = layer.CreateWorkspace(1, threads: 1);
        _sampler = new FixedSampler([.. Enumerable.Range(0, layer.Model.VariableCount).Select(_ => (byte)random.Next(2))]);
        Input = [.. Enumerable.Range(0, layer.Model.Tokens * layer.Model.EmbeddingDim).Select(_ => 2 * random.NextDouble() - 1)];
        _outputGradient = [.. Enumerable.Range(0, layer.Model.Tokens * layer.Model.OutputDim).Select(_ => 2 * random.NextDouble() - 1)];
    }

    public double[] Input { get; }

    public double Value()
    {
        var output = new double[_outputGradient.Length];
        _layer.Forward(Input, output, _workspace, _sampler);
        return output.Zip(_outputGradient, (y, g) => y * g).Sum();
    }

    /// <summary>Gradient of the input, then of every parameter.</summary>
    public double[][] Gradients()
    {
        Value();
        var input = new double[Input.Length];
        _layer.Parameters.ZeroGradients();
        _layer.Backward(_outputGradient, input, _workspace);
        return [input, .. _layer.Parameters.Select(p => p.Gradient.ToArray())];
    }

    /// <summary>Compares the gradient of every tensor, along a random direction, with central differences.</summary>
    /// <param name="random">Draws the directions.</param>
    /// <param name="tolerance">Of the difference, relative to 1 + Σ |gradient|.</param>
    /// <param name="name">What is tested, for messages.</param>
    public void AssertGradients(Random random, double tolerance, string name)
    {
        double[][] gradients = Gradients();
        for (int t = 0; t < gradients.Length; t++)
        {
            double[] direction = [.. gradients[t].Select(_ => 2 * random.NextDouble() - 1)];
            double expected = CentralDifferences.Along(direction, Tensor(t), Value);
            double actual = gradients[t].Zip(direction, (g, d) => g * d).Sum();
            double scale = 1 + gradients[t].Sum(Math.Abs);
            Assert.True(Math.Abs(expected - actual) <= tolerance * scale, $"{name}, tensor {t}: {expected} {actual}");
        }
    }

    private Tensor Tensor(int index) => new(
        () => index == 0 ? [.. Input] : _layer.Parameters[index - 1].Value.ToArray(),
        values => values.CopyTo(index == 0 ? Input : _layer.Parameters[index - 1].Value));
}
