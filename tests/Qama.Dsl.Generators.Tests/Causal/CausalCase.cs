using System.Numerics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Qama.Generators.Tests.Harness;
using Qama.Generators.Tests.Layers;
using Qama.Layers;
using Qama.Sampling;

namespace Qama.Generators.Tests.Causal;

/// <summary>A causal layer with random parameters, inputs and padding.</summary>
internal sealed class CausalCase<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private static readonly Lazy<LoadedAssembly> _all = new(() => Load(CausalOperator.All.Select(o => o.Source())));

    public CausalCase(CausalOperator declared, LoadedAssembly? loaded = null)
    {
        Declared = declared;
        Operator shape = declared.Shape;
        Layer = (loaded ?? _all.Value).Create<QuboAttentionLayer<T>>(shape.Name, 7L);
        var random = new Random(shape.Name.Aggregate(19, (hash, c) => (hash * 31) + c));
        Counts = [shape.Tokens, random.Next(shape.Tokens + 1)];
        Workspace = Layer.CreateWorkspace(Counts.Length, threads: 1);
        foreach (Parameter<T> parameter in Layer.Parameters)
        {
            foreach (ref T value in parameter.Value)
            {
                value = T.CreateTruncating((float)Normal(parameter.Name.EndsWith("Projection", StringComparison.Ordinal) ? 1 / Math.Sqrt(shape.Width) : 0.7));
            }
        }

        Input = [.. Enumerable.Range(0, 3).Select(_ => Numbers(Counts.Length * shape.Tokens * shape.Width))];
        OutputGradient = [.. Numbers(Counts.Length * shape.Tokens * shape.OutputDim).Select(T.CreateTruncating)];
        Sampler = Choose();

        double Normal(double scale) => (double)(float)(scale * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));

        double[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => Normal(1))];
    }

    public CausalOperator Declared { get; }

    public QuboAttentionLayer<T> Layer { get; }

    public LayerWorkspace<T> Workspace { get; }

    public int[] Counts { get; }

    /// <summary>Query, key and value inputs.</summary>
    public double[][] Input { get; }

    /// <summary>G of L = Σ y G.</summary>
    public T[] OutputGradient { get; }

    public ISampler Sampler { get; set; }

    public static LoadedAssembly Load(IEnumerable<string> sources)
    {
        CSharpCompilation compilation = Compile.Sources([.. sources]);
        compilation = compilation.WithOptions(compilation.Options.WithOptimizationLevel(OptimizationLevel.Release));
        var options = new Dictionary<string, string>
        {
            ["build_property.QamaElementType"] = typeof(T) == typeof(double) ? "double" : "float",
        };
        return LoadedAssembly.From(Generate.Run(new QuboAttentionGenerator(), compilation, options).Output);
    }

    public ChosenSelections Choose() => new(
        Declared.Shape.Heads, Declared.Shape.Bits,
        Declared.AtMost > 0 ? Declared.AtMost : Declared.Memory > 0 ? Declared.Memory : int.MaxValue);

    public T[] Forward()
    {
        var output = new T[OutputGradient.Length];
        T[][] inputs = [.. Input.Select(values => values.Select(T.CreateTruncating).ToArray())];
        Layer.Forward(inputs[0], inputs[1], inputs[2], output, Workspace, Sampler, Counts);
        return output;
    }

    /// <summary>Gradients after <see cref="Forward"/>: of the inputs, then of the parameters.</summary>
    public T[][] Backward(T[]? outputGradient = null)
    {
        T[][] gradients = [.. Enumerable.Range(0, 3).Select(_ => new T[Input[0].Length])];
        Layer.Parameters.ZeroGradients();
        Layer.Backward(outputGradient ?? OutputGradient, gradients[0], gradients[1], gradients[2], Workspace);
        return [.. gradients, .. Layer.Parameters.Select(p => p.Gradient.ToArray())];
    }

    /// <summary>The tensor that gradient <paramref name="index"/> is of.</summary>
    public Tensor Tensor(int index)
    {
        if (index < 3)
        {
            return new Tensor(() => Input[index], values => Input[index] = values);
        }

        Parameter<T> parameter = Layer.Parameters[index - 3];
        return new Tensor(() => [.. parameter.Value.ToArray().Select(double.CreateTruncating)], values =>
        {
            for (int i = 0; i < values.Length; i++)
            {
                parameter.Value[i] = T.CreateTruncating(values[i]);
            }
        });
    }

    public double[] Parameter(string name) => [.. Layer.Parameters[name].Value.ToArray().Select(double.CreateTruncating)];
}
