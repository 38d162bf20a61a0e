using Qama.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace Qama.Torch;

/// <summary>Takes parameters of torch's multi-head attention over.</summary>
internal static class SoftmaxState
{
    private static readonly string[] _roles = ["Query", "Key", "Value"];

    /// <param name="state">Its state.</param>
    /// <param name="model">The model.</param>
    /// <param name="own">The module's parameters by name.</param>
    /// <returns>Names of what has no place here and is not 0.</returns>
    /// <exception cref="ArgumentException">A tensor is missing or has another shape. Nothing has changed.</exception>
    public static IReadOnlyList<string> Load(
        IReadOnlyDictionary<string, Tensor> state, ModelDescriptor model, Dictionary<string, Tensor> own)
    {
        if (!model.HasProjection)
        {
            throw new ArgumentException(
                $"{model.Name} has no projections: its inputs are query, key and value.", nameof(state));
        }

        using IDisposable mode = no_grad();
        using DisposeScope scope = NewDisposeScope();
        List<(Tensor Source, Tensor Target)> copies = [];
        HashSet<string> taken = [];
        List<Tensor> cleared = [];
        for (int role = 0; role < 3; role++)
        {
            string separate = $"{"qkv"[role]}_proj_weight";
            Tensor weight = Find("in_proj_weight") is { } joint ? Part(joint, role)
                : Find(separate) is { } alone ? alone
                : throw new ArgumentException($"Expected in_proj_weight or {separate}.", nameof(state));
            Add(weight, own[_roles[role] + "Projection"], $"the {_roles[role].ToLowerInvariant()} projection");
        }

        for (int role = 0; role < 3 && model.HasProjectionBias; role++)
        {
            Tensor? bias = Find("in_proj_bias") is { } joint ? Part(joint, role) : null;
            Take(bias, own[_roles[role] + "Projection.Bias"], "the projections' bias");
        }

        if (own.TryGetValue("out_proj.weight", out Tensor? projection))
        {
            Add(
                Find("out_proj.weight") ?? throw new ArgumentException("Expected out_proj.weight.", nameof(state)),
                projection, "out_proj.weight");
            Take(Find("out_proj.bias"), own["out_proj.bias"], "out_proj.bias");
        }

        copies.ForEach(c => c.Target.copy_(c.Source));
        cleared.ForEach(t => t.zero_());
        return [.. state.Where(e => !taken.Contains(e.Key) && e.Value.ne(0).any().ToBoolean()).Select(e => e.Key)];

        Tensor? Find(string name)
        {
            taken.Add(name);
            return state.GetValueOrDefault(name);
        }

        // Attention without a bias is one whose bias is 0.
        void Take(Tensor? source, Tensor target, string what)
        {
            if (source is null)
            {
                cleared.Add(target);
            }
            else
            {
                Add(source, target, what);
            }
        }

        void Add(Tensor source, Tensor target, string what)
        {
            if (!source.shape.AsSpan().SequenceEqual(target.shape))
            {
                throw new ArgumentException(
                    $"Expected [{string.Join(", ", target.shape)}] for {what} of {model.Name}, got "
                    + $"[{string.Join(", ", source.shape)}].", nameof(state));
            }

            copies.Add((source, target));
        }
    }

    // The rows of one role; too few are another shape, which is refused where it is compared.
    private static Tensor Part(Tensor joint, int role) => joint.chunk(3).ElementAtOrDefault(role) ?? joint;
}
