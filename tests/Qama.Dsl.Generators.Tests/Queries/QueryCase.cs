using System.Numerics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Qama.Generators.Tests.Harness;
using Qama.Generators.Tests.Layers;
using Qama.Layers;
using Qama.Sampling;

namespace Qama.Generators.Tests.Queries;

/// <summary>Declarations with a selection per query, generated and compiled together.</summary>
internal sealed class CompiledQueries<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly LoadedAssembly _loaded;

    public CompiledQueries(IReadOnlyList<string> sources)
    {
        CSharpCompilation compilation = Compile.Sources([.. sources.Select(s => "using Qama;\n" + s)]);
        compilation = compilation.WithOptions(compilation.Options.WithOptimizationLevel(OptimizationLevel.Release));
        var options = new Dictionary<string, string>
        {
            ["build_property.QamaElementType"] = typeof(T) == typeof(double) ? "double" : "float",
        };
        _loaded = LoadedAssembly.From(Generate.Run(new QuboAttentionGenerator(), compilation, options).Output);
    }

    public QuboAttentionLayer<T> Create(string name, long seed = 1) => _loaded.Create<QuboAttentionLayer<T>>(name, seed);

    public Type Type(string name) => _loaded.Type(name);
}

/// <summary>A layer with random parameters, inputs, padding and selections; the numbers depend on the declaration alone.</summary>
internal sealed class QueryCase
{
    public QueryCase(QueryOperator declared, QuboAttentionLayer<double> layer)
    {
        (Declared, Layer) = (declared, layer);
        var random = new Random(declared.Name.Aggregate(23, (hash, c) => (hash * 31) + c));
        Batch = random.Next(2, 4);
        Layer.Mode = random.Next(4) == 0 ? LayerMode.Evaluation : LayerMode.Training;
        QueryCounts = Counts(declared.Tokens);
        KeyCounts = declared.KeyTokens > 0 ? Counts(declared.Keys) : QueryCounts;
        Workspace = Layer.CreateWorkspace(Batch, threads: random.Next(1, 3));
        foreach (Parameter<double> parameter in Layer.Parameters)
        {
            bool projects = parameter.Name.EndsWith("Projection", StringComparison.Ordinal);
            foreach (ref double value in parameter.Value)
            {
                value = Normal() / (projects ? Math.Sqrt(declared.Width) : 1);
            }
        }

        foreach (Parameter<double> buffer in Layer.Buffers)
        {
            foreach (ref double value in buffer.Value)
            {
                value = 0.5 + random.NextDouble();
            }
        }

        Input = [Numbers(Batch * declared.Tokens * declared.Width), Numbers(Batch * declared.Keys * declared.Width),
            Numbers(Batch * declared.Keys * declared.Width)];
        OutputGradient = Numbers(Batch * declared.Tokens * declared.OutputDim);
        States = [.. Enumerable.Range(0, Batch * declared.Problems).Select(p =>
        {
            int most = CandidatesOf(p);
            return Enumerable.Range(0, declared.Reads).Select(_ => RandomState(random, most)).ToArray();
        })];

        int[] Counts(int most) => [.. Enumerable.Range(0, Batch).Select(_ => random.Next(2) == 0 ? most : random.Next(most + 1))];

        double[] Numbers(int length) => [.. Enumerable.Range(0, length).Select(_ => Normal())];

        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
    }

    public QueryOperator Declared { get; }

    public QuboAttentionLayer<double> Layer { get; }

    public LayerWorkspace<double> Workspace { get; }

    public int Batch { get; }

    public int[] QueryCounts { get; }

    public int[] KeyCounts { get; }

    /// <summary>Query, key and value inputs.</summary>
    public double[][] Input { get; }

    /// <summary>G of L = Σ y G.</summary>
    public double[] OutputGradient { get; }

    /// <summary>Selected bits, [problem of all samples][read].</summary>
    public byte[][][] States { get; }

    /// <summary>The definitions, with this layer's parameters.</summary>
    public LiteralQueries Literal => LiteralWith(_ => null);

    /// <summary>Likewise, with other weights than the bits' for some states.</summary>
    public LiteralQueries LiteralWith(Func<byte[], double[][]?> weights) =>
        new(Declared, name => Layer.Parameters[name].Value.ToArray(), name => Layer.Buffers[name].Value.ToArray())
        {
            Training = Layer.Mode == LayerMode.Training,
            Weights = weights,
        };

    /// <summary>Units that a problem of the pass selects among.</summary>
    public int CandidatesOf(int problem) => Literal.Candidates(
        problem % Declared.Problems, QueryCounts[problem / Declared.Problems], KeyCounts[problem / Declared.Problems]).Length;

    /// <summary>Selected bits of which only those of the first candidates may be 1.</summary>
    public byte[] RandomState(Random random, int candidates)
    {
        var state = new byte[Layer.Model.VariableCount];
        int most = Layer.Model.Problem.Tokens, bits = Declared.Bits;
        for (int v = 0; v < state.Length; v++)
        {
            state[v] = (byte)(v / bits % most < candidates ? random.Next(2) : 0);
        }

        return state;
    }

    public double[] Forward(ISampler? sampler = null)
    {
        // Running statistics are not what is tested: every pass starts from the same.
        double[][] buffers = [.. Layer.Buffers.Select(b => b.Value.ToArray())];
        var output = new double[OutputGradient.Length];
        Layer.Forward(
            Input[0], Input[1], Input[2], output, Workspace, sampler ?? new GivenSelections(States), QueryCounts,
            Declared.KeyTokens > 0 ? KeyCounts : default);
        for (int b = 0; b < buffers.Length; b++)
        {
            buffers[b].CopyTo(Layer.Buffers[b].Value);
        }

        return output;
    }

    /// <summary>Gradients after <see cref="Forward"/>: of the inputs, then of the parameters.</summary>
    public double[][] Backward()
    {
        double[][] gradients = [.. Input.Select(i => new double[i.Length])];
        Layer.Parameters.ZeroGradients();
        Layer.Backward(OutputGradient, gradients[0], gradients[1], gradients[2], Workspace);
        return [.. gradients, .. Layer.Parameters.Select(p => p.Gradient.ToArray())];
    }

    public IReadOnlyList<string> Names => ["query", "key", "value", .. Layer.Parameters.Select(p => p.Name)];

    /// <summary>The tensor that gradient <paramref name="index"/> is of.</summary>
    public Tensor Tensor(int index) => index < 3
        ? new Tensor(() => Input[index], values => Input[index] = values)
        : new Tensor(() => Layer.Parameters[index - 3].Value.ToArray(), values => values.CopyTo(Layer.Parameters[index - 3].Value));
}
