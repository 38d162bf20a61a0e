using System.ComponentModel;
using Qama.Layers;
using Qama.Sampling;
using Qama.Torch.Sampling;
using Qama.Torch.Tensors;

namespace Qama.Torch;

/// <summary>What the tensor backend is made of for one declared class; generated code makes it.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class TensorBackend
{
    private readonly Func<ISampler, ITensorSampler> _convert;

    private TensorBackend(ITensorModel model, Func<ISampler, ITensorSampler> convert) => (Model, _convert) = (model, convert);

    internal ITensorModel Model { get; }

    /// <summary>The backend of a class that a sample is one problem of.</summary>
    /// <typeparam name="TModel">The declared class.</typeparam>
    /// <param name="model">The model as operations of torch.</param>
    /// <exception cref="ArgumentNullException">The model is null.</exception>
    public static TensorBackend Of<TModel>(ITensorModel model)
        where TModel : IQuboAttention<TModel>
    {
        ArgumentNullException.ThrowIfNull(model);
        return new TensorBackend(model, TensorSamplers.For<TModel>);
    }

    /// <summary>The form of a native sampler for problems on a device.</summary>
    internal ITensorSampler Convert(ISampler sampler) => _convert(sampler);
}
