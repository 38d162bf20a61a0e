using System.Reflection;
using Qama.Layers;
using Qama.Problems;
using Qama.Sampling;
using Qama.Tool.Inspecting;
using Qama.Tool.Weighing;

namespace Qama.Tool.Serving;

/// <summary>A declared layer that makes one sample's problems at a time.</summary>
internal sealed class ModelSession
{
    private const int LargestCouplings = 1 << 23;

    private readonly QuboAttentionLayer<float> _layer;
    private readonly LayerWorkspace<float> _workspace;
    private readonly ICoefficientReader _reader;
    private readonly float[] _output;

    /// <summary>Makes a layer.</summary>
    /// <param name="model">The declared model.</param>
    /// <param name="checkpoint">File with trained values; null for first values of seed 1.</param>
    /// <param name="prefix">The layer in that file; null where one fits.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The model is not one that can be shown, or the file does not fit.</exception>
    public ModelSession(RunnableModel model, string? checkpoint, string? prefix)
    {
        _layer = model.Create(1);
        Model = _layer.Model;
        long couplings = (long)Model.HeadCount * Model.Problem.Tokens * Model.Problem.Tokens;
        if (Model.Scope == SelectionScope.Causal)
        {
            throw new InvalidDataException(
                $"{Model.Name} selects block after block, each given those before: there is no one problem to show.");
        }

        if (couplings > LargestCouplings)
        {
            throw new InvalidDataException(
                $"{Model.Name} has {couplings} couplings: problems of up to {LargestCouplings} are shown. Declare it with fewer tokens.");
        }

        Layer = checkpoint is null ? null : Checkpoint.Load(checkpoint, _layer, prefix);

        // A layer that has learned no statistics yet normalises a sample by its own.
        _layer.Mode = checkpoint is null ? LayerMode.Training : LayerMode.Evaluation;
        _workspace = _layer.CreateWorkspace(batch: 1);
        _output = new float[Model.Tokens * Model.OutputDim];
        _reader = Coefficients.ReaderOf(_workspace.Problems);
        Weighed = WeighedModel.Of(_workspace.Problems);
        Grid = model.Type.GetCustomAttribute<GridAttribute>();
    }

    /// <summary>The model.</summary>
    public ModelDescriptor Model { get; }

    /// <summary>The model, of which problems are made with other weights.</summary>
    public IWeighedModel Weighed { get; }

    /// <summary>The grid that its tokens are on; null for none.</summary>
    public GridAttribute? Grid { get; }

    /// <summary>The layer of the checkpoint whose values it has; null where they are first ones.</summary>
    public string? Layer { get; }

    /// <summary>Reads and sweeps with which an answer comes at once.</summary>
    public (int Reads, int Sweeps) Usual
    {
        get
        {
            double sweep = (double)Weighed.Problem.VariableCount * Weighed.Problem.Tokens;
            return ((int)Math.Clamp(3e8 / (100 * sweep), 8, 64), 100);
        }
    }

    /// <summary>The coefficients of a sample's problem.</summary>
    /// <param name="sample">[tokens, width].</param>
    /// <param name="tokens">Tokens present; null for as many as the sample has.</param>
    /// <param name="problem">Which of the sample's problems.</param>
    /// <returns>The coefficients, and the tokens present.</returns>
    /// <exception cref="InvalidDataException">A coefficient is not finite.</exception>
    public (Coefficients Problem, int Tokens) Prepare(float[] sample, int? tokens, int problem)
    {
        int width = Model.EmbeddingDim, own = Model.Tokens * width;
        int present = Math.Clamp(tokens ?? Model.Tokens, 1, Math.Min(Model.Tokens, sample.Length / width));
        var query = new float[own];
        sample.AsSpan(0, Math.Min(own, sample.Length)).CopyTo(query);
        try
        {
            if (Model.HasOwnKeys)
            {
                float[] key = sample[own..];
                _layer.Forward(query, key, key, _output, _workspace, NoSelection.Instance, [present]);
            }
            else
            {
                _layer.Forward(query, _output, _workspace, NoSelection.Instance, [present]);
            }
        }
        catch (NotFiniteNumberException e)
        {
            throw new InvalidDataException(e.Message, e);
        }

        return (_reader.Read(_workspace.Problems, problem), present);
    }

    /// <summary>Selects nothing: the problems are wanted, not what is found.</summary>
    private sealed class NoSelection : ISampler
    {
        public static NoSelection Instance { get; } = new();

        public string Name => "nothing";

        public bool SamplesAtTemperature => true;

        public ValueTask SampleAsync(
            ProblemBatch problems, SampleSet result, SamplingKey key, CancellationToken cancellationToken = default) => default;
    }
}
