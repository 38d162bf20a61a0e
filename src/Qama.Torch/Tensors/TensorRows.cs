using System.ComponentModel;
using static TorchSharp.torch;

namespace Qama.Torch.Tensors;

/// <summary>Some rows i of pairs.</summary>
/// <param name="First">The first one.</param>
/// <param name="Count">The number of rows.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct TensorRows(long First, long Count)
{
    /// <summary>The block's rows of a tensor; all of it where rows do not matter.</summary>
    /// <param name="all">A tensor whose dimension 2 is the row.</param>
    public Tensor Of(Tensor all)
    {
        ArgumentNullException.ThrowIfNull(all);
        return all.shape[2] <= Count ? all : all.narrow(2, First, Count);
    }
}
