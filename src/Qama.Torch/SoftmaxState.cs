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
    /// <param name="own">A parameter of the module by its name; null where it has none of it.</param>
    /// <returns>Names of what has no place here and is not 0.</returns>
    public static IReadOnlyList<string> Load(IReadOnlyDictionary<string, Tensor> state, ModelDescriptor model, Func<string, Tensor?> own)
    {
        if (!model.HasProjection)
        {
            throw new ArgumentException($"{model.Name} has no projections: its inputs are query, key and value.", nameof(state));
        }

        using IDisposable mode = no_grad();
        using DisposeScope scope = NewDisposeScope();
        List<(Tensor Source, Tensor Target)> copies = [];
        List<string> left = [.. state.Keys.Where(k => k is "bias_k" or "bias_v")];
        for (int role = 0; role < 3; role++)
        {
            string separate = $"{"qkv"[role]}_proj_weight";
            Tensor weight = state.TryGetValue("in_proj_weight", out Tensor? joint) ? Part(joint, role)
                : state.TryGetValue(separate, out Tensor? alone) ? alone
                : throw new ArgumentException($"Expected in_proj_weight or {separate}.", nameof(state));
            Add(weight, own(_roles[role] + "Projection")!, $"the {_roles[role].ToLowerInvariant()} projection");
        }

        if (state.TryGetValue("in_proj_bias", out Tensor? bias))
        {
            for (int role = 0; role < 3 && model.HasProjectionBias; role++)
            {
                Add(Part(bias, role), own(_roles[role] + "Projection.Bias")!, "the projections' bias");
            }

            if (!model.HasProjectionBias)
            {
                left.Add("in_proj_bias");
            }
        }

        foreach (string name in new[] { "out_proj.weight", "out_proj.bias" })
        {
            if (own(name) is not { } target)
            {
                left.Add(name);
            }
            else if (state.TryGetValue(name, out Tensor? source))
            {
                Add(source, target, name);
            }
            else if (name == "out_proj.weight")
            {
                throw new ArgumentException("Expected out_proj.weight.", nameof(state));
            }
        }

        copies.ForEach(c => c.Target.copy_(c.Source));
        return [.. left.Where(n => state.TryGetValue(n, out Tensor? t) && t.ne(0).any().ToBoolean())];

        void Add(Tensor source, Tensor target, string what)
        {
            if (!source.shape.AsSpan().SequenceEqual(target.shape))
            {
                throw new ArgumentException(
                    $"Expected [{string.Join(", ", target.shape)}] for {what} of {model.Name}, got [{string.Join(", ", source.shape)}].",
                    nameof(state));
            }

            copies.Add((source, target));
        }
    }

    // The rows of one role; too few are another shape, which is refused where it is compared.
    private static Tensor Part(Tensor joint, int role) => joint.chunk(3)[role];
}
