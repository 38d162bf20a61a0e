using System.Numerics;
using Qama.Layers;
using Qama.Sampling;

namespace Qama.Generators.Tests.Layers;

/// <summary>
/// A layer with random parameters, inputs, padding and selections. The numbers depend on the declaration alone, so a case in
/// single and one in double precision are the same case.
/// </summary>
internal sealed class LayerCase<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public LayerCase(Operator declared, CompiledOperators<T>? compiled = null)
    {
        Declared = declared;
        Layer = (compiled ?? CompiledOperators<T>.Shared).Create(declared);
        var random = new Random(declared.Name.Aggregate(17, (hash, c) => hash * 31 + c));
        Batch = random.Next(2, 4);
        Shared = random.Next(2) == 0;
        Layer.Mode = random.Next(4) == 0 ? LayerMode.Evaluation : LayerMode.Training;
        TokenCounts = [.. Enumerable.Range(0, Batch).Select(b => random.Next(2) == 0 ? declared.Tokens : random.Next(declared.Tokens + 1))];
        Workspace = Layer.CreateWorkspace(Batch, threads: 1);
        // Entropies are of positive vectors.
        bool positive = declared.Importance == Importance.ValueEntropy;
        foreach (Parameter<T> parameter in Layer.Parameters)
        {
            Set(parameter, _ => Value(parameter.Name));
        }

        foreach (Parameter<T> buffer in Layer.Buffers)
        {
            Set(buffer, _ => 0.5 + random.NextDouble());
        }

        int length = Batch * declared.Tokens * declared.Width;
        double[] query = Inputs(positive && Shared && !declared.LayerNorm);
        Input = Shared ? [query, query, query] : [query, Inputs(false), Inputs(positive && !declared.LayerNorm)];
        OutputGradient = [.. Enumerable.Range(0, Batch * declared.Tokens * declared.OutputDim).Select(_ => T.CreateTruncating(Round(Normal())))];
        States = [.. TokenCounts.Select(count => Enumerable.Range(0, declared.Reads).Select(_ => State(count)).ToArray())];

        double[] Inputs(bool above) =>
            [.. Enumerable.Range(0, length).Select(_ => Round(above ? 0.2 + random.NextDouble() : Normal()))];

        double Value(string name) => Round(name switch
        {
            "ValueProjection" when positive => 0.1 + random.NextDouble() / declared.Width,
            "ValueProjection.Bias" when positive => random.NextDouble(),
            "ValueNorm.Weight" when positive => 0.3,
            "ValueNorm.Bias" when positive => 2,
            "FieldNorm.Bias" => 3, // entropy shares are divided by the field
            "FieldNorm.Weight" => 0.4 + 0.2 * random.NextDouble(),
            "QueryProjection" or "KeyProjection" or "ValueProjection" => Normal() / Math.Sqrt(declared.Width),
            _ => Normal(),
        });

        // Numbers that single precision holds too.
        static double Round(double value) => (double)(float)value;

        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

        // Some heads select nothing.
        byte[] State(int count)
        {
            var state = new byte[Layer.Model.VariableCount];
            for (int h = 0; h < declared.Heads; h++)
            {
                bool any = random.Next(6) > 0;
                for (int v = 0; v < declared.Tokens * declared.Bits; v++)
                {
                    bool on = any && random.Next(2) == 0 && v / declared.Bits < count;
                    state[h * declared.Tokens * declared.Bits + v] = (byte)(on ? 1 : 0);
                }
            }

            return state;
        }
    }

    public Operator Declared { get; }

    public QuboAttentionLayer<T> Layer { get; }

    public LayerWorkspace<T> Workspace { get; }

    public int Batch { get; }

    /// <summary>Whether query, key and value have one input.</summary>
    public bool Shared { get; }

    public int[] TokenCounts { get; }

    /// <summary>Query, key and value inputs; one array where shared.</summary>
    public double[][] Input { get; }

    /// <summary>G of L = Σ y G.</summary>
    public T[] OutputGradient { get; }

    /// <summary>Selected bits, [sample][read].</summary>
    public byte[][][] States { get; }

    /// <summary>What the class's own terms make of a token, of the parameters' values by name; null for other readouts.</summary>
    public Func<Func<string, double[]>, LiteralLayer.ReadoutToken, double[]>? Terms { get; init; }

    /// <summary>What answers; null for <see cref="States"/>.</summary>
    public ISampler? Sampler { get; set; }

    /// <summary>The definitions, with this layer's parameters.</summary>
    public LiteralLayer Literal => LiteralWith(_ => null);

    /// <summary>The same, with some states standing for real weights.</summary>
    public LiteralLayer LiteralWith(Func<byte[], double[][]?> substitute) => new(Declared, name => Numbers(Layer.Parameters[name].Value), name => Numbers(Layer.Buffers[name].Value))
    {
        Training = Layer.Mode == LayerMode.Training,
        Terms = Terms is { } terms ? token => terms(name => Numbers(Layer.Parameters[name].Value), token) : null,
        Substitute = substitute,
    };

    public T[] Forward()
    {
        // Running statistics are not what is tested: every pass starts from the same.
        T[][] buffers = [.. Layer.Buffers.Select(b => b.Value.ToArray())];
        var output = new T[OutputGradient.Length];
        T[][] inputs = [.. Input.Select(Convert)];
        ISampler sampler = Sampler ?? new GivenSelections(States);
        if (Shared)
        {
            Layer.Forward(inputs[0], output, Workspace, sampler, TokenCounts);
        }
        else
        {
            Layer.Forward(inputs[0], inputs[1], inputs[2], output, Workspace, sampler, TokenCounts);
        }

        for (int b = 0; b < buffers.Length; b++)
        {
            buffers[b].CopyTo(Layer.Buffers[b].Value);
        }

        return output;
    }

    /// <summary>Gradients after <see cref="Forward"/>: of the inputs (one where shared), then of the parameters.</summary>
    public T[][] Backward()
    {
        T[][] gradients = [.. Enumerable.Range(0, Shared ? 1 : 3).Select(_ => new T[Input[0].Length])];
        Layer.Parameters.ZeroGradients();
        if (Shared)
        {
            Layer.Backward(OutputGradient, gradients[0], Workspace);
        }
        else
        {
            Layer.Backward(OutputGradient, gradients[0], gradients[1], gradients[2], Workspace);
        }

        return [.. gradients, .. Layer.Parameters.Select(p => p.Gradient.ToArray())];
    }

    /// <summary>What <see cref="Backward"/> gives gradients of.</summary>
    public IReadOnlyList<string> Names =>
        [.. Shared ? ["input"] : new[] { "query", "key", "value" }, .. Layer.Parameters.Select(p => p.Name)];

    /// <summary>The tensor that gradient <paramref name="index"/> is of.</summary>
    public Tensor Tensor(int index)
    {
        int inputs = Shared ? 1 : 3;
        if (index < inputs)
        {
            return new Tensor(() => Input[index], values =>
            {
                for (int role = index; role < (Shared ? 3 : index + 1); role++)
                {
                    Input[role] = values;
                }
            });
        }

        Parameter<T> parameter = Layer.Parameters[index - inputs];
        return new Tensor(() => Numbers(parameter.Value), values => Set(parameter, i => values[i]));
    }

    private static double[] Numbers(ReadOnlySpan<T> values) => [.. values.ToArray().Select(double.CreateTruncating)];

    private static T[] Convert(double[] values) => [.. values.Select(T.CreateTruncating)];

    private static void Set(Parameter<T> parameter, Func<int, double> value)
    {
        for (int i = 0; i < parameter.Length; i++)
        {
            parameter.Value[i] = T.CreateTruncating(value(i));
        }
    }
}
