namespace TorchSharp.Modules;

/// <summary>Takes the data's handle over.</summary>
public class Parameter : torch.Tensor
{
    public Parameter(torch.Tensor data, bool requires_grad = true)
        : base(data.Release()) => this.requires_grad = requires_grad;
}
