using System.Numerics;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Qama.Generators.Tests.Harness;
using Qama.Model;
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

    /// <summary>The derivative along a direction by central differences of fourth order.</summary>
    public double Along(int tensor, double[] direction)
    {
        const double Step = 1e-5;
        double[] origin = tensor == 0 ? [.. Input] : _layer.Parameters[tensor - 1].Value.ToArray();
        double slope = (8 * (At(1) - At(-1)) - (At(2) - At(-2))) / (12 * Step);
        Set(origin);
        return slope;

        double At(int steps)
        {
            Set([.. origin.Zip(direction, (x, d) => x + steps * Step * d)]);
            return Value();
        }

        void Set(double[] values) => values.CopyTo(tensor == 0 ? Input : _layer.Parameters[tensor - 1].Value);
    }
}
