using Qama.Layers;

namespace Qama.Training.Modules;

/// <summary>A parameter and its path from the module that lists it, for example <c>Block.Attention.QueryProjection</c>.</summary>
/// <param name="Name">The path: names of containers and of the parameter, joined by dots.</param>
/// <param name="Parameter">The parameter.</param>
/// <typeparam name="T">Element type.</typeparam>
public sealed record NamedParameter<T>(string Name, Parameter<T> Parameter)
    where T : unmanaged
{
    internal static IReadOnlyList<NamedParameter<T>> Of(params IEnumerable<Parameter<T>?> parameters) =>
        [.. parameters.OfType<Parameter<T>>().Select(p => new NamedParameter<T>(p.Name, p))];

    internal static void ZeroGradients(IReadOnlyList<NamedParameter<T>> parameters)
    {
        for (int i = 0; i < parameters.Count; i++)
        {
            parameters[i].Parameter.Gradient.Clear();
        }
    }
}
