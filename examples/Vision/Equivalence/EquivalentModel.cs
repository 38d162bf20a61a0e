using Qama.Layers;
using Qama.Sampling;
using Qama.Training;
using Qama.Training.Layers;
using Qama.Training.Modules;

namespace Qama.Examples.Vision;

/// <summary>A trained softmax model, or one whose attention is a declared layer with the same parameters.</summary>
internal sealed class EquivalentModel
{
    private readonly VisionTransformer _model;

    private EquivalentModel(VisionTransformer model)
    {
        _model = model;
        model.Network.Mode = LayerMode.Evaluation;
        Scores = new Activations<float>(model.Network.Capacity, model.Network.OutputShape);
    }

    /// <summary>Class scores of the last batch.</summary>
    public Activations<float> Scores { get; }

    /// <summary>Images of a batch, at most.</summary>
    public int Capacity => _model.Network.Capacity;

    /// <summary>The softmax heads.</summary>
    public AttentionHeads<float> Heads => _model.Softmax[0].Heads;

    /// <summary>The declared layer.</summary>
    public QuboAttentionModule<float> Declared => _model.Declared[0];

    /// <summary>The trained softmax model.</summary>
    /// <exception cref="InvalidDataException">The run is of another variant, or its checkpoint of another training.</exception>
    public static EquivalentModel Load(RunResult run, string path, int batch, int threads)
    {
        if (run.Variant != "softmax")
        {
            throw new InvalidDataException($"'{path}': expected a run of the variant softmax, got {run.Variant}.");
        }

        var model = new VisionTransformer(Variant.Find(run.Variant)!, run.Seed, new SimulatedAnnealingSampler { Threads = threads });
        Settings settings = Settings.Of(run, threads);
        new Trainer<float>(model.Network, Experiment.Options(settings)).Load(Path.ChangeExtension(path, ".safetensors"));
        model.Network.Allocate(batch);
        return new EquivalentModel(model);
    }

    /// <summary>The same with a declared layer for softmax attention.</summary>
    /// <param name="create">Makes the layer: per query, with a norm and projections without bias.</param>
    /// <param name="sampler">What finds its selections.</param>
    public EquivalentModel With(Func<long, QuboAttentionLayer<float>> create, ISampler sampler)
    {
        var other = new VisionTransformer(new Variant("", "", AttentionKind.Declared, create), 1, sampler);
        Dictionary<string, Parameter<float>> own = _model.Network.Parameters.ToDictionary(p => p.Name, p => p.Parameter);
        string attention = own.Keys.Single(n => n.EndsWith("Projection.Weight", StringComparison.Ordinal))[..^"Projection.Weight".Length];
        foreach ((string name, Parameter<float> parameter) in other.Network.Parameters.Select(p => (p.Name, p.Parameter)))
        {
            Source(name).CopyTo(parameter.Value);
        }

        other.Network.Allocate(Capacity);
        return new EquivalentModel(other);

        // One norm serves queries, keys and values, whose projections follow each other.
        ReadOnlySpan<float> Source(string name)
        {
            if (own.TryGetValue(name, out Parameter<float>? same))
            {
                return same.Value;
            }

            string role = name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..];
            if (role.IndexOf("Norm.", StringComparison.Ordinal) is >= 0 and int norm)
            {
                return own[attention + role[norm..]].Value;
            }

            ReadOnlySpan<float> all = own[attention + "Projection.Weight"].Value;
            int length = all.Length / 3;
            int place = Array.IndexOf(["QueryProjection", "KeyProjection", "ValueProjection"], role);
            return all.Slice(place * length, length);
        }
    }

    /// <summary>Runs a batch.</summary>
    public void Forward(Activations<float> input, int count, int first) =>
        _model.Network.Forward(input, Scores, new BatchInfo(count, 0, first));
}
