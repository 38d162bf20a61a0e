using System.Collections;

namespace Qama.Layers;

/// <summary>A trainable tensor: a name, a shape, a value and the gradient of the loss with respect to it.</summary>
/// <typeparam name="T">Element type: float for every model, double where a model is emitted in double for verification.</typeparam>
public sealed class Parameter<T>
    where T : unmanaged
{
    private readonly T[] _value;
    private readonly T[] _gradient;

    /// <summary>Creates a parameter of zeros.</summary>
    /// <param name="name">Its name, unique in its collection.</param>
    /// <param name="shape">Its shape, row-major.</param>
    /// <exception cref="ArgumentException">The name is empty or a dimension is not positive.</exception>
    public Parameter(string name, params IReadOnlyList<int> shape)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(shape);
        int length = 1;
        foreach (int dimension in shape)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(dimension, 1, nameof(shape));
            length = checked(length * dimension);
        }

        Name = name;
        Shape = shape;
        _value = new T[length];
        _gradient = new T[length];
    }

    /// <summary>Name, for example <c>QueryProjection</c>.</summary>
    public string Name { get; }

    /// <summary>Shape, row-major; weights of projections are [out, in].</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>The value, row-major; writable.</summary>
    public Span<T> Value => _value;

    /// <summary>The gradient, row-major; backward passes add to it.</summary>
    public Span<T> Gradient => _gradient;

    /// <summary>Number of elements.</summary>
    public int Length => _value.Length;

    /// <summary>Name and shape.</summary>
    public override string ToString() => $"{Name} [{string.Join(", ", Shape)}]";
}

/// <summary>The parameters of a layer, in a fixed order, by index or by name.</summary>
/// <typeparam name="T">Element type.</typeparam>
/// <param name="parameters">The parameters; names must differ.</param>
public sealed class ParameterCollection<T>(IReadOnlyList<Parameter<T>> parameters) : IReadOnlyList<Parameter<T>>
    where T : unmanaged
{
    private readonly Dictionary<string, Parameter<T>> _byName = parameters.ToDictionary(p => p.Name, StringComparer.Ordinal);

    /// <inheritdoc/>
    public int Count => parameters.Count;

    /// <summary>Number of elements of all parameters together.</summary>
    public int ElementCount => parameters.Sum(p => p.Length);

    /// <inheritdoc/>
    public Parameter<T> this[int index] => parameters[index];

    /// <summary>The parameter of that name.</summary>
    /// <exception cref="KeyNotFoundException">There is none; the message lists the names there are.</exception>
    public Parameter<T> this[string name] => _byName.TryGetValue(name, out Parameter<T>? parameter)
        ? parameter
        : throw new KeyNotFoundException($"No parameter '{name}'. There are: {string.Join(", ", _byName.Keys)}.");

    /// <summary>Sets every gradient to zero.</summary>
    public void ZeroGradients()
    {
        foreach (Parameter<T> parameter in parameters)
        {
            parameter.Gradient.Clear();
        }
    }

    /// <inheritdoc/>
    public IEnumerator<Parameter<T>> GetEnumerator() => parameters.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
