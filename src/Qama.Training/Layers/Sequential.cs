using System.Numerics;
using Qama.Training.Modules;

namespace Qama.Training.Layers;

/// <summary>Modules one after another; parameters are named <c>child.parameter</c>.</summary>
/// <typeparam name="T">float; double for verification.</typeparam>
public class Sequential<T> : Module<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly string[] _names;
    private readonly Module<T>[] _modules;
    private Activations<T>[] _outputs = [];
    private Activations<T>[] _gradients = [];

    /// <summary>Creates the chain.</summary>
    /// <param name="modules">The modules and their names, first to last, at least one; each one's input shape is the output
    /// shape of the one before it.</param>
    /// <exception cref="ArgumentException">There is no module, shapes do not fit, or a name is empty or repeated.</exception>
    public Sequential(params (string Name, Module<T> Module)[] modules)
        : base(First(modules).InputShape, modules[^1].Module.OutputShape)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < modules.Length; i++)
        {
            (string name, Module<T> module) = modules[i];
            if (string.IsNullOrEmpty(name) || !names.Add(name))
            {
                throw new ArgumentException($"Module {i}: expected a name that no other module has, got '{name}'.", nameof(modules));
            }

            if (i > 0 && module.InputShape != modules[i - 1].Module.OutputShape)
            {
                throw new ArgumentException(
                    $"Module '{name}': expected input shape {modules[i - 1].Module.OutputShape} (the output of "
                    + $"'{modules[i - 1].Name}'), got {module.InputShape}.", nameof(modules));
            }
        }

        _names = [.. modules.Select(m => m.Name)];
        _modules = [.. modules.Select(m => m.Module)];
        Parameters = Named(m => m.Parameters);
        Buffers = Named(m => m.Buffers);

        IReadOnlyList<NamedParameter<T>> Named(Func<Module<T>, IReadOnlyList<NamedParameter<T>>> of) =>
        [
            .. modules.SelectMany(m => of(m.Module).Select(p => new NamedParameter<T>($"{m.Name}.{p.Name}", p.Parameter))),
        ];
    }

    /// <inheritdoc/>
    public override string Description =>
        string.Join(
            '\n', [base.Description, .. _names.Zip(_modules, (name, module) => $"{name}: {module.Description}")]);

    /// <inheritdoc/>
    public override string? FindFault(ReadOnlySpan<T> sample) => _modules[0].FindFault(sample);

    /// <inheritdoc/>
    protected override void AllocateCore()
    {
        _outputs = [.. _modules[..^1].Select(m => new Activations<T>(Capacity, m.OutputShape))];
        _gradients = [.. _modules[..^1].Select(m => new Activations<T>(Capacity, m.OutputShape))];
        foreach (Module<T> module in _modules)
        {
            module.Allocate(Capacity, Threads);
        }
    }

    /// <inheritdoc/>
    protected override void ForwardCore(Activations<T> input, Activations<T> output, BatchInfo batch)
    {
        for (int i = 0; i < _modules.Length; i++)
        {
            _modules[i].Forward(InputOf(i, input), i == _modules.Length - 1 ? output : _outputs[i], batch);
        }
    }

    /// <inheritdoc/>
    protected override void BackwardCore(Activations<T> input, Activations<T> outputGradient, Activations<T>? inputGradient)
    {
        for (int i = _modules.Length - 1; i >= 0; i--)
        {
            Activations<T> gradient = i == _modules.Length - 1 ? outputGradient : _gradients[i];
            _modules[i].Backward(InputOf(i, input), gradient, i == 0 ? inputGradient : _gradients[i - 1]);
        }
    }

    /// <inheritdoc/>
    protected override void OnModeChanged()
    {
        foreach (Module<T> module in _modules)
        {
            module.Mode = Mode;
        }
    }

    private static Module<T> First((string Name, Module<T> Module)[] modules)
    {
        ArgumentNullException.ThrowIfNull(modules);
        return modules.Length > 0 ? modules[0].Module : throw new ArgumentException("Expected at least one module.", nameof(modules));
    }

    private Activations<T> InputOf(int module, Activations<T> input) => module == 0 ? input : _outputs[module - 1];
}
